import assert from 'node:assert/strict';
import {assess, assessWith, inDependencyOrder} from '../../../src/core/checks/assess.js';
import type {Check, CheckResult} from '../../../src/core/checks/check.js';
import type {CheckId, Finding} from '../../../src/core/finding.js';
import {note, run as type} from '../../../src/core/fix.js';
import {known} from '../../../src/core/known.js';
import {seconds} from '../../../src/core/time.js';
import {reasonOf} from '../../support/messages.js';
import {aMemory, anObservation, aPodOfAge, aPolicy, withContainer, withPods} from '../../support/observation.js';

/** A check of a test: `ok` unless given otherwise. */
const aCheck = (
  id: CheckId,
  verdict: CheckResult | Check['judge'] = {status: 'ok', summary: 'well'},
  changes: Partial<Check> = {},
): Check => ({
  id,
  title: id,
  worst: 'critical',
  category: 'frigate',
  cause: 'process',
  needs: [],
  docs: {what: '', limits: '', cure: '', next: '', source: ''},
  fix: () => [note(`repair ${id}`)],
  judge: typeof verdict === 'function' ? verdict : () => verdict,
  ...changes,
});
const run = (checks: readonly Check[], observation = anObservation()): readonly Finding[] =>
  assessWith(checks, observation, aMemory(), aPolicy());
const one = (check: Check, observation = anObservation()): Finding => {
  const [finding] = run([check], observation);
  assert.ok(finding);
  return finding;
};

