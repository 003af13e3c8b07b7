/** The one rate limiter between what happens and what is shown: every picture and every line goes through it. */
import type {Duration} from '../core/time.js';

/** Runs the work after so many milliseconds; returns the function that cancels it. */
export type Later = (work: () => void, milliseconds: number) => () => void;

export interface Pace {
  /** Asks for a run. */
  readonly request: () => void;
  readonly stop: () => void;
}

/**
 * Runs `work` after what is being done now is done, so that several changes at once are one, and then at most once in `gap`.
 * `work` answers whether it cost anything; only then the gap begins.
 */
export const paced = (work: () => boolean, gap: Duration, later: Later): Pace => {
  let cancel: (() => void) | null = null;
  let resting = false;
  let requested = false;
  const after = (milliseconds: number, then: () => void): void => {
    cancel?.();
    cancel = later(() => {
      cancel = null;
      then();
    }, milliseconds);
  };
  const run = (): void => {
    requested = false;
    if (!work()) return;
    resting = true;
    after(gap, () => {
      resting = false;
      if (requested) run();
    });
  };
  return {
    request: () => {
      requested = true;
      if (!resting && cancel === null) after(0, run);
    },
    stop: () => {
      cancel?.();
      resting = true;
    },
  };
};
