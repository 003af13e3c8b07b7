/** FRG-403: does a detector hang without any log line? */
import {note, run} from '../../fix.js';
import type {Snapshot} from '../../observation/frigate.js';
import {humanDuration, seconds} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {answersTooFast, demandOf, exportsSkipped} from '../evidence/detection-demand.js';
import {judgedCameras, ratesIn, wantsDetection, type JudgedCamera} from '../evidence/judged-cameras.js';
import {newestSnapshot, snapshotsOf} from '../evidence/snapshots.js';
import {evidence, inconclusive, listed, plural, rounded, unobserved} from '../evidence/wording.js';
import {detectorsStart, type DetectorsStart} from '../evidence/detector-start.js';
import {errorOfDetector, reportedByDetector} from '../evidence/detector-errors.js';
import {capitalised, reportedBy} from '../evidence/errors.js';
import {startStepText} from '../evidence/start.js';
import {detectorsOf, noInferenceEnded, totalDetections} from '../evidence/detector-history.js';
import {processor} from '../evidence/detector-processor.js';

/** Snapshots that must agree. */
const SNAPSHOTS = 2;
/** Up to 0.16 a hung detector keeps showing 0.2 runs/s per waiting camera: each timeout counts as a run (measured on 0.16.4 and 0.14.1). */
const RUNS_OF_A_HUNG_ONE = 0.2;
/** Passes in a row that must observe it, this one included. */
const IDLE_PASSES = 3;

export const detectorNotSilent = defineCheck('FRG-403', {
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-302'],
  after: ['FRG-304', 'FRG-305'],
  provenAfter: {
    least: seconds(75),
    source: 'measured on 0.17.2: Frigate heals a detector that hangs inside an inference by itself within 46 to 60 s',
  },
  settles: true,
  docs: {
    what: 'Frigate never notices a detector that stops between two inferences: its process exists, `detection_start` is 0, the inference speed does not change, the log is empty, recordings go on, cameras without motion appear normal. Only the cameras that need detection lose their frames.',
    limits:
      'Critical when, over 2 snapshots, every camera that needs detection skips more than 0.8 of its frames and the detection rate is 0 (up to 0.16: no more than 0.2 for each), while no inference is completed and the detector writes no error of its own. A detector that has not finished one inference since its process began is starting (it may build its model), which R-06 holds, until it stands still for 30 min by its CPU use, or for 60 min where that is not known and no long step is logged. Or when inference takes less than a third of its baseline with nothing detected over 3 passes. A night without motion is healthy: no frame is skipped.',
    cure: 'A restart starts a new detector process (measured on 0.14.1, 0.16.4 and 0.17.2). It does nothing for an error that the detector itself reports, and begins a model build again.',
    next: 'If it happens again, find what stops the process: the device, its driver, a remote detector that does not respond.',
    source:
      'Frigate 0.17.2 frigate/watchdog.py:25-37 checks only detection_start and is_alive. Measured on 0.14.1, 0.16.4 and 0.17.2 with a detector stopped between two inferences: not one line in 4 minutes. One cause is reported in #23883 and fixed by #24146, after 0.18.0.',
  },
  fix: ({observation}) => [restartCommand(observation)],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    return (
      skippedByAll(context) ??
      answersWithoutWorking(context) ?? {
        status: 'ok',
        summary: 'All cameras that need detection get it',
        evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
      }
    );
  },
});

/** Which of them hangs is not known: nothing is detected at all. */
const allDetectors = (context: CheckContext): readonly string[] =>
  detectorsOf(context).map(({name}) => `detector:${name}`);

const skippedByAll = (context: CheckContext): CheckResult | null => {
  const snapshots = snapshotsOf(context).slice(-SNAPSHOTS);
  if (snapshots.length < SNAPSHOTS) return null;
  const cameras = needingDetection(context);
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
      ...inconclusive(
        'impossible-value',
        `${listed(starved)} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames, but other reported rates are missing or impossible`,
      ),
      cameras: starved,
    };
  }
  // Another camera that is served: then it is those cameras (FRG-502).
  if (demands.some((each) => each.some(({demand}) => demand === 'served'))) return null;
  if (!starvedIn.every((each) => each.every(({rates}) => (rates?.detection ?? 0) <= RUNS_OF_A_HUNG_ONE))) return null;
  return hungFor(context, snapshots, starved);
};

