/** What the snapshots and the stored baselines show of each detector over time. */
import type {DetectorBaseline, Baselines} from '../../state/baselines.js';
import type {Snapshot} from '../../observation/frigate.js';
import {hours, minutes, since, type Instant} from '../../time.js';
import {storedName} from '../../state/bounds.js';
import type {CheckContext} from '../check.js';
import {frigateContainer} from './facts.js';
import {inferenceOf, newestSnapshot, snapshotsOf, type Observed} from './snapshots.js';

/** The initial value of the moving average: no inference since this start. */
export const NEVER_INFERRED = 10;

/** Healthy snapshots behind a baseline before it is compared with. */
const LEAST_SAMPLES = 3;

/** The stored inference time of a healthy detector under this Frigate version; `null`: not known yet. */
export const baselineOf = (memory: Baselines, version: string | null, detector: string): DetectorBaseline | null =>
  memory.baselines.find(
    (baseline) =>
      baseline.detector === storedName(detector) &&
      releaseOf(baseline.version) === releaseOf(version ?? '') &&
      baseline.samples >= LEAST_SAMPLES,
  ) ?? null;

/** `0.17.2` of `0.17.2-3d4dd3a`: builds of one release share their baselines. */
export const releaseOf = (version: string): string => storedName(version.split('-', 1)[0] ?? '');

/** True while `10.0` means that this detector has not worked yet: it never moved and no camera asked for it. */
export const neverInferred = (observed: Observed, detector: string): boolean =>
  snapshotsOf(observed).every((snapshot) =>
    snapshot.detectors.every(
      ({name, inferenceSpeed}) => name !== detector || inferenceSpeed === null || inferenceSpeed === NEVER_INFERRED,
    ),
  );

/** The inference times of every detector stood still over these snapshots, so that not one inference was completed. */
export const noInferenceEnded = (snapshots: readonly Snapshot[]): boolean => {
  const [first, ...rest] = snapshots;
  if (first === undefined || rest.length === 0) return true;
  return first.detectors.every(({name, inferenceSpeed}) => {
    const before = inferenceOf(inferenceSpeed);
    return rest.every((snapshot) => {
      const after = snapshot.detectors.find((detector) => detector.name === name)?.inferenceSpeed ?? null;
      return before === null || inferenceOf(after) === null || after === inferenceSpeed;
    });
  });
};

export interface PidChanges {
  readonly hour: number;
  readonly threeHours: number;
  readonly last: Instant | null;
}

/** How often the detector's process was replaced inside the present container (its own watchdog does that). */
export const pidChanges = (context: CheckContext, detector: string): PidChanges => {
  const changes = changesOf(pidsOf(context, detector));
  const within = (length: number): number => changes.filter((at) => since(at, context.now) <= length).length;
  return {hour: within(minutes(60)), threeHours: within(hours(3)), last: changes.at(-1) ?? null};
};

export interface ObservedPid {
  readonly pid: number;
  readonly at: Instant;
}

/** Stored and observed pids of one detector, oldest first, of the present container only. */
const pidsOf = (context: CheckContext, detector: string): readonly ObservedPid[] => {
  const {memory, observation} = context;
  const sameContainer = memory.containerId !== null && memory.containerId === frigateContainer(observation)?.id;
  const recalledState = sameContainer
    ? memory.detectorPids.filter((each) => each.detector === storedName(detector))
    : [];
  return [...recalledState, ...pidsIn(snapshotsOf(context), detector, observation.at)].sort((a, b) => a.at - b.at);
};

/** The detector's pid in each snapshot; one without a time of its own is of this pass (Frigate before 0.12 computes it at the request). */
export const pidsIn = (snapshots: readonly Snapshot[], detector: string, at: Instant): readonly ObservedPid[] =>
  snapshots.flatMap(({lastUpdated, detectors}) => {
    const pid = detectors.find(({name}) => name === detector)?.pid ?? null;
    return pid === null ? [] : [{pid, at: lastUpdated ?? at}];
  });

/** The instants at which the pid was another one than before. */
export const changesOf = (pids: readonly ObservedPid[]): readonly Instant[] =>
  pids.flatMap(({pid, at}, index) => {
    const before = pids[index - 1];
    return before !== undefined && before.pid !== pid ? [at] : [];
  });

/** What of these has to be kept to count later: every change of the last three hours and the pid before it, at most ten. */
export const changesKept = (pids: readonly ObservedPid[], now: Instant): readonly ObservedPid[] => {
  const distinct = [...pids].sort((a, b) => a.at - b.at).filter(({pid}, index, all) => all[index - 1]?.pid !== pid);
  const recent = distinct.findIndex(({at}) => since(at, now) <= hours(3));
  const from = recent < 0 ? distinct.length - 1 : recent - 1;
  return distinct.slice(Math.max(0, from)).slice(-MOST_KEPT);
};

/** Six changes in three hours are the most that a limit counts. */
const MOST_KEPT = 10;

/** Σ detection runs/s of a snapshot; `null` when no camera reports its own. */
export const totalDetections = (snapshot: Snapshot | null): number | null => {
  let total: number | null = null;
  for (const {detectionFps} of snapshot?.cameras ?? [])
    if (detectionFps !== null && !(detectionFps < 0)) total = (total ?? 0) + detectionFps;
  return total;
};

export const detectorsOf = (context: CheckContext): Snapshot['detectors'] =>
  [...(newestSnapshot(context)?.detectors ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
