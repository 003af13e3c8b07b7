/** The clocks and timers of this process: the only place outside the simulator that starts a timer or reads a clock of the machine. */
import {instant} from '../core/time.js';
import type {Timers} from '../core/timers.js';

export const processTimers: Timers = {
  now: () => instant(Date.now()),
  monotonic: () => performance.now(),
  sleep: (length, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, length);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    }),
  timeout: (length) => AbortSignal.timeout(length),
};
