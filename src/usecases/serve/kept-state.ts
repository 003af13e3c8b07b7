/** The state of one Frigate as `serve` keeps it: read once, then trusted until a write conflicts or the workload shows that somebody else acted. */
import {knowsAttempt} from '../../core/decision/breaker.js';
import type {Workload} from '../../core/observation/workload.js';
import type {State} from '../../core/state/state.js';
import {seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import {comparedWith, type RecalledState, type StateStore} from '../../pass/state-store.js';

const LIMIT = seconds(8);

export class KeptState {
  readonly #store: StateStore;
  readonly #clock: Timers;
  /** As it stands in the cluster; `null`: to be read. */
  #stored: RecalledState | null = null;
  /** What was decided since, which was not worth a write. */
  #live: State | null = null;
  /** The attempt on the workload when it was read: an unknown one is asked about once. */
  #attemptAtReading: string | null = null;

  constructor(store: StateStore, clock: Timers) {
    this.#store = store;
    this.#clock = clock;
  }

  /** As the next judgement needs it; reads it where that is due. */
  async current(workload: Workload | null, signal: AbortSignal): Promise<RecalledState> {
    if (this.#stored === null || this.#mustBeReadAgain(this.#stored, workload)) {
      const limited = within(this.#clock, LIMIT, signal);
      const recalled = comparedWith(await this.#store.recall(limited), workload);
      this.#stored = await this.#store.guarded(recalled, limited);
      this.#live = null;
      this.#attemptAtReading = workload?.attempt ?? null;
    }
    return this.#live === null ? this.#stored : {...this.#stored, state: this.#live};
  }

  /** The state of the last write; `null`: it has to be read again. */
  get stored(): State | null {
    return this.#stored?.state ?? null;
  }

  /** What was decided and needs no write. */
  keep(next: State): void {
    this.#live = next;
  }

  /** What was written; `null`: that is not known. */
  written(recalledState: RecalledState | null): void {
    this.#stored = recalledState;
    this.#live = null;
  }

  #mustBeReadAgain({reading, state}: RecalledState, workload: Workload | null): boolean {
    // Neither is ever written over, so that no conflict would show that somebody replaced it.
    if (reading === 'unreadable' || reading === 'newer') return true;
    return (
      workload !== null &&
      workload.attempt !== this.#attemptAtReading &&
      !knowsAttempt((this.#live ?? state).restarts, workload)
    );
  }
}
