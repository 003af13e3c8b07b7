/** The report of `check`, exactly as `-o json` prints it. Fields are only ever added within v1. */
import type {CauseClass, CheckId, Cure, Evidence, Fix, Status, Subject} from '../core/finding.js';
import type {ReportedId} from '../core/check-table.js';
import type {Via} from '../core/observation/frigate.js';
import type {Category} from '../core/checks/check.js';
import type {Action, RuleId} from '../core/rule-id.js';
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import type {Progress} from '../core/rollout/progress.js';
import type {Duration} from '../core/time.js';

export interface ReportedCheck {
  readonly id: ReportedId;
  /** `custom`: a check of the user's own. */
  readonly category: Category | 'custom';
  readonly title: string;
  readonly status: Status;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly cause: CauseClass | null;
  readonly cure: Cure;
  /** Present while it is too early to say whether a restart cures it. */
  readonly judged?: false;
  readonly object: Subject | null;
  readonly because: string | null;
  /** The steps as lines of a shell: what is no command is a comment. */
  readonly fix: string | null;
  /** What to do next; empty where there is nothing to do. */
  readonly steps: Fix;
  /** URL of the page of the check. */
  readonly docs: string;
  /** Milliseconds that its sources took; 0 where nothing was asked. */
  readonly durationMs: number;
}

export interface ReportedSetting {
  readonly name: string;
  readonly value: string;
  /** `default`, `flag --…`, `env FRIGATE_HC_…`, `env NAMESPACE (deprecated)`, `kubeconfig context`, `pod`; `flag --all-namespaces`: where Frigate was found. */
  readonly origin: string;
}

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
  /** The last log lines of the container that failed, masked; absent where the error is not about one. */
  readonly lastLines?: readonly string[];
}

/** How `check --wait` stands, at each change and now and then. */
export interface WaitProgress {
  /** Until the wait runs out. */
  readonly left: Duration;
  readonly health: HealthClass;
  /** That of the diagnosis. */
  readonly summary: string;
  /** `null`: workload or pods are not known, or nothing is meant to run. */
  readonly progress: Progress | null;
}

export interface ReportedDecision {
  readonly action: Action;
  readonly rule: RuleId;
  readonly reason: string;
  /** What would lift the hold; `null` where nothing holds. */
  readonly liftedBy: string | null;
  readonly breaker: {
    /** `unknown`: the state could not be read, so the numbers beside it and the streak mean nothing. */
    readonly state: 'closed' | 'open' | 'half-open' | 'locked' | 'unknown';
    readonly used: number;
    readonly limit: number;
    readonly until: string | null;
    /** Why it is not closed; `null` while it is. */
    readonly why: string | null;
  };
  readonly streak: {readonly count: number; readonly needed: number};
}

export interface CheckReport {
  readonly apiVersion: 'frigate-health.io/v1';
  readonly kind: 'CheckReport';
  readonly metadata: {
    readonly generatedAt: string;
    readonly durationMs: number;
    readonly version: string;
    readonly context: string | null;
    readonly namespace: string | null;
    readonly target: {readonly kind: string; readonly name: string; readonly uid: string} | null;
    readonly frigateVersion: string | null;
    readonly via: Via | null;
  };
  readonly summary: {
    readonly health: HealthClass;
    readonly exitCode: number;
    readonly counts: Readonly<Record<Status, number>>;
  };
  readonly diagnosis: {
    readonly cause: CauseClass | null;
    readonly summary: string;
    readonly primary: readonly CheckId[];
    readonly folded: ReadonlyArray<{readonly id: CheckId; readonly under: CheckId}>;
  };
  readonly checks: readonly ReportedCheck[];
  readonly decision: ReportedDecision;
  readonly settings: readonly ReportedSetting[];
  readonly errors: readonly ReportedError[];
}
