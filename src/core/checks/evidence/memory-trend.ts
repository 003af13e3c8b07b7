/** Whether the memory of the present container rises, and when it will be at its limit: a leak is reported before the kernel kills a process. */
import {later, minutes} from '../../time.js';
import type {CheckContext} from '../check.js';
import {containerStart} from './facts.js';
import {samplesBefore} from './resource-samples.js';
import {trendOf, type Trend} from './trend.js';

/** A Frigate that starts fills its caches; growth after that is not caused by the start. */
const WARM_UP = minutes(30);
/** Percent of the limit: less is the variation of a day. */
const LEAST_RISE = 5;

/** The rise of the working set towards the limit within the next 24 h; `null`: it does not rise clearly, or too few samples exist. */
export const memoryTrend = (
  context: Pick<CheckContext, 'now' | 'observation' | 'memory'>,
  used: number,
): Trend | null => {
  const {now, observation} = context;
  const started = containerStart(observation);
  if (started === null) return null;
  const settled = later(started, WARM_UP);
  const points = samplesBefore(context).flatMap(({at, use: [, , , value]}) =>
    value === null || at < settled ? [] : [{at, value}],
  );
  return trendOf([...points, {at: now, value: used}], {limit: 100, leastRise: LEAST_RISE});
};
