/** Keeps a connection for a moment: credential plugins are slow, and one pass asks ten questions at once. */
import type {Known, Unknown} from '../../core/known.js';
import type {Connection} from './connection.js';

/** A connection with the instant (monotonic milliseconds) from which it has to be created again; `null`: when the API server answers 401. */
export interface Fresh {
  readonly connection: Connection;
  readonly until: number | null;
}

export interface ConnectionCache {
  get(signal: AbortSignal): Promise<Known<Connection>>;
  renew(): void;
  close(): void;
}

/**
 * `make` is run once for all that wait, under a signal of its own that ends with `close`; a caller whose own signal ends stops
 * waiting, and gets what `overdue` says of the wait. Agents of a connection that was replaced live on until `close`, because requests may still be under way on them.
 */
export const connectionCache = (
  make: (signal: AbortSignal) => Promise<Known<Fresh>>,
  monotonic: () => number,
  overdue: () => Unknown,
): ConnectionCache => {
  const ending = new AbortController();
  const agents = new Set<Connection['agent']>();
  let current: {readonly made: Promise<Known<Fresh>>; until: number | null} | null = null;

  const renew = (): void => {
    current = null;
  };

  const fresh = (): Promise<Known<Fresh>> => {
    if (current !== null && (current.until === null || monotonic() < current.until)) return current.made;
    const making = {made: make(ending.signal), until: null as number | null};
    current = making;
    void making.made.then((result) => {
      if (result.known) {
        making.until = result.value.until;
        agents.add(result.value.connection.agent);
      } else if (current === making) {
        renew();
      }
    });
    return making.made;
  };

  const ended = (signal: AbortSignal): Promise<Known<Fresh>> =>
    new Promise((resolve) => {
      const stop = (): void => resolve(overdue());
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, {once: true});
    });

  return {
    async get(signal) {
      const leave = new AbortController();
      const result = await Promise.race([fresh(), ended(AbortSignal.any([signal, leave.signal]))]);
      leave.abort();
      return result.known ? {known: true, value: result.value.connection} : result;
    },
    renew,
    close() {
      ending.abort();
      for (const agent of agents) agent.destroy();
    },
  };
};
