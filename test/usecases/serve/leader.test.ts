/** The election over one Lease, in virtual time. */
import assert from 'node:assert/strict';
import {milliseconds, minutes, seconds} from '../../../src/core/time.js';
import {Election, type LeaderStatus, type Term} from '../../../src/usecases/serve/leader.js';
import {FakeTimers} from '../../support/fake-timers.js';
import {FakeWorld} from '../../support/fake-world.js';
import {unknown} from '../../../src/core/known.js';
import type {Cluster} from '../../../src/kubernetes/cluster.js';

interface Replica {
  readonly status: () => LeaderStatus;
  /** Every term, with whether it is over. */
  readonly terms: Term[];
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

describe('the election of serve', () => {
  let timers: FakeTimers;
  let world: FakeWorld;
  let replicas: Replica[];
  beforeEach(() => {
    timers = new FakeTimers();
    world = new FakeWorld();
    Object.defineProperty(world, 'now', {get: timers.now});
    replicas = [];
  });
  afterEach(() => {
    for (const {stop} of replicas) stop.abort();
  });

  /** `own`: what this replica's own way to the API server does. */
  const join = (identity: string, own: (cluster: Cluster) => Partial<Cluster> = () => ({})): Replica => {
    const {cluster} = world.world();
    const stop = new AbortController();
    const terms: Term[] = [];
    const election = new Election({
      cluster: {...cluster, ...own(cluster)},
      clock: timers,
      namespace: 'frigate',
      name: 'frigate-health',
      identity,
      address: () => `http://${identity}:8080`,
      random: () => 0.5,
      onChange: () => undefined,
      onReleased: () => undefined,
    });
    const lead = (term: Term): Promise<void> => {
      terms.push(term);
      return new Promise((resolve) => {
        const end = (): void => resolve();
        term.lost.addEventListener('abort', end);
        stop.signal.addEventListener('abort', end);
        if (stop.signal.aborted) end();
      });
    };
    const replica = {status: () => election.status, terms, stop, done: election.run(lead, stop.signal)};
    replicas.push(replica);
    return replica;
  };

  const leaders = (): readonly string[] =>
    replicas.filter(({terms}) => terms.at(-1)?.holds() === true).map(({status}) => status().identity);

  /** Answers of this replica's API server may stop coming; its requests are then never carried out. */
  const cutOff = (): {readonly own: (cluster: Cluster) => Partial<Cluster>; away: boolean} => {
    const cut = {
      away: false,
      own: (cluster: Cluster): Partial<Cluster> => ({
        readLease: (...asked) =>
          cut.away ? Promise.resolve(unknown('unreachable', 'no route')) : cluster.readLease(...asked),
        replaceLease: (...asked) =>
          cut.away
            ? Promise.resolve({kind: 'in-doubt', why: {code: 'unreachable', message: 'no route'}})
            : cluster.replaceLease(...asked),
      }),
    };
    return cut;
  };

  it('has one leader, who keeps the Lease', async () => {
    join('a');
    await timers.advance(seconds(1));
    join('b');
    join('c');
    await timers.advance(minutes(10));
    assert.deepEqual(leaders(), ['a']);
    assert.equal(
      replicas.reduce((sum, {terms}) => sum + terms.length, 0),
      1,
    );
    assert.deepEqual(
      replicas.map(({status}) => status().holder),
      ['a', 'a', 'a'],
    );
  });

  it('says to the others where the leader answers, and nothing when nobody leads', async () => {
    const a = join('a');
    await timers.advance(seconds(1));
    const b = join('b');
    await timers.advance(seconds(5));
    assert.deepEqual([a.status().address, b.status().address], ['http://a:8080', 'http://a:8080']);
    a.stop.abort();
    b.stop.abort();
    await timers.advance(seconds(5));
    assert.equal(world.leases.get('frigate-health')?.address, null);
  });

  it('hands over within 3 s where the leader ends', async () => {
    const a = join('a');
    await timers.advance(seconds(1));
    join('b');
    await timers.advance(seconds(30));
    a.stop.abort();
    await timers.advance(seconds(3));
    assert.deepEqual(leaders(), ['b']);
  });

  it('hands over within 17 s where the leader is killed, and never leads twice at once', async () => {
    const cut = cutOff();
    join('a', cut.own);
    await timers.advance(seconds(1));
    join('b');
    await timers.advance(seconds(30));
    cut.away = true;
    const begun = timers.monotonic();
    let taken: number | null = null;
    while (taken === null && timers.monotonic() - begun < 60_000) {
      await timers.advance(milliseconds(100));
      assert.ok(leaders().length <= 1, leaders().join());
      if (leaders()[0] === 'b') taken = timers.monotonic() - begun;
    }
    assert.ok(taken !== null && taken <= 17_100, `taken over after ${taken} ms`);
    assert.equal(replicas[0]?.terms[0]?.lost.aborted, true);
  });

  it('loses the term 10 s after the last renewal, in that tick', async () => {
    const cut = cutOff();
    const a = join('a', cut.own);
    await timers.advance(seconds(30));
    cut.away = true;
    const begun = timers.monotonic();
    const lostAt: number[] = [];
    a.terms[0]?.lost.addEventListener('abort', () => lostAt.push(timers.monotonic() - begun));
    await timers.advance(seconds(15));
    assert.ok(lostAt.length === 1 && (lostAt[0] ?? Infinity) <= 10_000, lostAt.join());
  });

  it('knows at once that it does not lead any more when it stood still meanwhile', async () => {
    const a = join('a');
    await timers.advance(seconds(30));
    const term = a.terms[0] ?? assert.fail();
    // SIGSTOP: the clock of the machine goes on, no timer of this process fires.
    const {monotonic} = timers;
    Object.defineProperty(timers, 'monotonic', {value: () => monotonic() + 60_000});
    assert.equal(term.holds(), false);
    assert.equal(term.lost.aborted, true);
  });

  it('does not believe a stored stamp, however old or new', async () => {
    world.leases.set('frigate-health', {
      name: 'frigate-health',
      namespace: 'frigate',
      uid: 'u',
      resourceVersion: '1',
      holder: 'ghost',
      durationSeconds: 15,
      acquiredAt: '1999-01-01T00:00:00.000000Z',
      renewedAt: '1999-01-01T00:00:00.000000Z',
      transitions: 4,
      address: null,
    });
    join('b');
    await timers.advance(seconds(14));
    assert.deepEqual(leaders(), [], 'its holder may have renewed it a moment ago by a clock of its own');
    await timers.advance(seconds(5));
    assert.deepEqual(leaders(), ['b']);
    assert.equal(world.leases.get('frigate-health')?.transitions, 5);
  });

  it('goes on where the answer to a renewal was lost', async () => {
    const a = join('a');
    await timers.advance(seconds(10));
    world.interfere = (call, count) => (call === 'writeLease' && count % 3 === 0 ? 'lost' : 'pass');
    await timers.advance(minutes(5));
    assert.deepEqual([leaders(), a.terms.length], [['a'], 1]);
  });

  it('leads again after an API server that was away for ten minutes', async () => {
    const cut = cutOff();
    const a = join('a', cut.own);
    await timers.advance(seconds(10));
    cut.away = true;
    await timers.advance(minutes(10));
    assert.deepEqual([leaders(), a.status().error], [[], 'no route']);
    cut.away = false;
    await timers.advance(seconds(30));
    assert.deepEqual([leaders(), a.terms.length], [['a'], 2]);
  });

  it('never leads without the permission, and says why', async () => {
    world.interfere = (call) => (call === 'writeLease' ? 'refuse' : 'pass');
    const a = join('a');
    await timers.advance(minutes(1));
    assert.deepEqual(leaders(), []);
    assert.match(a.status().error ?? '', /cannot take the Lease: 403/);
  });
});
