/**
 * Observe: everything at once, each source within its own deadline, every answer Known or Unknown (decisions.md §1).
 * In at most three steps: find the workload and its pods (beside the state) → everything about them → what that raised.
 */
import type {StateReading} from '../core/decision/situation.js';
import {known, notAsked, unknown, type Known} from '../core/known.js';
import type {Memory} from '../core/memory.js';
import type {FrigateObservation, NewestSegment} from '../core/observation/frigate.js';
import type {LogEvidence} from '../core/observation/log.js';
import type {Node} from '../core/observation/node.js';
import type {CronJob, Observation, Right} from '../core/observation/observation.js';
import type {Pod} from '../core/observation/pod.js';
import type {Workload, WorkloadKind} from '../core/observation/workload.js';
import {asksForClaims, asksForEvents, asksForGo2rtc, asksForMountProbe, asksForMounts, asksForPreviousLog, camerasToAskForSegments, type Glimpse} from '../core/questions.js';
import {chooseTarget} from '../core/target.js';
import {earlier, earliest, hours, later, minutes, seconds, type Instant} from '../core/time.js';
import type {FrigateReader} from '../frigate/frigate.js';
import {inTurns, within} from './deadline.js';
import {comparedWith, type Remembered, type StateStore} from './state-store.js';
import type {World} from './world.js';

/** One question to the API server. */
const CLUSTER_LIMIT = seconds(10);
/** A log of any size is read for this long; what was not read by then proves nothing. */
const LOG_LIMIT = seconds(20);
/** Segments of this many cameras are asked for at a time (budgets.md). */
const SEGMENT_LANES = 4;
/** The API server's clock has this resolution; a line of the same second belongs to this pass. */
const CLOCK_STEP = seconds(1);
/** The log is never read further back than this, however long no pass ran. */
const LONGEST_LOG = hours(1);

export interface ObserveOptions {
  /** Only workloads of this kind, where a person said so. */
  readonly kind: WorkloadKind | null;
  /** Rights to review beforehand; empty: a refusal names its rule itself. */
  readonly rights: readonly Right[];
  /** Look at the CronJob that runs the passes (FRG-105). */
  readonly cronJob: boolean;
  readonly mailFailure: (remembered: Remembered) => string | null;
}

export interface Sight {
  readonly observation: Observation;
  readonly remembered: Remembered;
  readonly reading: StateReading;
  /** Milliseconds that each source took, by name; for `durationMs` and `-o wide`. */
  readonly timings: ReadonlyMap<string, number>;
}

