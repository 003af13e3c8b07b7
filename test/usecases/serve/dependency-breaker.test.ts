import assert from 'node:assert/strict';
import {seconds} from '../../../src/core/time.js';
import {Breakers} from '../../../src/usecases/serve/breakers.js';
import {DependencyBreaker} from '../../../src/usecases/serve/dependency-breaker.js';
import {began} from '../../notify/notices.js';
import {FakeTimers} from '../../support/fake-timers.js';
import {deadApi, FakeWorld} from '../../support/fake-world.js';

describe('the breaker of a dependency', () => {
  const timers = new FakeTimers();
  let breaker: DependencyBreaker;
  beforeEach(() => {
    breaker = new DependencyBreaker('notify smtp', timers, {failures: 3, pause: seconds(30)});
  });
  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) {
      breaker.permits();
      breaker.failed('refused');
    }
  };

  it('opens after three failures in a row, not before', () => {
    fail(2);
    breaker.succeeded();
    fail(2);
    assert.deepEqual([breaker.status.state, breaker.permits()], ['closed', true]);
    breaker.failed('refused');
    assert.deepEqual([breaker.status.state, breaker.permits()], ['open', false]);
    assert.equal(breaker.status.lastError, 'refused');
  });

  it('permits one trial when half-open, whose success closes it', async () => {
    fail(3);
    await timers.advance(seconds(29));
    assert.equal(breaker.permits(), false);
    await timers.advance(seconds(1));
    assert.equal(breaker.status.state, 'half-open');
    assert.deepEqual([breaker.permits(), breaker.permits()], [true, false]);
    breaker.succeeded();
    assert.deepEqual([breaker.status.state, breaker.status.failures], ['closed', 0]);
  });

  it('opens again for as long when the trial fails', async () => {
    fail(3);
    await timers.advance(seconds(30));
    assert.equal(breaker.permits(), true);
    breaker.failed('refused again');
    assert.equal(breaker.permits(), false);
    await timers.advance(seconds(30));
    assert.equal(breaker.permits(), true);
  });
});

describe('the breakers of serve', () => {
  const never = new AbortController().signal;

  it('hold back reads of an API server that is away, never a write, and ask again after the pause', async () => {
    const timers = new FakeTimers();
    const world = new FakeWorld();
    const breakers = new Breakers(timers, {failures: 3, pause: seconds(30)});
    const cluster = breakers.cluster(world.world().cluster);
    world.interfere = () => 'fail';
    for (let time = 0; time < 5; time += 1)
      assert.equal((await cluster.readConfigMap('frigate', 'state', never)).known, false);
    assert.equal(world.calls.length, 3);
    await cluster.createConfigMap('frigate', 'state', new Map(), never);
    assert.deepEqual([world.calls.length, breakers.statuses[0]?.state], [4, 'open']);
    world.interfere = () => 'pass';
    await timers.advance(seconds(30));
    assert.equal((await cluster.readConfigMap('frigate', 'state', never)).known, true);
    assert.equal(breakers.statuses[0]?.state, 'closed');
  });

  it('take a refusal for an answer', async () => {
    const world = new FakeWorld();
    const breakers = new Breakers(new FakeTimers(), {failures: 3, pause: seconds(30)});
    const cluster = breakers.cluster(world.world().cluster);
    world.interfere = () => 'refuse';
    for (let time = 0; time < 5; time += 1) await cluster.readConfigMap('frigate', 'state', never);
    assert.deepEqual([world.calls.length, breakers.statuses[0]?.state], [5, 'closed']);
  });

  it('try a mail server no more that failed three times, and record a silent Frigate without holding its questions back', async () => {
    const world = new FakeWorld();
    world.frigate = deadApi();
    const breakers = new Breakers(new FakeTimers(), {failures: 3, pause: seconds(30)});
    const ports = breakers.ports('frigate.frigate', world.world());
    world.interfere = (call) => (call === 'send' ? 'refuse' : 'pass');
    const [channel] = breakers.channels(ports.channels);
    assert.ok(channel);
    const notification = {notice: began, mail: {id: '<a@b>', subject: 's', text: 't', html: 'h'}};
    const last = [];
    for (let time = 0; time < 5; time += 1) last.push(await channel.send(notification, never));
    assert.deepEqual([world.calls.filter((call) => call === 'send').length, last.at(-1)?.kind], [3, 'failed']);
    const address = {namespace: 'frigate', pod: 'p', container: 'c', ip: null};
    for (let time = 0; time < 5; time += 1) await ports.openFrigate(address, never);
    assert.equal(world.calls.filter((call) => call === 'openFrigate').length, 5);
    assert.deepEqual(
      breakers.statuses.map(({name, state}) => [name, state]),
      [
        ['kubernetes', 'closed'],
        ['notify mail', 'open'],
        ['frigate frigate.frigate', 'open'],
      ],
    );
  });
});
