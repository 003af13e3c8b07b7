/** Frigate itself, asked every two seconds, one request at a time: the next poll begins when the one before has ended. */
import {isDeepStrictEqual} from 'node:util';
import {notAsked, unknown, type Unknown} from '../../core/known.js';
import type {Snapshot} from '../../core/observation/frigate.js';
import {humanDuration, milliseconds, seconds, since, type Duration, type Instant} from '../../core/time.js';
import type {Board} from './board.js';
import {MOST_SNAPSHOTS} from './board.js';
import {backOff, runningOn, type Room, type Running} from './room.js';

/** Snapshots of Frigate before 0.14 are made at each request; for the graphs one in this time is enough. */
const GRAPH_STEP = seconds(15);

/** Between two tries: one that starts answers within a minute, and a person waits for it. */
const LONGEST_PAUSE = seconds(10);

/** An answer takes milliseconds from 0.14 on. */
const SILENT = seconds(2);

/** How long a question may be open before the screen says so: twice as long as the last one was. Frigate up to 0.13 makes its numbers at each request, in up to five seconds. */
export const silentAfter = ({lastStats}: Board): Duration =>
  milliseconds(Math.max(SILENT, 2 * (lastStats?.reading.latency ?? 0)));

/** The history of a living Frigate (0.14+) grows by the snapshots that are seen; the graphs take what there is. */
export const grown = (board: Board, snapshot: Snapshot, now: Instant): Partial<Board> => {
  const last = board.trend.at(-1);
  const at = snapshot.lastUpdated ?? now;
  if (last !== undefined && at <= (last.lastUpdated ?? 0)) return {};
  const next = {...snapshot, lastUpdated: at, usages: null};
  const append = (list: readonly Snapshot[]): readonly Snapshot[] => [...list, next].slice(-MOST_SNAPSHOTS);
  if (board.history.known)
    return {history: {known: true, value: append(board.history.value)}, trend: append(board.trend)};
  const tooSoon =
    last?.lastUpdated !== undefined && last.lastUpdated !== null && since(last.lastUpdated, at) < GRAPH_STEP;
  return tooSoon ? {} : {trend: append(board.trend)};
};

/** Frigate looks at itself every 15 s; whoever asks in between gets the same numbers again. */
const isSeenBefore = ({lastStats}: Board, snapshot: Snapshot): boolean =>
  lastStats?.reading.snapshot.lastUpdated === snapshot.lastUpdated &&
  isDeepStrictEqual(lastStats.reading.snapshot, snapshot);

/** What holds of another container than the one before, or of none: nothing that was said by the old one. */
const forgotten = (why: Unknown): Partial<Board> => ({
  history: why,
  trend: [],
  config: why,
  segments: new Map(),
  segmentsAt: null,
  askedAll: false,
  go2rtc: why,
  mounts: why,
  mountProbe: why,
});

const poll = async (room: Room, {workload, pod, container}: Running): Promise<boolean> => {
  const {world, slate, signal} = room;
  slate.asked('frigate', world.clock.now());
  // Its API counts as dead after two timeouts on two ways; that there is no answer is told at once.
  const patience = silentAfter(slate.now);
  const silence = setTimeout(
    () =>
      slate.silent(
        'frigate',
        unknown('timeout', `no answer for ${humanDuration(patience)}, still waiting`).why,
        world.clock.now(),
      ),
    patience,
  );
  const {liveness, stats, via, reader} = await world
    .openFrigate({namespace: workload.namespace, pod: pod.name, container: container.name, ip: pod.ip}, signal)
    .finally(() => clearTimeout(silence));
  reader.close();
  if (signal.aborted) return false;
  const at = world.clock.now();
  const {frigate: before, lastStats: last} = slate.now;
  const answer = {liveness, stats, via, podUid: pod.uid};
  if (!stats.known) {
    slate.put({frigate: answer});
    return false;
  }
  if (
    last !== null &&
    before.stats.known &&
    before.via === via &&
    before.podUid === pod.uid &&
    isSeenBefore(slate.now, stats.value.snapshot)
  ) {
    slate.put({frigate: answer, lastStats: {reading: stats.value, seenAt: last.seenAt}}, 'expected');
  } else
    slate.put({
      frigate: answer,
      lastStats: {reading: stats.value, seenAt: at},
      ...grown(slate.now, stats.value.snapshot, at),
    });
  slate.seen('frigate', at);
  return true;
};

export const pollFrigate = async (room: Room): Promise<void> => {
  const {world, slate, signal, bell, interval} = room;
  let attempts = 0;
  let containerId: string | null = null;
  while (!signal.aborted) {
    const running = runningOn(slate.now);
    const id = running?.container.id ?? null;
    if (running !== null && id !== containerId) {
      containerId = id;
      attempts = 0;
      slate.put(forgotten(notAsked('still looking')));
    }
    if (running === null) {
      const why = notAsked(slate.now.located === null ? 'still looking' : "Frigate's container does not run");
      containerId = null;
      slate.put({frigate: {liveness: [], stats: why, via: null, podUid: null}, ...forgotten(why)});
      if (slate.now.located !== null) slate.failed('frigate', why.why, world.clock.now(), interval);
      await bell.wait(slate.now.located === null ? seconds(0.1) : seconds(1), signal);
      continue;
    }
    const begun = world.clock.monotonic();
    const well = await poll(room, running);
    attempts = well ? 0 : attempts + 1;
    const pause = well
      ? seconds(Math.max(0.1, (interval - (world.clock.monotonic() - begun)) / 1000))
      : milliseconds(Math.min(Math.max(LONGEST_PAUSE, interval), backOff(interval, attempts - 1, room.random)));
    if (!well && !slate.now.frigate.stats.known)
      slate.failed('frigate', slate.now.frigate.stats.why, world.clock.now(), pause);
    await bell.wait(pause, signal);
  }
};
