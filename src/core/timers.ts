/**
 * Time as it is handed in: two clocks and two ways to wait. Whoever waits asks these, so that a test can let an hour pass
 * in a millisecond. The ones of the process are made in cli/timers.ts; nothing else in src may start a timer
 * (eslint.config.js), but for the simulator, which has a time of its own.
 */
import type {Duration, Instant} from './time.js';

export interface Clock {
  /** The local wall clock. Persisted instants never come from it where the API server's clock is known. */
  readonly now: () => Instant;
  /** Milliseconds from an arbitrary origin; never steps. For deadlines. */
  readonly monotonic: () => number;
}

export interface Timers extends Clock {
  /** Resolves after `length` or with the signal, whichever is first. Keeps the process alive meanwhile. */
  readonly sleep: (length: Duration, signal: AbortSignal) => Promise<void>;
  /** A signal that aborts after `length`. Alone it does not keep the process alive. */
  readonly timeout: (length: Duration) => AbortSignal;
}

/** A deadline: aborts after `limit`, or with one of the others, whichever is first. */
export const within = (timers: Timers, limit: Duration, ...others: readonly AbortSignal[]): AbortSignal =>
  AbortSignal.any([timers.timeout(limit), ...others]);

/** Resolves when the signal is aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });

/** Does the work once, after `length`; the answer cancels it. */
export const after = (timers: Timers, length: Duration, work: () => void): (() => void) => {
  const cancelled = new AbortController();
  void timers.sleep(length, cancelled.signal).then(() => {
    if (!cancelled.signal.aborted) work();
  });
  return () => cancelled.abort();
};

/** Does the work again and again, `length` after the last time; the answer ends it. */
export const every = (timers: Timers, length: Duration, work: () => void): (() => void) => {
  const ended = new AbortController();
  const {signal} = ended;
  const again = (): void => {
    if (signal.aborted) return;
    work();
    next();
  };
  const next = (): void => void timers.sleep(length, signal).then(again);
  next();
  return () => ended.abort();
};
