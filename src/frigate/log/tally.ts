/** Counting events of one signature in bounded memory. */
import {maskedLine} from '../../core/mask.js';
import type {Signature, Tally} from '../../core/observation/log.js';
import {earliest, latest, type Instant} from '../../core/time.js';
import {withoutStamps} from './line.js';

const MOST_INSTANTS = 50;
const MOST_CAMERAS = 500;
const SAMPLE_LENGTH = 240;
/** How much of a line is kept for a sample; cut at a blank, so that no secret is separated from the word that marks it as one. */
const SAMPLE_SOURCE = 4096;

export interface Event {
  readonly at: Instant;
  readonly camera: string | null;
  /** How often it happened: more than 1 for a folded repetition. */
  readonly times: number;
  /** The line, latin1-decoded bytes. */
  readonly line: string;
}

/** What the latin1-decoded bytes mean. */
const asText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const sampleOf = (line: string): string => {
  const text = asText(line.length <= SAMPLE_SOURCE ? line : line.slice(0, SAMPLE_SOURCE).replace(/\S*$/, ''));
  return maskedLine(withoutStamps(text), SAMPLE_LENGTH);
};

interface CameraCount {
  /** Latin1-decoded bytes; a copy of its own, since a slice would keep the whole line in memory. */
  readonly name: string;
  count: number;
}

class Counter {
  #count = 0;
  #first: Instant | null = null;
  #last: Instant | null = null;
  #instants: Instant[] = [];
  readonly #cameras = new Map<string, CameraCount>();
  /** The counter of the newest event. In a flood the next event usually has the same name, and comparing names is cheaper than a map lookup. */
  #camera: CameraCount | null = null;
  #line = '';

  add(event: Event): void {
    this.#count += event.times;
    this.#first = this.#first === null ? event.at : earliest(this.#first, event.at);
    this.#last = this.#last === null ? event.at : latest(this.#last, event.at);
    for (let time = 0; time < Math.min(event.times, MOST_INSTANTS); time += 1) this.#instants.push(event.at);
    if (this.#instants.length > 16 * MOST_INSTANTS) this.#instants = this.#newest();
    this.#line = event.line;
    if (event.camera !== null) this.#countCamera(event.camera, event.times);
  }

  /** Takes the newest event back. */
  retract(): void {
    if (this.#count === 0) return;
    this.#count -= 1;
    this.#instants = this.#newest().slice(0, -1);
    this.#last = this.#instants.at(-1) ?? this.#first;
  }

  tally(): Tally | null {
    if (this.#count === 0 || this.#first === null || this.#last === null) return null;
    return {
      count: this.#count,
      first: this.#first,
      last: this.#last,
      instants: this.#newest(),
      cameras: this.#namedCameras(),
      sample: sampleOf(this.#line),
    };
  }

  /** Oldest first. The services write into one log a little out of order. */
  #newest(): Instant[] {
    return this.#instants.toSorted((a, b) => a - b).slice(-MOST_INSTANTS);
  }

  #namedCameras(): ReadonlyMap<string, number> {
    const named = new Map<string, number>();
    for (const {name, count} of this.#cameras.values()) {
      const text = asText(name);
      named.set(text, (named.get(text) ?? 0) + count);
    }
    return named;
  }

  #countCamera(name: string, times: number): void {
    const camera = this.#camera?.name === name ? this.#camera : this.#cameras.get(name);
    if (camera !== undefined) {
      camera.count += times;
      this.#camera = camera;
    } else if (this.#cameras.size < MOST_CAMERAS) {
      const own = Buffer.from(name, 'latin1').toString('latin1');
      this.#cameras.set(own, {name: own, count: times});
    }
  }
}

/** The counters of all signatures. */
export class Counters {
  readonly #counters = new Map<Signature, Counter>();

  add(signature: Signature, event: Event): void {
    let counter = this.#counters.get(signature);
    if (counter === undefined) {
      counter = new Counter();
      this.#counters.set(signature, counter);
    }
    counter.add(event);
  }

  retract(signature: Signature): void {
    this.#counters.get(signature)?.retract();
  }

  tallies(): Map<Signature, Tally> {
    const tallies = new Map<Signature, Tally>();
    for (const [signature, counter] of this.#counters) {
      const tally = counter.tally();
      if (tally !== null) tallies.set(signature, tally);
    }
    return tallies;
  }
}
