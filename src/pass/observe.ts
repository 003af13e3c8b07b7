/**
 * Observe: everything at once, each source within its own deadline, every answer Known or Unknown (docs/how-it-decides.md, "What is seen").
 * In at most three steps: the workload with its pods, beside the state → everything about them → what that raised.
 * Over a healthy Frigate the third asks nothing.
 */
import type {StateReading} from '../core/decision/situation.js';
import {known, notAsked, type Known} from '../core/known.js';
import type {Memory} from '../core/memory.js';
import type {LogEvidence} from '../core/observation/log.js';
import type {Node} from '../core/observation/node.js';
import type {Observation, Right} from '../core/observation/observation.js';
import type {WorkloadKind} from '../core/observation/workload.js';
import {asksForClaims, asksForEvents, asksForPreviousLog, type Glimpse} from '../core/questions.js';
import {chooseTarget, nodeNameOf} from '../core/target.js';
import {earlier, earliest, hours, later, minutes, seconds, type Instant} from '../core/time.js';
import {within} from './deadline.js';
import type {Place, Timed} from './place.js';
import type {Seen} from './rights.js';
import {seeFrigate} from './see-frigate.js';
import {comparedWith, type Remembered, type StateStore} from './state-store.js';
import type {World} from './world.js';

/** One question to the API server. */
const CLUSTER_LIMIT = seconds(10);
/** A log of any size is read for this long; what was not read by then proves nothing. */
const LOG_LIMIT = seconds(20);
/** The API server's clock has this resolution; a line of the same second belongs to this pass. */
const CLOCK_STEP = seconds(1);
/** The log is never read further back than this, however long no pass ran. */
const LONGEST_LOG = hours(1);

