/**
 * How many questions to the API server are under way at once. A daemon over a thousand Frigates would otherwise keep a slow server busy with
 * its own questions, and what must not wait, the renewal of its Lease and a restart, would wait behind them.
 */
import type {Ask} from './resources.js';

export interface Lanes {
  /** Does the work as soon as a lane is free; `null`: the signal came first. */
  readonly through: <T>(ask: Ask, signal: AbortSignal, work: () => Promise<T>) => Promise<T | null>;
}

/** What passes by all others. */
const isUrgent = ({verb, resource}: Ask): boolean => verb === 'patch' || resource.plural === 'leases';

/** No bound: a pass asks a dozen questions. */
export const anyNumber: Lanes = {through: (_ask, _signal, work) => work()};

export const lanes = (width: number): Lanes => {
  let free = width;
  const waiting = new Set<() => void>();
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  };
  /** `false`: the signal came first. */
  const enter = (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return Promise.resolve(false);
    if (free > 0) {
      free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const enters = (): void => {
        signal.removeEventListener('abort', givesUp);
        resolve(true);
      };
      const givesUp = (): void => {
        waiting.delete(enters);
        resolve(false);
      };
      signal.addEventListener('abort', givesUp, {once: true});
      waiting.add(enters);
    });
  };
  return {
    through: async (ask, signal, work) => {
      if (isUrgent(ask)) return work();
      if (!(await enter(signal))) return null;
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
};
