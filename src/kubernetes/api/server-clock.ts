/** The API server's clock, learned from its `Date` headers and carried on by a monotonic clock (docs/how-it-decides.md, "State"). */
import type {Instant} from '../../core/time.js';
import {instant} from '../../core/time.js';

export interface ServerClock {
  /** Takes the `Date` header of an answer that is certainly the API server's own; anything else is ignored. */
  learn(date: string | undefined): void;
  /** One second resolution; `null` before the first answer. */
  now(): Instant | null;
}

/** `monotonic`: milliseconds from any origin that never go back. */
export const serverClock = (monotonic: () => number): ServerClock => {
  let learned: {readonly date: number; readonly at: number} | null = null;
  return {
    learn(date) {
      const parsed = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isFinite(parsed)) learned = {date: parsed, at: monotonic()};
    },
    now() {
      if (learned === null) return null;
      const passed = Math.floor((monotonic() - learned.at) / 1000) * 1000;
      return instant(learned.date + passed);
    },
  };
};
