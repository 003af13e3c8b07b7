/** What is stored from pass to pass (docs/how-it-decides.md, "State"): one JSON document in the state ConfigMap, < 64 KiB for any input. */
import type {Action, RuleId} from '../rule-id.js';
import type {HealthClass} from '../diagnosis/diagnosis.js';
import type {CauseClass, CheckId, Cure, Status, Step} from '../finding.js';
import type {Baselines} from './baselines.js';
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
 * `abandoned`: never reached the workload · `unjudged`: a restart of the old tool or read from the workload, whose outcome nobody
 * observed. All of them count.
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
  /** What was down (finding.ts, `faults`); whether it helped is judged on these. Absent or empty in documents of older versions: then on `findings`. */
  readonly faults?: readonly string[];
  /** The cameras that delivered frames when it was decided: it did not help before they do again. At most 64. */
  readonly worked?: readonly string[];
  /** Since when, after the grace, nothing of it was observed; `null`: not yet, or it is settled. */
  readonly wellSince?: Instant | null;
  /** It helped, and this is when the same fault was there again within the hour. */
  readonly cameBackAt?: Instant | null;
  /** SHA-256 of the evidence that the journal has of it (event `restart.evidence`), hexadecimal; absent: none was written. */
  readonly evidence?: string;
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

/** One fault of an incident, as it was notified. */
export interface IncidentFault {
  readonly at: Instant;
  readonly summary: string;
}

export interface Incident {
  readonly id: string;
  readonly since: Instant;
  readonly cause: CauseClass;
  readonly worst: 'warning' | 'critical';
  /** The furthest that it went; going further is `worse` and notified. */
  readonly stage: 'warning' | 'critical' | 'restart' | 'breaker-open' | 'locked';
  readonly findings: readonly CheckId[];
  /** When a finding joined that was not there from the beginning: a restart before that was for something else. */
  readonly joined: ReadonlyArray<{readonly id: CheckId; readonly at: Instant}>;
  /** Cameras without pictures or recordings that were notified; one more is worse. At most 64. */
  readonly cameras: readonly string[];
  /** What is wrong now, or was last. */
  readonly summary: string;
  /** What was wrong in its course, oldest first, at most 8: the notification that it is resolved names all of it. */
  readonly faults: readonly IncidentFault[];
  /** Whether its beginning was notified; only then is its end. */
  readonly told: boolean;
  readonly lastAlertAt: Instant | null;
  /**
   * What of it is not observed any more, and since when: a check id, `camera NAME`, or `critical` for all that was worse than a warning.
   * When that has lasted it is no part of the incident, and notified as worse when it comes back: a warning that stands for weeks keeps the incident alive.
   */
  readonly quiet: ReadonlyArray<{readonly what: string; readonly since: Instant}>;
  /** Since when nothing of it is observed any more; it ends when that has lasted, so that flapping is one incident. */
  readonly quietSince: Instant | null;
  /** Who knows of it and wants no reminder; what gets worse and the end are notified all the same. */
  readonly ack: {readonly by: string; readonly at: Instant; readonly reason: string | null} | null;
  /** Healthy passes since then, half an interval apart at least, and when the last of them was. */
  readonly quietPasses?: number;
  readonly quietLast?: Instant | null;
  /** Checks that were unknown or skipped when it began: what is unknown beyond them keeps it from ending. */
  readonly unobserved?: readonly CheckId[];
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
  /** Whether a restart cures it: then its fix is not asked of a person while automatic repair is at it. */
  readonly cure: Cure;
}

/** A notification that waits for delivery. Facts only: the words are made when it is sent, so that they say what has happened by then. */
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
    /** The worst that it was until then; `null` in entries of older versions. */
    readonly worst: 'warning' | 'critical' | null;
    /** Of one that ended; otherwise empty. */
    readonly faults: readonly IncidentFault[];
  };
  readonly health: HealthClass;
  readonly action: Action;
  readonly rule: RuleId;
  readonly reason: string;
  readonly liftedBy: string | null;
  /** The same as steps; empty where nothing holds, and in entries of older versions. */
  readonly unblock: readonly Step[];
  /** Primary findings first, at most 8. */
  readonly findings: readonly AlertFinding[];
  /** The restart attempt decided in the same pass; its record says what became of it. */
  readonly attempt: string | null;
  /** What became of it at each channel that tried; empty in entries of older versions, and once it is delivered. */
  readonly deliveries: readonly ChannelDelivery[];
  /** The most tries of any channel. */
  readonly tries: number;
  readonly lastTry: Instant | null;
  /** The last failure, with the channel. */
  readonly lastError: string | null;
  /** When every channel that it concerns had it. */
  readonly deliveredAt: Instant | null;
}

/** One notification at one channel. */
export interface ChannelDelivery {
  /** The channel's name in the settings. */
  readonly channel: string;
  readonly tries: number;
  readonly lastTry: Instant;
  readonly lastError: string | null;
  /** `null`: it is tried again. */
  readonly doneAt: Instant | null;
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
  /** A check id, `sight` while something that the decision needs is unknown, or `camera NAME` while one is lost that was not notified. */
  readonly what: string;
  readonly since: Instant;
  readonly last: Instant;
  readonly count: number;
  /** A pass since `last` observed that it was gone: when it comes back its passes are counted from one. */
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
  /** The last pass of the daemon `serve`, for a day; `null`: none, or longer ago. */
  readonly servedAt: Instant | null;
  readonly standing: readonly Standing[];
  readonly memory: Baselines;
  /** Newest last, at most 50. */
  readonly decisions: readonly DecisionRecord[];
}
