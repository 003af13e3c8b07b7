/** How much CPU time Frigate's container uses. */
import type {Instant} from '../time.js';

export interface CpuUse {
  /** Cores, the mean of the last half minute or so (PodMetrics `window`). */
  readonly cores: number;
  /** When it was measured, where the source says so. */
  readonly at: Instant | null;
}
