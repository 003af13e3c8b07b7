/** The shape of a check: one literal in the catalogue, judged purely over an observation. */
import type {CauseClass, CheckId, Cure, Evidence, Finding, Persistence, Subject} from '../finding.js';
import type {Memory} from '../memory.js';
import type {Observation} from '../observation/observation.js';
import type {Policy} from '../policy.js';
import type {Instant} from '../time.js';

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
  readonly memory: Memory;
  readonly policy: Policy;
  /** The observation's instant. */
  readonly now: Instant;
  /** The earlier finding of a check named in this check's `needs` or `after`; asking for any other is a bug. */
  readonly finding: (id: CheckId) => Finding;
}

/** What a judge answers; `assess` completes it to a finding. */
export interface Verdict {
  readonly status: Finding['status'];
  /** Absent: the check's question is not known. */
  readonly summary?: string;
  readonly evidence?: readonly Evidence[];
  /** Overrides the check's own cause. */
  readonly cause?: CauseClass;
  /** Default `none`. */
  readonly cure?: Cure;
  readonly object?: Subject;
  readonly because?: string;
  readonly fix?: string;
  readonly persistence?: Persistence;
  readonly evidenceAt?: Instant | null;
  readonly immediate?: boolean;
  readonly cameras?: readonly string[];
  readonly normalAtStart?: boolean;
}

export interface Check {
  readonly id: CheckId;
  readonly title: string;
  readonly category: Category;
  readonly cause: CauseClass;
  /** When one of these is critical, unknown or skipped, this check is skipped because of it. */
  readonly needs: readonly CheckId[];
  /** Findings that the judge reads, whatever they are. */
  readonly after?: readonly CheckId[];
  /** It judges without these too (from the log, say); but what it cannot see while one of them is in trouble is skipped, not unknown. */
  readonly blindWithout?: readonly CheckId[];
  /** Skipped while Frigate's container is younger than 120 s. */
  readonly settles?: boolean;
  /** For `check --explain` and the page of the check; Markdown, no headings. */
  readonly docs: {
    /** What it looks at and why it matters, one short paragraph. */
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
  readonly fix: (context: CheckContext) => string;
  readonly judge: (context: CheckContext) => Verdict;
}
