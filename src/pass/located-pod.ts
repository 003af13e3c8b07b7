/** Where Frigate runs in the cluster, as the first step of an observation found it; the second step asks about it. */
import {notAsked} from '../core/known.js';
import type {Observation} from '../core/observation/observation.js';
import type {Pod} from '../core/observation/pod.js';
import type {Workload} from '../core/observation/workload.js';

export interface LocatedPod {
  readonly search: Observation['workload'];
  readonly workload: Workload | null;
  readonly pods: Observation['pods'];
  readonly pod: Pod | null;
}

/** Why nothing is asked of a Frigate whose container does not run. */
export const NOT_RUNNING = notAsked("Frigate's container does not run");

/** Takes the time of a source of the observation. */
export type Timed = <T>(source: string, work: Promise<T>) => Promise<T>;
