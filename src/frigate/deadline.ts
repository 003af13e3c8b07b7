import {setTimeout} from 'node:timers';

/**
 * Runs the work with a signal that ends after `milliseconds` or with the caller's own. Not `AbortSignal.timeout`: its timer
 * does not keep the process alive, so a deadline that alone is left to wait for would never come.
 */
export const withDeadline = async <T>(signal: AbortSignal, milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), milliseconds);
  try {
    return await work(AbortSignal.any([signal, own.signal]));
  } finally {
    clearTimeout(timer);
  }
};
