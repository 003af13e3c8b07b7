/** The shape of a check: one literal in a file of its own, judged purely over an observation. */
import type {Because} from '../because.js';
import {CHECK_TABLE, type CheckId} from '../check-table.js';
import type {CauseClass, Cure, Evidence, Finding, Fix, Persistence, Subject} from '../finding.js';
import type {Baselines} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';
import type {Policy} from '../policy.js';
import type {Duration, Instant} from '../time.js';

export type Category =
  | 'cluster'
  | 'node'
  | 'workload'
  | 'frigate'
  | 'detectors'
  | 'cameras'
  | 'recording'
  | 'resources'
  | 'services'
  | 'alerts';

export interface CheckContext {
  readonly observation: Observation;
  readonly memory: Baselines;
  readonly policy: Policy;
  /** The observation's instant. */
  readonly now: Instant;
  /** The earlier finding of a check named in this check's `needs` or `after`; asking for any other is a bug. */
  readonly finding: (id: CheckId) => Finding;
}

/** What a judge answers; `assess` completes it to a finding. */
export interface CheckResult {
  readonly status: Finding['status'];
  /** Absent: the check's question is not known. */
  readonly summary?: string;
  readonly evidence?: readonly Evidence[];
  /** Overrides the check's own cause. */
  readonly cause?: CauseClass;
  /** Default `none`. */
  readonly cure?: Cure;
  readonly object?: Subject;
  readonly because?: Because;
  readonly fix?: Fix;
  readonly persistence?: Persistence;
  readonly evidenceAt?: Instant | null;
  readonly evidenceFrom?: Instant;
  readonly immediate?: boolean;
  readonly cameras?: readonly string[];
  readonly normalAtStart?: boolean;
  /** Frigate's job is not done at all because of it. */
  readonly outage?: boolean;
  /** What is down (finding.ts, `faults`); absent: its cameras, else its object, else the check itself. */
  readonly faults?: readonly string[];
}

/** What a check's own file says of it. */
export interface CheckDefinition {
  readonly category: Category;
  readonly cause: CauseClass;
  /** When one of these is critical, unknown or skipped, this check is skipped because of it. */
  readonly needs: readonly CheckId[];
  /** Findings that the judge reads, whatever they are. */
  readonly after?: readonly CheckId[];
  /** It judges without these too (from the log, say); but what it cannot observe while one of them is in trouble is skipped, not unknown. */
  readonly blindWithout?: readonly CheckId[];
  /**
   * How long the failure must last before `serve` with the profile `fast` may restart for it: measured on a real Frigate, and
   * undercut by no setting. Absent: as long as with `steady`.
   */
  readonly provenAfter?: {readonly least: Duration; readonly source: string};
  /** Skipped while Frigate's container is younger than 120 s. */
  readonly settles?: boolean;
  /** For `check --explain` and the page of the check; Markdown, no headings. */
  readonly docs: {
    /** What it examines and why it matters, one short paragraph. */
    readonly what: string;
    /** When it is a warning and when critical, with the limits. */
    readonly limits: string;
    /** What a restart does for it, and why. */
    readonly cure: string;
    /** What a person does next. */
    readonly next: string;
    /** Where the fact comes from: Frigate version and file, Kubernetes page, measurement. */
    readonly source: string;
  };
  /** The fix when the verdict brings none; every check that can fail has one. */
  readonly fix: (context: CheckContext) => Fix;
  readonly judge: (context: CheckContext) => CheckResult;
}

/** A check as the catalogue holds it: its row of the table and what its file says. */
export interface Check<Id extends CheckId = CheckId> extends CheckDefinition {
  readonly id: Id;
  readonly title: string;
  /** The worst status that it may say. */
  readonly worst: 'warning' | 'critical';
}

/** The check of this id. */
export const defineCheck = <Id extends CheckId>(id: Id, definition: CheckDefinition): Check<Id> => ({
  id,
  ...CHECK_TABLE[id],
  ...definition,
});
