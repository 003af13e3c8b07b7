/**
 * Time that passes only when a test says so: an hour takes a millisecond, and the same thing happens at each run.
 *
 *     const timers = new FakeTimers();
 *     const work = something(timers);
 *     await timers.advance(minutes(5));
 */
import {later, milliseconds, type Duration, type Instant} from '../../src/core/time.js';
import type {Timers} from '../../src/core/timers.js';
import {now as testNow} from './observation.js';

interface Waiting {
  readonly due: number;
  readonly wake: () => void;
}

/** Turns of the event loop after each step, in which everything that was woken does what it can without waiting. */
const TURNS = 4;

/** What was woken goes on, as far as it can without waiting for time or a socket. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Until it holds: for what a socket, a file or a process brings. The runner's own limit is the only deadline. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await settled();
};

export interface FakeTimersOptions {
  /** The wall clock at the beginning. */
  readonly now?: Instant;
  /** Every sleep passes by itself as soon as the event loop comes to it. Deadlines (`timeout`) wait for `advance` all the same. */
  readonly passing?: boolean;
}

export class FakeTimers implements Timers {
  /** Every length that was slept, in order. */
  readonly slept: Duration[] = [];
  readonly #begun: Instant;
  readonly #passing: boolean;
  readonly #waiting = new Set<Waiting>();
  #elapsed = 0;

  constructor({now = testNow, passing = false}: FakeTimersOptions = {}) {
    this.#begun = now;
    this.#passing = passing;
  }

  readonly now = (): Instant => later(this.#begun, milliseconds(this.#elapsed));

  readonly monotonic = (): number => this.#elapsed;

  readonly sleep = (length: Duration, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.slept.push(length);
      const end = (): void => {
        this.#waiting.delete(sleeper);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const sleeper = this.#at(length, end);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      else if (this.#passing)
        setImmediate(() => {
          if (!this.#waiting.has(sleeper)) return;
          this.#elapsed = Math.max(this.#elapsed, sleeper.due);
          end();
        });
    });

  readonly timeout = (length: Duration): AbortSignal => {
    const ending = new AbortController();
    this.#at(length, () => ending.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
    return ending.signal;
  };

  /** The same with another wall clock, such as a simulated world has. */
  showing(now: () => Instant): Timers {
    const {monotonic, sleep, timeout} = this;
    return {now, monotonic, sleep, timeout};
  }

  /** Lets so much time pass, from one thing that is due to the next; resolves when all of it is done. */
  async advance(length: Duration): Promise<void> {
    const end = this.#elapsed + length;
    await settled();
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#elapsed = next.due;
      this.#wake(next);
      await settled();
    }
    this.#elapsed = end;
  }

  /** Lets time pass, step by step, until the work is done. For work that waits for nothing but these timers. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const over = (): void => {
      done = true;
    };
    work.then(over, over);
    const isDone = (): boolean => done;
    for (;;) {
      await settled();
      if (isDone()) return work;
      const next = this.#next(Infinity);
      if (next === null) throw new Error('the work waits for something that is not time');
      this.#elapsed = next.due;
      this.#wake(next);
    }
  }

  #at(length: number, wake: () => void): Waiting {
    const waiting = {due: this.#elapsed + length, wake};
    this.#waiting.add(waiting);
    return waiting;
  }

  #next(end: number): Waiting | null {
    let first: Waiting | null = null;
    for (const one of this.#waiting) if (one.due <= end && (first === null || one.due < first.due)) first = one;
    return first;
  }

  #wake(one: Waiting): void {
    this.#waiting.delete(one);
    one.wake();
  }
}
