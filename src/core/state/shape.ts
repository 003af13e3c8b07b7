/**
 * Tolerant reading of JSON: every value is read on its own, a bad one is noted and replaced by a conservative one,
 * so that one corrupt field never voids the rest (docs/how-it-decides.md, "State"). Nothing here throws, whatever comes in.
 */

/** Takes note of a value that was set aside: where it stood and what was expected there. */
export type Note = (at: string, expected: string) => void;

const bad = Symbol('bad');
type Bad = typeof bad;

/** Reads one value; answers `bad` where it is none, without taking note. */
export type Shape<T> = (value: unknown, at: string, note: Note) => T | Bad;

const fits =
  <T>(test: (value: unknown) => value is T): Shape<T> =>
  (value) =>
    test(value) ? value : bad;

export const flag: Shape<boolean> = fits((value) => typeof value === 'boolean');

/** A finite number. */
export const amount: Shape<number> = fits(
  (value): value is number => typeof value === 'number' && Number.isFinite(value),
);

/** A finite number of at least 0, rounded down. */
export const count: Shape<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : bad;

/** Text, cut to `longest` characters. */
export const text =
  (longest: number): Shape<string> =>
  (value) =>
    typeof value === 'string' ? value.slice(0, longest) : bad;

export const oneOf = <const T extends string>(...words: readonly T[]): Shape<T> => {
  const known: ReadonlySet<string> = new Set(words);
  return fits((value): value is T => typeof value === 'string' && known.has(value));
};

/** Narrows a shape further; `null` from `narrow` means bad. */
export const narrowed =
  <T, U>(shape: Shape<T>, narrow: (value: T) => U | null): Shape<U> =>
  (value, at, note) => {
    const result = shape(value, at, note);
    return result === bad ? bad : (narrow(result) ?? bad);
  };

export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, at, note) =>
    value === null || value === undefined ? null : shape(value, at, note);

/** What `otherwise` stands for takes the place of a bad or missing value; a bad one is noted, a missing one is not. */
export const orElse =
  <T>(shape: Shape<T>, expected: string, otherwise: T): Shape<T> =>
  (value, at, note) => {
    if (value === undefined) return otherwise;
    const result = shape(value, at, note);
    if (result !== bad) return result;
    note(at, expected);
    return otherwise;
  };

/** A list whose bad elements are left out and noted; of too many, the last `most` are kept (newest stand last). */
export const listOf =
  <T>(shape: Shape<T>, most: number, expected: string): Shape<readonly T[]> =>
  (value, at, note) => {
    if (!Array.isArray(value)) return bad;
    const elements: readonly unknown[] = value;
    const kept: T[] = [];
    for (const [index, element] of elements.slice(-most).entries()) {
      const result = shape(element, `${at}[${index}]`, note);
      if (result === bad) note(`${at}[${index}]`, expected);
      else kept.push(result);
    }
    return kept;
  };

type ShapeOf<S> = S extends Shape<infer T> ? T : never;

/** A tuple of exactly these shapes. */
export const tuple =
  <const S extends ReadonlyArray<Shape<unknown>>>(...shapes: S): Shape<{readonly [K in keyof S]: ShapeOf<S[K]>}> =>
  (value, at, note) => {
    if (!Array.isArray(value) || value.length !== shapes.length) return bad;
    const elements: readonly unknown[] = value;
    const results = shapes.map((shape, index) => shape(elements[index], `${at}[${index}]`, note));
    return results.includes(bad) ? bad : (results as {readonly [K in keyof S]: ShapeOf<S[K]>});
  };

/** An object: bad as a whole when one of its fields is bad (wrap fields in `orElse` to keep the rest). Other fields are ignored. */
export const record =
  <const F extends Readonly<Record<string, Shape<unknown>>>>(
    fields: F,
  ): Shape<{readonly [K in keyof F]: ShapeOf<F[K]>}> =>
  (value, at, note) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad;
    const source: Readonly<Record<string, unknown>> = {...value};
    const result: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(fields)) {
      const field = shape(Object.hasOwn(source, name) ? source[name] : undefined, `${at}.${name}`, note);
      if (field === bad) return bad;
      result[name] = field;
    }
    return result as {readonly [K in keyof F]: ShapeOf<F[K]>};
  };

/** Reads the value, or answers `otherwise` and takes note of it. */
export const read = <T>(shape: Shape<T>, value: unknown, at: string, expected: string, otherwise: T, note: Note): T => {
  const result = orElse(shape, expected, otherwise)(value, at, note);
  return result === bad ? otherwise : result;
};
