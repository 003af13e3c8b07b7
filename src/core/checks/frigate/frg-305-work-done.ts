/** FRG-305: are the statistics of each camera plausible, or are they no longer updated? */
import {seconds} from '../../time.js';
import {note} from '../../fix.js';
import type {CheckId} from '../../check-table.js';
import type {Snapshot} from '../../observation/frigate.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {restartCommand} from '../kubectl.js';
import {judgedCameras, ratesIn, recentRates, type JudgedCamera} from '../evidence/judged-cameras.js';
import {overdueWhileOthersRecord} from '../evidence/segments.js';
import type {Rates} from '../evidence/snapshots.js';
import {newestSnapshot, snapshotsOf} from '../evidence/snapshots.js';
import {evidence, listed, unobserved} from '../evidence/wording.js';

/** Cameras that the fault did not touch repeated their four rates at most 6 times in 310 s (measured on 0.17.2). */
const STANDING = 10;
/** As many are enough where the camera's segments have stopped as well while those of another go on: 75 to 90 s. */
const STANDING_UNRECORDED = 6;
/** Processed and skipped frames together cannot exceed what came in by more than rounding and a window's edge. */
const MOST_OF_CAMERA = 1.3;
/** Under one frame per second a camera delivers nothing; its other rates keep their last values, and that is normal. */
const APPEARS_HEALTHY = 1;

export const plausibleStatistics = defineCheck('FRG-305', {
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-302'],
  after: ['FRG-304'],
  provenAfter: {
    least: seconds(120),
    source: 'measured on 0.17.2: a capture or camera process that hangs shows in segments and log 67 to 78 s later',
  },
  docs: {
    what: 'Finds cameras whose statistics are no longer updated: the watchdog that would reset them is a thread of the capture process itself. The camera appears healthy and nothing of it is recorded.',
    limits:
      'A camera with at least 1 frame/s whose four rates are the same to the last digit in 10 or more successive snapshots while those of another camera change (6 where its segments have stopped as well); or whose processed and skipped frames exceed 1.3 times its camera rate, over 2 snapshots. Warning on its own; critical when a terminated process (FRG-304) or missing segments (FRG-601) confirm it.',
    cure: 'A restart starts the capture and detection processes again; up to 0.17 nothing else does.',
    next: 'Check the newest recording of the camera: if it is old and the live image does not change, restart.',
    source:
      'Frigate 0.17.2 frigate/video.py:590-601: the camera watchdog is a thread of the capture process itself. Measured on 0.14.1, 0.16.4 and 0.17.2 with that process killed, on 0.17.2 also stopped: 16 snapshots in a row with the same four rates.',
  },
  fix: ({observation}) => [note('If the newest recording of the camera is old:'), restartCommand(observation)],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const cameras = judgedCameras(context);
    const frozen = frozenCameras(context, cameras);
    const suspects = [...new Set([...frozen, ...impossibleCameras(context, cameras)])].sort();
    if (suspects.length === 0)
      return {
        status: 'ok',
        summary: 'Statistics of all cameras are plausible',
        evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
      };
    return suspected(context, suspects, frozen);
  },
});

const suspected = (context: CheckContext, suspects: readonly string[], frozen: readonly string[]): CheckResult => {
  const dead = context.finding('FRG-304');
  const confirmedBy = (name: string): CheckId | null => {
    if (dead.status === 'critical' && dead.cameras.includes(name)) return 'FRG-304';
    return overdueWhileOthersRecord(context, name) ? 'FRG-601' : null;
  };
  const confirmed = suspects.filter((name) => confirmedBy(name) !== null);
  const reported = confirmed.length > 0 ? confirmed : suspects;
  const how = reported.every((name) => frozen.includes(name)) ? 'frozen' : 'impossible';
  return {
    status: confirmed.length > 0 ? 'critical' : 'warning',
    ...(confirmed.length > 0 ? {cure: 'restart'} : {because: {kind: 'not-judged'}}),
    evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
    cameras: reported,
    // Which of the two processes hangs is not known.
    faults: reported.flatMap((name) => [`capture:${name}`, `process:${name}`]),
    summary: `Statistics of ${listed(reported)} are ${how}${confirmed.length === 0 ? '' : confirmed.length === 1 ? ': its process is terminated or hung' : ': their processes are terminated or hung'}`,
    evidence: reported
      .slice(0, 8)
      .map((name) =>
        evidence(
          name,
          `${frozen.includes(name) ? 'the same four rates' : 'more frames processed and skipped than received'}, ${confirmation(confirmedBy(name))}`,
        ),
      ),
  };
};

const confirmation = (by: CheckId | null): string => (by === null ? 'not confirmed' : `confirmed by ${by}`);

const appearsHealthy = (rates: Rates | null): rates is Rates =>
  rates !== null && rates.camera !== null && rates.camera >= APPEARS_HEALTHY;

/** The rates where all four are reported and the camera appears healthy; `null` where one of them is missing or impossible, or the camera delivers nothing. */
const allFour = (rates: Rates | null): Rates | null =>
  !appearsHealthy(rates) || rates.process === null || rates.skipped === null || rates.detection === null ? null : rates;

const areSame = (one: Rates | null, other: Rates | null): boolean =>
  one === null || other === null
    ? one === other
    : one.camera === other.camera &&
      one.process === other.process &&
      one.skipped === other.skipped &&
      one.detection === other.detection;

/** `still`: the same four rates in all these snapshots; `silent`: none reports all four; `moves`: anything else. */
const movement = (camera: JudgedCamera, snapshots: readonly Snapshot[]): 'still' | 'silent' | 'moves' => {
  const [oldest, ...later] = snapshots;
  const first = oldest === undefined ? null : allFour(ratesIn(oldest, camera));
  if (!later.every((snapshot) => areSame(allFour(ratesIn(snapshot, camera)), first))) return 'moves';
  return first === null ? 'silent' : 'still';
};

const frozenCameras = (context: CheckContext, cameras: readonly JudgedCamera[]): readonly string[] => {
  const unrecorded = standingFor(context, cameras, STANDING_UNRECORDED).filter((name) =>
    overdueWhileOthersRecord(context, name),
  );
  return [...new Set([...unrecorded, ...standingFor(context, cameras, STANDING)])];
};

/** Cameras whose numbers stood still in the newest `count` snapshots while those of another moved. */
const standingFor = (context: CheckContext, cameras: readonly JudgedCamera[], count: number): readonly string[] => {
  const recent = snapshotsOf(context).slice(-count);
  if (recent.length < count) return [];
  const movements = cameras.map((camera) => ({name: camera.name, movement: movement(camera, recent)}));
  return movements.some((each) => each.movement === 'moves')
    ? movements.filter((each) => each.movement === 'still').map(({name}) => name)
    : [];
};

const impossibleCameras = (context: CheckContext, cameras: readonly JudgedCamera[]): readonly string[] =>
  cameras
    .filter((camera) => {
      const recent = recentRates(context, camera, 2);
      return (
        recent.length === 2 &&
        recent.every(
          (rates) =>
            appearsHealthy(rates) &&
            rates.camera !== null &&
            rates.process !== null &&
            rates.skipped !== null &&
            rates.process + rates.skipped > MOST_OF_CAMERA * rates.camera,
        )
      );
    })
    .map(({name}) => name);
