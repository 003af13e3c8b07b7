/** whether a new pod could take the old one's place. */
import type {Known} from '../known.js';
import type {PersistentClaim} from '../observation/observation.js';
import type {Workload} from '../observation/workload.js';

/**
 * Why a rollout would deadlock or do nothing, or `null`. A RollingUpdate that keeps the old pod until the new one is ready waits
 * for ever when both need the same device or a volume that only one pod may mount (deploy.md §4).
 */
export const rolloutDeadlock = (workload: Workload, claims: Known<readonly PersistentClaim[]>): string | null => {
  if (workload.kind !== 'Deployment' || workload.strategy !== 'RollingUpdate') return null;
  if (workload.maxUnavailable !== null && workload.maxUnavailable >= workload.desiredReplicas && workload.desiredReplicas > 0) return null;
  const devices = [...workload.template.devices.keys()];
  if (devices.length > 0) return `RollingUpdate keeps the old pod, which holds ${devices.join(', ')}, until the new one is ready`;
  const exclusive = claims.known ? claims.value.filter(isExclusive).map((claim) => claim.name) : [];
  return exclusive.length > 0 ? `RollingUpdate keeps the old pod, which holds the volume ${exclusive.join(', ')}, until the new one is ready` : null;
};

const isExclusive = (claim: PersistentClaim): boolean =>
  claim.accessModes.includes('ReadWriteOncePod') || (claim.accessModes.includes('ReadWriteOnce') && !claim.accessModes.includes('ReadWriteMany'));

/** Whether the claims have to be known to tell. */
export const deadlockNeedsClaims = (workload: Workload): boolean =>
  workload.kind === 'Deployment' && workload.strategy === 'RollingUpdate' && workload.template.claims.length > 0;

/** Why a change of the pod template is not followed by a new pod, or `null` (a StatefulSet or DaemonSet with OnDelete waits for a deletion). */
export const rolloutWithoutEffect = (workload: Workload): string | null =>
  workload.strategy === 'OnDelete' ? `${workload.kind} ${workload.name} has the strategy OnDelete: a restart by annotation waits until its pod is deleted` : null;
