/** `watch`: feeds that keep the watch state up to date and publish each change; whoever shows it asks for a judgement. Reads only, except for a person's explicit actions. */
import {contextOf} from '../../core/cluster-context.js';
import type {WorkloadKind} from '../../core/observation/workload.js';
import {seconds, type Duration, type Instant} from '../../core/time.js';
import type {CheckReport} from '../../outcome/check-report.js';
import type {ResetResult} from '../../outcome/reset-result.js';
import type {RestartResult} from '../../outcome/restart-result.js';
import {buildReport} from '../build-report.js';
import type {Context} from '../../pass/context.js';
import {openPorts} from '../../pass/open-ports.js';
import {resetBreaker} from '../reset-breaker.js';
import {restart, type RestartOptions} from '../restart/restart.js';
import {StateStore} from '../../pass/state-store.js';
import {startFeeds} from './feeds.js';
import type {Urgency} from './watch-state.js';
import {liveObservation, refreshed, type LiveObservation, type WatchedTarget} from './live.js';
import {WATCH_DEMAND} from './watch-context.js';
import {share} from './shared-connection.js';
import type {PassPorts} from '../../pass/ports.js';

/** After a person asked for a refresh every change is news for so long. */
const HURRY = seconds(3);

export interface WatchOptions {
  readonly kind: WorkloadKind | null;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

export interface Watching {
  readonly target: WatchedTarget;
  /** The local clock, by which the sources are stamped. */
  readonly now: () => Instant;
  /** Called at each change, and once at the start, with how soon it has to be shown; when to observe is the listener's choice. Returns the function that ends the subscription. */
  readonly subscribe: (listener: (urgency: Urgency) => void) => () => void;
  /** Judges what is known now. */
  readonly observe: () => LiveObservation;
  /** The observation before, with how fresh its sources are now; judges nothing. */
  readonly refreshed: (before: LiveObservation) => LiveObservation;
  /** Asks everything now that is otherwise asked in a while. */
  refresh(): void;
  /** The report of `check` about the last observation; `null` before the first one. */
  report(): CheckReport | null;
  /** The use case of `restart`, over the same connection. */
  restart(options: Pick<RestartOptions, 'who' | 'reason' | 'wait' | 'onProgress'>): Promise<RestartResult>;
  /** The use case of `reset-breaker`, over the same connection. */
  resetBreaker(who: string, reason: string): Promise<ResetResult>;
  /** Resolves when the feeds have ended; rejects with a bug of ours in one of them. */
  readonly done: Promise<void>;
  /** Ends every feed; resolves when all is closed. */
  close(): Promise<void>;
}

/** Feeds and publishes until the watch is closed. */
const watchIn = (ports: PassPorts, shared: Context, options: WatchOptions, end: () => Promise<void>): Watching => {
  const {settings, namespace, cluster, version} = ports;
  const target: WatchedTarget = {context: contextOf(cluster), namespace, workload: settings.workload, version};
  const ending = new AbortController();
  const signal = AbortSignal.any([shared.signal, ending.signal]);
  const listeners = new Set<(urgency: Urgency) => void>();
  let newest: LiveObservation | null = null;
  let hurryUntil = 0;
  const publish = (urgency: Urgency): void => {
    if (signal.aborted) return;
    const hurried = urgency === 'news' || ports.clock.monotonic() < hurryUntil ? 'news' : 'expected';
    for (const listener of listeners) listener(hurried);
  };
  const {writer, ...feeds} = startFeeds({
    ports,
    kind: options.kind,
    interval: options.interval,
    random: options.random,
    store: new StateStore(cluster, namespace, settings.stateName),
    demand: WATCH_DEMAND,
    onChange: publish,
    signal,
  });
  const refresh = (): void => {
    hurryUntil = ports.clock.monotonic() + HURRY;
    feeds.refresh();
  };
  const custom =
    ports.custom?.run({onAnswer: (isNews) => publish(isNews ? 'news' : 'expected')}, signal) ?? Promise.resolve();
  const done = Promise.all([feeds.done, custom]).then(() => undefined);
  // A feed never throws but by a bug of ours: then the whole watch ends with it.
  done.catch(() => ending.abort());
  return {
    target,
    done,
    now: () => ports.clock.now(),
    subscribe: (listener) => {
      listeners.add(listener);
      publish('news');
      return () => void listeners.delete(listener);
    },
    observe: () => {
      newest = liveObservation(writer.now, ports, target, newest);
      return newest;
    },
    refreshed: (before) => refreshed(before, writer.now, ports),
    refresh,
    report: () =>
      newest === null
        ? null
        : buildReport({...ports, settings: newest.observed.settings}, newest.observed, newest.judgement, {
            only: null,
            skip: new Set(),
            failOn: 'warning',
            duration: 0,
            custom: newest.custom,
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
      listeners.clear();
      ending.abort();
      try {
        await done;
      } finally {
        await end();
      }
    },
  };
};

/** Opens the way to the cluster and begins to watch one workload. Throws CommandFailure where there is no way. */
export const watch = async (context: Context, options: WatchOptions): Promise<Watching> => {
  const {context: shared, close} = await share(context);
  try {
    const {ports} = await openPorts(shared, 'watch');
    return watchIn(ports, {...shared, settings: {...shared.settings, namespace: ports.namespace}}, options, close);
  } catch (error) {
    await close();
    throw error;
  }
};
