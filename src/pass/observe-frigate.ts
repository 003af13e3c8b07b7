/**
 * The part of an observation that asks Frigate itself: as fast as a calm Frigate allows, and one request at a time of one in trouble.
 * Each question has its own deadline in the reader; only the pass's signal stands over them.
 */
import {notAsked, type Known} from '../core/known.js';
import type {Baselines} from '../core/state/baselines.js';
import type {FrigateObservation, NewestSegment} from '../core/observation/frigate.js';
import type {Observation} from '../core/observation/observation.js';
import type {Container} from '../core/observation/pod.js';
import {
  asksForGo2rtc,
  asksForMountProbe,
  asksForMounts,
  camerasToAskForSegments,
  mountUnaskedBecause,
  type FollowUpContext,
} from '../core/checks/evidence/follow-up.js';
import {isStarted} from '../core/checks/evidence/start.js';
import {since, type Instant} from '../core/time.js';
import type {Expectation} from '../frigate/ahead.js';
import type {FrigateReader} from '../frigate/frigate.js';
import {inTurns} from './in-turns.js';
import {askForMemory} from './observe-memory.js';
import {NOT_RUNNING, type LocatedPod, type Timed} from './located-pod.js';
import type {PassPorts} from './ports.js';

/** Segments of this many cameras are asked for at a time. */
const SEGMENT_LANES = 4;

export interface FrigateQuestions {
  readonly memory: Baselines;
  /** A failure was counted or an incident stands. */
  readonly failing: boolean;
  readonly now: Instant;
  readonly timed: Timed;
}

export interface ObservedFrigate extends Pick<FrigateObservation, 'stats' | 'config' | 'segments'> {
  readonly via: Observation['via'];
  readonly observation: FrigateObservation;
  readonly memoryUse: NonNullable<Observation['memoryUse']>;
  readonly cpuUse: NonNullable<Observation['cpuUse']>;
}

export const observeFrigate = async (
  ports: PassPorts,
  located: LocatedPod,
  questions: FrigateQuestions,
  signal: AbortSignal,
): Promise<ObservedFrigate> => {
  const {workload, pod, pods} = located;
  const {memory, failing, now, timed} = questions;
  const container = pod?.frigate ?? null;
  if (pod === null || container?.state.phase !== 'running')
    return unseen(pods.known ? NOT_RUNNING : notAsked('the pods could not be listed'));
  const address = {
    namespace: workload?.namespace ?? ports.namespace,
    pod: pod.name,
    container: container.name,
    ip: pod.ip,
  };
  const memoryQuestion = askForMemory(ports, located, address, signal, startsLong(ports, container, questions));
  const {reader, stats, liveness, via} = await timed(
    'stats',
    ports.openFrigate(address, signal, expectationOf(questions, container)),
  );
  const memoryAnswer = timed('memory', memoryQuestion.answer(reader, signal));
  const backend = await timed('backend', observeBackend(reader, liveness, signal));
  const asking = timed('history', reader.history(signal));
  if (failing) await asking;
  const [history, config] = await Promise.all([asking, timed('config', reader.config(signal))]);
  const segments = config.known
    ? await timed('segments', seeSegments(reader, camerasToAskForSegments(config.value), questions, signal))
    : new Map<string, Known<NewestSegment>>();
  const rest = await timed('questions', seeRest(reader, {pod, workload, stats, config, segments, memory, now}, signal));
  const [memoryUse, cpuUse] = await Promise.all([memoryAnswer, memoryQuestion.cpu]);
  reader.close();
  return {
    stats,
    config,
    segments,
    via,
    memoryUse,
    cpuUse,
    observation: {liveness, stats, backend, history, config, segments, ...rest},
  };
};

/** Its start is older than the grace, and no pass knows that it is over: a healthy container is asked for its CPU time once at most. */
export const startsLong = (
  {settings}: Pick<PassPorts, 'settings'>,
  {id, state}: Container,
  {memory: {start}, now}: Pick<FrigateQuestions, 'memory' | 'now'>,
): boolean => {
  if (state.phase !== 'running' || state.startedAt === null || id === null) return false;
  if (since(state.startedAt, now) < settings.policy.startupGrace) return false;
  return start === null || !id.startsWith(start.containerId) || !isStarted(start);
};

/** Asked only where the port refuses on every transport: is it the wrong one, or does nothing run behind it? (FRG-301) */
export const observeBackend = async (
  reader: Pick<FrigateReader, 'backend'>,
  liveness: FrigateObservation['liveness'],
  signal: AbortSignal,
): Promise<FrigateObservation['backend']> =>
  liveness.length > 0 && liveness.every((each) => each.verdict === 'dead' && each.how === 'refused')
    ? reader.backend(signal)
    : notAsked('the port of the API does not refuse on every transport');

/** A calm pass knows what it will ask: nothing was wrong in the last one, and this very container was observed then. */
const expectationOf = ({memory, failing, now}: FrigateQuestions, container: Container): Expectation | null => {
  const wasKnown = memory.cameras.length > 0 && memory.containerId !== null && memory.containerId === container.id;
  return !failing && wasKnown && container.ready ? {cameras: memory.cameras.map(({name}) => name), now} : null;
};

const unseen = (why: ReturnType<typeof notAsked>): ObservedFrigate => ({
  stats: why,
  config: why,
  segments: new Map(),
  via: null,
  memoryUse: why,
  cpuUse: why,
  observation: {
    liveness: [],
    stats: why,
    backend: why,
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
  {failing, now}: FrigateQuestions,
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
  context: FollowUpContext,
  signal: AbortSignal,
): Promise<Pick<FrigateObservation, 'go2rtc' | 'mountProbe' | 'mounts'>> => {
  const go2rtc = asksForGo2rtc(context)
    ? await reader.go2rtc(signal)
    : notAsked('no camera that go2rtc streams is silent');
  const mounts = asksForMounts(context) ? await reader.mounts(signal) : notAsked();
  const mountProbe = asksForMountProbe(context)
    ? await reader.mountProbe(signal)
    : notAsked(mountUnaskedBecause(context));
  return {go2rtc, mounts, mountProbe};
};
