/**
 * How far a restart or a rollout has come, and whether waiting for it can help: pod → container → API → cameras back.
 * `restart --wait` and `check --wait` share this rule. Pure: one observation in, one progress out, as data; the words are in wording.ts.
 */
import {run, type Fix} from '../fix.js';
import type {Container, ClusterEvent, Pod, Terminated} from '../observation/pod.js';
import {kindAndName, type Workload} from '../observation/workload.js';
import {minutes, seconds, since, type Instant} from '../time.js';
import {refusalOf} from './refused.js';

/** What is known of one rollout. */
export interface RolloutObservation {
  readonly workload: Workload;
  /** The flags that lead there, for a command: ` --context home -n frigate`. */
  readonly flags: string;
  readonly pods: readonly Pod[];
  readonly events: readonly ClusterEvent[];
  /** Uids of the pods that are to be replaced: those from before the restart, or of an older revision. */
  readonly oldPods: ReadonlySet<string>;
  /** When the restart was sent, or when the waiting began. */
  readonly sentAt: Instant;
  readonly now: Instant;
  /** `null`: the API does not answer yet. */
  readonly api: CameraCounts | null;
  /** Cameras that delivered frames before the restart: so many have to come back. */
  readonly expectedCameras: number;
}

/** Enabled cameras that Frigate reports, and those of them that deliver frames. */
export interface CameraCounts {
  readonly cameras: number;
  readonly delivering: number;
}

/** What a rollout waits for. The order of the codes is that of a rollout. */
export type Waiting =
  /** The controller has not processed the change. `late`: it should have by now. */
  | {readonly code: 'accepted'; readonly late: boolean}
  | {readonly code: 'old-pod-terminating'; readonly pod: string}
  /** The new pod lacks what the old one still holds: a device, a volume, a port of the host. */
  | {readonly code: 'held-by-old-pod'; readonly pod: string}
  | {readonly code: 'pod-refused'; readonly message: string}
  | {readonly code: 'pod-not-created'; readonly oldPodGone: boolean}
  | {readonly code: 'pod-creating'; readonly pod: string}
  | {readonly code: 'container-starting'; readonly pod: string}
  | {readonly code: 'api-silent'; readonly pod: string}
  | {readonly code: 'cameras-missing'; readonly delivering: number; readonly expected: number};

/** What time does not cure. */
export type RolloutFailure =
  | {readonly code: 'workload-deleted'; readonly kind: Workload['kind']; readonly name: string}
  /** The strategy OnDelete: a new pod is created only when the old one is deleted. */
  | {readonly code: 'on-delete'; readonly kind: Workload['kind']; readonly name: string}
  | {readonly code: 'pod-refused'; readonly message: string}
  | {readonly code: 'unschedulable'; readonly message: string}
  /** The kubelet's reason, such as `ImagePullBackOff`. */
  | {readonly code: 'cannot-start'; readonly reason: string; readonly message: string | null}
  | {readonly code: 'volume'; readonly message: string}
  | {
      readonly code: 'container-failed';
      readonly exitCode: number;
      readonly oomKilled: boolean;
      /** `CrashLoopBackOff`, or the reason of the last end. */
      readonly reason: string;
      readonly restarts: number;
      /** Bytes; `null`: no limit is set. */
      readonly memoryLimit: number | null;
    };

export interface FailedProgress {
  readonly kind: 'failed';
  readonly why: RolloutFailure;
  readonly fix: Fix;
  /** The container whose last log lines belong to the message; `null`: none ran. `previous`: that of the container before. */
  readonly log: {readonly pod: string; readonly previous: boolean} | null;
}

export type Progress =
  | {readonly kind: 'waiting'; readonly why: Waiting}
  | ({readonly kind: 'done'; readonly pod: string} & CameraCounts)
  | FailedProgress;

/** Scheduling and volumes settle within seconds where they settle at all. */
const PATIENCE = seconds(15);
/** A container that ended longer ago, and runs, is no crash loop: the longest back-off of the kubelet is 5 minutes. */
const RECENT_END = minutes(10);
/** Killed for memory so soon after its start, it is killed there again; after a longer life the second time counts. */
const SHORT_LIFE = minutes(10);

const waiting = (why: Waiting): Progress => ({kind: 'waiting', why});

/** The workload is gone: nothing will come up. */
export const deleted = ({kind, name}: Pick<Workload, 'kind' | 'name'>, flags: string): FailedProgress =>
  failed({code: 'workload-deleted', kind, name}, `kubectl${flags} get deployments,statefulsets,daemonsets`);

export const progressOf = (rollout: RolloutObservation): Progress => {
  const {pods, oldPods, api, expectedCameras} = rollout;
  const fresh = pods.filter((pod) => !oldPods.has(pod.uid)).sort((a, b) => b.createdAt - a.createdAt)[0] ?? null;
  if (fresh === null) return beforeTheNewPod(rollout);
  const pending = whyPending(rollout, fresh);
  if (pending !== null) return pending;
  const container = fresh.frigate;
  if (container === null) return waiting({code: 'pod-creating', pod: fresh.name});
  const dead = whyDead(rollout, fresh, container);
  if (dead !== null) return dead;
  if (container.state.phase !== 'running') return waiting({code: 'container-starting', pod: fresh.name});
  if (api === null) return waiting({code: 'api-silent', pod: fresh.name});
  // Where none delivered before (a crash loop, a first pass), a Frigate without a single frame is not back either.
  const wanted = Math.max(expectedCameras, Math.min(1, api.cameras));
  if (api.delivering < wanted)
    return waiting({
      code: 'cameras-missing',
      delivering: api.delivering,
      expected: expectedCameras === 0 ? api.cameras : expectedCameras,
    });
  return {kind: 'done', pod: fresh.name, ...api};
};

