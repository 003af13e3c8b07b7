/** What the memory is made from: handed to everything that remembers. */
import type {CheckId, Finding} from '../finding.js';
import type {Memory} from '../memory.js';
import type {Observation} from '../observation/observation.js';

export interface Remembering {
  readonly memory: Memory;
  readonly observation: Observation;
  readonly findings: ReadonlyMap<CheckId, Finding>;
  /** The present container is the one that the memory is about. */
  readonly sameContainer: boolean;
}
