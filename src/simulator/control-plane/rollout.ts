/** The status of a Deployment: how far its rollout is, in the words of the deployment controller. */
import {rfc3339, type Instant} from '../../core/time.js';
import type {Condition, PodObject, WorkloadObject} from '../api/objects.js';

export interface Rollout {
  /** All pods that are not on their way out. */
  readonly pods: number;
  /** Those of the newest revision. */
  readonly updated: number;
  readonly ready: number;
  /** The newest ReplicaSet. */
  readonly current: string;
}

const withCondition = (
  conditions: readonly Condition[],
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  at: Instant,
): Condition[] => {
  const standing = conditions.find((condition) => condition.type === type);
  const same = standing?.status === status && standing.reason === reason;
  const next: Condition = {
    type,
    status,
    reason,
    message,
    lastUpdateTime: same ? standing['lastUpdateTime'] : rfc3339(at),
    lastTransitionTime: standing?.status === status ? standing.lastTransitionTime : rfc3339(at),
  };
  return [...conditions.filter((condition) => condition.type !== type), next];
};

const DEADLINE = 600;

const progress = (
  deployment: WorkloadObject,
  rollout: Rollout,
  conditions: readonly Condition[],
  complete: boolean,
  at: Instant,
): Condition[] => {
  const say = (status: Condition['status'], reason: string, message: string): Condition[] =>
    withCondition(conditions, 'Progressing', status, reason, message, at);
  const name = `ReplicaSet "${rollout.current}"`;
  if (deployment.spec.paused === true) return say('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (complete) return say('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  const standing = conditions.find((condition) => condition.type === 'Progressing');
  const sameRollout = deployment.status['observedGeneration'] === deployment.metadata.generation;
  // A pod that falls ill after its rollout was complete is no rollout: the condition stays.
  if (sameRollout && standing?.reason === 'NewReplicaSetAvailable') return [...conditions];
  const age = standing === undefined ? 0 : at - Date.parse(String(standing['lastUpdateTime']));
  const late =
    sameRollout &&
    (standing?.reason === 'ProgressDeadlineExceeded' ||
      age > (deployment.spec.progressDeadlineSeconds ?? DEADLINE) * 1000);
  return late
    ? say('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`)
    : say('True', 'ReplicaSetUpdated', `${name} is progressing.`);
};

/** The new status; the old one is read for its conditions' times. */
export const deploymentStatus = (
  deployment: WorkloadObject,
  rollout: Rollout,
  at: Instant,
): Record<string, unknown> => {
  const {pods, updated, ready} = rollout;
  const wanted = deployment.spec.replicas ?? 1;
  const before = (deployment.status['conditions'] ?? []) as Condition[];
  const available =
    ready >= wanted
      ? withCondition(
          before,
          'Available',
          'True',
          'MinimumReplicasAvailable',
          'Deployment has minimum availability.',
          at,
        )
      : withCondition(
          before,
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
          at,
        );
  const counts = {
    replicas: pods,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
  };
  return {
    observedGeneration: deployment.metadata.generation,
    // A count of zero is left out, as Go's omitempty does.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    conditions: progress(deployment, rollout, available, updated === wanted && pods === wanted && ready >= wanted, at),
  };
};

export const alive = (pod: PodObject): boolean =>
  pod.metadata.deletionTimestamp === undefined && pod.status.phase !== 'Failed' && pod.status.phase !== 'Succeeded';

export const isReady = (pod: PodObject): boolean =>
  alive(pod) && pod.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
