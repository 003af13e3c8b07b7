/** What is remembered from pass to pass (docs/how-it-decides.md, "What is remembered"): one JSON document in the state ConfigMap, < 64 KiB for any input. */
import type {Action, RuleId} from '../decision/rule-id.js';
import type {HealthClass} from '../diagnosis/diagnosis.js';
import type {CauseClass, CheckId, Status} from '../finding.js';
import type {Memory} from '../memory.js';
import type {WorkloadKind} from '../observation/workload.js';
import type {Instant} from '../time.js';

/** The schema number that this version writes. A higher one is never touched. */
export const SCHEMA = 1;

export interface Target {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Consecutive counted failures of one container. */
export interface Streak {
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
  readonly podUid: string;
  readonly containerId: string;
  readonly cause: CauseClass;
  /** The newest evidence that was counted; a finding that rests on nothing newer is not counted again. */
  readonly evidenceAt: Instant | null;
}

/**
 * `intended`: stored, not known whether sent · `acted`: the attempt id stands on the workload · `helped` · `did-not-help` ·
 * `abandoned`: never reached the workload · `unjudged`: a restart of the old tool or read off the workload, whose outcome nobody
 * watched. All of them count.
 */
export type RestartPhase = 'intended' | 'acted' | 'helped' | 'did-not-help' | 'abandoned' | 'unjudged';

export interface RestartRecord {
  readonly id: string;
  readonly at: Instant;
  readonly cause: CauseClass;
  readonly rule: RuleId;
  /** `automatic`, or the person's name of a manual one. */
  readonly who: string;
  readonly reason: string;
  readonly findings: readonly CheckId[];
  readonly phase: RestartPhase;
  /** When the phase last changed. */
  readonly settledAt: Instant | null;
}

export interface Breaker {
  readonly state: 'closed' | 'open' | 'half-open' | 'locked';
  readonly until: Instant | null;
  readonly why: string | null;
  /** Restarts in a row that did not help. */
  readonly failures: number;
  readonly reset: {readonly at: Instant; readonly by: string; readonly reason: string | null} | null;
  /** Nothing is restarted before this instant: the full cool-down of a fresh, lost or corrupt state. */
  readonly coolDownUntil: Instant | null;
}

export interface Incident {
  readonly id: string;
  readonly since: Instant;
  readonly cause: CauseClass;
  readonly worst: 'warning' | 'critical';
  /** The furthest that it went; going further is `worse` and told. */
  readonly stage: 'warning' | 'critical' | 'restart' | 'breaker-open' | 'locked';
  readonly findings: readonly CheckId[];
  /** When a finding joined that was not there from the beginning: a restart before that was for something else. */
  readonly joined: ReadonlyArray<{readonly id: CheckId; readonly at: Instant}>;
  /** Cameras without pictures or recordings that people were told of; one more is worse. At most 64. */
  readonly cameras: readonly string[];
  readonly summary: string;
  /** Whether people were told that it began; only then are they told that it ended. */
  readonly told: boolean;
  readonly lastAlertAt: Instant | null;
  /**
   * What of it is not seen any more, and since when: a check id, `camera NAME`, or `critical` for all that was worse than a warning.
   * When that has lasted it is no part of the incident, and told as worse when it comes back: a warning that stands for weeks keeps the incident alive.
   */
  readonly quiet: ReadonlyArray<{readonly what: string; readonly since: Instant}>;
  /** Since when nothing of it is seen any more; it ends when that has lasted, so that flapping is one incident. */
  readonly quietSince: Instant | null;
  /** How often the alert was sent for it; part of the key. */
  readonly alerts: number;
}

export interface AlertFinding {
  readonly id: CheckId;
  readonly status: Status;
  readonly summary: string;
  /** `name value (limit …)`, one line each, at most 6. */
  readonly evidence: readonly string[];
  readonly fix: string | null;
}

/** An alert that waits for delivery. Facts only: the words are made when it is sent, so that they tell what has happened by then. */
export interface OutboxEntry {
  /** Stable over retries; the Message-ID is made from it. */
  readonly key: string;
  readonly kind: 'began' | 'worse' | 'ended' | 'reminder';
  readonly at: Instant;
  readonly incident: {
    readonly id: string;
    readonly since: Instant;
    readonly cause: CauseClass;
    readonly summary: string;
  };
  readonly health: HealthClass;
  readonly action: Action;
  readonly rule: RuleId;
  readonly reason: string;
  readonly liftedBy: string | null;
  /** Primary findings first, at most 8. */
  readonly findings: readonly AlertFinding[];
  /** The restart attempt decided in the same pass; its record says what became of it. */
  readonly attempt: string | null;
  readonly tries: number;
  readonly lastTry: Instant | null;
  readonly lastError: string | null;
  readonly deliveredAt: Instant | null;
}

export interface DecisionRecord {
  readonly at: Instant;
  readonly health: HealthClass;
  readonly action: Action;
  readonly rule: RuleId;
  readonly reason: string;
}

/** Since when a finding stands, not away for longer than three intervals, and in how many passes in a row it was counted (spaced as R-05 asks). */
export interface Standing {
  /** A check id, `sight` while something that the decision needs is unknown, or `camera NAME` while one is lost of which people were not told. */
  readonly what: string;
  readonly since: Instant;
  readonly last: Instant;
  readonly count: number;
  /** A pass since `last` saw that it was gone: when it comes back its passes are counted anew. */
  readonly interrupted: boolean;
}

export interface State {
  readonly schema: typeof SCHEMA;
  readonly target: Target | null;
  readonly streak: Streak | null;
  /** Oldest first; those of the last 7 days, at most 64. */
  readonly restarts: readonly RestartRecord[];
  readonly breaker: Breaker;
  readonly incident: Incident | null;
  readonly outbox: readonly OutboxEntry[];
  readonly lastPass: {readonly at: Instant; readonly by: string; readonly result: string} | null;
  readonly standing: readonly Standing[];
  readonly memory: Memory;
  /** Newest last, at most 50. */
  readonly decisions: readonly DecisionRecord[];
}
