/** Whether the memory of the present container rises, and when it will be at its limit: a leak is reported before the kernel kills a process. */
import {hours, later, milliseconds, minutes, since, type Duration, type Instant} from '../../time.js';
import type {CheckContext} from '../check.js';
import {containerStart} from './facts.js';
import {samplesBefore} from './resource-samples.js';
import {median} from './wording.js';

export interface Trend {
  /** Percent of the limit an hour. */
  readonly anHour: number;
  /** Until it is at 100 % of the limit. */
  readonly left: Duration;
  readonly samples: number;
  readonly over: Duration;
}

/** A Frigate that starts fills its caches; growth after that is not caused by the start. */
const WARM_UP = minutes(30);
const LEAST_SAMPLES = 6;
const LEAST_TIME = hours(2);
/** Percent of the limit: less is the variation of a day. */
const LEAST_RISE = 5;
/** Of all pairs of samples, how many more have to rise than fall (Kendall's τ). */
const MONOTONE = 0.7;
/** The newer half has to rise at least so much of the whole: what levels off reaches no limit. */
const GOES_ON = 1 / 2;
/** A forecast further out than this is no reason for a warning today. */
export const HORIZON = hours(24);
/** Nor one that reaches further than this many times the observed time: caches that fill for some hours have the shape of a leak at first. */
const REACH = 4;

interface Point {
  readonly at: Instant;
  readonly value: number;
}

/** The rise of the working set towards the limit within the next 24 h; `null`: it does not rise clearly, or too few samples exist. */
export const memoryTrend = (
  context: Pick<CheckContext, 'now' | 'observation' | 'memory'>,
  used: number,
): Trend | null => {
  const {now, observation} = context;
  const started = containerStart(observation);
  if (started === null) return null;
  const settled = later(started, WARM_UP);
  const points: readonly Point[] = [
    ...samplesBefore(context).flatMap(({at, use: [, , , value]}) =>
      value === null || at < settled ? [] : [{at, value}],
    ),
    {at: now, value: used},
  ];
  const first = points[0]?.at ?? now;
  const over = since(first, now);
  if (points.length < LEAST_SAMPLES || over < LEAST_TIME) return null;
  // Use that varies is the rule, and its slope is not computed.
  if (concordanceOf(points) < MONOTONE) return null;
  const slope = slopeOf(points);
  if (slope * over < LEAST_RISE || slopeOf(points.slice(Math.floor(points.length / 2))) < slope * GOES_ON) return null;
  const left = milliseconds(Math.max(0, (100 - used) / slope));
  return left >= HORIZON || left > over * REACH ? null : {anHour: slope * hours(1), left, samples: points.length, over};
};

/** Theil and Sen: the median of the slopes between all pairs, percent a millisecond. */
const slopeOf = (points: readonly Point[]): number => {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let next = 0;
  for (const [index, earlier] of points.entries()) {
    for (const other of points.slice(index + 1)) {
      slopes[next] = (other.value - earlier.value) / Math.max(1, other.at - earlier.at);
      next += 1;
    }
  }
  return median(slopes) ?? 0;
};

/** Kendall: the share of pairs that rise, less the share of those that fall. */
const concordanceOf = (points: readonly Point[]): number => {
  let signs = 0;
  let pairs = 0;
  for (const [index, earlier] of points.entries()) {
    for (const other of points.slice(index + 1)) {
      signs += Math.sign(other.value - earlier.value);
      pairs += 1;
    }
  }
  return pairs === 0 ? 0 : signs / pairs;
};
