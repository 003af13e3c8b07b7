/** The slower questions to Frigate, one round after another and only while it answers: configuration, history, segments, and what they raise. */
import {notAsked, type Known} from '../../core/known.js';
import {emptyMemory, type Memory} from '../../core/memory.js';
import type {NewestSegment} from '../../core/observation/frigate.js';
import {
  asksForGo2rtc,
  asksForMountProbe,
  asksForMounts,
  camerasToAskForSegments,
  type Glimpse,
} from '../../core/questions.js';
import {milliseconds, minutes, seconds, type Duration} from '../../core/time.js';
import type {FrigateReader} from '../../frigate/frigate.js';
import {inTurns} from '../deadline.js';
import type {Board} from './board.js';
import {runningOn, serverNow, type Room} from './room.js';

const ROUND = seconds(10);
/** Every camera's newest segment is a request of its own: many cameras are asked less often. */
const PER_CAMERA = milliseconds(250);
/** An answer must not grow so old that the recording counts as stopped (FRG-601, 180 s) because nobody asked. */
const LONGEST_ROUND = seconds(90);
const CONFIG_EVERY = minutes(1);
const SEGMENT_LANES = 4;

/** What is remembered, with the probe of the mount that was made from here: no second one while it may still hang. */
export const memoryOn = ({remembered, probed}: Board): Memory => {
  const memory = remembered?.state.memory ?? emptyMemory;
  return probed === null ? memory : {...memory, mountProbe: probed};
};

const glimpseOf = (board: Board, room: Room): Glimpse => {
  const running = runningOn(board);
  return {
    pod: running?.pod ?? null,
    workload: running?.workload ?? null,
    stats: board.frigate.stats,
    config: board.config,
    segments: board.segments,
    memory: memoryOn(board),
    now: serverNow(room.world),
  };
};

const askRest = async (room: Room, reader: FrigateReader): Promise<void> => {
  const {slate, world, signal} = room;
  const glimpse = glimpseOf(slate.now, room);
  slate.put(
    {
      go2rtc: asksForGo2rtc(glimpse)
        ? await reader.go2rtc(signal)
        : notAsked('no camera that comes through go2rtc is silent'),
    },
    'expected',
  );
  slate.put({mounts: asksForMounts(glimpse) ? await reader.mounts(signal) : notAsked()}, 'expected');
  if (!asksForMountProbe(glimpse)) return;
  const mountProbe = await reader.mountProbe(signal);
  slate.put({
    mountProbe,
    ...(mountProbe.known ? {probed: {at: serverNow(world), answered: mountProbe.value.answered}} : {}),
  });
};

/** One round; how long until the next. */
const askOnce = async (room: Room, configDue: boolean): Promise<Duration> => {
  const {world, slate, signal} = room;
  const running = runningOn(slate.now);
  if (running === null || !slate.now.frigate.stats.known) return seconds(0.5);
  const {workload, pod, container} = running;
  const {reader, stats} = await world.openFrigate(
    {namespace: workload.namespace, pod: pod.name, container: container.name, ip: pod.ip},
    signal,
  );
  try {
    const stale = (): boolean => signal.aborted || runningOn(slate.now)?.container.id !== container.id;
    if (!slate.now.history.known) {
      const history = await reader.history(signal);
      if (stale()) return seconds(0);
      slate.put({history, ...(history.known ? {trend: history.value} : {})});
    }
    if (configDue || !slate.now.config.known) {
      const config = await reader.config(signal);
      if (stale()) return seconds(0);
      slate.put({config});
    }
    const {config} = slate.now;
    const cameras = config.known ? camerasToAskForSegments(config.value) : [];
    // A Frigate in trouble is asked one question at a time (on 0.17.2 three that hung took every worker of its nginx).
    const lanes = stats.known ? SEGMENT_LANES : 1;
    const segmentsAt = serverNow(world);
    const segments = new Map<string, Known<NewestSegment>>(
      await inTurns(
        cameras,
        lanes,
        async (camera) => [camera, await reader.newestSegment(camera, serverNow(world), signal)] as const,
      ),
    );
    if (stale()) return seconds(0);
    slate.put({segments, segmentsAt}, 'expected');
    await askRest(room, reader);
    if (stale()) return seconds(0);
    if (!slate.now.askedAll) slate.put({askedAll: true});
    return milliseconds(Math.min(LONGEST_ROUND, Math.max(ROUND, cameras.length * PER_CAMERA)));
  } finally {
    reader.close();
  }
};

export const askDetails = async (room: Room): Promise<void> => {
  const {world, bell, signal} = room;
  let configAsked: number | null = null;
  while (!signal.aborted) {
    const due = configAsked === null || world.clock.monotonic() - configAsked >= CONFIG_EVERY;
    const pause = await askOnce(room, due);
    if (due && pause >= ROUND) configAsked = world.clock.monotonic();
    await bell.wait(pause, signal);
  }
};
