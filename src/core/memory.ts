/** What later passes compare with (docs/how-it-decides.md, "What is remembered"). Part of the state; everything in it is bounded. */
import type {Instant} from './time.js';

/** One snapshot's rates, kept so that versions without a history (≤0.13) still give two observations. */
export interface RememberedCamera {
  readonly name: string;
  readonly rates: readonly [
    camera: number | null,
    process: number | null,
    skipped: number | null,
    detection: number | null,
  ];
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

/** One look at what Frigate and its host use; `null`: not told (FRG-205, FRG-701, FRG-702, FRG-703). */
export interface ResourceLook {
  /** By the API server's clock. */
  readonly at: Instant;
  readonly use: readonly [
    /** Percent of all cores of the host. */
    hostCpu: number | null,
    /** Cores, all processes of the pod together. */
    podCpu: number | null,
    /** Percent of the host's memory. */
    hostMemory: number | null,
    /** Percent of the memory limit (of the host's memory where none is set), summed over the processes: shared pages count several times. */
    podMemory: number | null,
    /** Percent, the busiest graphics card. */
    gpu: number | null,
  ];
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
  /** Looks at the present container, oldest first: the newest, and those before it a quarter of an hour apart. At most 48. */
  readonly resources: readonly ResourceLook[];
  /** The graphics card whose numbers could be read, and when last; outlives the container (FRG-703). */
  readonly gpu: {readonly name: string; readonly at: Instant} | null;
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
  resources: [],
  gpu: null,
};
