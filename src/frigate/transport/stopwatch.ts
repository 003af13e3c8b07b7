import {milliseconds, type Duration} from '../../core/time.js';
import type {Clock} from '../../core/timers.js';

/** Starts now; each call says how long ago that was. */
export const stopwatch = (clock: Pick<Clock, 'monotonic'>): (() => Duration) => {
  const begun = clock.monotonic();
  return () => milliseconds(Math.max(0, clock.monotonic() - begun));
};
