/** A fleet source that publishes what a test says. */
import type {FleetSnapshot, FleetSource, FrigateStatus} from '../../src/outcome/fleet.js';

export class FakeFleet implements FleetSource {
  current: FleetSnapshot;
  readonly #listeners = new Set<(snapshot: FleetSnapshot) => void>();

  constructor(first: FleetSnapshot) {
    this.current = first;
  }

  subscribe(onUpdate: (snapshot: FleetSnapshot) => void): () => void {
    this.#listeners.add(onUpdate);
    return () => void this.#listeners.delete(onUpdate);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(changes: Partial<FleetSnapshot>): void {
    this.current = {...this.current, ...changes, sequence: this.current.sequence + 1};
    for (const listener of this.#listeners) listener(this.current);
  }

  put(frigate: FrigateStatus): void {
    this.publish({frigates: new Map([...this.current.frigates, [frigate.target.id, frigate]])});
  }

  remove(id: FrigateStatus['target']['id']): void {
    this.publish({frigates: new Map([...this.current.frigates].filter(([other]) => other !== id))});
  }
}
