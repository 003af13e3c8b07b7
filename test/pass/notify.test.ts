/** What the journal of a pass says where something was refused: a red Job alone says nothing. */
import assert from 'node:assert/strict';
import {minutes} from '../../src/core/time.js';
import type {Delivery} from '../../src/notify/mailer.js';
import {mailChannel} from '../../src/notify/open-channels.js';
import {runPass} from '../../src/pass/run-pass.js';
import {aJournal, aSettings, deadApi, FakeWorld} from '../support/fake-world.js';

/** The second pass over a dead API: the one that acts. */
const acting = async (
  fake: FakeWorld,
  delivery: Delivery = {kind: 'delivered'},
): Promise<ReturnType<typeof aJournal>['lines']> => {
  fake.frigate = deadApi();
  const world = {...fake.world(aSettings()), channels: [mailChannel({send: () => Promise.resolve(delivery)})]};
  await runPass(world, {request: null, dryRun: false}, aJournal().journal, AbortSignal.timeout(5000));
  fake.advance(minutes(5));
  const {lines, journal} = aJournal();
  await runPass(world, {request: null, dryRun: false}, journal, AbortSignal.timeout(5000));
  return lines;
};

describe('the journal of a pass that acts', () => {
  for (const [fate, event] of [
    ['refuse', 'state.failed'],
    ['conflict', 'state.conflict'],
  ] as const) {
    it(`says ${event} where the intent is not stored, and nothing of a restart`, async () => {
      const fake = new FakeWorld();
      fake.interfere = (call) => (call === 'replaceConfigMap' ? fate : 'pass');
      const lines = await acting(fake);
      const told = lines.find((line) => line.event === event);
      assert.ok(typeof told?.fields['reason'] === 'string' && told.fields['reason'] !== '', JSON.stringify(lines));
      assert.deepEqual([lines.filter((line) => line.event.startsWith('restart.')), fake.rollouts.length], [[], 0]);
    });
  }

  it('names the receivers whom the mail server refused, and the setting', async () => {
    const lines = await acting(new FakeWorld(), {kind: 'delivered', refused: ['gone@example.org']});
    assert.deepEqual(lines.find(({event}) => event === 'alert.sent')?.fields['refused'], ['gone@example.org']);
    const warning = lines.find(({event}) => event === 'warning');
    assert.match(JSON.stringify(warning?.fields), /does not take mail for gone@example\.org/);
    assert.match(JSON.stringify(warning?.fields), /FRIGATE_HC_ALERT_EMAIL/);
  });
});
