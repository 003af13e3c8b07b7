/** What every feed of a live screen shares: the ports, the writer it writes on, and how often it asks. */
import {chooseTarget, type TargetChoice} from '../../core/observation/target.js';
import type {Container, Pod} from '../../core/observation/pod.js';
import type {Permission} from '../../core/observation/observation.js';
import {milliseconds, minutes, seconds, type Duration, type Instant} from '../../core/time.js';
import {singleWorkload, type Workload, type WorkloadKind} from '../../core/observation/workload.js';
import {permissionsToObserve} from '../../pass/permissions.js';
import type {FrigateAddress, PassPorts} from '../../pass/ports.js';
import type {RefreshableSleep} from './refreshable-sleep.js';
import type {WatchState, WatchStateWriter} from './watch-state.js';

/** How much is asked beside the polls: a person at one screen wants more than a daemon over a thousand Frigates may ask. */
export interface Demand {
  /** From one round of the slower questions to Frigate (segments above all) to the next, for so many cameras. */
  readonly detailsEvery: (cameras: number) => Duration;
  /** From one reading of claims and of the log before this container to the next. */
  readonly restEvery: Duration;
  /** From one review of permissions to the next; never shorter than `restEvery`. */
  readonly reviewEvery: Duration;
  readonly permissions: (ports: PassPorts, workload: Workload) => readonly Permission[];
  /** Whether the CronJob that runs the passes is read (FRG-105). */
  readonly cronJob: boolean;
}

/** Every camera's newest segment is a request of its own: many cameras are asked less often. */
const PER_CAMERA = milliseconds(250);
const SHORTEST_ROUND = seconds(10);
/** FRG-601 judges an answer by the time when it was asked for; this bounds how late a stopped recording is found. */
export const LONGEST_ROUND = seconds(90);

export const WATCH_DEMAND: Demand = {
  detailsEvery: (cameras) => milliseconds(Math.min(LONGEST_ROUND, Math.max(SHORTEST_ROUND, cameras * PER_CAMERA))),
  restEvery: minutes(1),
  reviewEvery: minutes(1),
  permissions: ({settings, namespace}, workload) => permissionsToObserve(settings, namespace, workload.kind, workload),
  cronJob: true,
};

export interface WatchContext {
  readonly ports: PassPorts;
  readonly kind: WorkloadKind | null;
  readonly writer: WatchStateWriter;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  readonly demand: Demand;
  readonly onPollLag?: (late: Duration) => void;
  /** Ended early when a person refreshes. */
  readonly sleep: RefreshableSleep;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Asked again after each wait: a signal that was quiet before it may have come since. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** The API server's time; the local clock before its first answer. */
export const serverNow = ({cluster, clock}: PassPorts): Instant => cluster.serverTime() ?? clock.now();

/** Before something that failed again and again is asked once more: a person watches the screen. */
export const LONGEST_PAUSE = seconds(30);

export const workloadOn = ({located}: WatchState): Workload | null =>
  located === null ? null : singleWorkload(located.search);

export const choiceOn = (watchState: WatchState): TargetChoice | null => {
  const workload = workloadOn(watchState);
  return workload === null || watchState.located?.pods.known !== true
    ? null
    : chooseTarget(workload, watchState.located.pods.value);
};

export interface Running {
  readonly workload: Workload;
  readonly pod: Pod;
  readonly container: Container;
}

/** The pod whose Frigate runs; `null` while none does. */
export const runningOn = (watchState: WatchState): Running | null => {
  const workload = workloadOn(watchState);
  const choice = choiceOn(watchState);
  if (workload === null || choice?.chosen !== true || choice.container.state.phase !== 'running') return null;
  return {workload, pod: choice.pod, container: choice.container};
};

/** Who is asked: the container that runs, or a Frigate outside Kubernetes at its URL. */
export interface Reachable {
  readonly address: FrigateAddress;
  /** Of the container; another id is another Frigate, of which nothing is known yet. */
  readonly id: string | null;
  readonly podUid: string | null;
  /** `null`: outside Kubernetes. */
  readonly running: Running | null;
}

const OUTSIDE: Reachable = {
  address: {namespace: '', pod: '', container: '', ip: null},
  id: 'outside',
  podUid: null,
  running: null,
};

/** `null` while there is nobody to ask. */
export const reachableOn = (watchState: WatchState, {outside}: Pick<PassPorts, 'outside'>): Reachable | null => {
  if (outside !== undefined) return OUTSIDE;
  const running = runningOn(watchState);
  if (running === null) return null;
  const {workload, pod, container} = running;
  return {
    address: {namespace: workload.namespace, pod: pod.name, container: container.name, ip: pod.ip},
    id: container.id,
    podUid: pod.uid,
    running,
  };
};
