/** Where Frigate stands in the cluster, as the first step of a look found it; the second step asks about it. */
import type {Observation} from '../core/observation/observation.js';
import type {Pod} from '../core/observation/pod.js';
import type {Workload} from '../core/observation/workload.js';

export interface Place {
  readonly search: Observation['workload'];
  readonly workload: Workload | null;
  readonly pods: Observation['pods'];
  readonly pod: Pod | null;
}

/** Takes the time of a source of the observation. */
export type Timed = <T>(source: string, work: Promise<T>) => Promise<T>;
