import assert from 'node:assert/strict';
import fc from 'fast-check';
import {parseQuantity} from '../../src/kubernetes/quantity.js';

describe('quantities', () => {
  const cases: ReadonlyArray<readonly [string | number, number | null]> = [
    ['0', 0],
    ['1', 1],
    ['500m', 0.5],
    ['100m', 0.1],
    ['1500m', 1.5],
    ['2', 2],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1Ki', 1024],
    ['100Ki', 102_400],
    ['1Gi', 1_073_741_824],
    ['1.5Gi', 1_610_612_736],
    ['64Mi', 67_108_864],
    ['1Ti', 2 ** 40],
    ['24581692Ki', 25_171_652_608],
    ['1k', 1000],
    ['1M', 1_000_000],
    ['2G', 2e9],
    ['1E', 1e18],
    ['1Ei', 2 ** 60],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1e-3', 0.001],
    ['12e6', 12_000_000],
    ['250u', 0.00025],
    ['100n', 1e-7],
    ['-1', -1],
    ['+3', 3],
    [' 1Gi ', 1_073_741_824],
    [3, 3],
    ['', null],
    ['Gi', null],
    ['1gi', null],
    ['1KB', null],
    ['1 Gi', null],
    ['one', null],
    ['1e', null],
    ['--1', null],
    ['1e3Ki', null],
    [Number.NaN, null],
  ];
  for (const [text, number] of cases)
    it(`reads ${JSON.stringify(text)} as ${number}`, () => assert.equal(parseQuantity(text), number));

  it('answers null or a number for any text, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseQuantity(text);
        return parsed === null || typeof parsed === 'number';
      }),
    );
  });
});
