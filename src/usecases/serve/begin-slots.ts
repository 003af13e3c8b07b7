/**
 * How many Frigates begin at once: each asks some ten questions of the API server before it is judged for the first time, and a thousand at
 * once would be ten thousand, of which most end at their deadlines, the renewal of the Lease among them.
 */
import {seconds} from '../../core/time.js';
import {aborted, within, type Timers} from '../../core/timers.js';

const AT_ONCE = 32;
/** One that has not been judged by then frees its slot, whatever it waits for: nobody waits for a Frigate that does not answer. */
const LONGEST = seconds(3);

export class BeginSlots {
  readonly #timers: Timers;
  #free = AT_ONCE;
  readonly #waiting: Array<() => void> = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Waits for a slot, in the order of asking. Call the answer when the Frigate was judged; after three seconds the slot is free anyway. */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const judged = new AbortController();
    void aborted(AbortSignal.any([judged.signal, within(this.#timers, LONGEST, signal)])).then(() => this.#leave());
    return () => judged.abort();
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
