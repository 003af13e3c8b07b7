/**
 * Deadlines by the stage's time. A pass makes its signals with `AbortSignal.timeout`; here they fire when the true time of the
 * execution passes them, also while their runner is frozen: then the answer that waited in the socket still comes first.
 */
interface Deadline {
  readonly at: number;
  readonly controller: AbortController;
}

export class Deadlines {
  #standing: Deadline[] = [];

  /** From now on every new deadline of the process is one of these. */
  install(now: () => number): void {
    AbortSignal.timeout = (length) => {
      const controller = new AbortController();
      this.#standing.push({at: now() + length, controller});
      return controller.signal;
    };
  }

  fire(now: number): void {
    const due = this.#standing.filter(({at}) => at <= now);
    if (due.length === 0) return;
    this.#standing = this.#standing.filter(({at}) => at > now);
    for (const {controller} of due) controller.abort(new DOMException('The deadline passed', 'TimeoutError'));
  }
}
