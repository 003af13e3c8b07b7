/** The same data, some time later: every instant in it is moved, and nothing else. */
import type {Duration} from '../../src/core/time.js';

/** Instants of these years are the only numbers of this size in an observation (bytes stay below 2^40, milliseconds of a duration too). */
const EARLIEST = Date.UTC(2017, 0, 1);
const LATEST = Date.UTC(2060, 0, 1);
/** `detection_start` is in Unix seconds. */
const IN_SECONDS = 'detectionStart';

export const shifted = <T>(value: T, by: Duration): T => move(value, by, '') as T;

const move = (value: unknown, by: Duration, name: string): unknown => {
  if (typeof value === 'number') {
    if (name === IN_SECONDS) return value > EARLIEST / 1000 ? value + by / 1000 : value;
    return value > EARLIEST && value < LATEST ? value + by : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Set) return value;
  if (value instanceof Map) return new Map([...(value as ReadonlyMap<unknown, unknown>)].map(([key, inner]) => [key, move(inner, by, '')]));
  if (Array.isArray(value)) return value.map((inner: unknown) => move(inner, by, name));
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) copy[key] = typeof inner === 'string' || typeof inner === 'boolean' ? inner : move(inner, by, key);
  return copy;
};
