/** Frigate itself, asked every two seconds, one request at a time: the next poll begins when the one before has ended. */
import {isDeepStrictEqual} from 'node:util';
import {backOff} from '../../core/back-off.js';
import {notAsked, notReadYet, unknown, type Unknown} from '../../core/known.js';
import type {Snapshot} from '../../core/observation/frigate.js';
import {sharedWith} from '../../core/observation/shared-snapshots.js';
import {humanDuration, milliseconds, seconds, since, type Duration, type Instant} from '../../core/time.js';
import {after} from '../../core/timers.js';
import {NOT_RUNNING} from '../../pass/located-pod.js';
import {observeBackend} from '../../pass/observe-frigate.js';
import type {WatchState} from './watch-state.js';
import {filledWith, MOST_SNAPSHOTS} from './watch-state.js';
import {isOver, reachableOn, serverNow, type Reachable, type WatchContext} from './watch-context.js';

/** Snapshots of Frigate before 0.14 are made at each request; for the graphs one in this time is enough. */
const GRAPH_STEP = seconds(15);

/** Between two tries: one that starts answers within a minute, and a person waits for it. */
const LONGEST_PAUSE = seconds(10);

/** An answer takes milliseconds from 0.14 on. */
const SILENT = seconds(2);

/** How long a question may be open before the screen says so: twice as long as the last one was. Frigate up to 0.13 makes its numbers at each request, in up to five seconds. */
export const silentAfter = ({lastStats}: WatchState): Duration =>
  milliseconds(Math.max(SILENT, 2 * (lastStats?.reading.latency ?? 0)));

/** The history of a running Frigate (0.14+) grows by the snapshots that are read; the graphs take what there is. */
export const grown = (watchState: WatchState, snapshot: Snapshot, now: Instant): Partial<WatchState> => {
  const last = watchState.trend.at(-1);
  const at = snapshot.lastUpdated ?? now;
  if (last !== undefined && at <= (last.lastUpdated ?? 0)) return {};
  const next = sharedWith(last, {...snapshot, lastUpdated: at, usages: null});
  const append = (list: readonly Snapshot[]): readonly Snapshot[] => [...list, next].slice(-MOST_SNAPSHOTS);
  const filling = filledWith(watchState.filling, [next]);
  if (watchState.history.known)
    return {history: {known: true, value: append(watchState.history.value)}, trend: append(watchState.trend), filling};
  const tooSoon =
    last?.lastUpdated !== undefined && last.lastUpdated !== null && since(last.lastUpdated, at) < GRAPH_STEP;
  return tooSoon ? {} : {trend: append(watchState.trend), filling};
};

/** Frigate makes new numbers every 15 s; a request in between gets the same numbers again. */
const isReadBefore = ({lastStats}: WatchState, snapshot: Snapshot): boolean =>
  lastStats?.reading.snapshot.lastUpdated === snapshot.lastUpdated &&
  isDeepStrictEqual(lastStats.reading.snapshot, snapshot);

/** What holds of another container than the one before, or of none: nothing that was said by the old one. */
const forgotten = (why: Unknown): Partial<WatchState> => ({
  history: why,
  trend: [],
  filling: [],
  config: why,
  segments: new Map(),
  segmentsAt: null,
  askedAll: false,
  go2rtc: why,
  mounts: why,
  mountProbe: why,
  memoryUse: why,
  cpuUse: notAsked(),
});

const poll = async (context: WatchContext, {address, podUid}: Reachable): Promise<boolean> => {
  const {ports, writer, signal} = context;
  writer.asked('frigate', ports.clock.now());
  const from = serverNow(ports);
  // Its API counts as hung after two timeouts on two transports; that there is no answer is shown at once.
  const patience = silentAfter(writer.now);
  const answered = after(ports.clock, patience, () =>
    writer.silent(
      'frigate',
      unknown('timeout', `no answer for ${humanDuration(patience)}, still waiting`).why,
      ports.clock.now(),
    ),
  );
  const {liveness, stats, via, reader} = await ports.openFrigate(address, signal).finally(answered);
  const backend = await observeBackend(reader, liveness, signal);
  reader.close();
  if (signal.aborted) return false;
  const at = ports.clock.now();
  const {frigate: before, lastStats: last} = writer.now;
  const answer = {liveness, stats, backend, via, podUid, asked: {from, to: serverNow(ports)}};
  if (!stats.known) {
    writer.put({frigate: answer});
    return false;
  }
  if (
    last !== null &&
    before.stats.known &&
    before.via === via &&
    before.podUid === podUid &&
    isReadBefore(writer.now, stats.value.snapshot)
  ) {
    writer.put({frigate: answer, lastStats: {reading: stats.value, answeredAt: last.answeredAt}}, 'expected');
  } else
    writer.put({
      frigate: answer,
      lastStats: {reading: stats.value, answeredAt: at},
      ...grown(writer.now, stats.value.snapshot, at),
    });
  writer.answered('frigate', at);
  return true;
};

export const pollFrigate = async (context: WatchContext): Promise<void> => {
  const {ports, writer, signal, sleep, interval, onPollLag} = context;
  let attempts = 0;
  let containerId: string | null = null;
  while (!signal.aborted) {
    const reachable = reachableOn(writer.now, ports);
    const id = reachable?.id ?? null;
    if (reachable !== null && id !== containerId) {
      containerId = id;
      attempts = 0;
      writer.put(forgotten(notReadYet));
    }
    if (reachable === null) {
      const why = writer.now.located === null ? notReadYet : NOT_RUNNING;
      containerId = null;
      writer.put({
        frigate: {liveness: [], stats: why, backend: why, via: null, podUid: null, asked: null},
        ...forgotten(why),
      });
      if (writer.now.located !== null) writer.failed('frigate', why.why, ports.clock.now(), interval);
      await sleep.wait(writer.now.located === null ? seconds(0.1) : seconds(1), signal);
      continue;
    }
    const begun = ports.clock.monotonic();
    const well = await poll(context, reachable);
    attempts = well ? 0 : attempts + 1;
    const pause = well
      ? seconds(Math.max(0.1, (interval - (ports.clock.monotonic() - begun)) / 1000))
      : backOff({first: interval, longest: milliseconds(Math.max(LONGEST_PAUSE, interval))}, attempts, context.random);
    if (!well && !writer.now.frigate.stats.known)
      writer.failed('frigate', writer.now.frigate.stats.why, ports.clock.now(), pause);
    const planned = ports.clock.monotonic() + pause;
    await sleep.wait(pause, signal);
    // One that is asked for earlier is not late.
    const late = ports.clock.monotonic() - planned;
    if (!isOver(signal) && late >= 0) onPollLag?.(milliseconds(late));
  }
};
