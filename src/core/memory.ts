/** What later passes compare with (docs/how-it-decides.md, "What is remembered"). Part of the state; everything in it is bounded. */
import type {Instant} from './time.js';

/** One snapshot's rates, kept so that versions without a history (≤0.13) still give two observations. */
export interface RememberedCamera {
  readonly name: string;
  readonly rates: readonly [camera: number | null, process: number | null, skipped: number | null, detection: number | null];
}

export interface DetectorBaseline {
  readonly detector: string;
  /** Frigate version that it was measured on; another version begins anew. */
  readonly version: string;
  /** Milliseconds: the median of healthy inference speeds. */
  readonly inference: number;
  readonly samples: number;
  readonly since: Instant;
}

/** Evidence that is said once, kept until the container that said it ends. */
export interface LatchedEvidence {
  readonly signature: string;
  readonly containerId: string;
  readonly at: Instant;
  readonly sample: string;
}

export interface PidChange {
  readonly detector: string;
  readonly pid: number;
  readonly at: Instant;
}

export interface Memory {
  readonly podUid: string | null;
  readonly containerId: string | null;
  /** Restart counts of Frigate's container with their time, newest last, at most 20: FRG-203 counts the rise in an hour. */
  readonly restartCounts: ReadonlyArray<{readonly at: Instant; readonly podUid: string; readonly count: number}>;
  readonly frigateVersion: string | null;
  /** When the version or the set of cameras and detectors last changed; what has been so since then is a fact, not a failure. */
  readonly configurationChangedAt: Instant | null;
  /** Enabled cameras at the last healthy sight, sorted; with whether they delivered frames then. */
  readonly cameras: ReadonlyArray<{readonly name: string; readonly delivering: boolean}>;
  readonly lastUpdated: Instant | null;
  readonly lastRates: readonly RememberedCamera[];
  readonly detectorPids: readonly PidChange[];
  readonly baselines: readonly DetectorBaseline[];
  /** Passes in a row with an inference under a third of the baseline and nothing detected (FRG-403). */
  readonly idleDetectorPasses: number;
  readonly mounts: ReadonlyArray<{readonly path: string; readonly type: string; readonly total: number | null}>;
  /** Log lines up to here were counted. */
  readonly logCursor: Instant | null;
  readonly latched: readonly LatchedEvidence[];
  /** When the mount probe (FRG-606) last ran and whether it came back: no second one while an earlier may still hang. */
  readonly mountProbe: {readonly at: Instant; readonly answered: boolean} | null;
}

export const emptyMemory: Memory = {
  podUid: null,
  containerId: null,
  restartCounts: [],
  frigateVersion: null,
  configurationChangedAt: null,
  cameras: [],
  lastUpdated: null,
  lastRates: [],
  detectorPids: [],
  baselines: [],
  idleDetectorPasses: 0,
  mounts: [],
  logCursor: null,
  latched: [],
  mountProbe: null,
};
