import assert from 'node:assert/strict';
import {isCheckId} from '../../src/core/check-table.js';
import {problemsOf} from '../../src/report/problems.js';
import {samples} from './reports.js';

describe('the order in which problems are told', () => {
  it('is the worst first among the causes, whatever the catalogue says, and causes before what they leave unknown', () => {
    const [first, second, third] = samples['one-critical'].checks;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const report = {
      ...samples['one-critical'],
      diagnosis: {...samples['one-critical'].diagnosis, primary: [first.id, second.id].filter(isCheckId), folded: []},
      checks: [
        {...first, status: 'warning'},
        {...second, status: 'critical'},
        {...third, status: 'unknown'},
      ] as const,
    };

    assert.deepEqual(
      problemsOf(report).map(({check}) => check.status),
      ['critical', 'warning', 'unknown'],
    );
  });
});
