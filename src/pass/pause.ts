/** A pause that ends with its signal. */
import type {Duration} from '../core/time.js';

export const pause = (length: Duration, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, length);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
