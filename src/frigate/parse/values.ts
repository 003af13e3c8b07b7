/** Reading single values out of Frigate's JSON. Each value on its own: a bad one becomes `null` and is named, and never voids the payload. */
import type {Measure} from '../../core/observation/frigate.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Range {
  readonly min: number;
  readonly max: number;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** What Frigate writes for "no value" (`""`, `"-"`, `"- %"`, `"-%"`, `"None"`). */
const SENTINEL = /^(?:-|none|null|n\/a)?$/i;

const numberFromText = (text: string): number | null => {
  const bare = text.trim().replace(/\s*%$/, '');
  if (SENTINEL.test(bare)) return null;
  return NUMBER.test(bare) ? Number(bare) : Number.NaN;
};

/** Collects the names of what was set aside while one payload is read. */
export class ValueReader {
  readonly unreadable: string[] = [];

  /** A finite number within the range; numbers as text and percent signs are accepted. Absent values and sentinels are `null` without a complaint. */
  measure(value: unknown, owner: string, key: string, range: Range): Measure {
    if (value === undefined || value === null) return null;
    const number = typeof value === 'number' ? value : typeof value === 'string' ? numberFromText(value) : Number.NaN;
    if (number === null) return null;
    if (Number.isFinite(number) && number >= range.min && number <= range.max) return number;
    return this.#setAside(owner, key);
  }

  /** A process id; 0 means "never started" (`ffmpeg_pid`). */
  pid(value: unknown, owner: string, key: string): number | null {
    const number = this.measure(value, owner, key, {min: 0, max: 0xffff_ffff});
    if (number === null || number === 0) return null;
    return Number.isInteger(number) ? number : this.#setAside(owner, key);
  }

  /** `true`/`false` from 0.14, 1/0 before. */
  flag(value: unknown, owner: string, key: string): boolean | null {
    if (value === undefined || value === null) return null;
    if (value === true || value === 1) return true;
    if (value === false || value === 0) return false;
    return this.#setAside(owner, key);
  }

  text(value: unknown, owner: string, key: string): string | null {
    if (value === undefined || value === null) return null;
    return typeof value === 'string' ? value : this.#setAside(owner, key);
  }

  /** An object, or an empty one where the value is none; named when it was there and something else. */
  object(value: unknown, owner: string, key: string): JsonObject {
    if (isObject(value)) return value;
    if (value !== undefined && value !== null) this.#setAside(owner, key);
    return {};
  }

  #setAside(owner: string, key: string): null {
    this.unreadable.push(owner === '' ? key : `${owner}.${key}`);
    return null;
  }
}

export const byName = (a: {readonly name: string}, b: {readonly name: string}): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
