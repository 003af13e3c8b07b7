/** Notifications of a pass over several channels: independent of each other, and never a reason for another decision. */
import assert from 'node:assert/strict';
import {minutes} from '../../src/core/time.js';
import type {Channel, Notification, Standing} from '../../src/notify/channel.js';
import type {Delivery} from '../../src/notify/mailer.js';
import {runPass} from '../../src/pass/run-pass.js';
import {aJournal, aSettings, deadApi, FakeWorld} from '../support/fake-world.js';

interface Recorder extends Channel {
  readonly sent: Notification[];
  readonly stood: Standing[];
  fate: () => Promise<Delivery>;
}

const aChannel = (name: string, changes: Partial<Channel> = {}): Recorder => {
  const channel: Recorder = {
    name,
    least: 'warning',
    sent: [],
    stood: [],
    fate: () => Promise.resolve({kind: 'delivered'}),
    send: (notification) => {
      channel.sent.push(notification);
      return channel.fate();
    },
    refresh: (standing) => {
      channel.stood.push(standing);
      return Promise.resolve({kind: 'delivered'});
    },
    preview: () => '',
    ...changes,
  };
  return channel;
};

const play = async (
  fake: FakeWorld,
  channels: readonly Channel[],
  passes: number,
): Promise<ReturnType<typeof aJournal>['lines']> => {
  const {lines, journal} = aJournal();
  for (let pass = 0; pass < passes; pass += 1) {
    await runPass(
      {...fake.world(aSettings()), channels},
      {request: null, dryRun: false},
      journal,
      AbortSignal.timeout(5000),
    );
    fake.advance(minutes(5));
  }
  return lines;
};

const keys = ({sent}: Recorder): readonly string[] => sent.map(({notice: {key}}) => key);

describe('the notifications of a pass', () => {
  it('one channel that fails and one that throws change nothing for the third, nor for the restart', async () => {
    const [bad, broken, good] = [aChannel('bad'), aChannel('broken'), aChannel('good')];
    bad.fate = () => Promise.resolve({kind: 'failed', why: 'HTTP 500'});
    broken.fate = () => Promise.reject(new Error('a bug'));
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    const lines = await play(fake, [bad, broken, good], 3);
    assert.equal(fake.rollouts.length, 1);
    assert.equal(new Set(keys(good)).size, good.sent.length);
    assert.ok(good.sent.length > 0);
    assert.ok(bad.sent.length > good.sent.length, 'it is tried again at each pass');
    const failed = lines.filter(({event}) => event === 'alert.failed').map(({fields}) => fields['channel']);
    assert.deepEqual(new Set(failed), new Set(['bad', 'broken']));
  });

  it('all channels are asked at once: one that is silent does not hold up another', async () => {
    const [silent, good] = [aChannel('silent'), aChannel('good')];
    const gate = Promise.withResolvers<Delivery>();
    silent.fate = () => gate.promise;
    good.fate = () => {
      // Were they asked in turn, nobody would open the gate.
      gate.resolve({kind: 'failed', why: 'late'});
      return Promise.resolve({kind: 'delivered'});
    };
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await play(fake, [silent, good], 2);
    assert.ok(good.sent.length > 0);
  });

  it('what one channel does not take does not hold up what comes after it there', async () => {
    const picky = aChannel('picky');
    picky.fate = () => Promise.resolve({kind: 'failed', why: 'HTTP 400', rejected: true});
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await play(fake, [picky], 2);
    fake.frigate = new FakeWorld().frigate;
    picky.sent.length = 0;
    await play(fake, [picky], 5);
    assert.ok(new Set(keys(picky)).size > 1, JSON.stringify(keys(picky)));
  });

  it('says again what stands after each pass, and nothing of an incident before it is notified', async () => {
    const board = aChannel('board');
    const fake = new FakeWorld();
    await play(fake, [board], 1);
    fake.frigate = deadApi();
    await play(fake, [board], 2);
    assert.equal(board.stood.length, 3);
    const [first, , third] = board.stood;
    assert.deepEqual([first?.notice, third?.notice?.weight, third?.health], [null, 'critical', 'unhealthy']);
  });

  it('the long form and the short one speak of the same notification', async () => {
    const channel = aChannel('one');
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await play(fake, [channel], 2);
    for (const {notice, mail} of channel.sent) {
      assert.equal(mail.id, `<${notice.key}@frigate-health>`);
      assert.ok(mail.subject.startsWith(`[${notice.severity}] `), mail.subject);
      assert.ok(mail.text.includes(notice.command));
    }
  });
});