export const observe = async (world: World, store: StateStore, options: ObserveOptions, signal: AbortSignal): Promise<Sight> => {
  const {cluster, clock, settings, namespace} = world;
  const timings = new Map<string, number>();
  const timed = async <T>(source: string, work: Promise<T>): Promise<T> => {
    const begun = clock.monotonic();
    const result = await work;
    timings.set(source, Math.round(clock.monotonic() - begun));
    return result;
  };
  const limited = (): AbortSignal => within(CLUSTER_LIMIT, signal);

  const [place, recalled, missingRights, cronJob] = await Promise.all([
    timed('workload', locate(world, options.kind, limited())),
    timed('state', store.recall(limited())),
    timed('rights', options.rights.length === 0 ? Promise.resolve(notAsked()) : cluster.missingRights(options.rights, limited())),
    timed('cronjob', options.cronJob ? cluster.readCronJob(namespace, settings.cronJobName, limited()) : Promise.resolve<Known<CronJob | null>>(notAsked())),
  ]);
  const serverTime = cluster.serverTime();
  const localClock = clock.now();
  const at = serverTime ?? localClock;
  const remembered = comparedWith(recalled, place.workload);
  const {memory} = remembered.state;
  const failing = remembered.state.streak !== null || remembered.state.incident !== null;
  const {workload, pod} = place;

  const [node, frigate, log, claims, earlyEvents] = await Promise.all([
    timed('node', seeNode(world, place, limited())),
    seeFrigate(world, place, memory, at, signal, timed),
    timed('log', seeLog(world, place, memory, at, within(LOG_LIMIT, signal))),
    workload !== null && asksForClaims(workload) ? cluster.listClaims(workload.namespace, workload.template.claims, limited()) : Promise.resolve(known([])),
    workload !== null && (failing || pod?.frigate?.ready !== true) ? timed('events', cluster.listEvents(workload, limited())) : Promise.resolve(null),
  ]);
  const glimpse: Glimpse = {pod, workload, stats: frigate.stats, config: frigate.config, segments: frigate.segments, memory, now: at};
  const [events, previousLog] = await Promise.all([
    earlyEvents ?? (workload !== null && asksForEvents(glimpse, failing) ? timed('events', cluster.listEvents(workload, limited())) : known([])),
    asksForPreviousLog(glimpse) ? seePreviousLog(world, place, at, within(CLUSTER_LIMIT, signal)) : notAsked('no exit within the last hour'),
  ]);

  const observation: Observation = {
    at, localClock,
    context: cluster.context,
    apiServer: apiServerSeen(place.search, serverTime),
    missingRights, cronJob,
    workload: place.search, pods: place.pods, node, events, claims,
    via: frigate.via,
    frigate: frigate.observation,
    log, previousLog,
    state: remembered.soundness,
    alertChannel: {configured: world.mailer.configured, lastFailure: options.mailFailure(remembered)},
  };
  return {observation, remembered, reading: remembered.reading, timings};
};

interface Place {
  readonly search: Observation['workload'];
  readonly workload: Workload | null;
  readonly pods: Observation['pods'];
  readonly pod: Pod | null;
}

const locate = async ({cluster, settings, namespace}: World, kind: WorkloadKind | null, signal: AbortSignal): Promise<Place> => {
  const query = {namespace, name: settings.workload, kind, podSelector: settings.podSelector};
  const search = await cluster.findWorkload(query, signal);
  if (!search.known) return {search, workload: null, pods: unknown(search.why.code, search.why.message, search.why.fix), pod: null};
  if (search.value.found !== 'one') return {search, workload: null, pods: notAsked('there is no single workload'), pod: null};
  const {workload} = search.value;
  const pods = await cluster.listPods(workload, signal);
  const choice = pods.known ? chooseTarget(workload, pods.value) : null;
  return {search, workload, pods, pod: choice?.pod ?? null};
};

const apiServerSeen = (search: Observation['workload'], date: Instant | null): Observation['apiServer'] => {
  if (search.known || date !== null && search.why.code !== 'unauthorized' && search.why.code !== 'unreachable' && search.why.code !== 'timeout') return known({date});
  return search;
};

/** The node of the pod, or the one that the template names while no pod has one (B-21). */
const seeNode = async ({cluster}: World, {workload, pod, pods}: Place, signal: AbortSignal): Promise<Known<Node | null>> => {
  if (workload === null || !pods.known) return notAsked('there is no workload to place');
  const name = pod?.nodeName ?? workload.template.nodeName ?? workload.template.nodeSelector.get('kubernetes.io/hostname') ?? null;
  return name === null ? known(null) : cluster.readNode(name, signal);
};

type Timed = <T>(source: string, work: Promise<T>) => Promise<T>;

interface SeenFrigate extends Pick<FrigateObservation, 'stats' | 'config' | 'segments'> {
  readonly via: Observation['via'];
  readonly observation: FrigateObservation;
}

