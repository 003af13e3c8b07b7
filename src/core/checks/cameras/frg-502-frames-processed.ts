/** FRG-502: are the cameras' frames processed? */
import {note, run} from '../../fix.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {processor} from '../evidence/detector-processor.js';
import {demandOf, exportsSkipped} from '../evidence/detection-demand.js';
import {judgedCameras, recentRates, wantsDetection} from '../evidence/judged-cameras.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {forecastText} from '../evidence/trend.js';
import {byCheck, evidence, listed, notApplicable, rounded, unobserved} from '../evidence/wording.js';
import {workTrend} from '../evidence/work-trend.js';

/** Snapshots that must agree. */
const SNAPSHOTS = 2;

export const framesProcessed = defineCheck('FRG-502', {
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: ['FRG-304', 'FRG-305', 'FRG-401', 'FRG-402', 'FRG-403'],
  settles: true,
  docs: {
    what: "The share of a camera's frames that are not processed. They are recorded, but nothing in them is detected.",
    limits:
      'Critical over 0.8 (`FRIGATE_HC_SKIP_RATIO_THRESHOLD`) in 2 snapshots. Warning when a camera skips more and more for 2 h or longer and will be at that limit within 24 h. When all cameras that need detection skip frames, the detector is the cause (FRG-403); when a terminated or hung process explains it, FRG-304 or FRG-305 reports it.',
    cure: 'None for one camera that needs too much. A faulty detector is reported and repaired by its own check.',
    next: "Lower the camera's detect.fps or resolution, mask motion such as trees and clocks.",
    source:
      'Frigate video.py: a full frame queue counts as skipped; up to 0.12 skipped_fps is always 0 and the processed rate is used.',
  },
  fix: ({observation}) => [
    note('Lower detect.fps of the camera, or mask its motion. Its present configuration:'),
    run(`kubectl exec ${frigateIn(observation)} -- curl -s localhost:5000/api/config`),
  ],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const explained = new Set([...context.finding('FRG-304').cameras, ...context.finding('FRG-305').cameras]);
    const starved = starvedCameras(context).filter((name) => !explained.has(name));
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    if (starved.length === 0)
      return {
        ...(skipsMore(context) ?? {status: 'ok', summary: 'Frames of all cameras are processed'}),
        evidenceAt,
      };
    if (context.finding('FRG-403').status === 'critical')
      return notApplicable(
        'All cameras that need detection skip frames: the detector is the cause',
        byCheck('FRG-403'),
      );
    return {...behind(context, starved), evidenceAt};
  },
});

/** More from hour to hour, and towards the limit: said before it is reached. */
const skipsMore = (context: CheckContext): CheckResult | null => {
  const [worst] = judgedCameras(context)
    .flatMap(({name, rates: {camera, skipped}}) =>
      camera !== null && skipped !== null && camera >= 1
        ? [{name, share: Math.min(100, (skipped / camera) * 100)}]
        : [],
    )
    .sort((a, b) => b.share - a.share);
  const limit = context.policy.skipRatio * 100;
  const trend = worst === undefined ? null : workTrend(context, 'skipped', {value: worst.share, limit});
  if (worst === undefined || trend === null) return null;
  return {
    status: 'warning',
    cameras: [worst.name],
    object: {kind: 'Camera', name: worst.name},
    summary: `${worst.name} skips ${Math.round(worst.share)} % of its frames (limit ${Math.round(limit)} %)${forecastText(trend)}`,
    evidence: [
      evidence(`${worst.name} skipped`, rounded(worst.share), rounded(limit), '%'),
      evidence('rises an hour', rounded(trend.anHour), undefined, '%'),
      evidence('cpu', processor(context).why),
    ],
  };
};

const behind = (context: CheckContext, starved: readonly string[]): CheckResult => {
  const detector = (['FRG-401', 'FRG-402', 'FRG-403'] as const).find((id) =>
    ['warning', 'critical'].includes(context.finding(id).status),
  );
  return {
    status: 'critical',
    cameras: starved,
    cause: detector === undefined ? 'camera' : 'detector',
    summary: `${listed(starved)} ${starved.length === 1 ? 'skips' : 'skip'} nearly all frames${detector === undefined ? '' : `: the detector is the cause (${detector})`}`,
    evidence: [
      ...judgedCameras(context)
        .filter(({name}) => starved.includes(name))
        .slice(0, 8)
        .map(({name, rates}) =>
          evidence(name, `${rates.skipped ?? '?'} of ${rates.camera ?? '?'} skipped`, context.policy.skipRatio),
        ),
      // A camera that needs too much and another workload that uses the CPU have the same signs.
      evidence('cpu', processor(context).why),
    ],
    ...(detector === undefined ? {} : {because: byCheck(detector)}),
    ...(starved.length === 1 && starved[0] !== undefined ? {object: {kind: 'Camera', name: starved[0]}} : {}),
  };
};

const starvedCameras = (context: CheckContext): readonly string[] => {
  const exported = exportsSkipped(newestSnapshot(context));
  return judgedCameras(context)
    .filter((camera) => wantsDetection(camera))
    .filter((camera) => {
      const recent = recentRates(context, camera, SNAPSHOTS);
      return (
        recent.length === SNAPSHOTS &&
        recent.every((rates) => demandOf(rates, camera, context.policy.skipRatio, exported) === 'starved')
      );
    })
    .map(({name}) => name);
};
