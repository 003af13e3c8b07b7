/** Work that belongs to one thing: begun for each new key, ended when the key changes or goes. */

export interface Keyed {
  /** `null`: nothing to work on. */
  set(key: string | null): void;
  /** Resolves when the last work has ended. */
  done(): Promise<void>;
}

export const keyed = (work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Keyed => {
  let current: {readonly key: string; readonly end: AbortController} | null = null;
  let last: Promise<void> = Promise.resolve();
  return {
    set: (key) => {
      if (key === (current?.key ?? null)) return;
      current?.end.abort();
      current = null;
      if (key === null || signal.aborted) return;
      const end = new AbortController();
      current = {key, end};
      last = Promise.all([last, work(AbortSignal.any([signal, end.signal]))]).then(() => undefined);
    },
    done: () => last,
  };
};
