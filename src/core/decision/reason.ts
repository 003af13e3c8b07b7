/**
 * Why a rule decided as it did, as data: a code that is stable, and the facts behind it. What a person reads is made from it in
 * wording.ts alone, so that wording can change without a test of the rules noticing.
 */
import type {CauseClass, CheckId, Step} from '../finding.js';
import type {UnknownReason} from '../known.js';
import type {StartStepKind} from '../observation/log.js';
import type {Candidate, WorkloadName} from '../observation/workload.js';
import type {Duration, Instant} from '../time.js';

/** What a decision to restart needs to know. */
export type NeededSource = 'api-server' | 'workload' | 'pods' | 'node' | 'events' | 'log' | 'claims';

/** Why the breaker is not closed. */
export type BreakerReason =
  | {readonly code: 'hour-limit' | 'day-limit'; readonly used: number; readonly limit: number}
  /** The state was fresh, lost or put back: what it no longer knows may have been a restart. */
  | {readonly code: 'cool-down'}
  /** Restarts in a row that did not help: a wait, one more trial (half-open), or the lock. */
  | {readonly code: 'did-not-help' | 'one-more-trial' | 'locked'; readonly failures: number}
  /** The restart in this incident did not help, and the cause is the same; or it helped, and the same fault is there again. */
  | {readonly code: 'same-cause' | 'came-back'};

export type Reason =
  // R-01 target
  | {readonly code: 'no-workload'; readonly searchedFor: string}
  | {readonly code: 'several-workloads'; readonly candidates: readonly Candidate[]}
  | {readonly code: 'no-container'; readonly candidate: Candidate; readonly containers: readonly string[]}
  /** Observed at its URL; nothing here could restart it. */
  | {readonly code: 'outside-kubernetes'; readonly url: string}
  | {readonly code: 'scaled-to-zero' | 'rollout-paused'; readonly workload: WorkloadName}
  /** A person's pause, with their reason. */
  | {readonly code: 'paused'; readonly workload: WorkloadName; readonly until: Instant; readonly reason: string | null}
  // R-02 state
  | {readonly code: 'state-unreadable'; readonly because: 'api-server' | 'permission' | 'other'}
  | {readonly code: 'state-newer' | 'state-wiped' | 'state-lost' | 'state-fresh'}
  // R-03 observability
  | {readonly code: 'health-unknown'; readonly summary: string; readonly fix: readonly Step[]}
  | {readonly code: 'not-observed'; readonly source: NeededSource; readonly why: UnknownReason}
  | {readonly code: 'permission-missing'; readonly verb: string; readonly resource: string}
  | {readonly code: 'no-rule'}
  // R-04 cause
  | {readonly code: 'nothing-to-repair'}
  | {readonly code: 'consequence'; readonly finding: CheckId; readonly of: CheckId}
  | {readonly code: 'not-curable'; readonly cause: CauseClass | null}
  | {readonly code: 'not-judged'; readonly finding: CheckId}
  | {readonly code: 'fleet-incident'; readonly common: string; readonly count: number}
  // R-05 evidence
  | {readonly code: 'too-few-passes'; readonly count: number; readonly needed: number; readonly interval: Duration}
  | {readonly code: 'no-new-evidence'; readonly since: Instant}
  | {readonly code: 'not-lasting'; readonly lasted: Duration; readonly needed: Duration}
  // R-06 grace
  | {readonly code: 'starting'; readonly age: Duration; readonly grace: Duration; readonly until: Instant}
  /** The container has not worked once since its own start; `step`: what it is at, as far as its log shows. */
  | {
      readonly code: 'never-worked';
      readonly age: Duration;
      readonly step: {readonly kind: StartStepKind; readonly text: string} | null;
    }
  | {readonly code: 'detectors-starting'; readonly age: Duration}
  // R-07 rollout
  | {readonly code: 'attempt-unsettled'; readonly attempt: string; readonly at: Instant}
  | {readonly code: 'change-unprocessed' | 'rollout-under-way'; readonly workload: WorkloadName}
  | {readonly code: 'pod-terminating'; readonly namespace: string; readonly pod: string}
  | {readonly code: 'crash-loop' | 'liveness-kills'}
  // R-08 schedulability
  | {readonly code: 'node-unfit'; readonly summary: string; readonly fix: readonly Step[]}
  | {readonly code: 'rollout-deadlock'; readonly held: readonly string[]}
  | {readonly code: 'rollout-on-delete'; readonly workload: WorkloadName}
  // R-09 breaker, R-10 history; `until`: when it closes by itself, `null`: a person closes it
  /** The container that our restart at this time made has not worked once. */
  | {readonly code: 'start-tried'; readonly at: Instant}
  | {readonly code: 'breaker'; readonly why: BreakerReason; readonly until: Instant | null}
  | {readonly code: 'fleet-limit'; readonly used: number; readonly limit: number; readonly until: Instant}
  // R-11 mode
  | {readonly code: 'dry-run' | 'observe-mode'}
  // R-12 act; `summary`: of the first finding, `null`: none asks for a restart
  | {
      readonly code: 'restart';
      readonly summary: string | null;
      readonly findings: readonly CheckId[];
      readonly request: {readonly who: string; readonly reason: string} | null;
    };
