/** Whether a leak was reported before the kernel ended the container for it. */
import type {Finding} from '../../../src/core/finding.js';
import type {Exit, Installation} from './installation.js';

/** Seconds that a container has to live before a rise can be told apart from a start (half an hour, and two hours of looks). */
const TELLABLE = 3 * 3600;

export class Leaks {
  #forecastAt: number | null = null;
  #lastExit: Exit | null = null;
  #container = 0;
  /** Seconds between the first forecast in a container and its end; `null`: none was made. */
  readonly warnings: Array<number | null> = [];

  /** Takes note of one look: its FRG-205, and whether a container ended since the last. */
  saw({lastExit, active, containerNumber}: Installation, findings: readonly Finding[], now: number): void {
    const leaking = active.some(({kind: {effect}}) => effect.what === 'fault' && effect.fault === 'mem-leak');
    const ended = lastExit !== null && lastExit !== this.#lastExit ? lastExit : null;
    if (ended !== null && ended.reason === 'OOMKilled' && leaking && ended.at - ended.startedAt >= TELLABLE) {
      this.warnings.push(
        this.#forecastAt !== null && this.#forecastAt >= ended.startedAt ? ended.at - this.#forecastAt : null,
      );
    }
    if (containerNumber !== this.#container) this.#forecastAt = null;
    this.#container = containerNumber;
    this.#lastExit = lastExit;
    const limit = findings.find(({id}) => id === 'FRG-205');
    if (limit?.status === 'warning' && limit.evidence.some(({name}) => name === 'rise')) this.#forecastAt ??= now;
  }
}
