/** At most so many in a sliding minute, for each key. */
import type {Clock} from '../core/timers.js';

const MINUTE = 60_000;
/** Keys that are kept; the one that was used longest ago goes first. */
const MOST_KEYS = 10_000;

export interface RateLimit {
  /** Counts one more. Seconds until the next is allowed; 0: this one is. */
  take(key: string): number;
  /** Seconds until the next is allowed, without counting. */
  wait(key: string): number;
}

export const rateLimit = (most: number, clock: Pick<Clock, 'monotonic'>): RateLimit => {
  const taken = new Map<string, readonly number[]>();
  const recent = (key: string, now: number): readonly number[] =>
    (taken.get(key) ?? []).filter((at) => now - at < MINUTE);
  const waitOf = (times: readonly number[], now: number): number => {
    const oldest = times[0];
    return times.length < most || oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest + MINUTE - now) / 1000));
  };
  return {
    take(key) {
      const now = clock.monotonic();
      const times = recent(key, now);
      const wait = waitOf(times, now);
      if (wait > 0) return wait;
      taken.delete(key);
      taken.set(key, [...times, now]);
      const first = taken.keys().next().value;
      if (taken.size > MOST_KEYS && first !== undefined) taken.delete(first);
      return 0;
    },
    wait(key) {
      const now = clock.monotonic();
      return waitOf(recent(key, now), now);
    },
  };
};
