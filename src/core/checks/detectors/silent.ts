/** FRG-403: is a detector dead without a word? */
import type {Snapshot} from '../../observation/frigate.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {restartCommand} from '../kubectl.js';
import {judgedCameras, leastFrames, ratesIn, wantsDetection, type JudgedCamera} from '../judged-cameras.js';
import {inferenceOf, newestSnapshot, olderThan, snapshotsOf, type Rates, type Seen} from '../snapshots.js';
import {evidence, listed, plural, rounded, unseen} from '../wording.js';
import {baselineOf, detectorsOf, neverInferred, noInferenceEnded, totalDetections} from './history.js';
import {processor} from './processor.js';

/** Snapshots that must agree. */
const SNAPSHOTS = 2;
/** Up to 0.16 a hung detector shows 0.2 runs/s per waiting camera for ever: the answer of a timeout counts (measured on 0.16.4 and 0.14.1). */
const RUNS_OF_A_HUNG_ONE = 0.2;
/** Answers in less than this share of its healthy time are no inferences (a detector whose device never opened). */
const TOO_FAST = 1 / 3;
/** Passes in a row that must see it, this one included. */
const IDLE_PASSES = 3;

export const silent: Check = {
  id: 'FRG-403',
  title: 'detector not dead in silence',
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-302'],
  after: ['FRG-304', 'FRG-305'],
  settles: true,
  docs: {
    what: 'A detector that stops between two inferences is never noticed by Frigate: its pid lives, `detection_start` is 0, the inference speed stands still, the log is empty, recordings go on, cameras without motion look normal. Only the cameras that ask for it lose their frames.',
    limits:
      'Critical when, over 2 snapshots, every camera that wants the detector skips more than 0.8 of its frames and the detection rate is 0 (up to 0.16: no more than 0.2 for each), while no inference comes to its end. Or when inference takes under a third of its baseline with nothing detected over 3 passes. A quiet night is healthy: nothing is skipped.',
    cure: 'A restart makes a new detector process (measured on 0.14.1, 0.16.4 and 0.17.2).',
    next: 'When it comes back, look for what stops the process: the device, its driver, a remote detector that is away.',
    source:
      'Frigate 0.17.2 frigate/watchdog.py:25-37 looks only at detection_start and is_alive. Measured on 0.14.1, 0.16.4 and 0.17.2 with a detector stopped between two inferences: not one line in 4 minutes. One way to it is reported in #23883 and mended by #24146, after 0.18.0.',
  },
  fix: ({observation}) => restartCommand(observation),
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    return (
      skippedByAll(context) ??
      answersWithoutWorking(context) ?? {
        status: 'ok',
        summary: 'Cameras that want the detector are served',
        evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
      }
    );
  },
};

type Demand = 'starved' | 'served' | 'none' | 'unknown';

/** What one camera asked of the detector in one snapshot, and whether it got it. */
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

/** Whether this Frigate tells skipped frames at all (0.13+). */
export const exportsSkipped = (snapshot: Snapshot | null): boolean =>
  olderThan(snapshot?.version ?? null, 0, 13) !== true;

const skippedByAll = (context: CheckContext): Verdict | null => {
  const snapshots = snapshotsOf(context).slice(-SNAPSHOTS);
  if (snapshots.length < SNAPSHOTS) return null;
  const cameras = wanting(context);
  const exported = exportsSkipped(newestSnapshot(context));
  const demands = snapshots.map((snapshot) =>
    cameras.map((camera) => {
      const rates = ratesIn(snapshot, camera);
      return {camera: camera.name, rates, demand: demandOf(rates, camera, context.policy.skipRatio, exported)};
    }),
  );
  const starvedIn = demands.map((each) => each.filter(({demand}) => demand === 'starved'));
  const [first = [], ...later] = starvedIn.map((each) => each.map(({camera}) => camera));
  const alsoLater = later.map((names) => new Set(names));
  const starved = first.filter((name) => alsoLater.every((names) => names.has(name)));
  if (starved.length === 0) return null;
  if (demands.some((each) => each.some(({demand}) => demand === 'unknown'))) {
    return {
      status: 'unknown',
      summary: `${listed(starved)} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames, but other rates cannot be`,
      because: 'rates that cannot be (a clock step makes them)',
      cameras: starved,
    };
  }
  // Another camera that is served: then it is those cameras (FRG-502).
  if (demands.some((each) => each.some(({demand}) => demand === 'served'))) return null;
  if (!starvedIn.every((each) => each.every(({rates}) => (rates?.detection ?? 0) <= RUNS_OF_A_HUNG_ONE))) return null;
  return deadFor(context, snapshots, starved);
};

