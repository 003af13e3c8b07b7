/** The slower questions to Frigate, one round after another and only while it answers: configuration, history, segments, and what they raise. */
import {notAsked, type Known} from '../../core/known.js';
import {emptyBaselines, type Baselines} from '../../core/state/baselines.js';
import type {NewestSegment} from '../../core/observation/frigate.js';
import {
  asksForGo2rtc,
  asksForMountProbe,
  asksForMounts,
  camerasToAskForSegments,
  type FollowUpContext,
} from '../../core/checks/evidence/follow-up.js';
import {minutes, seconds, type Duration} from '../../core/time.js';
import type {FrigateReader} from '../../frigate/frigate.js';
import {inTurns} from '../../pass/in-turns.js';
import {startsLong} from '../../pass/observe-frigate.js';
import {askForMemory} from '../../pass/observe-memory.js';
import {filledWith, type WatchState} from './watch-state.js';
import {runningOn, serverNow, type WatchContext} from './watch-context.js';

/** A pause that is shorter than this was no round: nothing was asked. */
const LEAST_ROUND = seconds(1);
const CONFIG_EVERY = minutes(1);
/** The metrics API has a new sample each 15 s at most. */
const CPU_EVERY = seconds(30);
const SEGMENT_LANES = 4;

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
  if (!asksForMountProbe(followUp)) return;
  const mountProbe = await reader.mountProbe(signal);
  writer.put({
    mountProbe,
    ...(mountProbe.known ? {probed: {at: serverNow(ports), answered: mountProbe.value.answered}} : {}),
  });
};

/** One round; how long until the next. */
const askOnce = async (context: WatchContext, configDue: boolean): Promise<Duration> => {
  const {ports, writer, demand, signal} = context;
  const running = runningOn(writer.now);
  if (running === null || !writer.now.frigate.stats.known) return seconds(0.5);
  const {workload, pod, container} = running;
  const address = {namespace: workload.namespace, pod: pod.name, container: container.name, ip: pod.ip};
  const {reader, stats} = await ports.openFrigate(address, signal);
  try {
    const stale = (): boolean => signal.aborted || runningOn(writer.now)?.container.id !== container.id;
    if (!writer.now.history.known) {
      const history = await reader.history(signal);
      if (stale()) return seconds(0);
      writer.put({history, ...(history.known ? {trend: history.value, filling: filledWith([], history.value)} : {})});
    }
    if (configDue || !writer.now.config.known) {
      const [config, memoryUse] = await Promise.all([
        reader.config(signal),
        askForMemory(ports, {workload, pod}, address, signal).answer(reader, signal),
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
    return demand.detailsEvery(cameras.length);
  } finally {
    reader.close();
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
  const {ports, sleep, signal} = context;
  let configAsked: number | null = null;
  let cpuAsked: number | null = null;
  while (!signal.aborted) {
    const due = configAsked === null || ports.clock.monotonic() - configAsked >= CONFIG_EVERY;
    if ((cpuAsked === null || ports.clock.monotonic() - cpuAsked >= CPU_EVERY) && (await askCpu(context)))
      cpuAsked = ports.clock.monotonic();
    const pause = await askOnce(context, due);
    if (due && pause >= LEAST_ROUND) configAsked = ports.clock.monotonic();
    await sleep.wait(pause, signal);
  }
};
