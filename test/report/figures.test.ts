/** The figures of the proofs that README.md and docs tell (test/report/readme holds the pages against them). */
import assert from 'node:assert/strict';
import {readFigures} from '../proofs/support/figures.js';

/** Proofs with chance in them. */
const seeded = ['fuzz', 'properties', 'year'];
const figures = readFigures();

describe('the figures of the proofs', () => {
  it('carry their seed wherever chance is in them, so that they can be had again', () => {
    for (const name of seeded) {
      const told = figures[name];
      if (told === undefined) continue;
      assert.ok(Number.isSafeInteger(told.seed), name);
      assert.ok(told.told.includes(`seed ${told.seed ?? ''}`), `${name}: ${told.told}`);
    }
  });

  it('are those of the year that the README tells: whole, and within its targets', () => {
    const {table} = figures['year'] ?? {};
    const row = (name: string): readonly (string | number)[] => table?.rows.find(([policy]) => policy === name) ?? [];
    const of = (name: string, column: string): number => Number(row(name)[table?.head.indexOf(column) ?? -1]);

    assert.deepEqual(
      table?.rows.map(([policy]) => policy),
      [
        'frigate-health',
        'no checker',
        'liveness probe',
        'docker-autoheal',
        'old checker, January',
        'old checker, April',
      ],
    );
    assert.equal(of('frigate-health', 'harmful'), 0);
    for (const old of ['old checker, January', 'old checker, April'])
      assert.ok(of(old, 'useless') >= 10 * of('frigate-health', 'useless'), old);
  });
});