describe('assess', () => {
  it('finds nothing wrong with a healthy Frigate', () => {
    const findings = assess(anObservation(), aMemory(), aPolicy());
    assert.deepEqual(
      findings.filter(({status}) => status !== 'ok').map(({id, status}) => [id, status]),
      [
        ['FRG-306', 'skipped'],
        ['FRG-606', 'skipped'],
        ['FRG-703', 'skipped'],
      ],
    );
  });

  it('answers in the order of the list, though checks are judged after those they need', () => {
    const judged: CheckId[] = [];
    const noting = (id: CheckId, changes: Partial<Check> = {}): Check =>
      aCheck(
        id,
        () => {
          judged.push(id);
          return {status: 'ok', summary: 'well'};
        },
        changes,
      );
    const findings = run([
      noting('FRG-101', {needs: ['FRG-103']}),
      noting('FRG-102', {after: ['FRG-101']}),
      noting('FRG-103'),
    ]);
    assert.deepEqual(
      findings.map(({id}) => id),
      ['FRG-101', 'FRG-102', 'FRG-103'],
    );
    assert.deepEqual(judged, ['FRG-103', 'FRG-101', 'FRG-102']);
  });

  for (const status of ['critical', 'unknown', 'skipped'] as const) {
    it(`skips a check whose need is ${status}, because of it`, () => {
      const findings = run([
        aCheck('FRG-101', {status, summary: 'x', because: {kind: 'inconclusive', why: 'no-date'}}),
        aCheck('FRG-102', undefined, {needs: ['FRG-101']}),
      ]);
      assert.deepEqual([findings[1]?.status, reasonOf(findings[1]?.because ?? null)], ['skipped', 'FRG-101']);
    });
  }

  for (const status of ['ok', 'info', 'warning'] as const) {
    it(`judges a check whose need is ${status}`, () => {
      const findings = run([
        aCheck('FRG-101', {status, summary: 'x'}),
        aCheck('FRG-102', undefined, {needs: ['FRG-101']}),
      ]);
      assert.equal(findings[1]?.status, 'ok');
    });
  }

  it('names the root of a chain of skipped checks', () => {
    const findings = run([
      aCheck('FRG-101', {status: 'critical', summary: 'x'}),
      aCheck('FRG-102', undefined, {needs: ['FRG-101']}),
      aCheck('FRG-103', undefined, {needs: ['FRG-102']}),
    ]);
    assert.deepEqual(findings[2]?.because, {kind: 'check', id: 'FRG-101'});
  });

  it('judges a check after others whatever they found, and hands it their findings', () => {
    const reader = aCheck('FRG-102', ({finding}) => ({status: 'ok', summary: `saw ${finding('FRG-101').status}`}), {
      after: ['FRG-101'],
    });
    assert.equal(run([aCheck('FRG-101', {status: 'critical', summary: 'x'}), reader])[1]?.summary, 'saw critical');
  });

  it('breaks a circle of needs instead of turning in it', () => {
    const circle = [
      aCheck('FRG-101', undefined, {after: ['FRG-102']}),
      aCheck('FRG-102', undefined, {after: ['FRG-101']}),
    ];
    assert.deepEqual(
      inDependencyOrder(circle).map(({id}) => id),
      ['FRG-102', 'FRG-101'],
    );
  });

  describe('while Frigate settles', () => {
    const settling = aCheck('FRG-101', undefined, {settles: true});
    it('skips a check that has to settle for 119 s', () => {
      const finding = one(settling, withPods([aPodOfAge(seconds(119))]));
      assert.deepEqual([finding.status, finding.because], ['skipped', {kind: 'settling', age: seconds(119)}]);
    });
    it('judges it from 120 s on', () => assert.equal(one(settling, withPods([aPodOfAge(seconds(120))])).status, 'ok'));
    it('judges every other check at once', () =>
      assert.equal(one(aCheck('FRG-101'), withPods([aPodOfAge(seconds(1))])).status, 'ok'));
    it('judges it where the start is not known', () =>
      assert.equal(one(settling, withContainer({state: {phase: 'running', startedAt: null}})).status, 'ok'));
    it('judges it for a container that does not run', () => {
      assert.equal(
        one(settling, withContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}})).status,
        'ok',
      );
    });
  });

  describe('what it fills in', () => {
    const cases: ReadonlyArray<readonly [string, CheckResult, Partial<Finding>]> = [
      [
        'cause and fix of the check for a bad finding',
        {status: 'critical', summary: 'x'},
        {
          cause: 'process',
          fix: [note('repair FRG-101')],
          cure: 'none',
          persistence: 'sample',
          immediate: false,
          cameras: [],
        },
      ],
      [
        "the verdict's own before the check's",
        {status: 'warning', summary: 'x', cause: 'camera', fix: [type('type this')], cure: 'restart'},
        {cause: 'camera', fix: [type('type this')], cure: 'restart'},
      ],
      [
        'neither cause nor fix nor cure for a good one',
        {status: 'ok', summary: 'x', cause: 'camera', cure: 'restart', immediate: true},
        {cause: null, fix: null, cure: 'none', immediate: false},
      ],
      [
        'no cure for what is not known',
        {status: 'unknown', summary: 'x', cure: 'restart', because: {kind: 'inconclusive', why: 'no-date'}},
        {cure: 'none', cause: null},
      ],
      ['cameras in order', {status: 'critical', summary: 'x', cameras: ['b', 'a']}, {cameras: ['a', 'b']}],
      [
        'a summary of one line',
        {status: 'ok', summary: 'two\nlines\u001b[31m and\ta colour'},
        {summary: 'two lines [31m and a colour'},
      ],
      ['a summary of bounded length', {status: 'ok', summary: 'x'.repeat(1000)}, {summary: `${'x'.repeat(159)}…`}],
    ];
    for (const [what, verdict, expected] of cases) {
      it(`is ${what}`, () => {
        const finding = one(aCheck('FRG-101', verdict));
        for (const [field, value] of Object.entries(expected))
          assert.deepEqual(finding[field as keyof Finding], value, field);
      });
    }
  });

  describe('a bug in a judge', () => {
    const failing = aCheck('FRG-101', () => {
      throw new TypeError('x is undefined');
    });
    it('is unknown for that check alone, with the message', () => {
      const findings = run([failing, aCheck('FRG-102')]);
      assert.deepEqual(
        findings.map(({status}) => status),
        ['unknown', 'ok'],
      );
      assert.deepEqual(findings[0]?.because, {kind: 'bug', check: 'FRG-101', message: 'x is undefined'});
    });
    it('is reported when a judge asks for a finding that it did not declare', () => {
      const nosy = aCheck('FRG-102', ({finding}) => ({status: 'ok', summary: finding('FRG-101').summary}));
      assert.equal(run([aCheck('FRG-101'), nosy])[1]?.because?.kind, 'bug');
    });
    it('in a fix does not hide the finding', () => {
      const finding = one(
        aCheck(
          'FRG-101',
          {status: 'critical', summary: 'x'},
          {
            fix: () => {
              throw new Error('no name');
            },
          },
        ),
      );
      assert.deepEqual([finding.status, finding.fix], ['critical', null]);
    });
  });

  it('does not touch what it is given', () => {
    const observation = anObservation();
    const copy = structuredClone({...observation, frigate: {...observation.frigate}});
    assess(observation, aMemory(), aPolicy());
    assert.deepEqual(observation, copy);
  });

  it('gives the same answer to the same question', () => {
    const observation = anObservation({pods: known([aPodOfAge(seconds(300))])});
    assert.deepEqual(assess(observation, aMemory(), aPolicy()), assess(observation, aMemory(), aPolicy()));
  });

  it('skips what it cannot see because of a fault that is reported already, and keeps it unknown where nothing explains it', () => {
    const blind = aCheck('FRG-402', {status: 'unknown', summary: 'not seen'}, {blindWithout: ['FRG-301']});
    const withApi = (status: 'critical' | 'ok') =>
      run([aCheck('FRG-301', {status, summary: status}), blind]).map((finding) => [
        finding.status,
        reasonOf(finding.because),
      ])[1];

    assert.deepEqual(withApi('critical'), ['skipped', 'FRG-301']);
    assert.deepEqual(withApi('ok'), ['unknown', null]);
  });
});
