/** What a check found (docs/how-it-decides.md, "What is found"). */
import type {Instant} from './time.js';

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

export type CheckId = `FRG-${number}`;

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
 * `latched`: it is said only once and stays true until the container ends (a thread that died, a kill without a successor).
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
  /** For skipped and unknown: the check id or the reason. */
  readonly because: string | null;
  /** The command or sentence to type next, with real names in it. */
  readonly fix: string | null;
  readonly persistence: Persistence;
  /** The instant of the newest evidence (a snapshot's `last_updated`, a log event, an exit); `null`: the pass itself. */
  readonly evidenceAt: Instant | null;
  /** It says itself that it cannot be a passing state (OOM, crash loop, safe mode): people are told at once. */
  readonly immediate: boolean;
  /** Cameras concerned, sorted. */
  readonly cameras: readonly string[];
  /** Normal while Frigate starts (no API, no frames): told only when the grace ends. */
  readonly normalAtStart: boolean;
}

/** The finding in one line: what is not known stands there with its reason. */
export const inOneLine = ({status, summary, because}: Pick<Finding, 'status' | 'summary' | 'because'>): string =>
  status === 'unknown' && because !== null && because !== summary ? `${summary} (${because})` : summary;

export const isBad = (finding: Finding): boolean => finding.status === 'warning' || finding.status === 'critical';
