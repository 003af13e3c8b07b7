/** What a fresh, lost or wiped state has lost is read from the workload, and a full cool-down begins (docs/how-it-decides.md, "State"). */
import type {Workload} from '../observation/workload.js';
import type {State} from '../state/state.js';
import {latest, type Instant} from '../time.js';
import {coolDownAfterLoss, coolDownAfterWipe, restartsFromRevisions} from './breaker.js';
import type {StateReading} from './situation.js';

/** The state to decide upon; a sound one as it is. `workload` is `null` where it could not be observed. */
export const restoreLostState = (
  state: State,
  reading: StateReading,
  workload: Workload | null,
  now: Instant,
): State => {
  if (reading !== 'fresh' && reading !== 'lost' && reading !== 'wiped') return state;
  return {
    ...state,
    restarts: restartsFromRevisions(workload, state.restarts, now),
    // What waits in an outbox that was put back was sent long ago, or will be put back and sent in every pass.
    outbox: reading === 'wiped' ? state.outbox.filter(({deliveredAt}) => deliveredAt !== null) : state.outbox,
    breaker: {
      ...state.breaker,
      coolDownUntil: laterOf(
        state.breaker.coolDownUntil,
        reading === 'wiped' ? coolDownAfterWipe(now) : coolDownAfterLoss(workload, now),
      ),
    },
  };
};

const laterOf = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || b === null ? (a ?? b) : latest(a, b);
