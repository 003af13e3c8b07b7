/**
 * How far a restart has come, and whether waiting for it can help: pod → container → API → cameras back.
 * Pure: one look in, one progress out; the looks are taken elsewhere (pass/follow.ts).
 */
import type {Container, ClusterEvent, Pod, Terminated} from '../observation/pod.js';
import type {Workload} from '../observation/workload.js';
import {seconds, since, type Instant} from '../time.js';
import {refusalOf} from './refused.js';

/** A look at the rollout of one attempt. */
export interface RolloutLook {
  readonly workload: Workload;
  /** The flags that lead there, for a command: ` --context home -n frigate`. */
  readonly flags: string;
  readonly pods: readonly Pod[];
  readonly events: readonly ClusterEvent[];
  /** Pods that were there before the restart. */
  readonly oldPods: ReadonlySet<string>;
  /** When the restart was sent. */
  readonly sentAt: Instant;
  readonly now: Instant;
  /** `null`: the API does not answer yet. */
  readonly api: {readonly cameras: number; readonly delivering: number} | null;
  /** Cameras that delivered frames before the restart: so many have to come back. */
  readonly expectedCameras: number;
}

export type Stage = 'accepted' | 'old-pod' | 'new-pod' | 'container' | 'api' | 'cameras';

export type Progress =
  | {readonly kind: 'waiting'; readonly stage: Stage; readonly text: string}
  | {readonly kind: 'done'; readonly text: string}
  /** Time will not cure it. `pod`: whose last log lines belong to the message. */
  | {
      readonly kind: 'failed';
      readonly text: string;
      readonly fix: string;
      readonly pod: string | null;
      readonly previous: boolean;
    };

/** Scheduling and volumes settle within seconds where they settle at all. */
const PATIENCE = seconds(15);

const waiting = (stage: Stage, text: string): Progress => ({kind: 'waiting', stage, text});

export const progressOf = (look: RolloutLook): Progress => {
  const {pods, oldPods, api, expectedCameras} = look;
  const fresh = pods.filter((pod) => !oldPods.has(pod.uid)).sort((a, b) => b.createdAt - a.createdAt)[0] ?? null;
  if (fresh === null) return beforeTheNewPod(look);
  const pending = whyPending(look, fresh);
  if (pending !== null) return pending;
  const container = fresh.frigate;
  if (container === null) return waiting('container', `pod ${fresh.name} is being prepared`);
  const dead = whyDead(look, fresh, container);
  if (dead !== null) return dead;
  if (container.state.phase !== 'running') return waiting('container', `the container of ${fresh.name} is starting`);
  if (api === null) return waiting('api', `Frigate starts in ${fresh.name}; its API does not answer yet`);
  // Where none was seen to deliver before (a crash loop, a first look), a Frigate without a single picture is not back either.
  const wanted = Math.max(expectedCameras, Math.min(1, api.cameras));
  if (api.delivering < wanted)
    return waiting(
      'cameras',
      `Frigate answers; ${api.delivering} of ${expectedCameras === 0 ? api.cameras : expectedCameras} cameras deliver frames`,
    );
  return {
    kind: 'done',
    text: `Frigate is back in ${fresh.name}: ${api.delivering} of ${api.cameras} cameras deliver frames`,
  };
};

/** An old pod that is being deleted and still there. */
const endingPod = ({pods, oldPods}: RolloutLook): Pod | null =>
  pods.find((pod) => oldPods.has(pod.uid) && pod.deletingSince !== null) ?? null;

const beforeTheNewPod = (look: RolloutLook): Progress => {
  const {workload, flags, pods, oldPods, sentAt, now} = look;
  const old = pods.filter((pod) => oldPods.has(pod.uid));
  const [first] = old;
  if (workload.strategy === 'OnDelete' && first !== undefined && old.every((pod) => pod.deletingSince === null)) {
    return failed(
      `${workload.kind} ${workload.name} has the strategy OnDelete: its pod is only made anew when the old one is deleted`,
      `kubectl${flags} delete pod ${first.name}`,
      null,
    );
  }
  if (workload.observedGeneration !== null && workload.observedGeneration < workload.generation) {
    return since(sentAt, now) > PATIENCE
      ? waiting('accepted', 'the controller has not seen the restart yet; is the controller manager well?')
      : waiting('accepted', 'the restart is accepted');
  }
  const ending = endingPod(look);
  if (ending !== null)
    return waiting('old-pod', `the old pod ${ending.name} ends; a hung Frigate takes its whole grace period`);
  const refusal = refusalOf(workload);
  if (refusal !== null) {
    // A quota counts the old pod for a moment after it is gone.
    return since(refusal.since ?? sentAt, now) > PATIENCE
      ? failed(
          `no new pod can be made: ${refusal.why}`,
          `kubectl${flags} describe ${workload.kind.toLowerCase()}/${workload.name}`,
          null,
        )
      : waiting('new-pod', `the new pod was refused: ${refusal.why}`);
  }
  return waiting(
    'new-pod',
    old.length > 0 ? 'the new pod is about to be made' : 'the old pod is gone; the new one is about to be made',
  );
};

