/** What a kubelet reports of the containers of a pod. */
import {rfc3339, type Instant} from '../../core/time.js';
import type {Json} from '../json.js';
import type {Run} from '../frigate.js';
import {
  frigateContainer,
  type Condition,
  type ContainerStatus,
  type ContainerTemplate,
  type PodObject,
} from '../api/objects.js';

/** One container of Frigate. */
export interface ContainerLife {
  readonly id: string;
  readonly run: Run;
  readonly startedAt: Instant;
  /** With the run as it was at its end, for the log of the container before. */
  end: {readonly at: Instant; readonly exitCode: number; readonly reason: string; readonly run: Run} | null;
}

type State = ContainerStatus['state'];

const terminated = (container: ContainerLife | undefined): Record<string, Record<string, Json>> =>
  container === undefined || container.end === null
    ? {}
    : {
        terminated: {
          exitCode: container.end.exitCode,
          reason: container.end.reason,
          startedAt: rfc3339(container.startedAt),
          finishedAt: rfc3339(container.end.at),
          containerID: container.id,
        },
      };

const pulling = (image: string): State => ({
  waiting: {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`,
  },
});

const backOffMessage = (pod: PodObject, name: string, backoff: number): string =>
  `back-off ${backoff <= 1 ? '10s' : backoff >= 6 ? '5m0s' : `${Math.floor((10 * 2 ** (backoff - 1)) / 60)}m${(10 * 2 ** (backoff - 1)) % 60}s`.replace(/^0m/, '')} restarting failed container=${name} pod=${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;

const frigateState = (
  pod: PodObject,
  template: ContainerTemplate,
  phase: string,
  containers: readonly ContainerLife[],
  backoff: number,
): State => {
  const current = containers.at(-1);
  switch (phase) {
    case 'creating':
      return {waiting: {reason: 'ContainerCreating'}};
    case 'pulling':
      return pulling(template.image);
    case 'backing-off':
      return backoff <= 1
        ? terminated(current)
        : {waiting: {reason: 'CrashLoopBackOff', message: backOffMessage(pod, template.name, backoff - 1)}};
    default:
      return current === undefined
        ? {waiting: {reason: 'ContainerCreating'}}
        : current.end === null
          ? {running: {startedAt: rfc3339(current.startedAt)}}
          : terminated(current);
  }
};

/** A container beside Frigate's runs as long as the pod. */
const besideState = (pod: PodObject, phase: string): State =>
  phase === 'creating' || phase === 'pulling'
    ? {waiting: {reason: 'ContainerCreating'}}
    : {running: {startedAt: pod.status.startTime ?? pod.metadata.creationTimestamp}};

export const statusesOf = (
  pod: PodObject,
  phase: string,
  containers: readonly ContainerLife[],
  backoff: number,
  ready: boolean,
): ContainerStatus[] => {
  const frigate = frigateContainer(pod.spec);
  return pod.spec.containers.map((template): ContainerStatus => {
    const own = template.name === frigate?.name;
    const state = own ? frigateState(pod, template, phase, containers, backoff) : besideState(pod, phase);
    const running = 'running' in state;
    const current = containers.at(-1);
    const last = phase === 'backing-off' && backoff > 1 ? current : containers.at(-2);
    return {
      name: template.name,
      state,
      lastState: own ? terminated(last) : {},
      ready: running && (!own || ready),
      restartCount: own ? Math.max(0, containers.length - 1) : 0,
      image: template.image,
      imageID: running ? `sha256:${'e2b00168'.repeat(8)}` : '',
      ...(own && current !== undefined ? {containerID: current.id} : {}),
      started: running,
    };
  });
};

/** The conditions with Ready and ContainersReady as the container is; a transition is stamped. */
export const readyCondition = (
  conditions: readonly Condition[],
  ready: boolean,
  at: Instant,
  notReady: 'False' | 'Unknown' = 'False',
): Condition[] => {
  const set = (type: string, good: boolean): Condition => {
    const status = good ? 'True' : notReady;
    const standing = conditions.find((condition) => condition.type === type);
    return standing?.status === status
      ? standing
      : {
          type,
          status,
          lastTransitionTime: rfc3339(at),
          ...(good || !type.endsWith('Ready')
            ? {}
            : {reason: 'ContainersNotReady', message: 'containers with unready status: [frigate]'}),
        };
  };
  const kept = conditions.filter((condition) => !['Ready', 'ContainersReady', 'Initialized'].includes(condition.type));
  return [...kept, set('Initialized', true), set('Ready', ready), set('ContainersReady', ready)];
};
