/** A pause that a person can cut short: `r` rings, and everything that waits goes on at once. */
import type {Duration} from '../../core/time.js';

export interface Bell {
  ring(): void;
  /** Resolves after `length`, at the next ring, or with the signal. */
  wait(length: Duration, signal: AbortSignal): Promise<void>;
}

export const bell = (): Bell => {
  const waiting = new Set<() => void>();
  return {
    ring: () => {
      for (const wake of [...waiting]) wake();
    },
    wait: (length, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, length);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        if (signal.aborted) wake();
      }),
  };
};
