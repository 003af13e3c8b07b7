/** Whether a detector becomes slower, or a camera skips more of its frames, over hours (FRG-401, FRG-502). */
import {later, minutes} from '../../time.js';
import type {CheckContext} from '../check.js';
import {containerStart} from './facts.js';
import {samplesBefore} from './resource-samples.js';
import {trendOf, type Trend} from './trend.js';

/** A start is no trend. */
const WARM_UP = minutes(30);
/** Of the limit: a busy evening makes a detector slower than a night does. */
const LEAST_RISE = 0.3;

const INDEX = {inference: 0, skipped: 1} as const;

/** `limit`: in the unit of the samples (baselines.ts, `work`). `null`: it does not rise clearly, or too little is known. */
export const workTrend = (
  context: Pick<CheckContext, 'now' | 'observation' | 'memory'>,
  of: keyof typeof INDEX,
  {value, limit}: {readonly value: number; readonly limit: number},
): Trend | null => {
  const started = containerStart(context.observation);
  if (started === null || value >= limit) return null;
  const settled = later(started, WARM_UP);
  const points = samplesBefore(context).flatMap(({at, work}) => {
    const before = work?.[INDEX[of]] ?? null;
    return before === null || at < settled ? [] : [{at, value: before}];
  });
  return trendOf([...points, {at: context.now, value}], {limit, leastRise: limit * LEAST_RISE});
};
