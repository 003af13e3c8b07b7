/** Whether something rises steadily towards its limit, and when it will be there: reported before it happens, never from a step or from noise. */
import {hours, milliseconds, since, type Duration, type Instant} from '../../time.js';
import {median} from './wording.js';

export interface Trend {
  /** Of what is measured, an hour. */
  readonly anHour: number;
  /** Until it is at its limit. */
  readonly left: Duration;
  readonly samples: number;
  readonly over: Duration;
}

export interface Point {
  readonly at: Instant;
  readonly value: number;
}

const LEAST_SAMPLES = 6;
const LEAST_TIME = hours(2);
/** Of all pairs of samples, how many more have to rise than fall (Kendall's τ). */
const MONOTONE = 0.7;
/** The newer half has to rise at least so much of the whole: what levels off reaches no limit. */
const GOES_ON = 1 / 2;
/** A forecast further out than this is no reason for a warning today. */
export const HORIZON = hours(24);
/** Nor one that reaches further than this many times the observed time: caches that fill for some hours have the shape of a leak at first. */
const REACH = 4;

/**
 * The rise of the points, oldest first, towards the limit within the next 24 h; `null`: it does not rise clearly, or too few exist.
 * @param leastRise In the unit of the values over the whole time: less is the variation of a day.
 */
export const trendOf = (
  points: readonly Point[],
  {limit, leastRise}: {readonly limit: number; readonly leastRise: number},
): Trend | null => {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < LEAST_SAMPLES) return null;
  const over = since(first.at, last.at);
  // Use that varies is the rule, and its slope is not computed.
  if (over < LEAST_TIME || concordanceOf(points) < MONOTONE) return null;
  const slope = slopeOf(points);
  if (slope * over < leastRise || slopeOf(points.slice(Math.floor(points.length / 2))) < slope * GOES_ON) return null;
  const left = milliseconds(Math.max(0, (limit - last.value) / slope));
  return left >= HORIZON || left > over * REACH ? null : {anHour: slope * hours(1), left, samples: points.length, over};
};

/** In words that claim no more than a forecast can. */
export const forecastText = ({left, over}: Trend): string =>
  `, rising for ${inHours(over)}: the limit is reached in about ${inHours(left)}`;

const inHours = (length: Duration): string => (length < hours(1) ? 'an hour' : `${Math.round(length / hours(1))} h`);

/** Theil and Sen: the median of the slopes between all pairs, of the unit a millisecond. */
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
