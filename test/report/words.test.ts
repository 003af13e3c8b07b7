import assert from 'node:assert/strict';
import {EXIT} from '../../src/outcome/exit-code.js';
import type {ReportedCheck} from '../../src/outcome/check-report.js';
import {breakerInWords, objectInWords, repairInWords, verdict} from '../../src/report/words.js';
import {check, healthy, oneCritical, report} from './reports.js';

describe('the sentences of a report', () => {
  const alive = (given: Partial<ReportedCheck>): ReportedCheck =>
    check('FRG-105', 'info', {category: 'cluster', ...given});
  const cases: ReadonlyArray<readonly [what: string, check: ReportedCheck, idle: boolean]> = [
    ['no CronJob is there', alive({object: null}), true],
    [
      'the CronJob is suspended or overdue',
      alive({status: 'critical', object: {kind: 'CronJob', name: 'frigate-health'}}),
      true,
    ],
    ['the CronJob is new', alive({object: {kind: 'CronJob', name: 'frigate-health'}}), false],
    ['the CronJob runs', alive({status: 'ok', object: {kind: 'CronJob', name: 'frigate-health'}}), false],
    ['nothing is known of it', alive({status: 'unknown'}), false],
  ];
  for (const [what, one, idle] of cases) {
    it(`${idle ? 'promise no repair' : 'leave the repair as it is'} when ${what}`, () => {
      const told = repairInWords(report([...oneCritical.checks, one], {decision: oneCritical.decision}));
      assert.equal(told.endsWith(' But no pass is scheduled (FRG-105).'), idle, told);
      assert.doesNotMatch(repairInWords(report([...healthy.checks, one])), /FRG-105/);
    });
  }

  it('say that the wait ran out, and of any other code only what it is', () => {
    const ended = (exitCode: number): string => verdict({...oneCritical, summary: {...oneCritical.summary, exitCode}});
    assert.match(ended(EXIT.waitRanOut), / Exit code 124: --wait timed out\.$/);
    assert.match(ended(EXIT.critical), / Exit code 2\.$/);
    assert.match(ended(EXIT.ok), / Exit code 0: --only, --skip or --fail-on exclude every failing check\.$/);
    assert.doesNotMatch(verdict(healthy), /Exit code/);
  });

  it('name an object as kubectl does, and a path as it is', () => {
    assert.deepEqual(
      [objectInWords({kind: 'Pod', name: 'frigate-0'}), objectInWords({kind: 'Mount', name: '/tmp/cache'})],
      ['Pod/frigate-0', 'Mount /tmp/cache'],
    );
  });

  it('say of which time the used restarts are', () =>
    assert.match(
      breakerInWords(healthy.decision),
      /^Breaker closed, 0 restarts in the last hour \(limit 2\); 0 failures in a row, this pass included \(2 required for a restart\)\.$/,
    ));
});
