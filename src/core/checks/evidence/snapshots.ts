/**
 * The snapshots of Frigate's statistics, as judges need them: each once, oldest first, of the running process only, and without
 * impossible numbers. `/api/stats/history` gives 20 minutes of them from 0.14 on;
 * before that, the rates that the last pass stored stand for the earlier snapshot.
 */
import {memoize} from '../../memoize.js';
import type {Baselines} from '../../state/baselines.js';
import type {CameraStats, Measure, Snapshot} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import {frigateContainer, containerStart} from './facts.js';

/** What snapshots are taken from; a check's context is one. */
export interface Observed {
  readonly observation: Observation;
  readonly memory: Baselines;
}

/**
 * The snapshots of the running process, oldest first. Two polls of one snapshot are one observation
 * (`lastUpdated` distinguishes them), and nothing from before the container's start counts.
 */
export const snapshotsOf = ({observation, memory}: Observed): readonly Snapshot[] => snapshotsIn(observation, memory);

const snapshotsIn = memoize((observation: Observation, memory: Baselines): readonly Snapshot[] => {
  const {history, stats} = observation.frigate;
  const current = stats.known ? stats.value.snapshot : null;
  const earlier = history.known ? history.value : storedSnapshot({observation, memory});
  const started = containerStart(observation);
  return sinceLastStart(joined(earlier, current)).filter(
    (snapshot) => started === null || snapshot.lastUpdated === null || snapshot.lastUpdated >= started,
  );
});

/** The newest snapshot of the running process; `null` when there is none. */
export const newestSnapshot = (observed: Observed): Snapshot | null => snapshotsOf(observed).at(-1) ?? null;

const joined = (earlier: readonly Snapshot[], current: Snapshot | null): readonly Snapshot[] => {
  const unique = new Map<number, Snapshot>();
  for (const snapshot of earlier) if (snapshot.lastUpdated !== null) unique.set(snapshot.lastUpdated, snapshot);
  if (current === null) return [...unique.values()];
  if (current.lastUpdated === null) return [current];
  // The current one replaces the same one of the history, in place: it alone contains the usages of the processes.
  unique.set(current.lastUpdated, current);
  return [...unique.values()];
};

/** A falling uptime is a new process, or a clock set back: either way earlier snapshots cannot be compared. */
const sinceLastStart = (snapshots: readonly Snapshot[]): readonly Snapshot[] => {
  const first = snapshots.findLastIndex((snapshot, index) => {
    const before = snapshots[index - 1]?.uptime ?? null;
    return before !== null && snapshot.uptime !== null && snapshot.uptime < before;
  });
  return first < 0 ? snapshots : snapshots.slice(first);
};

/** Frigate ≤0.13 keeps no history; its rates at the last pass make the second observation. */
const storedSnapshot = ({observation, memory}: Observed): readonly Snapshot[] => {
  const container = frigateContainer(observation);
  if (
    memory.lastUpdated === null ||
    memory.containerId === null ||
    container?.id !== memory.containerId ||
    memory.lastRates.length === 0
  )
    return [];
  return [
    {
      lastUpdated: memory.lastUpdated,
      uptime: null,
      version: memory.frigateVersion,
      cameras: memory.lastRates.map(({name, rates: [cameraFps, processFps, skippedFps, detectionFps]}) => ({
        name,
        cameraFps,
        processFps,
        skippedFps,
        detectionFps,
        detectionEnabled: null,
        pid: null,
        capturePid: null,
        ffmpegPid: null,
        expectedFps: null,
      })),
      detectors: [],
      processes: new Map(),
      usages: null,
      systemCpu: null,
      systemMemory: null,
      gpus: [],
      mounts: [],
      unreadable: [],
    },
  ];
};

/** The camera's numbers in this snapshot; `null`: it is not in it. */
export const cameraIn = (snapshot: Snapshot, name: string): CameraStats | null =>
  (snapshot.cameras.length > FEW
    ? camerasByName(snapshot).get(name)
    : snapshot.cameras.find((camera) => camera.name === name)) ?? null;

/** Up to so many are searched: a map for each snapshot of a thousand Frigates would take more memory than the numbers. */
const FEW = 64;

const camerasByName = memoize(
  ({cameras}: Snapshot): ReadonlyMap<string, CameraStats> => new Map(cameras.map((camera) => [camera.name, camera])),
);

/** One camera's rates in one snapshot; `null`: absent, or impossible. */
export interface Rates {
  readonly camera: Measure;
  readonly process: Measure;
  readonly skipped: Measure;
  /** Detector runs: several regions of one frame count each, so it may exceed the camera's rate. */
  readonly detection: Measure;
}

/** More than three times the configured rate is impossible: clock steps cause such numbers (measured on 0.17.2). */
const MOST_FRAMES = 3;
/** Regions per frame beyond which a detection rate is a clock step's (83.9 runs/s of a 5 fps camera were measured). */
const MOST_REGIONS = 10;
/** Frames per second that no configured camera exceeds; the yardstick where the configured rate is not known. */
const FASTEST_CAMERA = 60;
/** Milliseconds: a larger inference time is the artefact of a zeroed marker. */
const LONGEST_INFERENCE = 1e6;

export const ratesOf = (camera: CameraStats, configured: Measure): Rates => {
  const frames = (configured ?? FASTEST_CAMERA) * MOST_FRAMES;
  const runs = (configured ?? FASTEST_CAMERA) * MOST_REGIONS;
  return {
    camera: within(camera.cameraFps, frames),
    process: within(camera.processFps, frames),
    skipped: within(camera.skippedFps, frames),
    detection: within(camera.detectionFps, runs),
  };
};

/** A possible inference time in milliseconds; `null` otherwise. */
export const inferenceOf = (speed: Measure): Measure =>
  speed !== null && Number.isFinite(speed) && speed > 0 && speed <= LONGEST_INFERENCE ? speed : null;

const within = (value: Measure, most: number): Measure =>
  value !== null && Number.isFinite(value) && value >= 0 && value <= most ? value : null;

/** Whether Frigate's version is before `major.minor`; `null` when it is not known. */
export const olderThan = (version: string | null, major: number, minor: number): boolean | null => {
  const parts = version === null ? null : /^(\d+)\.(\d+)/.exec(version);
  if (parts === null) return null;
  const [here, there] = [Number(parts[1]), Number(parts[2])];
  return here < major || (here === major && there < minor);
};
