/** whether a new pod could replace the old one. */
import {heldExclusively, keepsTheOld, startsBesideTheOld} from '../observation/exclusive.js';
import type {Known} from '../known.js';
import type {PersistentClaim} from '../observation/observation.js';
import type {Workload} from '../observation/workload.js';

/**
 * What the old pod would hold while the new one waits for it; empty where a rollout cannot deadlock. A RollingUpdate that keeps
 * the old pod until the new one is ready waits for ever when both need what only one pod may hold.
 */
export const heldThroughRollout = (workload: Workload, claims: Known<readonly PersistentClaim[]>): readonly string[] =>
  keepsTheOld(workload) ? heldExclusively(workload.template, claims) : [];

/** Whether the answer depends on the claims. */
export const deadlockNeedsClaims = (workload: Workload): boolean =>
  startsBesideTheOld(workload) && workload.template.claims.length > 0;

/** Whether a change of the pod template has no effect until a pod is deleted (a StatefulSet or DaemonSet with OnDelete). */
export const waitsForDeletion = ({strategy}: Workload): boolean => strategy === 'OnDelete';
