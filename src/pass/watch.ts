/** `watch`: feeds that keep a board up to date, and a judgement of it after each change. Reads only, but for a person's explicit acts. */
import type {WorkloadKind} from '../core/observation/workload.js';
import {milliseconds, seconds, type Duration, type Instant} from '../core/time.js';
import type {CheckReport} from '../report/report.js';
import {buildReport} from './build-report.js';
import type {Context} from './context.js';
import {openWorld} from './open-world.js';
import {resetBreaker, type ResetOutcome} from './reset-breaker.js';
import {restart, type RestartEnd, type RestartOptions} from './restart.js';
import {StateStore} from './state-store.js';
import {askCluster, readState} from './watch/ask-cluster.js';
import {askDetails} from './watch/ask-details.js';
import {bell} from './watch/bell.js';
import {slate, type Urgency} from './watch/board.js';
import {followSurroundings, followTarget} from './watch/follow-cluster.js';
import {followLog} from './watch/follow-log.js';
import {liveSight, refreshed, type LiveSight, type Place} from './watch/live.js';
import {pollFrigate} from './watch/poll-frigate.js';
import type {Room} from './watch/room.js';
import {share} from './watch/share.js';
import type {World} from './world.js';

/** Between two judgements: four a second are more than an eye needs. */
const JUDGE_EVERY = milliseconds(250);
/** Time alone changes a verdict too, and what was expected has to be looked at in the end: this soon, or as seldom as keeps a calm screen below half a percent of a core. */
const JUDGE_AT_LEAST_EVERY = seconds(5);
const JUDGE_AT_MOST_EVERY = seconds(15);
const REST_FOR_WORK = 200;
/** After a person asked for a refresh every answer is news. */
const HURRY = seconds(3);

export interface WatchOptions {
  readonly kind: WorkloadKind | null;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

export interface Watching {
  readonly place: Place;
  /** The local clock, by which the sources are stamped. */
  now(): Instant;
  /** Asks everything now that is otherwise asked in a while. */
  refresh(): void;
  /** The report of `check` about what is seen now; `null` before the first look. */
  report(): CheckReport | null;
  /** The use case of `restart`, over the same connection. */
  restart(options: Pick<RestartOptions, 'who' | 'reason' | 'wait' | 'told'>): Promise<RestartEnd>;
  /** The use case of `reset-breaker`, over the same connection. */
  resetBreaker(who: string, reason: string): Promise<ResetOutcome>;
  /** Resolves when the feeds have ended; rejects with a bug of ours in one of them. */
  readonly done: Promise<void>;
  /** Ends every feed; resolves when all is closed. */
  close(): Promise<void>;
}

/** Calls as soon as what is being done is done, and then at most once in `gap`, always with the newest: several changes at once are one. */
const paced = (work: () => void, gap: Duration): {readonly call: () => void; readonly stop: () => void} => {
  let timer: NodeJS.Timeout | null = null;
  let soon: NodeJS.Immediate | null = null;
  let again = false;
  const run = (): void => {
    soon = null;
    timer = setTimeout(() => {
      timer = null;
      if (again) call();
    }, gap);
    again = false;
    work();
  };
  const call = (): void => {
    if (timer !== null) again = true;
    else soon ??= setImmediate(run);
  };
  return {
    call,
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      if (soon !== null) clearImmediate(soon);
      again = false;
    },
  };
};

/** Feeds and judges until the watching is closed; `told` hears each judgement. */
const watchIn = (
  world: World,
  shared: Context,
  options: WatchOptions,
  told: (live: LiveSight) => void,
  end: () => Promise<void>,
): Watching => {
  const {settings, namespace, cluster, version} = world;
  const place: Place = {context: cluster.context, namespace, workload: settings.workload, version};
  const ending = new AbortController();
  const signal = AbortSignal.any([shared.signal, ending.signal]);
  const store = new StateStore(cluster, namespace, settings.stateName);
  const refreshing = bell();
  let newest: LiveSight | null = null;
  let judgedAt = 0;
  let pause: Duration = JUDGE_AT_LEAST_EVERY;
  let hurryUntil = 0;
  const judging = paced(() => {
    if (signal.aborted) return;
    judgedAt = world.clock.monotonic();
    newest = liveSight(board.now, world, place, newest);
    told(newest);
    pause = milliseconds(
      Math.min(
        JUDGE_AT_MOST_EVERY,
        Math.max(JUDGE_AT_LEAST_EVERY, (world.clock.monotonic() - judgedAt) * REST_FOR_WORK),
      ),
    );
  }, JUDGE_EVERY);
  const look = (urgency: Urgency): void => {
    if (signal.aborted) return;
    const now = world.clock.monotonic();
    const mayWait = urgency === 'expected' && now >= hurryUntil && now - judgedAt < pause;
    if (newest?.complete !== true || !mayWait) {
      judging.call();
      return;
    }
    newest = refreshed(newest, board.now, world);
    told(newest);
  };
  const followers: Array<{readonly look: () => void}> = [];
  const board = slate((urgency) => {
    for (const follower of followers) follower.look();
    look(urgency);
  });
  const room: Room = {
    world,
    kind: options.kind,
    slate: board,
    interval: options.interval,
    bell: refreshing,
    random: options.random,
    signal,
  };
  followers.push(followSurroundings(room), followLog(room));
  const feeds = Promise.all([
    followTarget(room),
    pollFrigate(room),
    askDetails(room),
    askCluster(room),
    readState(room, store),
  ]).then(() => undefined);
  const refresh = (): void => {
    hurryUntil = world.clock.monotonic() + HURRY;
    refreshing.ring();
  };
  // A feed never throws but by a bug of ours: then the whole watching ends with it.
  feeds.catch(() => ending.abort());
  return {
    place,
    done: feeds,
    now: () => world.clock.now(),
    refresh,
    report: () =>
      newest === null
        ? null
        : buildReport(world, newest.sight, newest.judgement, {
            only: null,
            skip: new Set(),
            failOn: 'warning',
            duration: 0,
          }),
    restart: async (given) => {
      const outcome = await restart(shared, {...given, kind: options.kind, force: false, dryRun: false});
      refresh();
      return outcome;
    },
    resetBreaker: async (who, reason) => {
      const outcome = await resetBreaker(shared, {by: who, reason}, null);
      refresh();
      return outcome;
    },
    close: async () => {
      judging.stop();
      ending.abort();
      try {
        await feeds;
      } finally {
        await end();
      }
    },
  };
};

/** Opens the way to the cluster and begins to watch one workload. Throws CommandFailure where there is no way. */
export const watch = async (
  context: Context,
  options: WatchOptions,
  told: (live: LiveSight) => void,
): Promise<Watching> => {
  const {context: shared, close} = await share(context);
  try {
    const {world} = await openWorld(shared, 'watch');
    return watchIn(
      world,
      {...shared, settings: {...shared.settings, namespace: world.namespace}},
      options,
      told,
      close,
    );
  } catch (error) {
    await close();
    throw error;
  }
};
