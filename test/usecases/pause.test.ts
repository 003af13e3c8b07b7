/** A pause by a person: nothing is restarted and nobody is notified until it ends by itself; and `ack` of an incident. */
import assert from 'node:assert/strict';
import {PAUSED_UNTIL} from '../../src/core/pause.js';
import {hours, later, minutes, rfc3339, seconds} from '../../src/core/time.js';
import {CommandFailure} from '../../src/outcome/failure.js';
import {runPass, type Pass} from '../../src/pass/run-pass.js';
import {ackIn} from '../../src/usecases/ack.js';
import {pauseIn, type PauseOutcome} from '../../src/usecases/pause.js';
import {showStateIn} from '../../src/usecases/state.js';
import {renderStateText} from '../../src/report/state-text.js';
import {renderPause} from '../../src/report/pause.js';
import {aJournal, deadApi, FakeWorld} from '../support/fake-world.js';

const never = new AbortController().signal;
const plain = {colour: false, ascii: true, columns: null};

const pass = (fake: FakeWorld): Promise<Pass> =>
  runPass(fake.world(), {request: null, dryRun: false}, aJournal().journal, AbortSignal.timeout(5000));

const passes = async (fake: FakeWorld, count: number): Promise<readonly Pass[]> => {
  const all: Pass[] = [];
  for (let index = 0; index < count; index += 1) {
    all.push(await pass(fake));
    fake.advance(minutes(5));
  }
  return all;
};

const pause = (fake: FakeWorld, length = hours(2)): Promise<PauseOutcome> =>
  pauseIn(fake.world(), {kind: null, length, reason: 'new switch', by: 'alice'}, never);

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof CommandFailure ? error.kind : String(error)),
  );

describe('pause and resume', () => {
  it('write until when and why, and take both away again', async () => {
    const fake = new FakeWorld();
    const {pause: made, before} = await pause(fake);
    assert.deepEqual([made, before], [{until: later(fake.now, hours(2)), reason: 'new switch (alice)'}, null]);
    assert.equal(fake.workload.pause?.until, rfc3339(later(fake.now, hours(2))));
    const ended = await pauseIn(fake.world(), {kind: null, length: null, reason: '', by: 'alice'}, never);
    assert.deepEqual([ended.pause, ended.before, fake.workload.pause], [null, made, null]);
    const text = await renderPause(ended, 'text', plain);
    assert.match(text, /The pause of deployment\/frigate in frigate is over/);
  });

  it('end with the reason of the API server where the person may not write', async () => {
    const fake = new FakeWorld();
    fake.interfere = (call) => (call === 'annotate' ? 'refuse' : 'pass');
    assert.equal(await codeOf(pause(fake)), 'forbidden');
    fake.interfere = (call) => (call === 'annotate' ? 'conflict' : 'pass');
    assert.equal(await codeOf(pause(fake)), 'conflict');
  });
});

describe('a pass over a paused Frigate', () => {
  it('observes everything, restarts nothing and notifies nobody, and says so everywhere', async () => {
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await pause(fake);
    const all = await passes(fake, 6);
    assert.deepEqual([fake.rollouts.length, fake.mails.length], [0, 0]);
    for (const {judgement, end} of all) {
      assert.deepEqual([judgement.diagnosis.health, judgement.decision.rule, end.kind], ['paused', 'R-01', 'done']);
      assert.match(judgement.diagnosis.summary, /^Frigate is paused until .*: new switch \(alice\)$/);
      assert.ok(judgement.findings.some(({id, status}) => id === 'FRG-301' && status === 'critical'));
    }
    const report = await showStateIn(fake.world(), {history: 5}, never);
    assert.equal(report.pause?.reason, 'new switch (alice)');
    assert.match(renderStateText(report, plain), /paused\s+until .*: new switch \(alice\); nothing is restarted/);
  });

  it('ends by itself: what is still wrong then is repaired and notified', async () => {
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await pause(fake, minutes(12));
    await passes(fake, 6);
    assert.equal(fake.rollouts.length, 1);
    assert.ok(fake.mails.length > 0);
  });

  it('an incident of before is neither ended nor reminded of within it, and its end is notified after it', async () => {
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await passes(fake, 2);
    const told = fake.mails.length;
    await pause(fake, hours(1));
    const all = await passes(fake, 6);
    assert.equal(fake.mails.length, told);
    assert.ok(all.every(({state}) => state.incident?.told === true));
  });

  for (const text of ['tomorrow', '2026-10-10 18:00', '2026-10-10T18:00:00', '1760000000', 'true'])
    it(`an annotation that is no time (${text}) is reported and is no pause`, async () => {
      const fake = new FakeWorld();
      fake.workload = {...fake.workload, pause: {until: text, reason: null}};
      fake.frigate = deadApi();
      const all = await passes(fake, 3);
      assert.equal(fake.rollouts.length, 1);
      const finding = all[0]?.judgement.findings.find(({id}) => id === 'FRG-201');
      assert.equal(finding?.status, 'warning');
      assert.ok(finding.summary.includes(PAUSED_UNTIL));
    });

  it('one that is over, and one in another zone, mean what they say', async () => {
    const fake = new FakeWorld();
    fake.workload = {...fake.workload, pause: {until: rfc3339(later(fake.now, seconds(-1))), reason: null}};
    assert.notEqual((await pass(fake)).judgement.diagnosis.health, 'paused');
    // 05:30+02:00 is half an hour after 03:00Z.
    fake.workload = {...fake.workload, pause: {until: '2026-10-10T05:30:00+02:00', reason: null}};
    assert.equal((await pass(fake)).judgement.diagnosis.health, 'paused');
    fake.advance(minutes(30));
    assert.notEqual((await pass(fake)).judgement.diagnosis.health, 'paused');
  });
});

describe('ack', () => {
  it('stops the reminders of the incident and nothing else, and says who', async () => {
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await passes(fake, 2);
    const {incident} = await ackIn(fake.world(), {by: 'bob', reason: 'on it'}, never);
    assert.deepEqual([incident.ack?.by, incident.ack?.reason], ['bob', 'on it']);
    const report = await showStateIn(fake.world(), {history: 5}, never);
    assert.equal(report.incident?.ack?.by, 'bob');
    assert.match(renderStateText(report, plain), /acknowledged \S+ by bob \(on it\): no reminders/);
    const after = (await passes(fake, 1))[0];
    assert.equal(after?.state.incident?.ack?.by, 'bob');
  });

  it('refuses where there is no incident, and where the state is not sound', async () => {
    const fake = new FakeWorld();
    await passes(fake, 1);
    assert.equal(await codeOf(ackIn(fake.world(), {by: 'bob', reason: null}, never)), 'refused');
    fake.put('frigate-health-state', {'state.json': '{"schema": 99}'});
    assert.equal(await codeOf(ackIn(fake.world(), {by: 'bob', reason: null}, never)), 'refused');
  });

  it('is written over what another run stored in between', async () => {
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await passes(fake, 2);
    fake.interfere = (call, count) => (call === 'replaceConfigMap' && count % 2 === 1 ? 'conflict' : 'pass');
    const {incident} = await ackIn(fake.world(), {by: 'bob', reason: null}, never);
    assert.equal(incident.ack?.by, 'bob');
  });
});