export interface ObserveOptions {
  /** Only workloads of this kind, where a person said so. */
  readonly kind: WorkloadKind | null;
  /** Rights to review once the workload and the state are seen; `null` or empty: none, a refusal names its rule itself. */
  readonly rights: ((seen: Seen) => readonly Right[]) | null;
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

export const observe = async (
  world: World,
  store: StateStore,
  options: ObserveOptions,
  signal: AbortSignal,
): Promise<Sight> => {
  const {cluster, clock, settings, namespace} = world;
  const timings = new Map<string, number>();
  const timed: Timed = async (source, work) => {
    const begun = clock.monotonic();
    const result = await work;
    timings.set(source, Math.round(clock.monotonic() - begun));
    return result;
  };
  const limited = (): AbortSignal => within(CLUSTER_LIMIT, signal);

  const [place, recalled, cronJob] = await Promise.all([
    timed('workload', locate(world, options.kind, limited())),
    timed('state', store.recall(limited())),
    options.cronJob ? timed('cronjob', cluster.readCronJob(namespace, settings.cronJobName, limited())) : notAsked(),
  ]);
  const serverTime = cluster.serverTime();
  const localClock = clock.now();
  const at = serverTime ?? localClock;
  const remembered = await store.guarded(comparedWith(recalled, place.workload), limited());
  const {memory} = remembered.state;
  const failing = remembered.state.streak !== null || remembered.state.incident !== null;
  const {workload, pod} = place;

  const apiServer = apiServerSeen(place.search, serverTime);
  // One that gives no answer is not asked for rights as well: that would only cost the deadline.
  const rights = apiServer.known ? (options.rights?.({workload, remembered, at}) ?? []) : [];
  const [missingRights, node, frigate, log, claims, earlyEvents] = await Promise.all([
    rights.length === 0 ? notAsked() : timed('rights', cluster.missingRights(rights, limited())),
    timed('node', seeNode(world, place, limited())),
    seeFrigate(world, place, {memory, failing, now: at, timed}, signal),
    timed('log', seeLog(world, place, memory, at, within(LOG_LIMIT, signal))),
    workload !== null && asksForClaims(workload)
      ? cluster.listClaims(workload.namespace, workload.template.claims, limited())
      : Promise.resolve(known([])),
    workload !== null && (failing || pod?.frigate?.ready !== true)
      ? timed('events', cluster.listEvents(workload, limited()))
      : Promise.resolve(null),
  ]);
  const glimpse: Glimpse = {
    pod,
    workload,
    stats: frigate.stats,
    config: frigate.config,
    segments: frigate.segments,
    memory,
    now: at,
  };
  const [events, previousLog] = await Promise.all([
    earlyEvents ??
      (workload !== null && asksForEvents(glimpse, failing)
        ? timed('events', cluster.listEvents(workload, limited()))
        : known([])),
    asksForPreviousLog(glimpse)
      ? seePreviousLog(world, place, at, within(CLUSTER_LIMIT, signal))
      : notAsked('no exit within the last hour'),
  ]);

  const observation: Observation = {
    at,
    localClock,
    context: cluster.context,
    apiServer,
    missingRights,
    cronJob,
    workload: place.search,
    pods: place.pods,
    node,
    events,
    claims,
    via: frigate.via,
    frigate: frigate.observation,
    log,
    previousLog,
    state: remembered.soundness,
    alertChannel: {configured: world.mailer.configured, lastFailure: options.mailFailure(remembered)},
  };
  return {observation, remembered, reading: remembered.reading, timings};
};

const locate = async (
  {cluster, settings, namespace}: World,
  kind: WorkloadKind | null,
  signal: AbortSignal,
): Promise<Place> => {
  const {search, pods} = await cluster.locate(
    {namespace, name: settings.workload, kind, podSelector: settings.podSelector, exact: settings.workloadGiven},
    signal,
  );
  const workload = search.known && search.value.found === 'one' ? search.value.workload : null;
  const choice = workload !== null && pods.known ? chooseTarget(workload, pods.value) : null;
  return {search, workload, pods, pod: choice?.pod ?? null};
};

const apiServerSeen = (search: Observation['workload'], date: Instant | null): Observation['apiServer'] => {
  if (
    search.known ||
    (date !== null &&
      search.why.code !== 'unauthorized' &&
      search.why.code !== 'misconfigured' &&
      search.why.code !== 'unreachable' &&
      search.why.code !== 'timeout')
  )
    return known({date});
  return search;
};

/** The node of the pod, or the one that it has to wait for while it has none (B-21). */
const seeNode = async (
  {cluster}: World,
  {workload, pod, pods}: Place,
  signal: AbortSignal,
): Promise<Known<Node | null>> => {
  if (workload === null || !pods.known) return notAsked('there is no workload to place');
  const name = nodeNameOf(workload, pods.value, pod);
  return name === null ? known(null) : cluster.readNode(name, signal);
};

/** From the cursor or the beginning of the window, whichever is earlier, but never further back than an hour or this container. */
const seeLog = (
  world: World,
  {pod, workload}: Place,
  memory: Memory,
  now: Instant,
  signal: AbortSignal,
): Promise<Known<LogEvidence>> => {
  const container = pod?.frigate ?? null;
  if (pod === null || container === null || container.id === null)
    return Promise.resolve(notAsked('there is no container whose log could be read'));
  const window = earlier(now, world.settings.policy.logWindow);
  const from = earliest(window, memory.logCursor ?? window);
  const bounded = from < earlier(now, LONGEST_LOG) ? earlier(now, LONGEST_LOG) : from;
  return world.readLog(
    {
      namespace: workload?.namespace ?? world.namespace,
      pod: pod.name,
      container: container.name,
      since: bounded,
      to: later(now, CLOCK_STEP),
      previous: false,
    },
    signal,
  );
};

const seePreviousLog = (
  world: World,
  {pod, workload}: Place,
  now: Instant,
  signal: AbortSignal,
): Promise<Known<LogEvidence>> => {
  const container = pod?.frigate ?? null;
  if (pod === null || container === null) return Promise.resolve(notAsked());
  const lastEnd = container.last?.finishedAt ?? null;
  const since = lastEnd === null ? null : earlier(lastEnd, minutes(10));
  return world.readLog(
    {
      namespace: workload?.namespace ?? world.namespace,
      pod: pod.name,
      container: container.name,
      since: since ?? earlier(now, minutes(10)),
      to: later(now, CLOCK_STEP),
      previous: true,
    },
    signal,
  );
};

/** Whether the last attempt to deliver an alert failed, and how. */
export const lastMailFailure = ({state}: Remembered): string | null => {
  const failed = state.outbox.filter((entry) => entry.deliveredAt === null && entry.lastError !== null).at(-1);
  return failed?.lastError ?? null;
};
