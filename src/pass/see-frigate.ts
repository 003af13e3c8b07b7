/**
 * The part of a look that asks Frigate itself: as fast as a calm Frigate allows, and one request at a time of one in trouble.
 * Each question has its own deadline in the reader; only the pass's signal stands over them.
 */
import {notAsked, type Known} from '../core/known.js';
import type {Memory} from '../core/memory.js';
import type {FrigateObservation, NewestSegment} from '../core/observation/frigate.js';
import type {Observation} from '../core/observation/observation.js';
import type {Container} from '../core/observation/pod.js';
import {
  asksForGo2rtc,
  asksForMountProbe,
  asksForMounts,
  camerasToAskForSegments,
  mountUnaskedBecause,
  type Glimpse,
} from '../core/questions.js';
import type {Instant} from '../core/time.js';
import type {Expectation} from '../frigate/ahead.js';
import type {FrigateReader} from '../frigate/frigate.js';
import {inTurns} from './deadline.js';
import type {Place, Timed} from './place.js';
import type {World} from './world.js';

/** Segments of this many cameras are asked for at a time. */
const SEGMENT_LANES = 4;

export interface Looking {
  readonly memory: Memory;
  /** A failure was counted or an incident stands. */
  readonly failing: boolean;
  readonly now: Instant;
  readonly timed: Timed;
}

export interface SeenFrigate extends Pick<FrigateObservation, 'stats' | 'config' | 'segments'> {
  readonly via: Observation['via'];
  readonly observation: FrigateObservation;
}

export const seeFrigate = async (
  world: World,
  place: Place,
  looking: Looking,
  signal: AbortSignal,
): Promise<SeenFrigate> => {
  const {workload, pod, pods} = place;
  const {memory, failing, now, timed} = looking;
  const container = pod?.frigate ?? null;
  if (pod === null || container?.state.phase !== 'running')
    return unseen(notAsked(pods.known ? "Frigate's container does not run" : 'the pods could not be listed'));
  const address = {
    namespace: workload?.namespace ?? world.namespace,
    pod: pod.name,
    container: container.name,
    ip: pod.ip,
  };
  const {reader, stats, liveness, via} = await timed(
    'stats',
    world.openFrigate(address, signal, expectationOf(looking, container)),
  );
  const asking = timed('history', reader.history(signal));
  if (failing) await asking;
  const [history, config] = await Promise.all([asking, timed('config', reader.config(signal))]);
  const segments = config.known
    ? await timed('segments', seeSegments(reader, camerasToAskForSegments(config.value), looking, signal))
    : new Map<string, Known<NewestSegment>>();
  const rest = await timed('questions', seeRest(reader, {pod, workload, stats, config, segments, memory, now}, signal));
  reader.close();
  return {stats, config, segments, via, observation: {liveness, stats, history, config, segments, ...rest}};
};

/** A calm pass knows what it will ask: nothing was wrong in the last one, and this very container was seen then. */
const expectationOf = ({memory, failing, now}: Looking, container: Container): Expectation | null => {
  const seenBefore = memory.cameras.length > 0 && memory.containerId !== null && memory.containerId === container.id;
  return !failing && seenBefore && container.ready ? {cameras: memory.cameras.map(({name}) => name), now} : null;
};

const unseen = (why: ReturnType<typeof notAsked>): SeenFrigate => ({
  stats: why,
  config: why,
  segments: new Map(),
  via: null,
  observation: {
    liveness: [],
    stats: why,
    history: why,
    config: why,
    segments: new Map(),
    go2rtc: why,
    mountProbe: why,
    mounts: why,
  },
});

const seeSegments = async (
  reader: FrigateReader,
  cameras: readonly string[],
  {failing, now}: Looking,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Known<NewestSegment>>> =>
  new Map(
    await inTurns(
      cameras,
      failing ? 1 : SEGMENT_LANES,
      async (camera) => [camera, await reader.newestSegment(camera, now, signal)] as const,
    ),
  );

/** One after another: these are asked of a Frigate in trouble. */
const seeRest = async (
  reader: FrigateReader,
  glimpse: Glimpse,
  signal: AbortSignal,
): Promise<Pick<FrigateObservation, 'go2rtc' | 'mountProbe' | 'mounts'>> => {
  const go2rtc = asksForGo2rtc(glimpse)
    ? await reader.go2rtc(signal)
    : notAsked('no camera that comes through go2rtc is silent');
  const mounts = asksForMounts(glimpse) ? await reader.mounts(signal) : notAsked();
  const mountProbe = asksForMountProbe(glimpse)
    ? await reader.mountProbe(signal)
    : notAsked(mountUnaskedBecause(glimpse));
  return {go2rtc, mounts, mountProbe};
};
