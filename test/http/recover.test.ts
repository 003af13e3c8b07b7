import assert from 'node:assert/strict';
import {later, minutes, rfc3339, seconds} from '../../src/core/time.js';
import type {RecoverOutcome} from '../../src/outcome/recover.js';
import {FLEET_NOW, frigateOf} from '../support/fleet.js';
import {httpStage} from './stage.js';

const body = {reason: 'pictures are frozen'};

const recoverWith = async (outcome: RecoverOutcome, scenario = 'healthy') => {
  const stage = httpStage([await frigateOf(scenario)]);
  stage.control.outcome = outcome;
  const response = await stage.ask('POST', `/api/quality/recover/${scenario}.frigate`, {body});
  return {status: response.status, answer: (await response.json()) as Record<string, unknown>, response};
};

describe('a recovery', () => {
  it('answers with the attempt', async () => {
    const {status, answer} = await recoverWith({kind: 'accepted', action: 'restart', attempt: 'attempt-9'});
    assert.deepEqual([status, answer], [202, {id: 'healthy.frigate', action: 'restart', attempt: 'attempt-9'}]);
  });

  it('is refused with the rule, the evidence and the steps that help', async () => {
    const {judged} = await frigateOf('one-camera-down');
    assert.ok(judged);
    const evidence = judged.findings.filter(({id}) => judged.diagnosis.primary.includes(id));
    const {status, answer} = await recoverWith(
      {kind: 'refused', decision: judged.decision, evidence},
      'one-camera-down',
    );
    assert.deepEqual([status, answer['rule'], answer['reason']], [409, 'R-04', 'not-curable']);
    assert.equal((answer['evidence'] as ReadonlyArray<{id: string}>)[0]?.id, 'FRG-501');
    assert.ok((answer['steps'] as unknown[]).length > 0);
  });

  it('is refused with a named reason in each other case', async () => {
    const cases: ReadonlyArray<readonly [RecoverOutcome, number, string]> = [
      [{kind: 'fleet-limit', used: 1, limit: 1, until: later(FLEET_NOW, minutes(4))}, 409, 'fleet-limit'],
      [{kind: 'fleet-incident', incident: 'fleet-1', common: 'nfs.example'}, 409, 'fleet-incident'],
      [{kind: 'conflict', detail: 'somebody else wrote the state'}, 409, 'conflict'],
      [{kind: 'in-doubt', attempt: 'attempt-3', detail: 'the answer did not come'}, 409, 'in-doubt'],
      [{kind: 'failed', detail: 'HTTP 403', fix: [{command: 'kubectl auth can-i patch deployments'}]}, 409, 'not-done'],
      [{kind: 'not-restartable', url: 'http://192.168.1.9:5000'}, 409, 'not-restartable'],
      [{kind: 'not-leader', holder: 'frigate-health-1'}, 409, 'not-leader'],
      [{kind: 'not-ready', retryAfter: seconds(7)}, 409, 'not-observed'],
      [{kind: 'not-found'}, 404, 'not-found'],
    ];
    for (const [outcome, status, name] of cases) {
      const found = await recoverWith(outcome);
      assert.deepEqual([found.status, found.answer['type']], [status, `https://frigate-health.io/problems/${name}`]);
      if (outcome.kind === 'fleet-limit') assert.equal(found.answer['until'], rfc3339(outcome.until));
      if (outcome.kind === 'not-ready') assert.equal(found.response.headers.get('retry-after'), '7');
      if (outcome.kind === 'not-restartable') assert.equal(found.answer['rule'], 'R-01');
      if (outcome.kind === 'in-doubt') assert.equal(found.answer['attempt'], 'attempt-3');
    }
  });

  it('is one of a Frigate that is there', async () => {
    const stage = httpStage([await frigateOf('healthy')]);
    assert.equal((await stage.ask('POST', '/api/quality/recover/no.such', {body})).status, 404);
    assert.deepEqual(stage.control.recovered, []);
  });

  it('shows no more of a bug than that there is one', async () => {
    const stage = httpStage([await frigateOf('healthy')]);
    stage.control.recover = () => Promise.reject(new Error('password=hunter2'));
    const response = await stage.ask('POST', '/api/quality/recover/healthy.frigate', {body});
    assert.equal(response.status, 500);
    assert.ok(!(await response.text()).includes('hunter2'));
    assert.equal(stage.log.at(-1)?.event, 'http.failed');
  });
});
