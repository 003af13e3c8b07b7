/** The answer of `decide` (docs/how-it-decides.md, "The rules"). */
import type {RestartRecord, State} from '../state/state.js';
import type {Instant} from '../time.js';
import type {Action, RuleId} from '../rule-id.js';
import type {BreakerReason, Reason} from './reason.js';

/** What one rule answers when it applies. The words and the steps that unblock it are made from the reason (wording.ts). */
export interface Verdict {
  readonly action: Action;
  readonly reason: Reason;
}

/** The breaker as it stands now, computed from the restart log and the workload; never read back as a fact. */
export interface BreakerView {
  readonly state: 'closed' | 'open' | 'half-open' | 'locked';
  /** Restarts in the sliding hour, foreign ones on the workload included. */
  readonly used: number;
  readonly usedToday: number;
  readonly limit: number;
  readonly limitPerDay: number;
  /** When it closes by itself; `null` when it is closed, or only a person closes it. */
  readonly until: Instant | null;
  readonly why: BreakerReason | null;
  /** Which rule holds while it is not closed: R-09 the limits and the cool-down, R-10 restarts that did not help. */
  readonly rule: 'R-09' | 'R-10' | null;
}

export interface Decision extends Verdict {
  readonly rule: RuleId;
  readonly breaker: BreakerView;
  readonly streak: {readonly count: number; readonly needed: number};
  /** The attempt to make, already an intent in `next`; `null` unless the action is `restart`. */
  readonly attempt: RestartRecord | null;
  /** The state to store before anything is done. */
  readonly next: State;
}