const deadFor = (context: CheckContext, snapshots: readonly Snapshot[], starved: readonly string[]): Verdict => {
  const newest = snapshots.at(-1) ?? null;
  const seen = [
    evidence(
      'detection_fps',
      rounded(totalDetections(newest) ?? 0),
      rounded(RUNS_OF_A_HUNG_ONE * starved.length),
      'per second',
    ),
    evidence('cameras that skip', starved.length, undefined, 'cameras'),
    evidence('cpu', processor(context).why),
  ];
  const verdict = {evidence: seen, cameras: starved, evidenceAt: newest?.lastUpdated ?? null};
  // A starving detector still ends an inference now and then and moves its average; a dead one never does.
  return noInferenceEnded(snapshots)
    ? {
        ...verdict,
        status: 'critical',
        cure: 'restart',
        summary: `The detector is dead in silence: ${plural(starved.length, 'camera')} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames`,
      }
    : {
        ...verdict,
        status: 'warning',
        summary: `The detector hardly works: ${listed(starved)} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames`,
      };
};

/** Cameras whose numbers may be held against the detector: those of a dead or hung camera process may not (FRG-304, FRG-305). */
const wanting = (context: CheckContext): readonly JudgedCamera[] => {
  const explained = new Set([...context.finding('FRG-304').cameras, ...context.finding('FRG-305').cameras]);
  return judgedCameras(context).filter((camera) => wantsDetection(camera) && !explained.has(camera.name));
};

/** True when the detector answers in no time and finds nothing, though there are frames to look at: what `memory.idleDetectorPasses` counts. */
export const answersTooFast = (seen: Seen): boolean => {
  const newest = newestSnapshot(seen);
  if (
    newest === null ||
    totalDetections(newest) !== 0 ||
    !newest.cameras.some(({cameraFps, expectedFps}) => (cameraFps ?? 0) >= leastFrames(expectedFps))
  )
    return false;
  return (
    newest.detectors.length > 0 &&
    newest.detectors.every(({name, inferenceSpeed}) => {
      const baseline = baselineOf(seen.memory, newest.version, name);
      const inference = inferenceOf(inferenceSpeed);
      // The 10 ms that the average begins with are no answer; beside a slow detector's baseline they look like a quick one.
      return (
        baseline !== null &&
        inference !== null &&
        inference < TOO_FAST * baseline.inference &&
        !neverInferred(seen, name)
      );
    })
  );
};

const answersWithoutWorking = (context: CheckContext): Verdict | null => {
  if (!answersTooFast(context)) return null;
  const {memory} = context;
  const newest = newestSnapshot(context);
  // A second look at the snapshot of the last pass is no further pass.
  const again = newest?.lastUpdated !== null && newest?.lastUpdated === memory.lastUpdated;
  const passes = Math.max(1, memory.idleDetectorPasses + (again ? 0 : 1));
  const seen = [
    ...detectorsOf(context).map(({name, inferenceSpeed}) => evidence(name, inferenceSpeed, undefined, 'ms')),
    evidence('passes', passes, IDLE_PASSES),
  ];
  const verdict = {evidence: seen, evidenceAt: newest?.lastUpdated ?? null};
  return passes >= IDLE_PASSES
    ? {
        ...verdict,
        status: 'critical',
        cure: 'restart',
        summary: 'The detector answers without working: far too fast, nothing detected',
      }
    : {
        ...verdict,
        status: 'info',
        summary: `The detector answers far too fast and detects nothing (pass ${passes} of ${IDLE_PASSES})`,
      };
};
