/**
 * Observe: everything at once, each source within its own deadline, every answer Known or Unknown (docs/how-it-decides.md, "Observation").
 * In at most three steps: the workload with its pods, beside the state → everything about them → what that raised.
 * Over a healthy Frigate the third asks nothing.
 */
import {contextOf} from '../core/cluster-context.js';
import type {StateReading} from '../core/decision/situation.js';
import {known, notAsked, type Known, type UnknownCode} from '../core/known.js';
import type {Baselines} from '../core/state/baselines.js';
import type {LogEvidence} from '../core/observation/log.js';
import type {Node} from '../core/observation/node.js';
import type {Observation, Permission} from '../core/observation/observation.js';
import type {Container} from '../core/observation/pod.js';
import {singleWorkload, type WorkloadKind} from '../core/observation/workload.js';
import {
  asksForClaims,
  asksForEvents,
  asksForPreviousLog,
  type FollowUpContext,
} from '../core/checks/evidence/follow-up.js';
import {chooseTarget, nodeNameOf} from '../core/observation/target.js';
import {earlier, earliest, hours, later, latest, minutes, seconds, type Instant} from '../core/time.js';
import {failingChannels} from '../core/incident/outbox.js';
import {within} from '../core/timers.js';
import type {Settings} from '../settings/settings.js';
import {alertsAreSentBy, daemonMayAct, inForce, installedChecker} from './in-force.js';
import type {InstalledChecker} from '../settings/installed.js';
import type {LogQuestion} from '../frigate/log/read.js';
import type {LocatedPod, Timed} from './located-pod.js';
import type {PermissionsReviewed} from './permissions.js';
import {observeFrigate} from './observe-frigate.js';
import {comparedWith, type RecalledState, type StateStore} from './state-store.js';
import type {PassPorts} from './ports.js';

/** One question to the API server. */
const CLUSTER_LIMIT = seconds(10);
/** A log of any size is read for this long; what was not read by then proves nothing. */
const LOG_LIMIT = seconds(20);
/** The API server's clock has this resolution; a line of the same second belongs to this pass. */
const CLOCK_STEP = seconds(1);
/** What made a container end was logged within this time before. */
const BEFORE_THE_END = minutes(10);
/** The log is never read further back than this, however long no pass ran. */
const LONGEST_LOG = hours(1);
/** The log of a start is read from its beginning, at most so far back. */
const LONGEST_START = hours(6);

export interface ObserveOptions {
  /** Only workloads of this kind, where a person said so. */
  readonly kind: WorkloadKind | null;
  /** Permissions to review once workload and state are observed; `null` or empty: none, a refusal names its rule itself. */
  readonly permissions: ((reviewed: PermissionsReviewed) => readonly Permission[]) | null;
  /**
   * Whether the CronJob that runs the passes is read, in the first step and beside its other questions: `judged`, as a part of
   * the observation (FRG-105); `settings`, only for the settings in force; `none`, by the pass of the CronJob itself.
   */
  readonly cronJob: 'judged' | 'settings' | 'none';
}

export interface ObservedPass {
  readonly observation: Observation;
  readonly recalledState: RecalledState;
  readonly reading: StateReading;
  /** Milliseconds that each source took, by name; for `durationMs` and `-o wide`. */
  readonly timings: ReadonlyMap<string, number>;
  /** The settings in force: what is judged is judged by them. */
  readonly settings: Settings;
}

/** What the first step found; the others rest on it. */
export interface Begun {
  readonly located: LocatedPod;
  readonly recalledState: RecalledState;
  readonly cronJob: Observation['cronJob'];
  readonly serverTime: Instant | null;
  readonly localClock: Instant;
  readonly timings: Map<string, number>;
  /** The checker whose settings are in force; `null`: this shell's are. */
  readonly installed: InstalledChecker | null;
  /** The settings in force: those of the installed checker, where this shell gives none. */
  readonly settings: Settings;
}

const stopwatch =
  ({clock}: Pick<PassPorts, 'clock'>, timings: Map<string, number>): Timed =>
  async (source, work) => {
    const begun = clock.monotonic();
    const result = await work;
    timings.set(source, Math.round(clock.monotonic() - begun));
    return result;
  };

export const observe = async (
  ports: PassPorts,
  store: StateStore,
  options: ObserveOptions,
  signal: AbortSignal,
): Promise<ObservedPass> => observeRest(ports, await beginObserving(ports, store, options, signal), options, signal);

