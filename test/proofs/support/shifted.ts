/** The same data, some time later: every instant in it is moved, and nothing else. */
import type {Duration} from '../../../src/core/time.js';

/** Instants of these years are the only numbers of this size in an observation (bytes stay below 2^40, milliseconds of a duration too). */
const EARLIEST = Date.UTC(2017, 0, 1);
const LATEST = Date.UTC(2060, 0, 1);
/** `detection_start` is in Unix seconds. */
const IN_SECONDS = 'detectionStart';

export const shifted = <T>(value: T, by: Duration): T => shiftable(value)(by);

/** For one value that is moved many times: its instants are looked for once, and what holds none is shared by all copies. */
export const shiftable = <T>(value: T): ((by: Duration) => T) => {
  const move = moverOf(value, '');
  return move === null ? () => value : (by) => move(by) as T;
};

/** How to move a value; `null`: there is no instant in it. */
type Mover = ((by: number) => unknown) | null;

const moverOf = (value: unknown, name: string): Mover => {
  if (typeof value === 'number') return moverOfNumber(value, name);
  if (typeof value !== 'object' || value === null || value instanceof Set) return null;
  if (value instanceof Map) return moverOfMap(value as ReadonlyMap<unknown, unknown>);
  return Array.isArray(value) ? moverOfArray(value, name) : moverOfObject(value);
};

const moverOfNumber = (value: number, name: string): Mover => {
  if (name === IN_SECONDS) return value > EARLIEST / 1000 ? (by) => value + by / 1000 : null;
  return value > EARLIEST && value < LATEST ? (by) => value + by : null;
};

const moverOfMap = (value: ReadonlyMap<unknown, unknown>): Mover => {
  const entries = [...value].map(([key, inner]) => ({key, inner, move: moverOf(inner, '')}));
  return entries.every(({move}) => move === null)
    ? null
    : (by) => new Map(entries.map(({key, inner, move}) => [key, move === null ? inner : move(by)]));
};

const moverOfArray = (value: readonly unknown[], name: string): Mover => {
  const items = value.map((inner) => ({inner, move: moverOf(inner, name)}));
  return items.every(({move}) => move === null)
    ? null
    : (by) => items.map(({inner, move}) => (move === null ? inner : move(by)));
};

const moverOfObject = (value: object): Mover => {
  const moved = Object.entries(value).flatMap(([key, inner]) => {
    const move = moverOf(inner, key);
    return move === null ? [] : [{key, move}];
  });
  if (moved.length === 0) return null;
  return (by) => {
    const copy: Record<string, unknown> = {...value};
    for (const {key, move} of moved) copy[key] = move(by);
    return copy;
  };
};
