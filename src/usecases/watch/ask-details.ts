/** The slower questions to Frigate, one round after another and only while it answers: configuration, history, segments, and what they raise. */
import {mapKnown, notAsked, notInKubernetes, type Known} from '../../core/known.js';
import {emptyBaselines, type Baselines} from '../../core/state/baselines.js';
import type {NewestSegment} from '../../core/observation/frigate.js';
import {sharing} from '../../core/observation/shared-snapshots.js';
import {
  asksForGo2rtc,
  asksForMountProbe,
  asksForMounts,
  camerasToAskForSegments,
  isSegmentLate,
  logDoubtsRecording,
  standingCameras,
  mountUnaskedBecause,
  type FollowUpContext,
} from '../../core/checks/evidence/follow-up.js';
import {milliseconds, minutes, seconds, type Duration, type Instant} from '../../core/time.js';
import type {FrigateReader} from '../../frigate/frigate.js';
import {inTurns} from '../../pass/in-turns.js';
import {startsLong} from '../../pass/observe-frigate.js';
import {askForMemory} from '../../pass/observe-memory.js';
import {filledWith, type WatchState} from './watch-state.js';
import {reachableOn, runningOn, serverNow, type WatchContext} from './watch-context.js';

/** A pause that is shorter than this was no round: nothing was asked. */
const LEAST_ROUND = seconds(1);
const CONFIG_EVERY = minutes(1);
/** The metrics API has a new sample each 15 s at most. */
const CPU_EVERY = seconds(30);
const SEGMENT_LANES = 4;
/** While recording may have stopped: the length of a segment. Otherwise this often it is checked whether something points there. */
const DOUBTFUL_ROUND = seconds(10);
/** So long the log is reason enough: then the segments are late, or its errors do not concern them. */
const LOG_IS_REASON = seconds(90);
/** After this time it is a reason again. */
const LOG_IS_REASON_AGAIN = minutes(10);

/** Since when the log has been a reason to ask early, by the monotonic clock; `null`: never. */
interface LogReason {
  since: number | null;
}

/** The stored baselines, with the probe of the mount that was made from here: no second one while it may still hang. */
export const memoryOn = ({recalledState, probed}: WatchState): Baselines => {
  const memory = recalledState?.state.memory ?? emptyBaselines;
  return probed === null ? memory : {...memory, mountProbe: probed};
};

const followUpContextOf = (watchState: WatchState, context: WatchContext): FollowUpContext => {
  const running = runningOn(watchState);
  return {
    pod: running?.pod ?? null,
    workload: running?.workload ?? null,
    stats: watchState.frigate.stats,
    config: watchState.config,
    segments: watchState.segments,
    memory: memoryOn(watchState),
    now: serverNow(context.ports),
  };
};

const askRest = async (context: WatchContext, reader: FrigateReader): Promise<void> => {
  const {writer, ports, signal} = context;
  const followUp = followUpContextOf(writer.now, context);
  writer.put(
    {
      go2rtc: asksForGo2rtc(followUp)
        ? await reader.go2rtc(signal)
        : notAsked('no camera that go2rtc streams is silent'),
    },
    'expected',
  );
  writer.put({mounts: asksForMounts(followUp) ? await reader.mounts(signal) : notAsked()}, 'expected');
  if (!asksForMountProbe(followUp)) {
    // An answer of before is none any more: whether an earlier probe may still hang, the baselines know (FRG-606).
    writer.put({mountProbe: notAsked(mountUnaskedBecause(followUp))}, 'expected');
    return;
  }
  const mountProbe = await reader.mountProbe(signal);
  writer.put({
    mountProbe,
    ...(mountProbe.known ? {probed: {at: serverNow(ports), answered: mountProbe.value.answered}} : {}),
  });
};

/** One round; how long until the next. */
const askOnce = async (context: WatchContext, configDue: boolean): Promise<Duration> => {
  const {ports, writer, demand, signal} = context;
  const reachable = reachableOn(writer.now, ports);
  if (reachable === null || !writer.now.frigate.stats.known) return seconds(0.5);
  const {address, id, running} = reachable;
  const {reader, stats} = await ports.openFrigate(address, signal);
  try {
    const stale = (): boolean => signal.aborted || reachableOn(writer.now, ports)?.id !== id;
    if (!writer.now.history.known) {
      const history = mapKnown(await reader.history(signal), sharing);
      if (stale()) return seconds(0);
      writer.put({history, ...(history.known ? {trend: history.value, filling: filledWith([], history.value)} : {})});
    }
    if (configDue || !writer.now.config.known) {
      const [config, memoryUse] = await Promise.all([
        reader.config(signal),
        running === null ? notInKubernetes : askForMemory(ports, running, address, signal).answer(reader, signal),
      ]);
      if (stale()) return seconds(0);
      writer.put({config, memoryUse});
    }
    const {config} = writer.now;
    const cameras = config.known ? camerasToAskForSegments(config.value) : [];
    // A Frigate in trouble is asked one question at a time (on 0.17.2 three that hung took every worker of its nginx).
    const lanes = stats.known ? SEGMENT_LANES : 1;
    const segmentsAt = serverNow(ports);
    const segments = new Map<string, Known<NewestSegment>>(
      await inTurns(
        cameras,
        lanes,
        async (camera) => [camera, await reader.newestSegment(camera, serverNow(ports), signal)] as const,
      ),
    );
    if (stale()) return seconds(0);
    writer.put({segments, segmentsAt}, 'expected');
    await askRest(context, reader);
    if (stale()) return seconds(0);
    if (!writer.now.askedAll) writer.put({askedAll: true});
    const pause = demand.detailsEvery(cameras.length);
    const late = [...segments.values()].some((each) => isSegmentLate(each, segmentsAt));
    return late && pause > DOUBTFUL_ROUND ? DOUBTFUL_ROUND : pause;
  } finally {
    reader.close();
  }
};

