/** What the new baselines are computed from: passed to each function that updates them. */
import type {CheckId, Finding} from '../finding.js';
import type {Baselines} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';

export interface BaselineContext {
  readonly memory: Baselines;
  readonly observation: Observation;
  readonly findings: ReadonlyMap<CheckId, Finding>;
  /** The present container is the one that the memory is about. */
  readonly sameContainer: boolean;
}
