/** What a check found (docs/how-it-decides.md, "Findings"). */
import {becauseText, type Because} from './because.js';
import type {CheckId} from './check-table.js';
import type {Fix} from './fix.js';
import type {Instant} from './time.js';

export type {CheckId} from './check-table.js';
export type {Fix, Step} from './fix.js';

export type Status = 'ok' | 'info' | 'warning' | 'critical' | 'unknown' | 'skipped';

export type CauseClass =
  | 'cluster'
  | 'node'
  | 'workload'
  | 'process'
  | 'detector'
  | 'camera'
  | 'network'
  | 'recording'
  | 'storage'
  | 'memory'
  | 'config'
  | 'dependency'
  | 'checker'
  | 'mixed';

/** What a restart does for the finding. */
export type Cure = 'restart' | 'none';

/** One number or word that the finding rests on, with the limit it was held against. */
export interface Evidence {
  readonly name: string;
  readonly value: string | number | boolean | null;
  readonly limit?: string | number | boolean;
  readonly unit?: string;
}

/** The Kubernetes or Frigate object that the finding is about. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
}

/**
 * How the evidence of a finding counts towards restarting:
 * `sample`: counts once for each fresh `evidenceAt`;
 * `standstill`: the evidence is that nothing advances, so an unadvanced snapshot counts (FRG-302);
 * `latched`: it is reported only once and stays true until the container ends (a thread that died, a kill without a successor).
 */
export type Persistence = 'sample' | 'standstill' | 'latched';

export interface Finding {
  readonly id: CheckId;
  readonly status: Status;
  /** One line, at most about 80 columns, no trailing full stop. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly cause: CauseClass | null;
  readonly cure: Cure;
  readonly object: Subject | null;
  /** Why it is skipped or unknown, or what decided the verdict. */
  readonly because: Because | null;
  /** What to do next, with real names in it. */
  readonly fix: Fix | null;
  readonly persistence: Persistence;
  /** The instant of the newest evidence (a snapshot's `last_updated`, a log event, an exit); `null`: the pass itself. */
  readonly evidenceAt: Instant | null;
  /** Since when the evidence of this one observation holds (a question that was not answered, from its beginning); absent: its own instant. */
  readonly evidenceFrom?: Instant;
  /** It says itself that it cannot be a passing state (OOM, crash loop, safe mode): people are notified at once. */
  readonly immediate: boolean;
  /** Cameras concerned, sorted. */
  readonly cameras: readonly string[];
  /** Normal while Frigate starts (no API, no frames): notified only when the grace ends. */
  readonly normalAtStart: boolean;
  /** Critical, and Frigate's job is not done at all because of it: no camera delivers, nothing is recorded, nothing is detected, no API, no pod. */
  readonly outage: boolean;
  /**
   * Keys of what is down, by process, detector or camera and not by check: `recorder`, `capture:front`, `detector:coral`.
   * Whether a restart helped is judged on these. Empty where nothing is down; at most 32.
   */
  readonly faults: readonly string[];
}

/** The finding in one line: what is not known stands there with its reason. */
export const inOneLine = ({status, summary, because}: Pick<Finding, 'status' | 'summary' | 'because'>): string =>
  status === 'unknown' && because !== null ? `${summary} (${becauseText(because)})` : summary;

/** Whether a restart cures it is not known yet, so nothing may be said of its cure. */
export const isCureKnown = ({because}: Pick<Finding, 'because'>): boolean => because?.kind !== 'not-judged';

export const isBad = (finding: Finding): boolean => finding.status === 'warning' || finding.status === 'critical';
