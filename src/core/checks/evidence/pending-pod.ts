/** Why a pod has not begun to run, from the most definite reason to the least. */
import {note, run, type Fix} from '../../fix.js';
import type {CauseClass} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import type {Container, ClusterEvent, Pod} from '../../observation/pod.js';
import {humanDuration, since, type Instant} from '../../time.js';
import {inNamespace, onCluster} from '../kubectl.js';
import {eventsAbout} from './facts.js';
import {causeOfRuntime, essenceOf} from './runtime-message.js';

export interface Obstacle {
  /** The reason that Kubernetes gives, such as `Unschedulable` or `ImagePullBackOff`. */
  readonly reason: string;
  /** For the summary. */
  readonly words: string;
  /** `null`: the check's own. */
  readonly cause: CauseClass | null;
  /** It does not end by itself. */
  readonly lasting: boolean;
  readonly fix: Fix | null;
  /** What Kubernetes or the runtime says in full, where `words` shorten it. */
  readonly message?: string;
}

/** The obstacle of a pending pod: its own status before the events about it. */
export const obstacleTo = (pod: Pod, observation: Observation, now: Instant): Obstacle =>
  unschedulable(pod, observation) ??
  imageOf(pod, observation) ??
  configuration(pod, observation) ??
  initContainer(pod, observation) ??
  fromEvents(pod, observation) ?? {
    reason: 'Pending',
    words: `created ${humanDuration(since(pod.createdAt, now))} ago, no reason reported yet`,
    cause: null,
    lasting: false,
    fix: null,
  };

/** Since 1.34 the scheduler no longer names the taint. */
const taintFix = (observation: Observation): Fix => [
  run(`kubectl${onCluster(observation)} get nodes -o custom-columns=NODE:.metadata.name,TAINTS:.spec.taints`),
  note('Then tolerate the taint in the workload, or remove it:'),
  run(`kubectl${onCluster(observation)} taint nodes NODE KEY-`),
];

const unschedulable = (pod: Pod, observation: Observation): Obstacle | null => {
  const scheduled = pod.conditions.find(({type}) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return null;
  return {
    reason: scheduled.reason ?? 'Unschedulable',
    words: `no node accepts it: ${scheduled.message ?? 'the scheduler gives no reason'}`,
    cause: null,
    lasting: true,
    fix: /\btaint/.test(scheduled.message ?? '') ? taintFix(observation) : null,
  };
};

const waiting = ({state}: Container): {readonly reason: string; readonly message: string | null} | null =>
  state.phase === 'waiting' ? state : null;

const imageReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

const imageOf = (pod: Pod, observation: Observation): Obstacle | null => {
  for (const container of [...pod.initContainers, ...(pod.frigate === null ? [] : [pod.frigate])]) {
    const state = waiting(container);
    if (state === null || !imageReasons.has(state.reason)) continue;
    return {
      reason: state.reason,
      words: `image ${container.image} cannot be pulled (${state.reason})${state.message === null ? '' : `: ${state.message}`}`,
      cause: 'config',
      lasting: true,
      fix: [
        run(`kubectl${inNamespace(observation)} describe pod ${pod.name}`),
        note('Check the image name, its tag and the pull secret.'),
      ],
    };
  }
  return null;
};

const configurationReasons: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PostStartHookError',
]);

const configuration = (pod: Pod, observation: Observation): Obstacle | null => {
  const state = pod.frigate === null ? null : waiting(pod.frigate);
  if (state === null || !configurationReasons.has(state.reason)) return null;
  return {
    reason: state.reason,
    words: `its container cannot be created: ${state.message === null ? state.reason : essenceOf(state.message)}`,
    cause: causeOfRuntime(state.message ?? ''),
    lasting: true,
    ...(state.message === null ? {} : {message: state.message}),
    fix: [
      run(`kubectl${inNamespace(observation)} describe pod ${pod.name}`),
      note('A Secret, ConfigMap, device or mount is missing.'),
    ],
  };
};

const initContainer = (pod: Pod, observation: Observation): Obstacle | null => {
  for (const container of pod.initContainers) {
    const logs = [run(`kubectl${inNamespace(observation)} logs ${pod.name} -c ${container.name}`)];
    const {state, last} = container;
    const failed =
      state.phase === 'terminated' && state.exitCode !== 0
        ? state
        : state.phase === 'waiting' && state.reason === 'CrashLoopBackOff'
          ? last
          : null;
    if (failed !== null) {
      return {
        reason: `Init:${failed.reason}`,
        words: `init container ${container.name} fails (exit ${failed.exitCode})`,
        cause: 'config',
        lasting: true,
        fix: logs,
      };
    }
    // A sidecar among them (restartPolicy Always) runs on and is ready; one that has to end before the next is not.
    if (state.phase === 'running' && !container.ready) {
      return {
        reason: 'Init',
        words: `init container ${container.name} is still running`,
        cause: null,
        lasting: false,
        fix: logs,
      };
    }
  }
  return null;
};

/** Reasons of events that name what holds a pod back, with their cause. */
const eventCauses: ReadonlyMap<
  string,
  {readonly words: string; readonly cause: CauseClass; readonly lasting: boolean}
> = new Map([
  ['FailedAttachVolume', {words: 'a volume cannot be attached', cause: 'storage', lasting: true}],
  ['FailedMount', {words: 'a volume cannot be mounted', cause: 'storage', lasting: true}],
  ['FailedMapVolume', {words: 'a volume cannot be mounted', cause: 'storage', lasting: true}],
  ['FailedScheduling', {words: 'no node accepts it', cause: 'workload', lasting: true}],
  ['FailedCreatePodSandBox', {words: 'the node cannot set up its network or sandbox', cause: 'node', lasting: true}],
  ['UnexpectedAdmissionError', {words: 'the node rejects it', cause: 'node', lasting: true}],
  ['Pulling', {words: 'its image is being pulled', cause: 'workload', lasting: false}],
]);

const fromEvents = (pod: Pod, observation: Observation): Obstacle | null => {
  const events = eventsAbout(observation, pod.uid);
  const named = (event: ClusterEvent): boolean =>
    eventCauses.has(event.reason) && !(event.reason === 'Pulling' && events.some(({reason}) => reason === 'Pulled'));
  const event = events.find((candidate) => candidate.type === 'Warning' && named(candidate)) ?? events.find(named);
  const known = event === undefined ? undefined : eventCauses.get(event.reason);
  if (event === undefined || known === undefined) return null;
  return {
    reason: event.reason,
    words: known.lasting ? `${known.words}: ${event.message}` : known.words,
    cause: known.cause,
    lasting: known.lasting,
    fix:
      known.cause === 'storage'
        ? [
            run(`kubectl${inNamespace(observation)} describe pod ${pod.name}`),
            run(`kubectl${inNamespace(observation)} get pvc`),
          ]
        : null,
  };
};
