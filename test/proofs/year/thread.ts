/** One thread of the year: keeps the books of its policies and hands them back (see threads.ts). */
import {parentPort, workerData} from 'node:worker_threads';
import {keepBook, type Book} from './ledger.js';
import {OldChecker} from './old-checker.js';
import {Ours} from './ours.js';
import {Autoheal, Liveness, nobody} from './probes.js';
import {yearOf} from './site-year.js';

export interface Asked {
  readonly seed: number;
  readonly part: 'ours' | 'others';
}

/** What our own policy tells beside its book. */
export interface OwnTale {
  /** Rules that spoke, with counts. */
  readonly rules: ReadonlyMap<string, number>;
  /** Seconds between the forecast of a leak and the end of its container; `null`: none was made. */
  readonly warnings: ReadonlyArray<number | null>;
}

export interface Answer {
  readonly books: readonly Book[];
  readonly tale: OwnTale | null;
}

const play = ({seed, part}: Asked): Answer => {
  const year = yearOf(seed);
  if (part === 'others')
    return {
      books: [nobody, new Liveness(), new Autoheal(), new OldChecker('J'), new OldChecker('H')].map((policy) =>
        keepBook(policy, year),
      ),
      tale: null,
    };
  const ours = new Ours();
  return {books: [keepBook(ours, year)], tale: {rules: ours.rules, warnings: ours.leaks.warnings}};
};

parentPort?.postMessage(play(workerData as Asked));
