/** How long to wait before something that failed is tried again. */
import {milliseconds, type Duration} from './time.js';

export interface BackOff {
  /** The longest pause after the first failure. */
  readonly first: Duration;
  /** The longest pause of all. */
  readonly longest: Duration;
}

/** Beyond this many doublings every pause is the longest one; the power stays a number that can be compared. */
const MOST_DOUBLINGS = 30;

/**
 * The pause after so many failures in a row (1: the first): doubled each time up to `longest`, of which between half and the whole is
 * taken at random (0 ≤ x < 1), so that many clients that failed together do not come back together ("equal jitter":
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export const backOff = ({first, longest}: BackOff, failures: number, random: () => number): Duration => {
  const doubled = first * 2 ** Math.min(MOST_DOUBLINGS, Math.max(0, failures - 1));
  return milliseconds(Math.round(Math.min(longest, doubled) * (0.5 + random() / 2)));
};