/** One question about cameras that stand still: whether the newest segment of one of them is late. */
const isOneLate = async (context: WatchContext, names: readonly string[]): Promise<boolean> => {
  const {ports, writer, signal} = context;
  const running = runningOn(writer.now);
  const {config} = writer.now;
  if (running === null || !config.known) return false;
  const recorded = new Set(camerasToAskForSegments(config.value));
  const cameras = names.filter((name) => recorded.has(name));
  if (cameras.length === 0) return false;
  const {workload, pod, container} = running;
  const {reader} = await ports.openFrigate(
    {namespace: workload.namespace, pod: pod.name, container: container.name, ip: pod.ip},
    signal,
  );
  try {
    const askedAt = serverNow(ports);
    const answers = await inTurns(cameras, 1, (camera) => reader.newestSegment(camera, askedAt, signal));
    return answers.some((answer) => isSegmentLate(answer, askedAt));
  } finally {
    reader.close();
  }
};

/** A recorder that reports errors for hours is not asked every 10 s for hours. */
const isReason = (logReason: LogReason, now: number): boolean => {
  if (logReason.since === null || now - logReason.since >= LOG_IS_REASON_AGAIN) logReason.since = now;
  return now - logReason.since < LOG_IS_REASON;
};

/** Until the next round: the whole pause, unless the log or a camera that stands still makes it worth asking before. */
const untilNextRound = async (context: WatchContext, pause: Duration, logReason: LogReason): Promise<void> => {
  const {ports, writer, sleep, signal} = context;
  const end = ports.clock.monotonic() + pause;
  let standingAt: Instant | null = null;
  for (;;) {
    const left = Math.max(0, end - ports.clock.monotonic());
    const rung = await sleep.wait(milliseconds(Math.min(left, DOUBTFUL_ROUND)), signal);
    if (rung || signal.aborted || left <= DOUBTFUL_ROUND) return;
    const {log, segmentsAt, history, frigate} = writer.now;
    if (segmentsAt === null || !frigate.stats.known) continue;
    if (logDoubtsRecording(log, segmentsAt) && isReason(logReason, ports.clock.monotonic())) return;
    const {lastUpdated} = frigate.stats.value.snapshot;
    if (lastUpdated === standingAt) continue;
    standingAt = lastUpdated;
    if (await isOneLate(context, standingCameras(history))) return;
  }
};

/** While a start lasts longer than usual its CPU time shows whether it works; Frigate itself answers nothing then. */
const askCpu = async ({ports, writer, signal}: WatchContext): Promise<boolean> => {
  const running = runningOn(writer.now);
  if (running === null || writer.now.frigate.stats.known) return false;
  const {workload, pod, container} = running;
  if (!startsLong(ports, container, {memory: memoryOn(writer.now), now: serverNow(ports)})) return false;
  const address = {namespace: workload.namespace, pod: pod.name, container: container.name, ip: pod.ip};
  const cpuUse = await askForMemory(ports, {workload, pod}, address, signal, true).cpu;
  if (!signal.aborted && runningOn(writer.now)?.container.id === container.id) writer.put({cpuUse});
  return true;
};

export const askDetails = async (context: WatchContext): Promise<void> => {
  const {ports, signal} = context;
  const logReason: LogReason = {since: null};
  let configAsked: number | null = null;
  let cpuAsked: number | null = null;
  while (!signal.aborted) {
    const due = configAsked === null || ports.clock.monotonic() - configAsked >= CONFIG_EVERY;
    if ((cpuAsked === null || ports.clock.monotonic() - cpuAsked >= CPU_EVERY) && (await askCpu(context)))
      cpuAsked = ports.clock.monotonic();
    const pause = await askOnce(context, due);
    if (due && pause >= LEAST_ROUND) configAsked = ports.clock.monotonic();
    await untilNextRound(context, pause, logReason);
  }
};
