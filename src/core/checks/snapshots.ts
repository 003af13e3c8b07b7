/**
 * Frigate's looks at itself, as judges need them: each once, oldest first, of the present process only, and without
 * numbers that cannot be. `/api/stats/history` gives 20 minutes of them from 0.14 on;
 * before that, what the last pass remembered stands for the earlier look.
 */
import {derived} from '../derived.js';
import type {Memory} from '../memory.js';
import type {CameraStats, Measure, Snapshot} from '../observation/frigate.js';
import type {Observation} from '../observation/observation.js';
import {frigateContainer, containerStart} from './facts.js';

/** What snapshots are taken from; a check's context is one. */
export interface Seen {
  readonly observation: Observation;
  readonly memory: Memory;
}

/**
 * The snapshots of the present process, oldest first. Two polls of one snapshot are one observation
 * (`lastUpdated` tells them apart), and nothing from before the container's start counts.
 */
export const snapshotsOf = ({observation, memory}: Seen): readonly Snapshot[] => snapshotsIn(observation, memory);

const snapshotsIn = derived((observation: Observation, memory: Memory): readonly Snapshot[] => {
  const {history, stats} = observation.frigate;
  const current = stats.known ? stats.value.snapshot : null;
  const earlier = history.known ? history.value : rememberedSnapshot({observation, memory});
  const started = containerStart(observation);
  return sinceLastStart(joined(earlier, current)).filter(
    (snapshot) => started === null || snapshot.lastUpdated === null || snapshot.lastUpdated >= started,
  );
});

/** The newest snapshot of the present process; `null` when nothing was seen of it. */
export const newestSnapshot = (seen: Seen): Snapshot | null => snapshotsOf(seen).at(-1) ?? null;

const joined = (earlier: readonly Snapshot[], current: Snapshot | null): readonly Snapshot[] => {
  const unique = new Map<number, Snapshot>();
  for (const snapshot of earlier) if (snapshot.lastUpdated !== null) unique.set(snapshot.lastUpdated, snapshot);
  if (current === null) return [...unique.values()];
  if (current.lastUpdated === null) return [current];
  // The current one replaces its twin in the history, in place: it alone carries the processes' usages.
  unique.set(current.lastUpdated, current);
  return [...unique.values()];
};

/** A falling uptime is a new process, or a clock set back: either way what stands before cannot be compared. */
const sinceLastStart = (snapshots: readonly Snapshot[]): readonly Snapshot[] => {
  const first = snapshots.findLastIndex((snapshot, index) => {
    const before = snapshots[index - 1]?.uptime ?? null;
    return before !== null && snapshot.uptime !== null && snapshot.uptime < before;
  });
  return first < 0 ? snapshots : snapshots.slice(first);
};

/** Frigate ≤0.13 keeps no history; its rates at the last pass make the second observation. */
const rememberedSnapshot = ({observation, memory}: Seen): readonly Snapshot[] => {
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
  camerasByName(snapshot).get(name) ?? null;

const camerasByName = derived(
  ({cameras}: Snapshot): ReadonlyMap<string, CameraStats> => new Map(cameras.map((camera) => [camera.name, camera])),
);

/** One camera's rates in one snapshot; `null`: absent, or a number that cannot be. */
export interface Rates {
  readonly camera: Measure;
  readonly process: Measure;
  readonly skipped: Measure;
  /** Detector runs: several regions of one frame count each, so it may exceed the camera's rate. */
  readonly detection: Measure;
}

/** More than three times the configured rate cannot be: clock steps make such numbers (measured on 0.17.2). */
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

/** An inference time in milliseconds that can be; `null` otherwise. */
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
