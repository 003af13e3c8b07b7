import {milliseconds, type Duration} from '../../core/time.js';

/** A clock that only runs forward, in milliseconds from any beginning (`performance.now`). */
export type MonotonicClock = () => number;

/** Starts now; each call says how long ago that was. */
export const stopwatch = (clock: MonotonicClock): (() => Duration) => {
  const begun = clock();
  return () => milliseconds(Math.max(0, clock() - begun));
};