/** The first step: the workload with its pods, beside the state. */
export const beginObserving = async (
  ports: PassPorts,
  store: StateStore,
  options: ObserveOptions,
  signal: AbortSignal,
): Promise<Begun> => {
  const {cluster, clock, namespace} = ports;
  const timings = new Map<string, number>();
  const timed = stopwatch(ports, timings);
  const limited = (): AbortSignal => within(clock, CLUSTER_LIMIT, signal);

  const [located, recalled, cronJob] = await Promise.all([
    timed('workload', locate(ports, options.kind, limited())),
    timed('state', store.recall(limited())),
    options.cronJob === 'none'
      ? notAsked()
      : timed('cronjob', cluster.readCronJob(namespace, ports.settings.cronJobName, limited())),
  ]);
  const serverTime = cluster.serverTime();
  const localClock = clock.now();
  const now = serverTime ?? localClock;
  const [recalledState, daemon] = await Promise.all([
    store.guarded(comparedWith(recalled, located.workload), limited()),
    // Only where a daemon may be active is there one question more, in this step.
    options.cronJob !== 'none' && daemonMayAct(recalled, now)
      ? timed('serve', cluster.readDaemon(namespace, limited()))
      : notAsked(),
  ]);
  const installed = installedChecker(ports, {cronJob, daemon, servedAt: recalled.state.servedAt, now});
  const settings = inForce(ports.settings, installed);
  return {located, recalledState, cronJob, serverTime, localClock, timings, installed, settings};
};

/** Everything about what the first step found, and what that raises. */
export const observeRest = async (
  given: PassPorts,
  {located, recalledState, cronJob, serverTime, localClock, timings, installed, settings}: Begun,
  options: ObserveOptions,
  signal: AbortSignal,
): Promise<ObservedPass> => {
  const ports: PassPorts = {...given, settings};
  const {cluster, clock} = ports;
  const timed = stopwatch(ports, timings);
  const limited = (): AbortSignal => within(clock, CLUSTER_LIMIT, signal);
  const at = serverTime ?? localClock;
  const {memory} = recalledState.state;
  const failing = recalledState.state.streak !== null || recalledState.state.incident !== null;
  const {workload, pod} = located;

  const apiServer = apiServerOf(located.search, serverTime, serverTime !== null);
  // Skip the access review when the API server is unreachable; it would only use up the deadline.
  const permissions = apiServer.known ? (options.permissions?.({workload, recalledState, at}) ?? []) : [];
  const [missingPermissions, node, frigate, log, claims, earlyEvents] = await Promise.all([
    permissions.length === 0 ? notAsked() : timed('permissions', cluster.missingPermissions(permissions, limited())),
    timed('node', observeNode(ports, located, limited())),
    observeFrigate(ports, located, {memory, failing, now: at, timed}, signal),
    timed('log', observeLog(ports, located, memory, at, within(clock, LOG_LIMIT, signal))),
    workload !== null && asksForClaims(workload)
      ? cluster.listClaims(workload.namespace, workload.template.claims, limited())
      : Promise.resolve(known([])),
    workload !== null && (failing || pod?.frigate?.ready !== true)
      ? timed('events', cluster.listEvents(workload, limited()))
      : Promise.resolve(null),
  ]);
  const context: FollowUpContext = {
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
      (workload !== null && asksForEvents(context, failing)
        ? timed('events', cluster.listEvents(workload, limited()))
        : known([])),
    asksForPreviousLog(context)
      ? observePreviousLog(ports, located, at, within(clock, CLUSTER_LIMIT, signal))
      : notAsked('no exit within the last hour'),
  ]);

  const observation: Observation = {
    at,
    localClock,
    context: contextOf(cluster),
    apiServer,
    missingPermissions,
    cronJob: options.cronJob === 'judged' ? cronJob : notAsked(),
    workload: located.search,
    pods: located.pods,
    node,
    events,
    claims,
    via: frigate.via,
    frigate: frigate.observation,
    log,
    memoryUse: frigate.memoryUse,
    cpuUse: frigate.cpuUse,
    previousLog,
    state: recalledState.soundness,
    servedAt: recalledState.state.servedAt,
    alertChannels: alertChannelsOf(ports, recalledState, installed),
  };
  return {observation, recalledState, reading: recalledState.reading, timings, settings};
};

