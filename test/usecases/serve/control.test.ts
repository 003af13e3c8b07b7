/** What the faces may ask, and where the state of each Frigate stands. */
import assert from 'node:assert/strict';
import {minutes, seconds} from '../../../src/core/time.js';
import type {FrigateTarget, InstanceId} from '../../../src/outcome/fleet.js';
import {controlOver} from '../../../src/usecases/serve/control.js';
import type {Discovery} from '../../../src/usecases/serve/discovery.js';
import type {Engine} from '../../../src/usecases/serve/engine.js';
import {stateNameFor} from '../../../src/usecases/serve/state-name.js';
import {freshState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {aSettings, FakeWorld} from '../../support/fake-world.js';
import {aTerm, Stage} from './stage.js';

const request = {by: 'alice', reason: 'r', force: true, idempotencyKey: 'k'};

describe('the control of serve', () => {
  const begin = (engine: Engine | null, stage: Stage): ReturnType<typeof controlOver> => {
    const targets = new Map<InstanceId, FrigateTarget>(stage.targets.map((target) => [target.id, target]));
    return controlOver({
      engine: () => engine,
      leader: () => ({leads: engine !== null, identity: 'a', holder: 'b', address: null, error: null, lastAt: null}),
      // Only its targets are asked here.
      discovery: {targets, refresh: () => undefined} as unknown as Discovery,
      store: stage.store,
      clock: stage.timers,
    });
  };

  it('makes one restart of two requests with one idempotency key', async () => {
    const stage = new Stage();
    const ending = new AbortController();
    const control = begin(stage.engine(aTerm(), ending.signal), stage);
    await stage.timers.advance(seconds(30));
    const both = await stage.timers.finish(
      Promise.all([control.recover('frigate.frigate', request), control.recover('frigate.frigate', request)]),
    );
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual([both[0].kind, stage.world().rollouts.length], ['accepted', 1]);
    await stage.timers.advance(minutes(5));
    assert.deepEqual(await control.recover('frigate.frigate', request), both[0], 'also minutes later');
    assert.equal(stage.world().rollouts.length, 1);
    ending.abort();
  });

  it('says what it does not know, does not lead, or is not ready for', async () => {
    const stage = new Stage();
    const ending = new AbortController();
    assert.deepEqual(await begin(null, stage).recover('no.where', request), {kind: 'not-found'});
    assert.deepEqual(await begin(null, stage).recover('frigate.frigate', request), {kind: 'not-leader', holder: 'b'});
    const control = begin(stage.engine(aTerm(), ending.signal), stage);
    assert.equal((await control.recover('frigate.frigate', request)).kind, 'not-ready');
    await stage.timers.advance(seconds(30));
    const tried = await stage.timers.finish(control.recover('frigate.frigate', request));
    assert.equal(tried.kind, 'accepted', 'what was not tried may be tried again under the same key');
    ending.abort();
  });

  it('shows an invented failure of the daemon until it is over', async () => {
    const stage = new Stage();
    const control = begin(null, stage);
    control.setDebugFailure(stage.timers.now());
    await stage.timers.advance(seconds(1));
    assert.equal(stage.store.current.daemon.debugFailureUntil, stage.timers.now() - 1000);
    control.setDebugFailure(null);
    await stage.timers.advance(seconds(1));
    assert.equal(stage.store.current.daemon.debugFailureUntil, null);
  });
});

describe('the name of a state', () => {
  const target = (name: string): FrigateTarget => ({...(new Stage().targets[0] ?? assert.fail()), name});
  const nameOf = (world: FakeWorld, name: string, siblings: number): Promise<string> =>
    stateNameFor(world.world(aSettings()), target(name), siblings, new AbortController().signal);

  it('is the documented one of the only Frigate, also when another one joins it later', async () => {
    const world = new FakeWorld();
    assert.equal(await nameOf(world, 'frigate', 0), 'frigate-health-state');
    const own = {kind: 'Deployment', namespace: 'frigate', name: 'frigate', uid: 'u'} as const;
    world.put('frigate-health-state', {'state.json': encodeState({...freshState, target: own})});
    assert.equal(await nameOf(world, 'frigate', 1), 'frigate-health-state');
    assert.equal(await nameOf(world, 'second', 1), 'frigate-health-state-second');
  });

  it('has the name of each of two in it that come together', async () => {
    const world = new FakeWorld();
    assert.deepEqual(
      [await nameOf(world, 'a', 1), await nameOf(world, 'b', 1)],
      ['frigate-health-state-a', 'frigate-health-state-b'],
    );
  });
});
