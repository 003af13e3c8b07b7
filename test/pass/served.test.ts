/** The CronJob beside `serve`: it verifies that the daemon is at work, and makes the whole pass where it is not. */
import assert from 'node:assert/strict';
import {minutes, type Duration} from '../../src/core/time.js';
import {isServedPass, runPassUnlessServed} from '../../src/pass/run-pass.js';
import {aJournal, aSettings, deadApi, FakeWorld} from '../support/fake-world.js';

const pass = (fake: FakeWorld, runner: string): ReturnType<typeof runPassUnlessServed> =>
  runPassUnlessServed(
    fake.world(aSettings(), runner),
    {request: null, dryRun: false},
    aJournal().journal,
    new AbortController().signal,
  );

/** After a pass of the daemon and so much time. */
const after = async (age: Duration, first = 'serve on a'): Promise<FakeWorld> => {
  const fake = new FakeWorld();
  fake.frigate = deadApi();
  assert.ok(!isServedPass(await pass(fake, first)));
  fake.advance(age);
  return fake;
};

describe('a pass beside serve', () => {
  it('asks nothing of Frigate and writes nothing while the last pass of serve is younger than 1.5 intervals', async () => {
    const fake = await after(minutes(7));
    const before = fake.calls.length;
    assert.ok(isServedPass(await pass(fake, 'run-cron on b')));
    assert.deepEqual(
      fake.calls.slice(before).filter((call) => call === 'openFrigate' || call === 'replaceConfigMap'),
      [],
    );
  });

  it('makes the whole pass when serve is away, says so for a day, and restarts by the rules', async () => {
    const fake = await after(minutes(8));
    const away = await pass(fake, 'run-cron on b');
    assert.ok(!isServedPass(away));
    const finding = away.judgement.findings.find(({id}) => id === 'FRG-105');
    assert.deepEqual([finding?.status, finding?.evidence[0]?.value], ['warning', 480]);
    assert.equal(fake.rollouts.length, 1, 'the second observation of the failure');
    fake.advance(minutes(5));
    const next = await pass(fake, 'run-cron on b');
    assert.ok(
      !isServedPass(next) && next.judgement.findings.some(({id, status}) => id === 'FRG-105' && status === 'warning'),
    );
    fake.advance(minutes(25 * 60));
    await pass(fake, 'run-cron on b');
    const forgotten = await pass(fake, 'run-cron on b');
    assert.ok(
      !isServedPass(forgotten) &&
        !forgotten.judgement.findings.some(({id, status}) => id === 'FRG-105' && status === 'warning'),
    );
  });

  it('takes no other runner for serve', async () => {
    for (const runner of ['run-cron on a', 'restart by serve on a', 'server on a']) {
      const fake = await after(minutes(1), runner);
      assert.ok(!isServedPass(await pass(fake, 'run-cron on b')), runner);
    }
  });
});