const locate = async (
  {cluster, settings, namespace}: PassPorts,
  kind: WorkloadKind | null,
  signal: AbortSignal,
): Promise<LocatedPod> => {
  const {search, pods} = await cluster.locate(
    {namespace, name: settings.workload, kind, podSelector: settings.podSelector, exact: settings.workloadGiven},
    signal,
  );
  const workload = singleWorkload(search);
  const choice = workload !== null && pods.known ? chooseTarget(workload, pods.value) : null;
  return {search, workload, pods, pod: choice?.pod ?? null};
};

/** With these a search says that the API server itself was not reached, or takes nothing from this account. */
const unreached: ReadonlySet<UnknownCode> = new Set<UnknownCode>([
  'unauthorized',
  'misconfigured',
  'unreachable',
  'timeout',
]);

/** Whether the API server answers, by the search for the workload. `answered`: it answered something before, so that a failed search is only that. */
export const apiServerOf = (
  search: Observation['workload'],
  date: Instant | null,
  answered: boolean,
): Observation['apiServer'] => (search.known || (answered && !unreached.has(search.why.code)) ? known({date}) : search);

/** The node of the pod, or the one that it has to wait for while it has none (B-21). */
const observeNode = async (
  {cluster}: PassPorts,
  {workload, pod, pods}: LocatedPod,
  signal: AbortSignal,
): Promise<Known<Node | null>> => {
  if (workload === null || !pods.known) return notAsked('there is no workload to schedule');
  const name = nodeNameOf(workload, pods.value, pod);
  return name === null ? known(null) : cluster.readNode(name, signal);
};

/** From the cursor or the beginning of the window, whichever is earlier, but never further back than an hour or this container. */
const observeLog = (
  ports: PassPorts,
  {pod, workload}: LocatedPod,
  memory: Baselines,
  now: Instant,
  signal: AbortSignal,
): Promise<Known<LogEvidence>> => {
  const container = pod?.frigate ?? null;
  if (pod === null || container === null || container.id === null)
    return Promise.resolve(notAsked('there is no container whose log could be read'));
  const window = earlier(now, ports.settings.policy.logWindow);
  const from = earliest(window, memory.logCursor ?? window);
  const start = startsUnseen(container, memory);
  const bounded =
    start === null
      ? latest(from, earlier(now, LONGEST_LOG))
      : earliest(from, latest(start, earlier(now, LONGEST_START)));
  return ports.readLog(
    {
      namespace: workload?.namespace ?? ports.namespace,
      pod: pod.name,
      container: container.name,
      since: bounded,
      to: later(now, CLOCK_STEP),
      previous: false,
    },
    signal,
  );
};

/** Where to read the log from, for a container that was not yet observed to work: the step that its start is at may have been logged long ago. */
const startsUnseen = ({id, state}: Container, {start, containerId}: Baselines): Instant | null => {
  if (state.phase !== 'running' || id === null || id === containerId) return null;
  return start?.containerId === id ? null : state.startedAt;
};

const observePreviousLog = (
  ports: PassPorts,
  {pod, workload}: LocatedPod,
  now: Instant,
  signal: AbortSignal,
): Promise<Known<LogEvidence>> => {
  const container = pod?.frigate ?? null;
  return pod === null || container === null
    ? Promise.resolve(notAsked())
    : ports.readLog(previousLogOf(workload?.namespace ?? ports.namespace, pod.name, container, now), signal);
};

/** The log of the container before this one, from some time before it ended. */
export const previousLogOf = (namespace: string, pod: string, {name, last}: Container, now: Instant): LogQuestion => ({
  namespace,
  pod,
  container: name,
  since: earlier(last?.finishedAt ?? now, BEFORE_THE_END),
  to: later(now, CLOCK_STEP),
  previous: true,
});

/** The channels that are set, in this process or else for the installed checker, and those whose last delivery failed. */
export const alertChannelsOf = (
  {channels}: Pick<PassPorts, 'channels'>,
  {state}: Pick<RecalledState, 'state'>,
  installed: InstalledChecker | null,
): Observation['alertChannels'] => {
  const own = channels.map(({name}) => name);
  // The names of the channels of the installed checker stand in its Secret; the state says which of them failed.
  const sender = own.length === 0 ? alertsAreSentBy(installed) : null;
  const names = sender === null ? own : [sender];
  return {names, failures: failingChannels(state).filter(({channel}) => own.length === 0 || own.includes(channel))};
};
