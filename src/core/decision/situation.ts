/** Everything that the rules judge: the input of `decide`, and what follows from it before the first rule is asked. */
import type {Diagnosis} from '../diagnosis/diagnosis.js';
import type {Finding} from '../finding.js';
import type {Baselines} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';
import type {Container, Pod} from '../observation/pod.js';
import type {Workload} from '../observation/workload.js';
import type {Policy} from '../policy.js';
import type {RestartRecord, State, Streak} from '../state/state.js';
import type {GuardMemory} from '../state/guard.js';
import type {Instant} from '../time.js';
import type {BreakerView} from './decision.js';
import type {FleetHold} from './fleet-hold.js';

/**
 * How the state was found: `sound`; `fresh`: there was none; `lost`: a part that limits rest on was unreadable;
 * `wiped`: somebody put an old one back; `newer`: of a later version; `unreadable`: the API server did not give it.
 */
export type StateReading = 'sound' | 'fresh' | 'lost' | 'wiped' | 'newer' | 'unreadable';

/** Whether anything is stored to judge by; without it neither breaker nor streak is known. */
export const isStateKnown = (reading: StateReading): boolean => reading !== 'unreadable' && reading !== 'newer';

/** A person's request to restart. It passes the same rules; `force` passes all but, and is counted. */
export interface RestartRequest {
  readonly who: string;
  readonly reason: string;
  readonly force: boolean;
}

export interface DecisionInput {
  readonly state: State;
  readonly reading: StateReading;
  readonly observation: Observation;
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
  /** What later passes compare with, already updated by this one. */
  readonly memory: Baselines;
  /** The one live pod of the workload and Frigate's container in it; `null` where there is none. */
  readonly pod: Pod | null;
  readonly container: Container | null;
  readonly policy: Policy;
  readonly now: Instant;
  /** A fresh id for the attempt that may follow; chance is a parameter. */
  readonly attemptId: string;
  /** Who runs this pass, for the record. */
  readonly by: string;
  readonly request: RestartRequest | null;
  /** An alert channel is configured: without one nothing is put into the outbox, and nothing counts as notified. */
  readonly alerting: boolean;
  /** What the whole fleet has against a restart; absent: this Frigate is judged alone. */
  readonly fleet?: FleetHold | null;
  /** When it was last notified that the state is overwritten, if that is less than a day ago: an overwritten state cannot know it. */
  readonly wipeNotifiedAt: Instant | null;
  /** What the guard recorded of a state that is written over; absent or `null`: the state was not. */
  readonly guard?: GuardMemory | null;
}

export interface Situation extends DecisionInput {
  readonly workload: Workload | null;
  /** Critical findings that a restart cures and no other cause explains. */
  readonly candidates: readonly Finding[];
  /** The streak with this pass in it. */
  readonly streak: Streak | null;
  /** The restart log with every attempt settled that could be. */
  readonly restarts: readonly RestartRecord[];
  readonly breaker: BreakerView;
}
