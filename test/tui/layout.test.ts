import assert from 'node:assert/strict';
import fc from 'fast-check';
import {layoutFor, RULE_COLUMNS} from '../../src/tui/layout.js';

describe('the layout ladder', () => {
  it('gives every row to one part and every column to one side, from 1×1 to 500×500', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 500}), fc.integer({min: 1, max: 500}), (rows, columns) => {
        const layout = layoutFor(rows, columns);
        const {header, banner, tabs, main, events, keys} = layout;
        const parts = [header, banner, tabs, main, events, keys];
        assert.equal(
          parts.reduce((sum, part) => sum + part, 0),
          rows,
        );
        assert.ok(
          parts.every((part) => part >= 0),
          JSON.stringify(layout),
        );
        assert.equal(
          layout.sideColumns === 0 ? layout.mainColumns : layout.mainColumns + RULE_COLUMNS + layout.sideColumns,
          columns,
        );
        assert.ok(layout.kind === 'line' || main >= 5, `a panel needs rows: ${JSON.stringify(layout)}`);
      }),
      {numRuns: 2000},
    );
  });

  it('never shows less on a larger terminal', () => {
    const order = ['line', 'small', 'medium', 'wide'];
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 200}),
        fc.integer({min: 1, max: 300}),
        fc.nat(50),
        fc.nat(50),
        (rows, columns, taller, wider) => {
          assert.ok(
            order.indexOf(layoutFor(rows + taller, columns + wider).kind) >=
              order.indexOf(layoutFor(rows, columns).kind),
          );
        },
      ),
    );
  });

  const steps: ReadonlyArray<readonly [rows: number, columns: number, kind: string]> = [
    [30, 100, 'wide'],
    [29, 100, 'medium'],
    [30, 99, 'medium'],
    [20, 70, 'medium'],
    [19, 70, 'small'],
    [20, 69, 'small'],
    [10, 40, 'small'],
    [9, 40, 'line'],
    [10, 39, 'line'],
    [1, 1, 'line'],
    [60, 250, 'wide'],
  ];
  for (const [rows, columns, kind] of steps)
    it(`is ${kind} at ${rows}×${columns}`, () => assert.equal(layoutFor(rows, columns).kind, kind));

  it('takes sizes that are none as one row and column', () => {
    for (const size of [0, -3, Number.NaN, Infinity])
      assert.deepEqual([layoutFor(size, size).rows, layoutFor(size, size).columns], [1, 1]);
  });
});
