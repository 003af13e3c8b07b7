/**
 * The time of a simulated cluster. `flowing` runs with the machine's monotonic clock, `still` moves only by `advance`, so that
 * passes five minutes apart take milliseconds. Everything with a time (Date headers, objects, Frigate, logs) reads this clock.
 */
import {instant, type Instant} from '../core/time.js';

export type Pace = 'flowing' | 'still';

export interface Clock {
  readonly pace: Pace;
  now(): Instant;
  /** Moves time forward by milliseconds; resolves when everything that depends on the clock has caught up. */
  advance(milliseconds: number): Promise<void>;
  /** Called after each `advance`; a promise is waited for. Returns the function that unsubscribes. */
  onAdvance(listener: () => void | Promise<void>): () => void;
  /**
   * Waits for a simulated time. With a still clock that would never end, so there it takes 20 ms of true time:
   * a curl that gives up after 10 s must not make a test wait.
   */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

const STILL_WAIT = 20;

/** A clock that begins at `start`; `monotonic` (milliseconds) is injected, `performance.now` by default. */
export const makeClock = (start: Instant, pace: Pace, monotonic: () => number = () => performance.now()): Clock => {
  const origin = monotonic();
  const listeners = new Set<() => void | Promise<void>>();
  let shift = 0;
  const flowed = (): number => (pace === 'flowing' ? monotonic() - origin : 0);
  return {
    pace,
    now: () => instant(Math.floor(start + shift + flowed())),
    advance: async (milliseconds) => {
      shift += milliseconds;
      for (const listener of [...listeners]) await listener();
    },
    onAdvance: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, pace === 'still' ? Math.min(milliseconds, STILL_WAIT) : milliseconds);
        signal?.addEventListener('abort', done, {once: true});
        if (signal?.aborted === true) done();
      }),
  };
};
