/** The clock and timers of the process, as the store and the faces take them. */
import {instant, type Instant} from '../core/time.js';

/** Before the world is open there is no clock of its own (a demo has a simulated one). */
export const localNow = (): Instant => instant(Date.now());

export const later = (work: () => void, milliseconds: number): (() => void) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};

export const every = (work: () => void, milliseconds: number): (() => void) => {
  const timer = setInterval(work, milliseconds);
  return () => clearInterval(timer);
};
