/** Pods of the workload and the state of Frigate's container in each. */
import type {Instant} from '../time.js';
import type {Condition} from './workload.js';

export interface Terminated {
  readonly exitCode: number;
  /** 0 when the container was not ended by a signal that the runtime reports. */
  readonly signal: number;
  /** `OOMKilled`, `Error`, `Completed`, `ContainerStatusUnknown`, … */
  readonly reason: string;
  readonly message: string | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

export type ContainerState =
  | {readonly phase: 'running'; readonly startedAt: Instant | null}
  | {readonly phase: 'waiting'; readonly reason: string; readonly message: string | null}
  | ({readonly phase: 'terminated'} & Terminated);

export interface Container {
  readonly name: string;
  readonly image: string;
  /** `containerd://…`; changes with every start of the container. `null` before the first. */
  readonly id: string | null;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly last: Terminated | null;
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** `Evicted`, `NodeLost`, … */
  readonly reason: string | null;
  readonly message: string | null;
  readonly createdAt: Instant;
  /** Set while the pod is being deleted (`deletionTimestamp`). */
  readonly deletingSince: Instant | null;
  readonly nodeName: string | null;
  readonly ip: string | null;
  /** True when the pod belongs to the workload's newest revision; `null` when that is not known. */
  readonly current: boolean | null;
  readonly conditions: readonly Condition[];
  /** Frigate's container, found by image, then by name (never by index); `null` before the kubelet reported it. */
  readonly frigate: Container | null;
  readonly initContainers: readonly Container[];
}

/**
 * The probe for which the kubelet ends a container: `Container frigate failed startup probe, will be restarted` is its wording of Killing
 * since 1.14 (pkg/kubelet/kuberuntime). `null`: another event, or another end.
 */
export const probeThatKilled = ({
  reason,
  message,
}: Pick<ClusterEvent, 'reason' | 'message'>): 'liveness' | 'startup' | null => {
  if (reason !== 'Killing') return null;
  if (/liveness probe/i.test(message)) return 'liveness';
  return /startup probe/i.test(message) ? 'startup' : null;
};

/** A Kubernetes event about the workload, its pods or their node, folded as the API server folds them. */
export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly lastSeen: Instant | null;
  readonly object: {readonly kind: string; readonly name: string; readonly uid: string};
}
