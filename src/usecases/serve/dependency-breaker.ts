/**
 * The breaker of one outgoing dependency (API server, a Frigate, a channel): after some failures in a row nothing is asked for a
 * while; then one trial decides. What it holds back is not known, which is never a sign of sickness. By the monotonic clock.
 */
import type {Duration, Instant} from '../../core/time.js';
import type {Clock} from '../../core/timers.js';
import type {DependencyBreaker as BreakerStatus} from '../../outcome/fleet.js';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** From opening to the trial. */
  readonly pause: Duration;
}

export class DependencyBreaker {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #options: BreakerOptions;
  #failures = 0;
  /** When it opened, by both clocks; `null`: closed. */
  #opened: {readonly at: Instant; readonly monotonic: number} | null = null;
  /** A trial is under way. */
  #trying = false;
  #lastError: string | null = null;

  constructor(name: string, clock: Clock, options: BreakerOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#options = options;
  }

  get status(): BreakerStatus {
    return {
      name: this.#name,
      state: this.#opened === null ? 'closed' : this.#trialIsDue() ? 'half-open' : 'open',
      failures: this.#failures,
      openedAt: this.#opened?.at ?? null,
      lastError: this.#lastError,
    };
  }

  /** Whether it may be asked now. A yes while half-open is the one trial: `succeeded` or `failed` must follow. */
  permits(): boolean {
    if (this.#opened === null) return true;
    if (!this.#trialIsDue() || this.#trying) return false;
    this.#trying = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#opened = null;
    this.#trying = false;
    this.#lastError = null;
  }

  failed(error: string): void {
    this.#failures += 1;
    this.#lastError = error;
    const trialFailed = this.#trying;
    this.#trying = false;
    if (this.#opened === null ? this.#failures >= this.#options.failures : trialFailed)
      this.#opened = {at: this.#clock.now(), monotonic: this.#clock.monotonic()};
  }

  #trialIsDue(): boolean {
    return this.#opened !== null && this.#clock.monotonic() - this.#opened.monotonic >= this.#options.pause;
  }
}
