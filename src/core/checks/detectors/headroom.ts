/** FRG-405: has the detector room for more? */
import type {Snapshot} from '../../observation/frigate.js';
import type {Check, CheckContext} from '../check.js';
import {inferenceOf, newestSnapshot, snapshotsOf} from '../snapshots.js';
import {evidence, notApplicable, rounded, unseen} from '../wording.js';
import {detectorsOf, neverInferred, totalDetections} from './history.js';

/** Share of the capacity over which frames begin to be skipped. */
const NEARLY_ALL = 0.9;
/** A minute of snapshots must agree; a burst of motion is no lack of room. */
const SNAPSHOTS = 4;
/** Pipelined detectors: the time of one inference is not their limit. */
const pipelined: ReadonlySet<string> = new Set(['memryx']);

export const headroom: Check = {
  id: 'FRG-405',
  title: 'detector has headroom',
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: 'Holds all detector runs per second against what the detectors can do: 1000 / inference time each. At the limit, cameras wait for one another and skip frames.',
    limits: 'Warning when four snapshots in a row are over 0.9 of the capacity.',
    cure: 'None: the load stays.',
    next: 'Fewer frames per second, better motion masks, a smaller model, or one more detector.',
    source:
      'Frigate 0.17.2 frigate/object_detection/base.py: one synchronous inference at a time, so a detector can give 1000 / inference_speed (ms) runs a second.',
  },
  fix: () => 'lower detect.fps, mask motion that does not matter, or add a detector',
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    if (isPipelined(context)) return notApplicable('A pipelined detector has no such limit', 'detector type');
    const shares = snapshotsOf(context)
      .slice(-SNAPSHOTS)
      .map((snapshot) => shareOf(context, snapshot));
    const newest = shares.at(-1) ?? null;
    if (newest === null) return notApplicable('The capacity is not known', 'no inference time that can be');
    const seen = [evidence('share of capacity', rounded(newest * 100), NEARLY_ALL * 100, '%')];
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    const full = shares.length === SNAPSHOTS && shares.every((share) => share !== null && share > NEARLY_ALL);
    return full
      ? {
          status: 'warning',
          summary: `The detectors work at ${Math.round(newest * 100)} % of what they can`,
          evidence: seen,
          evidenceAt,
        }
      : {
          status: 'ok',
          summary: `The detectors work at ${Math.round(newest * 100)} % of what they can`,
          evidence: seen,
          evidenceAt,
        };
  },
};

const shareOf = (context: CheckContext, snapshot: Snapshot): number | null => {
  const total = totalDetections(snapshot);
  const times = snapshot.detectors
    .filter(({name}) => !neverInferred(context, name))
    .map(({inferenceSpeed}) => inferenceOf(inferenceSpeed));
  if (total === null || times.length === 0 || times.includes(null)) return null;
  const capacity = times.reduce<number>((sum, time) => sum + (time === null ? 0 : 1000 / time), 0);
  return total / capacity;
};

const isPipelined = (context: CheckContext): boolean => {
  const {config} = context.observation.frigate;
  return config.known && detectorsOf(context).some(({name}) => pipelined.has(config.value.detectors.get(name) ?? ''));
};
