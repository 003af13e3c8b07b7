/** FRG-405: does the detector have headroom? */
import {note} from '../../fix.js';
import type {Snapshot} from '../../observation/frigate.js';
import {defineCheck, type CheckContext} from '../check.js';
import {inferenceOf, newestSnapshot, snapshotsOf} from '../evidence/snapshots.js';
import {bySetup, evidence, notApplicable, rounded, unobserved} from '../evidence/wording.js';
import {detectorsOf, neverInferred, totalDetections} from '../evidence/detector-history.js';

/** Share of the capacity over which frames begin to be skipped. */
const NEARLY_ALL = 0.9;
/** A minute of snapshots must agree; a burst of motion is no lack of headroom. */
const SNAPSHOTS = 4;
/** Pipelined detectors: the time of one inference is not their limit. */
const pipelined: ReadonlySet<string> = new Set(['memryx']);

export const detectorHeadroom = defineCheck('FRG-405', {
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: 'Compares the detector runs per second with the capacity of the detectors: 1000 / inference time each. At full capacity, cameras wait for one another and skip frames.',
    limits: 'Warning when four snapshots in a row are over 0.9 of the capacity.',
    cure: 'None: the load stays the same.',
    next: 'Lower the frames per second, mask more motion, use a smaller model, or add a detector.',
    source:
      'Frigate 0.17.2 frigate/object_detection/base.py: one synchronous inference at a time, so a detector can give 1000 / inference_speed (ms) runs a second.',
  },
  fix: () => [note('Lower detect.fps, mask motion that does not matter, or add a detector.')],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    if (isPipelined(context))
      return notApplicable('A pipelined detector has no such limit', bySetup('pipelined-detector'));
    const shares = snapshotsOf(context)
      .slice(-SNAPSHOTS)
      .map((snapshot) => shareOf(context, snapshot));
    const newest = shares.at(-1) ?? null;
    if (newest === null) return notApplicable('Capacity is not known', bySetup('no-inference-time'));
    const facts = [evidence('share of capacity', rounded(newest * 100), NEARLY_ALL * 100, '%')];
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    const full = shares.length === SNAPSHOTS && shares.every((share) => share !== null && share > NEARLY_ALL);
    return full
      ? {
          status: 'warning',
          summary: `Detectors at ${Math.round(newest * 100)} % of their capacity (limit ${NEARLY_ALL * 100} %)`,
          evidence: facts,
          evidenceAt,
        }
      : {
          status: 'ok',
          summary: `Detectors at ${Math.round(newest * 100)} % of their capacity`,
          evidence: facts,
          evidenceAt,
        };
  },
});

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
