/** A pause that a person can cut short: `r` rings, and everything that waits goes on at once. */
import type {Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';

export interface RefreshableSleep {
  ring(): void;
  /** Resolves after `length`, at the next ring, or with the signal; with whether it was rung. */
  wait(length: Duration, signal: AbortSignal): Promise<boolean>;
}

export const refreshableSleep = (timers: Timers): RefreshableSleep => {
  let rung = new AbortController();
  return {
    ring: () => {
      rung.abort();
      rung = new AbortController();
    },
    wait: async (length, signal) => {
      const {signal: ring} = rung;
      await timers.sleep(length, AbortSignal.any([signal, ring]));
      return ring.aborted;
    },
  };
};
