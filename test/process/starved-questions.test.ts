/** A checker without processor time: its silence is its own, and never Frigate's. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {STARVED_FIX} from '../../src/core/known.js';
import type {ApiLiveness, PodVia} from '../../src/core/observation/frigate.js';
import {seconds} from '../../src/core/time.js';
import {openFrigate, type OpenedFrigate, type FrigateAccess} from '../../src/frigate/open.js';
import {createReader} from '../../src/frigate/reader.js';
import {directTransport} from '../../src/frigate/transport/direct.js';
import {fakeCluster, forwardTo, silence, STATS, targetAt} from '../frigate/fakes.js';
import {distantServer, standStill, standStillAfter} from '../frigate/unwell.js';

const LIMIT = seconds(0.4);
/** Longer than the limit, and more than half of it. */
const STALL = 700;

const verdicts = (liveness: readonly ApiLiveness[]): readonly string[] =>
  liveness.map((one) => `${one.via} ${one.verdict === 'dead' ? one.how : one.verdict}`);

interface Opened extends OpenedFrigate {
  readonly took: number;
}

/** Opens Frigate while this process stands still, `after` milliseconds from each beginning. */
const open = async (
  parts: Partial<FrigateAccess>,
  via: 'auto' | PodVia,
  port: number,
  stalls: readonly number[],
): Promise<Opened> => {
  const begun = performance.now();
  for (const at of stalls) standStillAfter(at, STALL);
  const opened = await openFrigate(fakeCluster(parts), targetAt(port), {
    via,
    apiTimeout: LIMIT,
    timers: processTimers,
    signal: AbortSignal.timeout(10_000),
  });
  opened.reader.close();
  return {...opened, took: performance.now() - begun};
};

describe('asking a healthy Frigate while this checker does not run', () => {
  // The answer comes while the process stands still, past its limit: it lies in the socket when the timers fire.
  it('hears the answer that lies in the socket (direct)', async () => {
    await using server = await distantServer(150, STATS);
    const {liveness} = await open({inCluster: true}, 'direct', server.port, [30]);
    assert.deepEqual(verdicts(liveness), ['direct alive']);
  });

  it('hears the answer that lies in the socket (port-forward)', async () => {
    await using server = await distantServer(150, STATS);
    const {liveness} = await open({forwardPort: forwardTo(server.port)}, 'port-forward', server.port, [30]);
    assert.deepEqual(verdicts(liveness), ['port-forward alive']);
  });

  it('hears it also when it did not run before the request was sent', async () => {
    await using server = await distantServer(20, STATS);
    const asking = open({inCluster: true}, 'direct', server.port, []);
    standStill(STALL);
    assert.deepEqual(verdicts((await asking).liveness), ['direct alive']);
  });
});

describe('asking a silent Frigate while this checker does not run', () => {
  it('is unknown in words that name the checker and its cure, and no witness of a death', async () => {
    await using server = await distantServer(null, STATS);
    const {liveness, stats, took} = await open({inCluster: true}, 'direct', server.port, [30]);
    const [path] = liveness;
    assert.ok(path?.verdict === 'unknown' && path.starved === true);
    assert.match(path.why, /^GET \/api\/stats: this checker did not run for /);
    assert.equal(!stats.known && stats.why.code, 'starved');
    assert.ok(took < 2 * STALL + 4 * LIMIT, `${Math.round(took)} ms`);
  });

  it('says so of every question: a silent go2rtc is not hung, a history is not late', async () => {
    await using server = await distantServer(null, STATS);
    const target = {...targetAt(server.port), podIP: '127.0.0.1'};
    const reader = createReader({
      cluster: fakeCluster({}),
      target,
      transport: directTransport(target, processTimers),
      timers: processTimers,
      apiTimeout: LIMIT,
      alive: true,
    });
    standStillAfter(30, STALL);
    const [go2rtc, history] = await Promise.all([
      reader.go2rtc(AbortSignal.timeout(10_000)),
      reader.history(AbortSignal.timeout(10_000)),
    ]);
    assert.deepEqual(
      [go2rtc, history].map((one) => !one.known && one.why.code),
      ['starved', 'starved'],
    );
    assert.deepEqual(go2rtc.known ? [] : go2rtc.why.fix, STARVED_FIX);
  });

  it('takes no mount for hung', async () => {
    const reader = createReader({
      cluster: fakeCluster({
        exec: (_, [program], {signal}) =>
          program === 'echo'
            ? Promise.resolve({known: true, value: {exitCode: 0, stdout: Buffer.of(), stderr: Buffer.of()}})
            : silence(signal),
      }),
      target: targetAt(5000),
      transport: directTransport({...targetAt(5000), podIP: '127.0.0.1'}, processTimers),
      timers: processTimers,
      apiTimeout: LIMIT,
      alive: true,
    });
    const ending = new AbortController();
    // The probe has eight seconds of its own: this process does not run for most of them, and then the pass is over.
    setTimeout(() => {
      standStill(4400);
      ending.abort();
    }, 30);
    const probed = await reader.mountProbe(ending.signal);
    assert.equal(!probed.known && probed.why.code, 'starved');
  }).timeout(20_000);

  it('still proves a death in the time awake that follows', async () => {
    await using server = await distantServer(null, STATS);
    const {liveness, took} = await open(
      {inCluster: true, forwardPort: forwardTo(server.port)},
      'direct',
      server.port,
      [],
    );
    assert.deepEqual(verdicts(liveness)[0], 'direct silent');
    assert.ok(took < 4 * LIMIT, `${Math.round(took)} ms`);
  });
});
