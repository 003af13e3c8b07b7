/** What Frigate's container uses of its memory limit. */
import type {Instant} from '../time.js';

/**
 * The working set is what the kernel compares with the limit in the end: the use of the memory cgroup without the page cache that can be
 * taken back at will (`inactive_file`). The sum of the RSS of all processes is no measure of it: it counts pages that they share for each
 * of them (measured on 0.17.2: RSS 2469 MiB, cgroup 716 MiB).
 */
export interface MemoryUse {
  /** Bytes. */
  readonly workingSet: number;
  readonly source: 'metrics-api' | 'cgroup';
  /** When it was measured, where the source says so. */
  readonly at: Instant | null;
  /** Cores; the metrics API reports it with the memory. Absent or `null`: not reported. */
  readonly cores?: number | null;
}
