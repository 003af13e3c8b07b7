/** What the findings of one pass come to (docs/how-it-decides.md, "Diagnosis"). */
import type {CauseClass, CheckId, Cure} from '../finding.js';

/**
 * How much of its job Frigate does: `healthy` · `degraded` (a part is not done: one camera, thin space, a slow detector) ·
 * `unhealthy` (not done at all: no camera delivers, nothing is recorded, nothing is detected, no API, no pod) ·
 * `starting` · `paused` (0 replicas, paused rollout, a person's pause) · `unknown`. Whether a restart cures it is said by the decision.
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
