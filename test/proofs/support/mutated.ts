/** A copy of any value with something in it replaced: what corruption, hostile input and bugs of others look like. */
import fc from 'fast-check';

export interface Mutation {
  /** Where, as fractions of what there is on each level. */
  readonly path: readonly number[];
  readonly value: unknown;
}

/** Values that are wrong almost everywhere. */
const junk = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    '',
    0,
    -1,
    1e12,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    true,
    'x'.repeat(5000),
    '\u0000\u001b[31m\r\nBcc: a@b',
    '²',
    '__proto__',
  ),
  fc.anything({maxDepth: 2}),
);

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  path: fc.array(fc.double({min: 0, max: 0.999, noNaN: true}), {minLength: 1, maxLength: 7}),
  value: junk,
});

/** The same with values that JSON knows. */
export const jsonMutation: fc.Arbitrary<Mutation> = fc.record({
  path: fc.array(fc.double({min: 0, max: 0.999, noNaN: true}), {minLength: 1, maxLength: 6}),
  value: fc.oneof(
    fc.constantFrom(null, '', 0, -1, 1e300, [], {}, true, 'x'.repeat(3000), '\r\n'),
    fc.jsonValue({maxDepth: 2}),
  ),
});

/** One property, element or map entry is replaced; the shape around it stays. */
export const mutated = (value: unknown, {path: [step, ...rest], value: replacement}: Mutation): unknown => {
  if (step === undefined || value === null || typeof value !== 'object') return replacement;
  const change = (inner: unknown): unknown => mutated(inner, {path: rest, value: replacement});
  if (value instanceof Set) return value;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<unknown, unknown>)];
    const at = Math.floor(step * entries.length);
    return new Map(entries.map(([key, inner], index) => [key, index === at ? change(inner) : inner]));
  }
  if (Array.isArray(value)) {
    const at = Math.floor(step * value.length);
    return value.map((inner: unknown, index) => (index === at ? change(inner) : inner));
  }
  const entries = Object.entries(value);
  const at = Math.floor(step * entries.length);
  return Object.fromEntries(entries.map(([key, inner], index) => [key, index === at ? change(inner) : inner]));
};
