/** What later passes compare with (docs/how-it-decides.md, "State"). Part of the state; everything in it is bounded. */
import type {CauseClass} from '../finding.js';
import type {StartStepKind} from '../observation/log.js';
import type {Instant} from '../time.js';

/** One snapshot's rates, kept so that versions without a history (≤0.13) still give two observations. */
export interface StoredCamera {
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
  /** Frigate version that it was measured on; another version starts a new one. */
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

/** One sample of what Frigate and its host use; `null`: not reported (FRG-205, FRG-701, FRG-702, FRG-703). */
export interface ResourceSample {
  /** By the API server's clock. */
  readonly at: Instant;
  readonly use: readonly [
    /** Percent of all cores of the host. */
    hostCpu: number | null,
    /** Cores, all processes of the pod together. */
    podCpu: number | null,
    /** Percent of the host's memory. */
    hostMemory: number | null,
    /** Percent of the memory limit: the working set of Frigate's container. */
    podMemory: number | null,
    /** Percent, the busiest graphics card. */
    gpu: number | null,
  ];
  /** What becomes slow before it fails (FRG-401, FRG-502); absent: not reported, or written by an older version. */
  readonly work?: readonly [
    /** Milliseconds of an inference of the slowest detector. */
    inference: number | null,
    /** Percent of the frames that the worst camera skips. */
    skipped: number | null,
  ];
}

/** What the CPU time of a container that starts shows. */
export interface StartCpu {
  /** The newest sample. */
  readonly at: Instant;
  /** The newest sample that shows work; `null`: none. */
  readonly busyAt: Instant | null;
  /** The first of the samples since then that all show none; `null`: the newest one shows work. */
  readonly idleSince: Instant | null;
}

/** How far the present container is in its own start; what a container before it did proves nothing about this one. */
export interface ContainerStart {
  readonly containerId: string;
  /** When its API was first observed to answer on the port that is asked; `null`: not once. */
  readonly workedAt: Instant | null;
  /**
   * What else shows that its start is over (checks/evidence/start-shown.ts), on whatever port: never proof that the port that is asked
   * is the right one. `null`: nothing; absent: a state of before.
   */
  readonly shownAt?: Instant | null;
  /** The newest long step that it logged before it worked. */
  readonly step: {
    readonly kind: StartStepKind;
    readonly at: Instant;
    readonly text: string;
    readonly ended: boolean;
  } | null;
  /** The newest line of its log that shows work; requests, errors and health checks show none. */
  readonly workLoggedAt: Instant | null;
  /** The exception with which its main thread ended before it worked; `null` or absent: none was logged. */
  readonly failure?: {readonly at: Instant; readonly text: string; readonly cause: CauseClass} | null;
  /** The CPU time of the container until it worked; `null`: not observed; absent: a state of before. */
  readonly cpu?: StartCpu | null;
}

/** What can be switched off at run time. */
export type SwitchName = 'recording' | 'detection' | 'camera';

/** Something that is off although the configuration has it on. */
export interface SwitchedOff {
  readonly what: SwitchName;
  readonly camera: string;
  /** When the log says so; where it does not, when it was first observed. */
  readonly since: Instant;
  /** The log of this container says when. */
  readonly logged: boolean;
}

/** An end of Frigate's container after which it ran again. */
export interface HealedExit {
  readonly at: Instant;
  readonly words: string;
  /** The machine rebooted: exit 255 `Unknown` and another boot id. */
  readonly reboot: boolean;
}

/** Which passes were answered with one and the same snapshot. Its stamp may be wrong; when another one comes is not. */
export interface StatisticsObserved {
  /** The stamp of the snapshot, by Frigate's clock. */
  readonly lastUpdated: Instant;
  /** The first and the last of those passes, by the API server's time. */
  readonly first: Instant;
  readonly last: Instant;
  /** The last pass that was answered with another one; `null`: none was. */
  readonly otherAt: Instant | null;
}

export interface Baselines {
  readonly podUid: string | null;
  readonly containerId: string | null;
  /** Restart counts of Frigate's container with their time, newest last, at most 20: FRG-203 counts the rise in an hour. */
  readonly restartCounts: ReadonlyArray<{readonly at: Instant; readonly podUid: string; readonly count: number}>;
  /** Ends of the container in the last 24 hours, oldest first, at most 10, without those of our own restarts. */
  readonly exits?: readonly HealedExit[];
  /** The boot of the node that it runs on. */
  readonly bootId?: string | null;
  readonly frigateVersion: string | null;
  /** `null`: no container was observed to run. */
  readonly start: ContainerStart | null;
  /** When the version or the set of cameras and detectors last changed; what has been so since then is a fact, not a failure. */
  readonly configurationChangedAt: Instant | null;
  /** Enabled cameras in the last healthy pass, sorted; with whether they delivered frames then. */
  readonly cameras: ReadonlyArray<{readonly name: string; readonly delivering: boolean}>;
  /** What is switched off at run time in this container, and the keys of what was in the one before; `before`: `null`: not known. */
  readonly switches?: {
    readonly containerId: string;
    readonly before: readonly string[] | null;
    readonly off: readonly SwitchedOff[];
    /** Cameras that did not detect in the last pass; `null`: too many to store. */
    readonly notDetecting: readonly string[] | null;
  } | null;
  readonly lastUpdated: Instant | null;
  /** What the passes over this container were answered; `null`: none was. */
  readonly statisticsObserved?: StatisticsObserved | null;
  readonly lastRates: readonly StoredCamera[];
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
  /** Samples of the present container, oldest first: the newest, and those before it a quarter of an hour apart. At most 48. */
  readonly resources: readonly ResourceSample[];
  /** The graphics card whose numbers could be read, and when last; outlives the container (FRG-703). */
  readonly gpu: {readonly name: string; readonly at: Instant} | null;
}

export const emptyBaselines: Baselines = {
  podUid: null,
  containerId: null,
  start: null,
  restartCounts: [],
  frigateVersion: null,
  configurationChangedAt: null,
  cameras: [],
  lastUpdated: null,
  statisticsObserved: null,
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
  exits: [],
  bootId: null,
  switches: null,
};
