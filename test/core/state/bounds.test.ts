import assert from 'node:assert/strict';
import fc from 'fast-check';
import {fitting, jsonBytes} from '../../../src/core/state/bounds.js';

/** The rule as it is written: the brackets, and each item with a comma. */
const oneByOne = <T>(items: readonly T[], most: number): readonly T[] => {
  let left = most - 2;
  const kept: T[] = [];
  for (const item of items) {
    left -= jsonBytes(item) + 1;
    if (left < 0) return kept;
    kept.push(item);
  }
  return kept;
};

describe('what fits', () => {
  it('is as many of the first items as the bytes allow, and what they take', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({unit: 'binary'}), fc.integer(), fc.constant(null)), {maxLength: 12}),
        fc.integer({min: -4, max: 12}),
        (items, slack) => {
          const {items: kept, bytes} = fitting(items, jsonBytes(items) + slack);
          assert.deepEqual(kept, oneByOne(items, jsonBytes(items) + slack));
          assert.equal(bytes, jsonBytes(kept));
        },
      ),
    );
  });

  it('leaves out the last one where its comma does not fit', () => {
    assert.deepEqual(fitting(['a', 'b'], 10), {items: ['a', 'b'], bytes: 9});
    assert.deepEqual(fitting(['a', 'b'], 9), {items: ['a'], bytes: 5});
    assert.deepEqual(fitting(['a', 'b'], 0), {items: [], bytes: 2});
  });
});