/** An old pod that is being deleted and still there. */
const endingPod = ({pods, oldPods}: RolloutObservation): Pod | null =>
  pods.find((pod) => oldPods.has(pod.uid) && pod.deletingSince !== null) ?? null;

const beforeTheNewPod = (rollout: RolloutObservation): Progress => {
  const {workload, flags, pods, oldPods, sentAt, now} = rollout;
  const old = pods.filter((pod) => oldPods.has(pod.uid));
  const [first] = old;
  if (workload.strategy === 'OnDelete' && first !== undefined && old.every((pod) => pod.deletingSince === null))
    return failed(
      {code: 'on-delete', kind: workload.kind, name: workload.name},
      `kubectl${flags} delete pod ${first.name}`,
    );
  if (workload.observedGeneration !== null && workload.observedGeneration < workload.generation)
    return waiting({code: 'accepted', late: since(sentAt, now) > PATIENCE});
  const ending = endingPod(rollout);
  if (ending !== null) return waiting({code: 'old-pod-terminating', pod: ending.name});
  const refusal = refusalOf(workload);
  if (refusal !== null) {
    // A quota counts the old pod for a moment after it is gone.
    return since(refusal.since ?? sentAt, now) > PATIENCE
      ? failed({code: 'pod-refused', message: refusal.why}, `kubectl${flags} describe ${kindAndName(workload)}`)
      : waiting({code: 'pod-refused', message: refusal.why});
  }
  return waiting({code: 'pod-not-created', oldPodGone: old.length === 0});
};

const failed = (why: RolloutFailure, command: string, log: FailedProgress['log'] = null): FailedProgress => ({
  kind: 'failed',
  why,
  fix: [run(command)],
  log,
});

const permanentWaits: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const whyPending = (rollout: RolloutObservation, pod: Pod): Progress | null => {
  const {workload, flags, events, now} = rollout;
  const age = since(pod.createdAt, now);
  const unschedulable = pod.conditions.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  if (unschedulable !== undefined && age > PATIENCE) {
    return (
      stillHeld(rollout) ??
      failed(
        {code: 'unschedulable', message: unschedulable.message ?? unschedulable.reason ?? 'unschedulable'},
        `kubectl${flags} describe pod ${pod.name}`,
      )
    );
  }
  const waits = [pod.frigate, ...pod.initContainers].flatMap((container) =>
    container?.state.phase === 'waiting' ? [container.state] : [],
  );
  const stuck = waits.find((state) => permanentWaits.has(state.reason));
  if (stuck !== undefined) {
    const image = stuck.reason.includes('Image') || stuck.reason === 'ErrImagePull';
    return failed(
      {code: 'cannot-start', reason: stuck.reason, message: stuck.message},
      image ? `kubectl${flags} rollout undo ${kindAndName(workload)}` : `kubectl${flags} describe pod ${pod.name}`,
    );
  }
  const volume = events.find(
    (event) =>
      event.object.uid === pod.uid && (event.reason === 'FailedMount' || event.reason === 'FailedAttachVolume'),
  );
  if (volume !== undefined && age > PATIENCE && pod.frigate?.state.phase !== 'running') {
    return (
      stillHeld(rollout) ??
      failed({code: 'volume', message: volume.message}, `kubectl${flags} describe pod ${pod.name}`)
    );
  }
  return null;
};

/** What a pod beside the old one lacks may be what that one still holds: a device, a volume, a port of the host. */
const stillHeld = (rollout: RolloutObservation): Progress | null => {
  const ending = endingPod(rollout);
  return ending === null ? null : waiting({code: 'held-by-old-pod', pod: ending.name});
};

const whyDead = ({workload, flags, now}: RolloutObservation, pod: Pod, container: Container): FailedProgress | null => {
  const exit = container.state.phase === 'terminated' ? container.state : container.last;
  const looping = container.state.phase === 'waiting' && container.state.reason === 'CrashLoopBackOff';
  if (exit === null || !(looping || isFailing(exit, container, now))) return null;
  const oomKilled = exit.reason === 'OOMKilled';
  return failed(
    {
      code: 'container-failed',
      exitCode: exit.exitCode,
      oomKilled,
      reason: looping && !oomKilled ? 'CrashLoopBackOff' : exit.reason,
      restarts: container.restartCount,
      memoryLimit: workload.template.memoryLimit,
    },
    fixOf(exit, workload, flags, pod),
    {pod: pod.name, previous: container.state.phase !== 'terminated'},
  );
};

/** One end may pass; a second one and a kill for memory that would come again do not. */
const isFailing = (exit: Terminated, {restartCount}: Container, now: Instant): boolean => {
  if (exit.finishedAt !== null && since(exit.finishedAt, now) > RECENT_END) return false;
  if (restartCount >= 2) return true;
  if (exit.reason !== 'OOMKilled') return false;
  return exit.startedAt === null || exit.finishedAt === null || since(exit.startedAt, exit.finishedAt) < SHORT_LIFE;
};

const fixOf = (exit: Terminated, workload: Workload, flags: string, pod: Pod): string => {
  const {memoryLimit, containerName} = workload.template;
  if (exit.reason === 'OOMKilled') {
    const wanted = memoryLimit === null ? '4Gi' : `${Math.ceil((memoryLimit * 2) / 2 ** 20)}Mi`;
    return `kubectl${flags} set resources ${kindAndName(workload)} -c ${containerName} --limits=memory=${wanted}`;
  }
  if (exit.exitCode === 126 || exit.exitCode === 127) return `kubectl${flags} rollout undo ${kindAndName(workload)}`;
  return `kubectl${flags} logs ${pod.name} -c ${containerName} --previous --tail=100`;
};
