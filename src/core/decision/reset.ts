/** What `reset-breaker` changes: the breaker and nothing else. History and the hour's used restarts stay. */
import type {State} from '../state/state.js';
import type {Instant} from '../time.js';

export interface BreakerReset {
  readonly by: string;
  readonly reason: string | null;
}

/** The state with a closed, unlocked breaker and an entry that says who closed it. Never a restart, never an emptied log. */
export const closeBreaker = (state: State, {by, reason}: BreakerReset, now: Instant): State => ({
  ...state,
  breaker: {
    state: 'closed',
    until: null,
    why: null,
    failures: 0,
    reset: {at: now, by: by.slice(0, 120), reason: reason?.slice(0, 300) ?? null},
    coolDownUntil: null,
  },
  // The streak starts again at zero, so that the reset itself is never followed by a restart in the next moment.
  streak: null,
  decisions: [
    ...state.decisions,
    {
      at: now,
      health: state.decisions.at(-1)?.health ?? 'unknown',
      action: 'none' as const,
      rule: 'R-10' as const,
      reason: `breaker reset by ${by}${reason === null ? '' : `: ${reason}`}`.slice(0, 200),
    },
  ].slice(-50),
});
