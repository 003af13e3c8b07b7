/** whether a new pod could take the old one's place. */
import {heldExclusively, keepsTheOld, startsBesideTheOld} from '../exclusive.js';
import type {Known} from '../known.js';
import type {PersistentClaim} from '../observation/observation.js';
import type {Workload} from '../observation/workload.js';

/**
 * Why a rollout would deadlock, or `null`: a RollingUpdate that keeps the old pod until the new one is ready waits for ever when
 * both need what only one pod may hold.
 */
export const rolloutDeadlock = (workload: Workload, claims: Known<readonly PersistentClaim[]>): string | null => {
  const held = keepsTheOld(workload) ? heldExclusively(workload.template, claims) : [];
  return held.length === 0
    ? null
    : `RollingUpdate keeps the old pod, which holds ${held.join(', ')}, until the new one is ready`;
};

/** Whether the claims have to be known to tell. */
export const deadlockNeedsClaims = (workload: Workload): boolean =>
  startsBesideTheOld(workload) && workload.template.claims.length > 0;

/** Why a change of the pod template is not followed by a new pod, or `null` (a StatefulSet or DaemonSet with OnDelete waits for a deletion). */
export const rolloutWithoutEffect = (workload: Workload): string | null =>
  workload.strategy === 'OnDelete'
    ? `${workload.kind} ${workload.name} has the strategy OnDelete: a restart by annotation waits until its pod is deleted`
    : null;
