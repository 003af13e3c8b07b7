/** FRG-501: do the cameras deliver frames? */
import type {CheckId} from '../../finding.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {delivers, judgedCameras, leastFrames, type JudgedCamera} from '../judged-cameras.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, listed, notApplicable, plural, rounded, unseen} from '../wording.js';
import {sharedPlace, stoppedTogether} from './common-cause.js';

/** Frigate's own faults that look like dead cameras; each of them, when critical, says itself what a restart does for it. */
const ownFaults = ['FRG-304', 'FRG-305', 'FRG-603', 'FRG-801'] as const satisfies readonly CheckId[];

export const frames: Check = {
  id: 'FRG-501',
  title: 'cameras deliver frames',
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: [...ownFaults],
  settles: true,
  docs: {
    what: 'The frames per second that come in from every enabled camera, against the rate that detection is configured for.',
    limits:
      'Critical under 0.3 of the configured rate (0.5 frames/s where that is not known). Disabled cameras and those of `FRIGATE_HC_SKIP_CAMERAS` do not count.',
    cure: "None for a camera or a network. When all or most are away, a restart helps only where Frigate's own fault is shown: dead or hung processes (FRG-304, FRG-305), a hung go2rtc (FRG-801), a full cache (FRG-603).",
    next: 'One camera: its power, its address, its password. Several at once: the switch, the recorder or the network between.',
    source:
      'Frigate video.py (camera_fps over 10 s, zero after an outage); cams-gone, cams-net, cam-hang provoked on 0.17.2: a restart changed nothing.',
  },
  fix: ({observation}) =>
    `kubectl logs ${frigateIn(observation)} | grep -E 'ffmpeg|watchdog|rtsp' | tail -20  # what does ffmpeg say of the source?`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    const cameras = judgedCameras(context);
    if (cameras.length === 0) return notApplicable('No camera is enabled and judged', 'no enabled camera');
    const down = cameras.filter((camera) => delivers(camera) === false);
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    if (down.length > 0) return {...away(context, down, cameras), evidenceAt};
    const unreadable = cameras.filter((camera) => delivers(camera) === null);
    if (unreadable.length > 0) {
      return {
        status: 'unknown',
        summary: `The frame rate of ${listed(unreadable.map(({name}) => name))} cannot be told`,
        because: 'a rate that is missing or cannot be',
        evidenceAt,
      };
    }
    return {
      status: 'ok',
      summary: `${plural(cameras.length, 'camera')} ${cameras.length === 1 ? 'delivers' : 'deliver'} frames`,
      evidenceAt,
    };
  },
};

const away = (context: CheckContext, down: readonly JudgedCamera[], cameras: readonly JudgedCamera[]): Verdict => {
  const names = down.map(({name}) => name);
  const most = down.length * 2 > cameras.length;
  const fault = most ? ownFault(context, names) : null;
  const {cause, why} =
    fault === null
      ? outside(context, down, cameras)
      : {cause: 'process' as const, why: `Frigate's own fault: ${fault}`};
  return {
    status: 'critical',
    normalAtStart: true,
    cameras: names,
    cause,
    cure: fault === null ? 'none' : 'restart',
    summary: `${down.length === cameras.length && down.length > 1 ? `All ${down.length} cameras deliver` : `${listed(names)} ${down.length === 1 ? 'delivers' : 'deliver'}`} no frames${why === '' ? '' : ` (${why})`}`,
    evidence: down
      .slice(0, 8)
      .map(({name, rates, configured}) => evidence(name, rates.camera, rounded(leastFrames(configured)), 'fps')),
    ...(fault === null ? {} : {because: fault}),
    ...(down.length === 1 && names[0] !== undefined ? {object: {kind: 'Camera', name: names[0]}} : {}),
  };
};

/** The fault of Frigate's own that explains most of the cameras and that a restart cures; `null`: none is shown. */
const ownFault = (context: CheckContext, down: readonly string[]): CheckId | null =>
  ownFaults.find((id) => {
    const finding = context.finding(id);
    if (finding.status !== 'critical' || finding.cure !== 'restart') return false;
    const explained = finding.cameras.length === 0 ? down : down.filter((name) => finding.cameras.includes(name));
    return explained.length * 2 > down.length;
  }) ?? null;

/** Why they are away, seen from outside Frigate: many at once are one cause, and it is not "the cameras". */
const outside = (
  context: CheckContext,
  down: readonly JudgedCamera[],
  cameras: readonly JudgedCamera[],
): {readonly cause: 'camera' | 'network'; readonly why: string} => {
  const place = sharedPlace(
    down,
    cameras.filter((camera) => !down.includes(camera)),
  );
  if (place !== null) return {cause: 'network', why: `all that come from ${place}`};
  if (stoppedTogether(context, down) === true)
    return {cause: 'network', why: 'all in the same instant: a common cause'};
  return down.length > 1 && down.length === cameras.length
    ? {cause: 'network', why: 'a common cause'}
    : {cause: 'camera', why: ''};
};