const seeFrigate = async (world: World, {workload, pod, pods}: Place, memory: Memory, now: Instant, signal: AbortSignal, timed: Timed): Promise<SeenFrigate> => {
  const container = pod?.frigate ?? null;
  if (pod === null || container?.state.phase !== 'running') return unseen(notAsked(pods.known ? "Frigate's container does not run" : 'the pods could not be listed'));
  const address = {namespace: workload?.namespace ?? world.namespace, pod: pod.name, container: container.name, ip: pod.ip};
  const {reader, stats, liveness, via} = await timed('stats', world.openFrigate(address, signal));
  const limited = (): AbortSignal => within(world.settings.apiTimeout, signal);
  const [history, config] = await Promise.all([timed('history', reader.history(limited())), timed('config', reader.config(limited()))]);
  const segments = config.known
    ? await timed('segments', seeSegments(reader, camerasToAskForSegments(config.value), now, limited))
    : new Map<string, Known<NewestSegment>>();
  const rest = await timed('questions', seeRest(reader, {pod, workload, stats, config, segments, memory, now}, limited));
  reader.close();
  return {stats, config, segments, via, observation: {liveness, stats, history, config, segments, ...rest}};
};

const unseen = (why: ReturnType<typeof notAsked>): SeenFrigate => ({
  stats: why, config: why, segments: new Map(), via: null,
  observation: {liveness: [], stats: why, history: why, config: why, segments: new Map(), go2rtc: why, mountProbe: why, mounts: why},
});

const seeSegments = async (reader: FrigateReader, cameras: readonly string[], now: Instant, limited: () => AbortSignal): Promise<ReadonlyMap<string, Known<NewestSegment>>> =>
  new Map(await inTurns(cameras, SEGMENT_LANES, async (camera) => [camera, await reader.newestSegment(camera, now, limited())] as const));

/** One after another: these are asked of a Frigate in trouble. */
const seeRest = async (reader: FrigateReader, glimpse: Glimpse, limited: () => AbortSignal): Promise<Pick<FrigateObservation, 'go2rtc' | 'mountProbe' | 'mounts'>> => {
  const go2rtc = asksForGo2rtc(glimpse) ? await reader.go2rtc(limited()) : notAsked('no camera that comes through go2rtc is silent');
  const mounts = asksForMounts(glimpse) ? await reader.mounts(limited()) : notAsked();
  const mountProbe = asksForMountProbe(glimpse) ? await reader.mountProbe(limited()) : notAsked('nothing points at the media mount, or an earlier question may still hang');
  return {go2rtc, mounts, mountProbe};
};

/** From the cursor or the beginning of the window, whichever is earlier, but never further back than an hour or this container. */
const seeLog = (world: World, {pod, workload}: Place, memory: Memory, now: Instant, signal: AbortSignal): Promise<Known<LogEvidence>> => {
  const container = pod?.frigate ?? null;
  if (pod === null || container === null || container.id === null) return Promise.resolve(notAsked('there is no container whose log could be read'));
  const window = earlier(now, world.settings.policy.logWindow);
  const from = earliest(window, memory.logCursor ?? window);
  const bounded = from < earlier(now, LONGEST_LOG) ? earlier(now, LONGEST_LOG) : from;
  return world.readLog({namespace: workload?.namespace ?? world.namespace, pod: pod.name, container: container.name, since: bounded, to: later(now, CLOCK_STEP), previous: false}, signal);
};

const seePreviousLog = (world: World, {pod, workload}: Place, now: Instant, signal: AbortSignal): Promise<Known<LogEvidence>> => {
  const container = pod?.frigate ?? null;
  if (pod === null || container === null) return Promise.resolve(notAsked());
  const lastEnd = container.last?.finishedAt ?? null;
  const since = lastEnd === null ? null : earlier(lastEnd, minutes(10));
  return world.readLog({namespace: workload?.namespace ?? world.namespace, pod: pod.name, container: container.name, since: since ?? earlier(now, minutes(10)), to: later(now, CLOCK_STEP), previous: true}, signal);
};

/** Whether the last attempt to deliver an alert failed, and how. */
export const lastMailFailure = ({state}: Remembered): string | null => {
  const failed = state.outbox.filter((entry) => entry.deliveredAt === null && entry.lastError !== null).at(-1);
  return failed?.lastError ?? null;
};