const hungFor = (context: CheckContext, snapshots: readonly Snapshot[], starved: readonly string[]): CheckResult => {
  const newest = snapshots.at(-1) ?? null;
  const facts = [
    evidence(
      'detection_fps',
      rounded(totalDetections(newest) ?? 0),
      rounded(RUNS_OF_A_HUNG_ONE * starved.length),
      'per second',
    ),
    evidence('cameras that skip frames', starved.length, undefined, 'cameras'),
    evidence('cpu', processor(context).why),
  ];
  const verdict = {evidence: facts, cameras: starved, evidenceAt: newest?.lastUpdated ?? null};
  const starting = detectorsStart(context);
  if (starting !== null && !starting.standsStill) return {...verdict, ...notReady(context, starting)};
  const error = errorOfDetector(context);
  if (error !== null)
    return {
      ...verdict,
      status: 'critical',
      outage: true,
      ...reportedByDetector(context, error, facts),
      summary: `${capitalised(reportedBy(error))}; ${plural(starved.length, 'camera')} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames`,
    };
  // A detector without CPU still completes an inference now and then and changes its average; a hung one never does.
  return noInferenceEnded(snapshots)
    ? {
        ...verdict,
        status: 'critical',
        cure: 'restart',
        outage: true,
        faults: allDetectors(context),
        summary: `Detector hung without logging: ${plural(starved.length, 'camera')} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames`,
      }
    : {
        ...verdict,
        status: 'warning',
        summary: `Detector far too slow: ${listed(starved)} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames`,
      };
};

const notReady = ({policy, observation}: CheckContext, start: DetectorsStart): Omit<CheckResult, 'evidence'> => ({
  status: 'critical',
  cure: 'restart',
  normalAtStart: true,
  immediate: start.age >= policy.startupGrace,
  summary: `${start.names.length === 1 ? 'Detector' : 'Detectors'} ${listed(start.names)} starting for ${humanDuration(start.age)}: ${start.step === null ? 'no inference finished yet' : startStepText(start.step)}`,
  fix: [
    note('Wait for it: a restart would begin the same work again. Its progress:'),
    run(`kubectl logs ${frigateIn(observation)} --tail=20`),
  ],
});

/** Cameras whose rates count against the detector: those of a terminated or hung camera process do not (FRG-304, FRG-305). */
const needingDetection = (context: CheckContext): readonly JudgedCamera[] => {
  const explained = new Set([...context.finding('FRG-304').cameras, ...context.finding('FRG-305').cameras]);
  return judgedCameras(context).filter((camera) => wantsDetection(camera) && !explained.has(camera.name));
};

const answersWithoutWorking = (context: CheckContext): CheckResult | null => {
  if (!answersTooFast(context)) return null;
  const {memory} = context;
  const newest = newestSnapshot(context);
  // The snapshot of the last pass, read again, is no further pass.
  const again = newest?.lastUpdated !== null && newest?.lastUpdated === memory.lastUpdated;
  const passes = Math.max(1, memory.idleDetectorPasses + (again ? 0 : 1));
  const facts = [
    ...detectorsOf(context).map(({name, inferenceSpeed}) => evidence(name, inferenceSpeed, undefined, 'ms')),
    evidence('passes', passes, IDLE_PASSES),
  ];
  const verdict = {evidence: facts, evidenceAt: newest?.lastUpdated ?? null};
  const reported = errorOfDetector(context);
  if (reported !== null)
    return {
      ...verdict,
      status: 'critical',
      outage: true,
      ...reportedByDetector(context, reported, facts),
      summary: `${capitalised(reportedBy(reported))}; nothing is detected`,
    };
  return passes >= IDLE_PASSES
    ? {
        ...verdict,
        status: 'critical',
        cure: 'restart',
        outage: true,
        faults: allDetectors(context),
        summary: `Detector answers without working: inference far below its baseline and nothing detected in ${passes} passes (limit ${IDLE_PASSES - 1})`,
      }
    : {
        ...verdict,
        status: 'info',
        summary: `Detector answers far too fast and detects nothing (pass ${passes} of ${IDLE_PASSES})`,
      };
};
