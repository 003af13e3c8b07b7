/** One observation of a watch: its state as a pass would observe it, judged by the same pure core. */
import {isPending, notInKubernetes, notReadYet} from '../../core/known.js';
import {contextOf, type ClusterContext} from '../../core/cluster-context.js';
import type {CustomFinding} from '../../core/custom/custom-check.js';
import type {Observation} from '../../core/observation/observation.js';
import {singleWorkload} from '../../core/observation/workload.js';
import {freshState} from '../../core/state/codec.js';
import type {TargetChoice} from '../../core/observation/target.js';
import type {Workload} from '../../core/observation/workload.js';
import type {Duration, Instant} from '../../core/time.js';
import {inForce, installedChecker} from '../../pass/in-force.js';
import {judge, onlyJudging, type Judgement} from '../../pass/judge.js';
import {apiServerOf, alertChannelsOf, type ObservedPass} from '../../pass/observe.js';
import type {RecalledState} from '../../pass/state-store.js';
import type {PassPorts} from '../../pass/ports.js';
import {memoryOn} from './ask-details.js';
import type {WatchState} from './watch-state.js';
import {silentAfter} from './poll-frigate.js';
import {choiceOn, runningOn, serverNow, workloadOn, type Running} from './watch-context.js';

/** What is watched; for the header. */
export interface WatchedTarget {
  readonly context: ClusterContext;
  readonly namespace: string;
  /** The workload's name as it was asked for; what was found stands in the observation. */
  readonly workload: string;
  readonly version: string;
}

export interface LiveObservation {
  readonly target: WatchedTarget;
  readonly watchState: WatchState;
  /** The workload that is watched; `null` while it is not found. */
  readonly workload: Workload | null;
  /** Which pod was chosen and which were not; `null` where pods cannot be listed. */
  readonly choice: TargetChoice | null;
  /** The pod whose Frigate runs; `null` while none does. */
  readonly running: Running | null;
  /** How long a request to Frigate may be open before that is shown. */
  readonly answerLimit: Duration;
  readonly observed: ObservedPass;
  readonly judgement: Judgement;
  /** What the checks of the user's own come to. */
  readonly custom: readonly CustomFinding[];
  /** The API server's time; the local clock before its first answer. */
  readonly at: Instant;
  /** The local clock, by which freshness is measured. */
  readonly localClock: Instant;
  /** Every source has answered once, well or not; from then on it stays so. */
  readonly complete: boolean;
}

const noRecalledState: RecalledState = {
  state: freshState,
  reading: 'unreadable',
  soundness: notReadYet,
  map: null,
  guard: null,
  setAside: null,
};

/** The watch state as a pass would have observed it. */
export const observedPassOf = (watchState: WatchState, ports: PassPorts): ObservedPass => {
  const recalled = watchState.recalledState ?? noRecalledState;
  const {cronJob, daemon} = watchState;
  const {servedAt} = recalled.state;
  const installed = installedChecker(ports, {cronJob, daemon, servedAt, now: serverNow(ports)});
  const settings = inForce(ports.settings, installed);
  const recalledState: RecalledState = {...recalled, state: {...recalled.state, memory: memoryOn(watchState)}};
  const observation: Observation = {
    at: serverNow(ports),
    localClock: ports.clock.now(),
    context: contextOf(ports.cluster),
    ...(ports.outside === undefined ? {} : {outside: ports.outside}),
    apiServer:
      watchState.located === null
        ? notReadYet
        : apiServerOf(
            watchState.located.search,
            ports.cluster.serverTime(),
            watchState.sources.cluster.answeredAt !== null,
          ),
    missingPermissions: watchState.missingPermissions,
    cronJob: watchState.cronJob,
    workload: watchState.located?.search ?? notReadYet,
    pods: watchState.located?.pods ?? notReadYet,
    node: watchState.node,
    events: watchState.events,
    claims: watchState.claims,
    via: watchState.frigate.via,
    frigate: {
      ...(watchState.frigate.asked === null ? {} : {asked: watchState.frigate.asked}),
      liveness: watchState.frigate.liveness,
      stats: watchState.frigate.stats,
      backend: watchState.frigate.backend,
      history: watchState.history,
      config: watchState.config,
      segments: watchState.segments,
      ...(watchState.segmentsAt === null ? {} : {segmentsAt: watchState.segmentsAt}),
      go2rtc: watchState.go2rtc,
      mounts: watchState.mounts,
      mountProbe: watchState.mountProbe,
    },
    log: watchState.log,
    memoryUse: watchState.memoryUse,
    cpuUse: watchState.cpuUse,
    previousLog: watchState.previousLog,
    state: watchState.recalledState === null ? notReadYet : recalledState.soundness,
    servedAt: recalledState.state.servedAt,
    alertChannels: alertChannelsOf(ports, recalledState, installed),
  };
  return {
    observation: ports.outside === undefined ? observation : {...observation, ...NOT_IN_KUBERNETES},
    recalledState,
    reading: recalledState.reading,
    timings: new Map(),
    settings,
  };
};

/** What nobody can be asked about a Frigate outside Kubernetes. */
const NOT_IN_KUBERNETES = {
  apiServer: notInKubernetes,
  missingPermissions: notInKubernetes,
  cronJob: notInKubernetes,
  workload: notInKubernetes,
  pods: notInKubernetes,
  node: notInKubernetes,
  events: notInKubernetes,
  claims: notInKubernetes,
  log: notInKubernetes,
  previousLog: notInKubernetes,
  memoryUse: notInKubernetes,
} satisfies Partial<Observation>;

/** Whether each source that the verdict needs has answered. */
export const isComplete = (
  {located, recalledState, sources, askedAll, frigate, log, missingPermissions}: WatchState,
  {outside}: Pick<PassPorts, 'outside'>,
): boolean => {
  if (recalledState === null) return false;
  if (outside !== undefined) return sources.frigate.trouble !== null || (frigate.stats.known && askedAll);
  if (located === null) return false;
  if (singleWorkload(located.search) === null) return true;
  if (isPending(missingPermissions)) return false;
  if (sources.frigate.trouble !== null) return true;
  if (!frigate.stats.known || !(log.known || sources.log.trouble !== null)) return false;
  // With what an answer raises (go2rtc, the mount) the verdict may be another one: none is shown before.
  return askedAll;
};

/** The same observation with the newest freshness of its sources; nothing is judged. */
export const refreshed = (before: LiveObservation, {sources}: WatchState, ports: PassPorts): LiveObservation => ({
  ...before,
  watchState: {...before.watchState, sources},
  localClock: ports.clock.now(),
});

/** `before`: the observation before this one. */
export const liveObservation = (
  watchState: WatchState,
  ports: PassPorts,
  target: WatchedTarget,
  before: LiveObservation | null,
): LiveObservation => {
  const observed = observedPassOf(watchState, ports);
  const judgement = judge(observed, onlyJudging({...ports, settings: observed.settings}));
  const {at, localClock} = observed.observation;
  return {
    target,
    watchState,
    workload: workloadOn(watchState),
    choice: choiceOn(watchState),
    running: runningOn(watchState),
    answerLimit: silentAfter(watchState),
    observed,
    judgement,
    custom: ports.custom?.findings(judgement.findings, observed.observation) ?? [],
    at,
    localClock,
    complete: before?.complete === true || isComplete(watchState, ports),
  };
};
