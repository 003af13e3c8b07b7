/** The engine over Frigates of plain objects, in virtual time: what it restarts, writes and leaves alone. */
import assert from 'node:assert/strict';
import {known} from '../../../src/core/known.js';
import {earlier, milliseconds, minutes, seconds, type Instant} from '../../../src/core/time.js';
import {freshState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {DOCUMENT_KEY} from '../../../src/pass/state-store.js';
import {deadApi, type FakeWorld} from '../../support/fake-world.js';
import {aFrigate, aHistory, aReading} from '../../support/observation.js';
import {aTerm, Stage} from './stage.js';

/** A healthy Frigate that makes a new snapshot every 15 s, as real ones do. */
const living = (world: FakeWorld): void => {
  Object.defineProperty(world, 'frigate', {
    configurable: true,
    get: () => {
      const lastUpdated = (Math.floor(world.now / 15_000) * 15_000) as Instant;
      return aFrigate({
        stats: known(aReading({lastUpdated}, world.now)),
        history: known(aHistory(20, () => ({}), lastUpdated)),
        segments: new Map(),
      });
    },
  });
};

const STATE = 'frigate-health-state';

const writes = (world: FakeWorld): number =>
  world.calls.filter((call) => call === 'createConfigMap' || call === 'replaceConfigMap').length;

describe('the engine of serve', () => {
  let ending: AbortController;
  beforeEach(() => {
    ending = new AbortController();
  });
  afterEach(() => ending.abort());

  it('restarts a hung Frigate once, after as long as two passes would need, and tells it', async () => {
    const stage = new Stage();
    const world = stage.world();
    world.frigate = deadApi();
    world.afterRestart = deadApi();
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(seconds(140));
    assert.equal(world.rollouts.length, 0, 'earlier than the evidence allows');
    await stage.timers.advance(seconds(40));
    assert.equal(world.rollouts.length, 1);
    await stage.timers.advance(minutes(5));
    assert.deepEqual([world.rollouts.length, world.mails.length > 0], [1, true]);
    assert.deepEqual(
      stage.events('restart.sent').map(({frigate}) => frigate),
      ['frigate.frigate'],
    );
  });

  it('restarts a hung Frigate within 30 s of the fault with the profile fast, never before 20 s', async () => {
    for (const phase of [0, 500, 1000, 1700]) {
      const stage = new Stage();
      stage.profile = 'fast';
      const world = stage.world();
      living(world);
      stage.engine(aTerm(), ending.signal);
      await stage.timers.advance(milliseconds(60_000 + phase));
      const fault = stage.timers.monotonic();
      // Two transports, 5 s each.
      stage.slow.set('frigate.frigate', seconds(10));
      Object.defineProperty(world, 'frigate', {get: deadApi});
      while (world.rollouts.length === 0 && stage.timers.monotonic() - fault < 60_000)
        await stage.timers.advance(milliseconds(500));
      const took = stage.timers.monotonic() - fault;
      assert.ok(took >= 20_000 && took <= 30_000, `${took} ms, phase ${phase} ms`);
    }
  });

  it('shows the change of a Frigate within 5 s of its first sign, long before it may act', async () => {
    const stage = new Stage();
    living(stage.world());
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(seconds(30));
    assert.equal(stage.store.current.frigates.get('frigate.frigate')?.health, 'healthy');
    Object.defineProperty(stage.world(), 'frigate', {get: deadApi});
    await stage.timers.advance(seconds(5));
    const {health, changes} = stage.store.current.frigates.get('frigate.frigate') ?? assert.fail();
    assert.deepEqual([health, changes.map((change) => change.health)], ['unhealthy', ['healthy', 'unhealthy']]);
  });

  for (const profile of ['steady', 'fast'] as const)
    it(`restarts nothing because the clock of Frigate stepped back, with the profile ${profile}`, async () => {
      const stage = new Stage();
      stage.profile = profile;
      const world = stage.world();
      living(world);
      stage.engine(aTerm(), ending.signal);
      await stage.timers.advance(seconds(65));
      Object.defineProperty(world, 'frigate', {
        get: () => {
          const lastUpdated = (Math.floor(world.now / 15_000) * 15_000 - 94_000) as Instant;
          return aFrigate({
            stats: known(aReading({lastUpdated}, world.now)),
            history: known(aHistory(20, () => ({}), lastUpdated)),
            segments: new Map(),
          });
        },
      });
      await stage.timers.advance(minutes(8));
      assert.equal(world.rollouts.length, 0);
      const {changes} = stage.store.current.frigates.get('frigate.frigate') ?? assert.fail();
      assert.ok(!changes.some(({health}) => health === 'unhealthy'), JSON.stringify(changes));
    });

  it('says of each poll how late it began', async () => {
    const stage = new Stage();
    living(stage.world());
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(seconds(60));
    const punctual = stage.lags.length;
    assert.ok(punctual >= 25 && !stage.lags.some((late) => late !== 0), stage.lags.join());
    // The process did not run for three seconds: the poll that was planned meanwhile begins when it does.
    const {monotonic} = stage.timers;
    const stall = {length: 0};
    Object.defineProperty(stage.timers, 'monotonic', {value: () => monotonic() + stall.length});
    await stage.timers.advance(seconds(1));
    stall.length = 3000;
    await stage.timers.advance(seconds(2));
    assert.ok(
      stage.lags.slice(punctual).some((late) => late >= 3000),
      stage.lags.slice(punctual).join(),
    );
  });

  it('asks for segments each 90 s, and not each 10 s for as long as the recorder reports errors', async () => {
    const rounds = async (line: string | null): Promise<number> => {
      const stage = new Stage();
      const world = stage.world();
      living(world);
      let asked = 0;
      const log = async function* (signal: AbortSignal): AsyncGenerator<Buffer> {
        while (!signal.aborted) {
          await stage.timers.sleep(seconds(5), signal);
          if (line !== null) yield Buffer.from(`${new Date(world.now).toISOString()} ${line}\n`);
        }
      };
      stage.wrap = (ports) => ({
        ...ports,
        cluster: {...ports.cluster, openLog: (_request, signal) => Promise.resolve(known(log(signal)))},
        openFrigate: async (address, signal) => {
          const answer = await ports.openFrigate(address, signal);
          const newestSegment: typeof answer.reader.newestSegment = (camera) => {
            asked += camera === 'back' ? 1 : 0;
            return Promise.resolve(
              known({found: 'one', segment: {end: earlier(world.now, seconds(12)), length: seconds(10)}}),
            );
          };
          return {...answer, reader: {...answer.reader, newestSegment}};
        },
      });
      const ended = new AbortController();
      stage.engine(aTerm(), ended.signal);
      await stage.timers.advance(minutes(30));
      ended.abort();
      return asked;
    };
    const calm = await rounds(null);
    assert.ok(calm >= 19 && calm <= 21, `${calm} rounds`);
    const noisy = await rounds(
      '2026-01-01 00:00:00.000  [2026-01-01 00:00:00] frigate.record.maintainer ERROR   : no such thing',
    );
    assert.ok(noisy > calm + 10 && noisy <= calm + 30, `${noisy} rounds`);
  });

  it('counts for each channel the notifications that wait for it', async () => {
    const stage = new Stage();
    const world = stage.world();
    world.frigate = deadApi();
    world.afterRestart = deadApi();
    world.interfere = (call) => (call === 'send' ? 'fail' : 'pass');
    stage.engine(aTerm(), ending.signal);
    const waiting = (): readonly (readonly [string, number])[] => [
      ...(stage.store.current.frigates.get('frigate.frigate')?.judged?.waiting ?? []),
    ];
    await stage.timers.advance(seconds(60));
    assert.deepEqual(waiting(), [['mail', 0]]);
    await stage.timers.advance(minutes(5));
    const [mail] = waiting();
    assert.equal(mail?.[0], 'mail');
    assert.ok(mail[1] > 0);
    world.interfere = () => 'pass';
    await stage.timers.advance(minutes(10));
    assert.deepEqual(waiting(), [['mail', 0]]);
  });

  it('writes the state of a calm Frigate once in an interval', async () => {
    const stage = new Stage();
    living(stage.world());
    stage.engine(aTerm(), ending.signal);
    // Its invented numbers, always the same, are odd at first.
    await stage.timers.advance(minutes(3));
    const begun = writes(stage.world());
    await stage.timers.advance(minutes(20));
    assert.ok(writes(stage.world()) - begun <= 4, `${writes(stage.world()) - begun} writes in 20 minutes`);
    assert.ok(writes(stage.world()) - begun >= 3, 'others see that somebody is at work');
    const reads = stage.world().calls.filter((call) => call === 'readConfigMap').length;
    assert.ok(reads <= 3, `${reads} reads`);
  });

  it('notifies a Frigate that fails while something overwrites the state, once, and restarts nothing', async () => {
    const stage = new Stage();
    const world = stage.world();
    living(world);
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(minutes(10));
    const old = Object.fromEntries(world.maps.get(STATE)!.data);
    const overwritten = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        world.put(STATE, old, 'argocd');
        await stage.timers.advance(minutes(5));
      }
    };
    await overwritten(6);
    Object.defineProperty(world, 'frigate', {get: deadApi});
    const before = world.mails.length;
    await overwritten(12);
    const mails = world.mails.slice(before).filter(({text}) => text.includes('FRG-301'));
    assert.deepEqual([world.rollouts.length, mails.length], [0, 1], world.mails.map(({subject}) => subject).join());
  });

  it('reads a state of a newer version again until somebody replaced it', async () => {
    const stage = new Stage();
    const world = stage.world();
    living(world);
    world.put(STATE, {[DOCUMENT_KEY]: JSON.stringify({schema: 99})}, 'a-newer-version');
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(minutes(1));
    const rule = (): string | undefined => stage.store.current.frigates.get('frigate.frigate')?.judged?.decision.rule;
    assert.equal(rule(), 'R-02');
    world.put(STATE, {[DOCUMENT_KEY]: encodeState(freshState)}, 'a-person');
    await stage.timers.advance(minutes(1));
    assert.notEqual(rule(), 'R-02');
  });

  it('never lets a Frigate wait for another one that hangs', async () => {
    const stage = new Stage(['hung', 'well']);
    living(stage.world('hung.frigate'));
    living(stage.world('well.frigate'));
    stage.slow.set('hung.frigate', minutes(60));
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(seconds(90));
    const {frigates} = stage.store.current;
    const well = frigates.get('well.frigate')?.judged ?? assert.fail();
    assert.ok(stage.timers.now() - well.at <= 15_200, `${stage.timers.now() - well.at} ms old`);
    assert.equal(frigates.get('well.frigate')?.health, 'healthy');
    assert.notEqual(frigates.get('hung.frigate')?.health, 'healthy');
  });

  it('acts no more from the tick on in which it lost the Lease', async () => {
    const stage = new Stage();
    const world = stage.world();
    world.frigate = deadApi();
    const term = aTerm();
    const engine = stage.engine(term, ending.signal);
    await stage.timers.advance(seconds(100));
    term.lose();
    await stage.timers.finish(engine.done());
    const before = world.calls.length;
    await stage.timers.advance(minutes(10));
    assert.deepEqual([world.rollouts.length, world.calls.length - before], [0, 0]);
  });

  it('sends no patch where the Lease is lost between the intent and the patch, and the next leader makes one', async () => {
    const stage = new Stage();
    const world = stage.world();
    world.frigate = deadApi();
    const term = aTerm();
    world.interfere = (call) => {
      if (
        call === 'replaceConfigMap' &&
        stage.events('intent.stored').length === 0 &&
        stage.timers.monotonic() > 140_000
      )
        term.lose();
      return 'pass';
    };
    stage.engine(term, ending.signal);
    await stage.timers.advance(seconds(200));
    assert.deepEqual([stage.events('intent.stored').length, world.rollouts.length], [1, 0]);
    world.interfere = () => 'pass';
    stage.engine(aTerm(), ending.signal, 'serve on b');
    await stage.timers.advance(minutes(10));
    assert.equal(world.rollouts.length, 1);
  });

  it('makes one restart of two replicas that both believe to lead', async () => {
    const stage = new Stage();
    const world = stage.world();
    world.frigate = deadApi();
    world.afterRestart = deadApi();
    stage.engine(aTerm(), ending.signal, 'serve on a');
    const other = stage.newStore();
    other.setTargets(stage.targets);
    stage.engine(aTerm(), ending.signal, 'serve on b', other);
    await stage.timers.advance(minutes(15));
    assert.equal(world.rollouts.length, 1);
  });

  it('restarts one of a few Frigates within ten minutes, whatever the others show', async () => {
    const stage = new Stage(['a', 'b', 'c']);
    for (const world of stage.worlds.values()) world.frigate = deadApi();
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(minutes(9));
    const rollouts = (): number => [...stage.worlds.values()].reduce((sum, {rollouts: all}) => sum + all.length, 0);
    assert.equal(rollouts(), 1);
    assert.ok(
      [...stage.store.frigates.values()].some(({judged}) => judged?.decision.reason.code === 'fleet-limit'),
      'the others say why they wait',
    );
    await stage.timers.advance(minutes(6));
    assert.equal(rollouts(), 2);
  });

  it('answers a request to recover by the rules, and restarts where they allow it', async () => {
    const stage = new Stage();
    const world = stage.world();
    living(world);
    const engine = stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(seconds(30));
    const loop = engine.loopOf('frigate.frigate') ?? assert.fail();
    const request = {by: 'alice', reason: 'it looks odd', force: false, idempotencyKey: null};
    const refused = await stage.timers.finish(loop.recover(request));
    assert.ok(refused.kind === 'refused' && refused.decision.rule === 'R-04', JSON.stringify(refused));
    assert.equal(world.rollouts.length, 0);
    const forced = await stage.timers.finish(loop.recover({...request, force: true}));
    assert.equal(forced.kind, 'accepted');
    assert.equal(world.rollouts.length, 1);
    assert.equal(stage.store.frigates.get('frigate.frigate')?.judged?.state.restarts.at(-1)?.who, 'alice');
  });

  it('ends at once, and lets a restart that is under way be recorded', async () => {
    const stage = new Stage();
    const world = stage.world();
    world.frigate = deadApi();
    world.interfere = (call) => {
      if (call === 'restart') ending.abort();
      return 'pass';
    };
    const engine = stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(minutes(4));
    await stage.timers.finish(engine.done());
    assert.equal(world.rollouts.length, 1);
    assert.match(world.maps.get('frigate-health-state')?.data.get('state.json') ?? '', /"phase":"acted"/);
  });
});
