import assert from 'node:assert/strict';
import type {HealthClass} from '../../src/core/diagnosis/diagnosis.js';
import type {Status} from '../../src/core/finding.js';
import {EXIT, exitCodeOf} from '../../src/outcome/exit-code.js';
import type {FailOn} from '../../src/outcome/exit-code.js';

describe('the exit code of a look', () => {
  const cases: ReadonlyArray<
    readonly [what: string, statuses: readonly Status[], health: HealthClass, codes: Readonly<Record<FailOn, number>>]
  > = [
    ['all well', ['ok', 'info', 'skipped'], 'healthy', {warning: 0, unknown: 0, critical: 0, never: 0}],
    ['nothing looked at', [], 'healthy', {warning: 0, unknown: 0, critical: 0, never: 0}],
    ['a warning', ['ok', 'warning'], 'degraded', {warning: 1, unknown: 0, critical: 0, never: 0}],
    ['starting', ['ok'], 'starting', {warning: 1, unknown: 0, critical: 0, never: 0}],
    ['paused', ['ok'], 'paused', {warning: 1, unknown: 0, critical: 0, never: 0}],
    [
      'an unknown beside a warning',
      ['warning', 'unknown'],
      'degraded',
      {warning: 3, unknown: 3, critical: 0, never: 0},
    ],
    ['an unknown health', ['ok'], 'unknown', {warning: 3, unknown: 3, critical: 0, never: 0}],
    [
      'a critical finding, whatever its cure',
      ['critical', 'unknown', 'warning'],
      'degraded',
      {warning: 2, unknown: 2, critical: 2, never: 0},
    ],
    [
      'a critical finding while the health is unknown',
      ['critical'],
      'unknown',
      {warning: 2, unknown: 2, critical: 2, never: 0},
    ],
  ];
  for (const [what, statuses, health, codes] of cases) {
    it(`for ${what}`, () => {
      for (const failOn of ['warning', 'unknown', 'critical', 'never'] as const)
        assert.equal(exitCodeOf(statuses, health, failOn), codes[failOn], failOn);
      assert.equal(exitCodeOf(statuses, health), codes.warning, 'warning is the default');
    });
  }

  it('has the codes of the contract', () => {
    assert.deepEqual(EXIT, {
      ok: 0,
      warning: 1,
      critical: 2,
      unknown: 3,
      refused: 10,
      usage: 64,
      unreachable: 69,
      bug: 70,
      unwritten: 74,
      conflict: 75,
      forbidden: 77,
      waitRanOut: 124,
      interrupted: 130,
      terminated: 143,
    });
  });
});
