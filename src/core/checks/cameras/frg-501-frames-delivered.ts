/** FRG-501: do the cameras deliver frames? */
import {run} from '../../fix.js';
import type {CauseClass, CheckId} from '../../finding.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {delivers, judgedCameras, leastFrames, type JudgedCamera} from '../evidence/judged-cameras.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {
  byCheck,
  bySetup,
  evidence,
  inconclusive,
  listed,
  notApplicable,
  plural,
  rounded,
  unobserved,
} from '../evidence/wording.js';
import {silentByPlan} from '../../planned-silence.js';
import {sharedOrigin, stoppedTogether} from '../evidence/common-cause.js';
import {messageOf} from '../evidence/errors.js';
import {commonError, ffmpegError} from '../evidence/ffmpeg-errors.js';

/** Frigate's own faults with the signs of dead cameras; each of them, when critical, says whether a restart cures it. */
const ownFaults = ['FRG-304', 'FRG-305', 'FRG-603', 'FRG-801'] as const satisfies readonly CheckId[];

export const framesDelivered = defineCheck('FRG-501', {
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: [...ownFaults],
  settles: true,
  docs: {
    what: 'The frames per second that arrive from every enabled camera, against the rate that is configured for detection. What the ffmpeg of a camera without frames reports is quoted.',
    limits:
      'Critical under 0.3 of the configured rate (0.5 frames/s where that is not known). Disabled cameras and those of `FRIGATE_HC_SKIP_CAMERAS` do not count; one in its window of `FRIGATE_HC_CAMERA_SCHEDULE` is info.',
    cure: 'None for a camera or a network. When all or most cameras deliver nothing, a restart helps only where a fault of Frigate itself is proven: terminated or hung processes (FRG-304, FRG-305), a hung go2rtc (FRG-801), a full cache (FRG-603).',
    next: 'Read the quoted line of ffmpeg: a decoder that cannot be used is a matter of the node and its driver, a rejected login one of the password. One camera: check its power, its address, its password. Several at once: check the switch, the recorder or the network between.',
    source:
      'Frigate video.py (camera_fps over 10 s, zero after an outage); cams-gone, cams-net, cam-hang provoked on 0.17.2: a restart changed nothing.',
  },
  fix: ({observation}) => [run(`kubectl logs ${frigateIn(observation)} | grep -E 'ffmpeg|watchdog|rtsp' | tail -20`)],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const cameras = judgedCameras(context);
    const planned = silentNow(context);
    if (planned.length > 0 && cameras.every((camera) => delivers(camera) === true))
      return silentByIntent(planned, cameras);
    if (cameras.length === 0) return notApplicable('No camera is enabled and checked', bySetup('no-camera'));
    const down = cameras.filter((camera) => delivers(camera) === false);
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    if (down.length > 0) return {...withoutFrames(context, down, cameras), evidenceAt};
    const unreadable = cameras.filter((camera) => delivers(camera) === null);
    if (unreadable.length > 0) {
      return {
        ...inconclusive('impossible-value', `Frame rate of ${listed(unreadable.map(({name}) => name))} is not known`),
        evidenceAt,
      };
    }
    return {
      status: 'ok',
      summary: `${plural(cameras.length, 'camera')} ${cameras.length === 1 ? 'delivers' : 'deliver'} frames`,
      evidenceAt,
    };
  },
});

/** Cameras that deliver nothing in a window of `FRIGATE_HC_CAMERA_SCHEDULE`. */
const silentNow = (context: CheckContext): readonly string[] => {
  const {policy, now} = context;
  if (policy.cameraSchedule.length === 0) return [];
  const planned = silentByPlan(policy.cameraSchedule, now);
  return (newestSnapshot(context)?.cameras ?? [])
    .filter(({name, cameraFps}) => planned.has(name) && (cameraFps ?? 0) === 0)
    .map(({name}) => name)
    .sort();
};

