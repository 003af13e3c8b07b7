/** What cameras need of the detector, and what it does for them. */
import type {Snapshot} from '../../observation/frigate.js';
import {baselineOf, neverInferred, totalDetections} from './detector-history.js';
import {leastFrames, type JudgedCamera} from './judged-cameras.js';
import {inferenceOf, newestSnapshot, olderThan, type Observed, type Rates} from './snapshots.js';

/** Answers in less than this share of its healthy time are no inferences (a detector whose device never opened). */
const TOO_FAST = 1 / 3;

type Demand = 'starved' | 'served' | 'none' | 'unknown';

/** Whether one camera needed detection in one snapshot, and whether it got it. */
export const demandOf = (
  rates: Rates | null,
  camera: JudgedCamera,
  skipRatio: number,
  exportsSkipped: boolean,
): Demand => {
  if (rates === null || rates.camera === null || rates.process === null || rates.skipped === null) return 'unknown';
  if (rates.camera < leastFrames(camera.configured)) return 'none';
  // Up to 0.12 skipped_fps is always 0: what was not processed was skipped.
  const skipped = exportsSkipped ? rates.skipped : Math.max(0, rates.camera - rates.process);
  if (skipped > skipRatio * rates.camera) return 'starved';
  return (rates.detection ?? 0) > 0 || rates.skipped > 0 ? 'served' : 'none';
};

/** Whether this Frigate reports skipped frames at all (0.13+). */
export const exportsSkipped = (snapshot: Snapshot | null): boolean =>
  olderThan(snapshot?.version ?? null, 0, 13) !== true;

/** True when the detector answers in no time and finds nothing, though frames arrive: what `memory.idleDetectorPasses` counts. */
export const answersTooFast = (observed: Observed): boolean => {
  const newest = newestSnapshot(observed);
  if (
    newest === null ||
    totalDetections(newest) !== 0 ||
    !newest.cameras.some(({cameraFps, expectedFps}) => (cameraFps ?? 0) >= leastFrames(expectedFps))
  )
    return false;
  return (
    newest.detectors.length > 0 &&
    newest.detectors.every(({name, inferenceSpeed}) => {
      const baseline = baselineOf(observed.memory, newest.version, name);
      const inference = inferenceOf(inferenceSpeed);
      // The 10 ms that the average begins with are no result; compared with a slow detector's baseline they would appear as a quick one.
      return (
        baseline !== null &&
        inference !== null &&
        inference < TOO_FAST * baseline.inference &&
        !neverInferred(observed, name)
      );
    })
  );
};
