/** What the findings of one pass come to (docs/how-it-decides.md, "What explains what"). */
import type {CauseClass, CheckId, Cure} from '../finding.js';

/**
 * `healthy` · `degraded` (tell a person; a restart is not the cure) · `unhealthy` (a restart is the cure) ·
 * `starting` · `paused` (0 replicas, paused rollout) · `unknown`.
 */
export type HealthClass = 'healthy' | 'degraded' | 'unhealthy' | 'starting' | 'paused' | 'unknown';

export interface Diagnosis {
  readonly health: HealthClass;
  /** `null` when nothing is wrong; `mixed` when two independent causes stand. */
  readonly cause: CauseClass | null;
  /** One line for people. */
  readonly summary: string;
  /** The findings that explain the rest. */
  readonly primary: readonly CheckId[];
  /** Findings that are consequences of another one. */
  readonly folded: ReadonlyArray<{readonly id: CheckId; readonly under: CheckId}>;
  /** What a restart would do for the primary findings. */
  readonly cure: Cure;
}