const silentByIntent = (planned: readonly string[], cameras: readonly JudgedCamera[]): CheckResult => ({
  status: 'info',
  summary: `${listed(planned)} ${planned.length === 1 ? 'is' : 'are'} silent as planned${cameras.length === 0 ? '' : `; ${plural(cameras.length, 'other camera')} ${cameras.length === 1 ? 'delivers' : 'deliver'} frames`}`,
  cameras: planned,
  evidence: planned.slice(0, 8).map((name) => evidence(name, 'silent by FRIGATE_HC_CAMERA_SCHEDULE')),
});

const withoutFrames = (
  context: CheckContext,
  down: readonly JudgedCamera[],
  cameras: readonly JudgedCamera[],
): CheckResult => {
  const names = down.map(({name}) => name);
  const most = down.length * 2 > cameras.length;
  const fault = most ? ownFault(context, names) : null;
  // One line of each kind says it for all.
  const reports = [
    ...new Map(
      names.flatMap((name) => {
        const report = ffmpegError(context, name);
        return report === null ? [] : [[report.kind, report] as const];
      }),
    ).values(),
  ].slice(0, 2);
  const {cause, why} =
    fault === null ? outside(context, down, cameras) : {cause: 'process' as const, why: `a fault of Frigate: ${fault}`};
  return {
    status: 'critical',
    outage: down.length === cameras.length,
    normalAtStart: true,
    cameras: names,
    cause,
    cure: fault === null ? 'none' : 'restart',
    summary: `${down.length === cameras.length && down.length > 1 ? `All ${down.length} cameras deliver` : `${listed(names)} ${down.length === 1 ? 'delivers' : 'deliver'}`} no frames${why === '' ? '' : ` (${why})`}`,
    evidence: [
      ...reports.map(({sample}) => evidence('log', sample)),
      ...down
        .slice(0, 8)
        .map(({name, rates, configured}) => evidence(name, rates.camera, rounded(leastFrames(configured)), 'fps')),
    ],
    ...(fault === null ? {} : {because: byCheck(fault)}),
    ...(down.length === 1 && names[0] !== undefined ? {object: {kind: 'Camera', name: names[0]}} : {}),
  };
};

/** The fault of Frigate itself that explains most of the cameras and that a restart cures; `null`: none is proven. */
const ownFault = (context: CheckContext, down: readonly string[]): CheckId | null =>
  ownFaults.find((id) => {
    const finding = context.finding(id);
    if (finding.status !== 'critical' || finding.cure !== 'restart') return false;
    const explained = finding.cameras.length === 0 ? down : down.filter((name) => finding.cameras.includes(name));
    return explained.length * 2 > down.length;
  }) ?? null;

/** Why they deliver nothing, if the cause is outside Frigate: many at once have one cause, and it is not "the cameras". */
const outside = (
  context: CheckContext,
  down: readonly JudgedCamera[],
  cameras: readonly JudgedCamera[],
): {readonly cause: CauseClass; readonly why: string} => {
  const service = context.finding('FRG-801');
  if (service.status === 'critical' && down.every(({name}) => service.cameras.includes(name)))
    return {cause: service.cause ?? 'process', why: 'a fault of go2rtc: FRG-801'};
  const common = commonError(
    context,
    down.map(({name}) => name),
  );
  if (common !== null) return {cause: common.cause, why: `ffmpeg: ${messageOf(common.report)}`};
  const origin = sharedOrigin(
    down,
    cameras.filter((camera) => !down.includes(camera)),
  );
  if (origin !== null) return {cause: 'network', why: `all cameras of ${origin}`};
  if (stoppedTogether(context, down) === true)
    return {cause: 'network', why: 'all stopped at the same time: a common cause'};
  return down.length > 1 && down.length === cameras.length
    ? {cause: 'network', why: 'a common cause'}
    : {cause: 'camera', why: ''};
};
