/** JSON as a type, and the few things that every folder of the simulator does with it. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object without these keys. */
export const without = <T extends object, K extends keyof T>(object: T, ...keys: readonly K[]): Omit<T, K> => {
  const rest = {...object};
  for (const key of keys) delete rest[key];
  return rest;
};

/** Keys in alphabetical order at every level, as Flask's jsonify writes them (Frigate ≤ 0.14). */
export const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
};

/** The same value, whatever the order of keys. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