const failed = (text: string, fix: string, pod: string | null, previous = false): Progress => ({
  kind: 'failed',
  text,
  fix,
  pod,
  previous,
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

const whyPending = (look: RolloutLook, pod: Pod): Progress | null => {
  const {workload, flags, events, now} = look;
  const age = since(pod.createdAt, now);
  const unschedulable = pod.conditions.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  if (unschedulable !== undefined && age > PATIENCE) {
    return (
      stillHeld(look) ??
      failed(
        `no node takes the new pod: ${unschedulable.message ?? unschedulable.reason ?? 'unschedulable'}`,
        `kubectl${flags} describe pod ${pod.name}`,
        null,
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
      `the new pod cannot start: ${stuck.reason}${stuck.message === null ? '' : `: ${stuck.message}`}`,
      image
        ? `kubectl${flags} rollout undo ${workload.kind.toLowerCase()}/${workload.name}`
        : `kubectl${flags} describe pod ${pod.name}`,
      null,
    );
  }
  const volume = events.find(
    (event) =>
      event.object.uid === pod.uid && (event.reason === 'FailedMount' || event.reason === 'FailedAttachVolume'),
  );
  if (volume !== undefined && age > PATIENCE && pod.frigate?.state.phase !== 'running') {
    return (
      stillHeld(look) ??
      failed(
        `a volume of the new pod cannot be mounted: ${volume.message}`,
        `kubectl${flags} describe pod ${pod.name}`,
        null,
      )
    );
  }
  return null;
};

/** What a pod beside the old one lacks may be what that one still holds: a device, a volume, a port of the host. */
const stillHeld = (look: RolloutLook): Progress | null => {
  const ending = endingPod(look);
  return ending === null
    ? null
    : waiting(
        'old-pod',
        `the new pod waits for what the old one (${ending.name}) still holds; a hung Frigate takes its whole grace period`,
      );
};

const whyDead = ({workload, flags}: RolloutLook, pod: Pod, container: Container): Progress | null => {
  const exit = container.state.phase === 'terminated' ? container.state : container.last;
  const looping = container.state.phase === 'waiting' && container.state.reason === 'CrashLoopBackOff';
  if (exit === null) return null;
  const killedForMemory = exit.reason === 'OOMKilled';
  // One end may pass; a kill for memory, a second end and a back-off do not.
  if (!killedForMemory && !looping && container.restartCount < 2) return null;
  const facts = `exit_code=${exit.exitCode}, oom_killed=${killedForMemory}, reason=${looping && !killedForMemory ? 'CrashLoopBackOff' : exit.reason}, restarts=${container.restartCount}`;
  return failed(
    `container failed permanently (${facts}): ${meaningOf(exit, workload)}`,
    fixOf(exit, workload, flags, pod),
    pod.name,
    container.state.phase !== 'terminated',
  );
};

/** What an exit code says of Frigate's container (measured on 0.17.2 and 0.14.1; shells' and runtimes' conventions). */
const meaningOf = (exit: Terminated, workload: Workload): string => {
  const {memoryLimit} = workload.template;
  if (exit.reason === 'OOMKilled')
    return memoryLimit === null
      ? 'the node ran out of memory and killed it; no memory limit is set'
      : `it needs more memory than its limit of ${mebibytes(memoryLimit)}`;
  switch (exit.exitCode) {
    case 0:
      return 'it ended by itself';
    case 1:
      return 'Frigate ended with an error; its last lines say which';
    case 126:
      return 'its command cannot be executed: the image is built for another architecture, or the file is not executable';
    case 127:
      return 'its command was not found: the image or the command is wrong';
    case 137:
      return 'it was killed (SIGKILL): by the liveness probe, by the node, or because it did not stop in its grace period';
    case 139:
      return 'it crashed (segmentation fault): often a driver or a library of the detector';
    case 143:
      return 'it was ended (SIGTERM): Frigate ended itself, or the liveness probe ended it';
    default:
      return `it ended with ${exit.exitCode}`;
  }
};

const fixOf = (exit: Terminated, workload: Workload, flags: string, pod: Pod): string => {
  const target = `${workload.kind.toLowerCase()}/${workload.name}`;
  if (exit.reason === 'OOMKilled') {
    const wanted =
      workload.template.memoryLimit === null ? '4Gi' : `${Math.ceil((workload.template.memoryLimit * 2) / 2 ** 20)}Mi`;
    return `kubectl${flags} set resources ${target} -c ${workload.template.containerName} --limits=memory=${wanted}`;
  }
  if (exit.exitCode === 126 || exit.exitCode === 127) return `kubectl${flags} rollout undo ${target}`;
  return `kubectl${flags} logs ${pod.name} -c ${workload.template.containerName} --previous --tail=100`;
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
