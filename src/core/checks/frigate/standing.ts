/** FRG-305: can a camera's numbers be true, or does nobody reset them any more? */
import type {Snapshot} from '../../observation/frigate.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {restartCommand} from '../kubectl.js';
import {judgedCameras, ratesIn, recentRates, type JudgedCamera} from '../judged-cameras.js';
import {overdueWhileOthersRecord} from '../recording/segments.js';
import type {Rates} from '../snapshots.js';
import {newestSnapshot, snapshotsOf} from '../snapshots.js';
import {evidence, listed, unseen} from '../wording.js';

/** Cameras that the fault did not touch repeated their four rates at most 6 times in 310 s (measured on 0.17.2). */
const STANDING = 10;
/** Processed and skipped frames together cannot exceed what came in by more than rounding and a window's edge. */
const MOST_OF_CAMERA = 1.3;
/** Under one frame per second a camera is away; its other numbers keep their last values, and that is normal. */
const LOOKS_HEALTHY = 1;

export const standing: Check = {
  id: 'FRG-305',
  title: "cameras' numbers make sense",
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-302'],
  after: ['FRG-304'],
  docs: {
    what: 'Looks for cameras whose numbers nobody renews: the watchdog that would reset them is a thread of the capture process itself. The camera looks perfect and nothing of it is recorded.',
    limits:
      "A camera with at least 1 frame/s whose four rates are the same to the last digit in 10 or more successive snapshots while another camera's move; or whose processed and skipped frames exceed 1.3 times what comes in, over 2 snapshots. Warning on its own; critical when a dead process (FRG-304) or missing segments (FRG-601) confirm it.",
    cure: 'A restart makes the capture and detection processes again; nothing else does up to 0.17.',
    next: "Look at the camera's newest recording: when it is old while the live picture stands still, restart.",
    source:
      'Frigate 0.17.2 frigate/video.py:590-601: the camera watchdog is a thread of the capture process itself. Measured on 0.14.1, 0.16.4 and 0.17.2 with that process killed, on 0.17.2 also stopped: 16 snapshots in a row with the same four numbers.',
  },
  fix: ({observation}) => `${restartCommand(observation)}  # when the newest recording of the camera is old`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    const cameras = judgedCameras(context);
    const frozen = frozenCameras(context, cameras);
    const suspects = [...new Set([...frozen, ...impossibleCameras(context, cameras)])].sort();
    if (suspects.length === 0)
      return {
        status: 'ok',
        summary: "The cameras' numbers move",
        evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
      };
    return suspected(context, suspects, frozen);
  },
};

const suspected = (context: CheckContext, suspects: readonly string[], frozen: readonly string[]): Verdict => {
  const dead = context.finding('FRG-304');
  const confirmedBy = (name: string): string | null => {
    if (dead.status === 'critical' && dead.cameras.includes(name)) return 'FRG-304';
    return overdueWhileOthersRecord(context, name) ? 'FRG-601' : null;
  };
  const confirmed = suspects.filter((name) => confirmedBy(name) !== null);
  const told = confirmed.length > 0 ? confirmed : suspects;
  const how = told.every((name) => frozen.includes(name)) ? 'stand still' : 'cannot be true';
  return {
    status: confirmed.length > 0 ? 'critical' : 'warning',
    cure: confirmed.length > 0 ? 'restart' : 'none',
    evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
    cameras: told,
    summary: `The numbers of ${listed(told)} ${how}${confirmed.length === 0 ? '' : confirmed.length === 1 ? ': its process is dead or hung' : ': their processes are dead or hung'}`,
    evidence: told
      .slice(0, 8)
      .map((name) =>
        evidence(
          name,
          `${frozen.includes(name) ? 'the same four rates' : 'more frames processed and skipped than came in'}, ${confirmation(confirmedBy(name))}`,
        ),
      ),
  };
};

const confirmation = (by: string | null): string => (by === null ? 'not confirmed' : `confirmed by ${by}`);

const looksHealthy = (rates: Rates | null): rates is Rates =>
  rates !== null && rates.camera !== null && rates.camera >= LOOKS_HEALTHY;

/** The rates where all four are told and the camera looks healthy; `null` where one of them is missing, cannot be, or the camera is away. */
const allFour = (rates: Rates | null): Rates | null =>
  !looksHealthy(rates) || rates.process === null || rates.skipped === null || rates.detection === null ? null : rates;

const areSame = (one: Rates | null, other: Rates | null): boolean =>
  one === null || other === null
    ? one === other
    : one.camera === other.camera &&
      one.process === other.process &&
      one.skipped === other.skipped &&
      one.detection === other.detection;

/** `still`: the same four numbers in all these snapshots; `silent`: none tells all four; `moves`: anything else. */
const movement = (camera: JudgedCamera, snapshots: readonly Snapshot[]): 'still' | 'silent' | 'moves' => {
  const [oldest, ...later] = snapshots;
  const first = oldest === undefined ? null : allFour(ratesIn(oldest, camera));
  if (!later.every((snapshot) => areSame(allFour(ratesIn(snapshot, camera)), first))) return 'moves';
  return first === null ? 'silent' : 'still';
};

const frozenCameras = (context: CheckContext, cameras: readonly JudgedCamera[]): readonly string[] => {
  const recent = snapshotsOf(context).slice(-STANDING);
  if (recent.length < STANDING) return [];
  const seen = cameras.map((camera) => ({name: camera.name, movement: movement(camera, recent)}));
  return seen.some((each) => each.movement === 'moves')
    ? seen.filter((each) => each.movement === 'still').map(({name}) => name)
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
            looksHealthy(rates) &&
            rates.camera !== null &&
            rates.process !== null &&
            rates.skipped !== null &&
            rates.process + rates.skipped > MOST_OF_CAMERA * rates.camera,
        )
      );
    })
    .map(({name}) => name);
