/** Whether what one sample shows has lasted: a single full sample is a burst of motion, an upgrade of another workload, a backup. */
import type {ResourceSample} from '../../state/baselines.js';
import {hours, milliseconds, since, type Duration} from '../../time.js';
import type {CheckContext} from '../check.js';
import {samplesBefore} from './resource-samples.js';

/** Closer than half of the interval is the same sample twice, as for R-05; one older than three intervals proves nothing about the present by itself. */
const TOO_CLOSE = 1 / 2;
const TOO_OLD = 3;

/**
 * For how long the samples before this one showed the same without a gap, as far as they are stored; `null`: not before now.
 * One sample before is enough while it is near; one that is not counts when the whole hour agrees with it.
 */
export const sustainedFor = (context: CheckContext, shows: (sample: ResourceSample) => boolean): Duration | null => {
  const {
    now,
    policy: {interval},
  } = context;
  const before = samplesBefore(context).filter(({at}) => since(at, now) >= interval * TOO_CLOSE);
  const last = before.at(-1);
  if (last === undefined || !shows(last)) return null;
  const hour = before.filter(({at}) => since(at, now) <= hours(1));
  const near = since(last.at, now) <= interval * TOO_OLD;
  if (!near && (hour.length < 2 || !hour.every(shows))) return null;
  const first = before[before.findLastIndex((sample) => !shows(sample)) + 1] ?? last;
  return milliseconds(since(first.at, now));
};
