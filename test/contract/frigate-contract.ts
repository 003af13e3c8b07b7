/** The contract of reaching Frigate: one suite over every transport, for the simulator here and a simulated Frigate in a container of a real cluster. */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import {processTimers} from '../../src/cli/timers.js';
import type {Known} from '../../src/core/known.js';
import type {PodVia} from '../../src/core/observation/frigate.js';
import type {Signature} from '../../src/core/observation/log.js';
import {instant, later, minutes, seconds, type Duration} from '../../src/core/time.js';
import type {FrigateReader, FrigateTarget, Transport} from '../../src/frigate/frigate.js';
import {judgeStats} from '../../src/frigate/liveness.js';
import {readLog} from '../../src/frigate/log/read.js';
import {openFrigate} from '../../src/frigate/open.js';
import {askStats, createReader, type Asker} from '../../src/frigate/reader.js';
import {directTransport} from '../../src/frigate/transport/direct.js';
import {execTransport} from '../../src/frigate/transport/exec.js';
import {portForwardTransport} from '../../src/frigate/transport/port-forward.js';
import {proxyTransport} from '../../src/frigate/transport/proxy.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';

/** What happened to a Frigate before the suite meets it; it stands for good. */
export type Circumstance =
  | 'healthy' // up for some minutes, seven cameras, one of them `front_door`
  | 'silent' // its main process hangs (main-stop)
  | 'starting' // its API is not up yet: nginx answers 500 (starting)
  | 'go2rtc-hung' // go2rtc-stop
  | 'coral-stuck'; // its log says so again and again

export interface FrigateStage {
  readonly name: string;
  /** How Frigate can be reached from here; `direct` only where pod addresses can be dialled. */
  readonly ways: readonly PodVia[];
  /** How long a question may take that is not answered; `direct` and the proxy have no other time, an exec has its own beside it. */
  readonly short: Duration;
  /** Brings up one pod for each circumstance, with something mounted at /media/frigate. */
  start(
    circumstances: readonly Circumstance[],
  ): Promise<{readonly cluster: Cluster; readonly target: (circumstance: Circumstance) => FrigateTarget}>;
  stop(): Promise<void>;
  /** A Frigate whose media mount hangs; `null` where that cannot be made. */
  readonly hangingMount: (() => FrigateTarget) | null;
}

const circumstances: readonly Circumstance[] = ['healthy', 'silent', 'starting', 'go2rtc-hung', 'coral-stuck'];

/** For an answer that comes. */
const ENOUGH = seconds(8);

const within = (length: number = ENOUGH): AbortSignal => AbortSignal.timeout(length);
const clock = (): number => performance.now();

const valueOf = <T>(known: Known<T>): T => {
  assert.ok(known.known, known.known ? '' : `${known.why.code}: ${known.why.message}`);
  return known.value;
};

const transportOf = (via: PodVia, cluster: Cluster, target: FrigateTarget): Transport => {
  switch (via) {
    case 'direct':
      assert.ok(target.podIP !== null);
      return directTransport({...target, podIP: target.podIP}, processTimers);
    case 'proxy':
      return proxyTransport(cluster, target, processTimers);
    case 'exec':
      return execTransport(cluster, target, processTimers);
    case 'port-forward':
      return portForwardTransport(cluster, target, processTimers);
  }
};

/** Tries until it holds: a Frigate in a container needs a moment to record. */
const eventually = async <T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> => {
  const deadline = Date.now() + 100_000;
  for (;;) {
    const value = await look();
    if (holds(value) || Date.now() > deadline) return value;
    await wait(500);
  }
};

interface Given {
  readonly cluster: Cluster;
  readonly target: (circumstance: Circumstance) => FrigateTarget;
}

const describeWay = (via: PodVia, short: Duration, given: () => Given): void => {
  const transport = (circumstance: Circumstance, change: Partial<FrigateTarget> = {}): Transport =>
    transportOf(via, given().cluster, {...given().target(circumstance), ...change});
  const asker = (...one: Parameters<typeof transport>): Asker => ({
    transport: transport(...one),
    timers: processTimers,
  });
  const reader = (circumstance: Circumstance, timeout = ENOUGH): FrigateReader => {
    const {cluster, target} = given();
    return createReader({
      cluster,
      target: target(circumstance),
      transport: transport(circumstance),
      apiTimeout: timeout,
      timers: processTimers,
      alive: true,
    });
  };
  const now = (): ReturnType<typeof instant> => instant(Date.now());

  it('reads the stats, and the clock of the same reply', async () => {
    const {liveness, stats} = await reader('healthy').stats(within());
    assert.deepEqual([liveness.via, liveness.verdict], [via, 'alive'], JSON.stringify(liveness));
    const {snapshot, date} = valueOf(stats);
    assert.match(snapshot.version ?? '', /^0\.17\.2/);
    assert.equal(snapshot.cameras.length, 7);
    assert.deepEqual(snapshot.unreadable, []);
    assert.ok(snapshot.usages !== null && snapshot.usages.length > 7);
    assert.ok(date !== null && snapshot.lastUpdated !== null && Math.abs(date - snapshot.lastUpdated) < 60_000);
  });

  it('reads the history, oldest first', async () => {
    const history = await eventually(
      async () => valueOf(await reader('healthy').history(within())),
      ({length}) => length >= 2,
    );
    const instants = history.map(({lastUpdated}) => lastUpdated ?? 0);
    assert.ok(history.length >= 2 && history.length <= 80);
    assert.deepEqual(
      instants,
      [...instants].sort((a, b) => a - b),
    );
    assert.equal(history[0]?.cameras.length, 7);
  });

  it('reads the configuration', async () => {
    const config = valueOf(await reader('healthy').config(within()));
    assert.equal(config.safeMode, false);
    const camera = config.cameras.find(({name}) => name === 'front_door');
    assert.deepEqual([camera?.enabled, camera?.recordEnabled, camera?.throughGo2rtc], [true, true, true]);
    assert.deepEqual([...config.detectors], [['coral', 'edgetpu']]);
  });

  it('finds the newest segment of a camera', async () => {
    const newest = await eventually(
      async () => valueOf(await reader('healthy').newestSegment('front_door', now(), within())),
      ({found}) => found === 'one',
    );
    assert.ok(newest.found === 'one');
    assert.ok(Math.abs(newest.segment.end - now()) < 60_000);
    assert.equal(Math.round(newest.segment.length / 1000), 10);
  });

  it('does not take a camera that is not there for one without recordings', async () => {
    const newest = await reader('healthy').newestSegment('nobody/../x', now(), within());
    assert.ok(!newest.known && newest.why.code === 'not-found', JSON.stringify(newest));
  });

  it('sees the streams of go2rtc and their producers', async () => {
    const streams = valueOf(await reader('healthy').go2rtc(within()));
    assert.ok('streams' in streams);
    assert.deepEqual(streams.streams, [{name: 'front_door', connected: true, consumers: 1}]);
  });

  it('tells a go2rtc that hangs from one that is not there', async () => {
    const streams = valueOf(await reader('go2rtc-hung', short).go2rtc(within()));
    assert.ok('hung' in streams && streams.hung);
  });

  it('calls a silent API dead within its timeout, having reached it', async () => {
    const begun = clock();
    const {liveness, stats} = await askStats(asker('silent'), short, within());
    assert.ok(liveness.verdict === 'dead' && liveness.how === 'silent', JSON.stringify(liveness));
    assert.ok(!stats.known && stats.why.code === 'timeout');
    assert.ok(clock() - begun < short + transport('silent').setUp + 2000);
  });

  it('calls an API dead that nginx answers 500 for', async () => {
    const {liveness, stats} = await askStats(asker('starting'), ENOUGH, within());
    assert.ok(liveness.verdict === 'dead' && liveness.how === 'http-status', JSON.stringify(liveness));
    assert.ok(!stats.known && stats.why.code === 'server-error');
  });

  it('calls a port dead that nobody listens on', async () => {
    const {liveness, stats} = await askStats(asker('healthy', {port: 5999}), ENOUGH, within());
    assert.ok(liveness.verdict === 'dead' && liveness.how === 'refused', JSON.stringify(liveness));
    assert.ok(!stats.known && stats.why.code === 'unreachable');
  });

  it('does not take a page of HTML for stats', async () => {
    const reply = await transport('healthy').get('/', {signal: within(), timeout: ENOUGH, limit: 1_000_000});
    assert.ok(reply.kind === 'answer', JSON.stringify(reply));
    assert.deepEqual([reply.status, reply.headers.get('content-type')?.split(';')[0]], [200, 'text/html']);
    const {liveness, stats} = judgeStats(via, reply);
    assert.ok(liveness.verdict === 'unknown', JSON.stringify(liveness));
    assert.ok(!stats.known && stats.why.code === 'garbled');
  });

  it('stops reading at the bound', async () => {
    const reply = await transport('healthy').get('/api/config', {signal: within(), timeout: ENOUGH, limit: 100});
    assert.deepEqual(
      reply.kind === 'no-answer' && [reply.reached, reply.how],
      [true, 'too-large'],
      JSON.stringify(reply),
    );
  });
};

const describeOpening = (ways: readonly PodVia[], short: Duration, given: () => Given): void => {
  const open = (circumstance: Circumstance, via: 'auto' | PodVia): ReturnType<typeof openFrigate> =>
    openFrigate(given().cluster, given().target(circumstance), {
      via,
      apiTimeout: circumstance === 'healthy' ? ENOUGH : short,
      timers: processTimers,
      signal: within(20_000),
    });

  it('opens a healthy Frigate over the first way', async () => {
    const {via, liveness, reader} = await open('healthy', 'auto');
    assert.deepEqual([via, liveness.length], ['proxy', 1]);
    reader.close();
  });

  for (const via of ['auto', ...ways] as const) {
    it(`says dead only when a second, independent way agrees (${via})`, async () => {
      const opened = await open('silent', via);
      assert.equal(opened.via, null);
      assert.deepEqual(
        opened.liveness.map(({verdict}) => verdict),
        ['dead', 'dead'],
        JSON.stringify(opened.liveness),
      );
      const inside = opened.liveness.map((each) => each.via === 'exec' || each.via === 'port-forward');
      assert.deepEqual(new Set(inside), new Set([true, false]));
      opened.reader.close();
    });
  }

  it('asks a Frigate in trouble for nothing more', async () => {
    const {reader} = await open('silent', 'auto');
    const begun = clock();
    for (const answer of [await reader.history(within()), await reader.config(within())])
      assert.ok(!answer.known && answer.why.code === 'not-asked');
    assert.ok(clock() - begun < 100);
    reader.close();
  });
};

const describeContainer = (stage: FrigateStage, given: () => Given): void => {
  const reader = (target: FrigateTarget): FrigateReader => {
    const {cluster} = given();
    return createReader({
      cluster,
      target,
      transport: transportOf('exec', cluster, target),
      apiTimeout: ENOUGH,
      timers: processTimers,
      alive: true,
    });
  };
  const evidence = async (circumstance: Circumstance): Promise<ReadonlyMap<Signature, {readonly count: number}>> => {
    const {namespace, pod, container} = given().target(circumstance);
    const log = valueOf(
      await readLog(
        given().cluster,
        {namespace, pod, container, since: null, to: later(instant(Date.now()), minutes(1)), previous: false},
        within(),
      ),
    );
    assert.ok(log.complete && log.bytes > 0);
    return log.tallies;
  };

  it('sees that the media mount answers', async () => {
    assert.deepEqual(valueOf(await reader(given().target('healthy')).mountProbe(within())), {answered: true});
  });

  const {hangingMount} = stage;
  if (hangingMount !== null) {
    it('sees that the media mount hangs, within seconds', async () => {
      const begun = clock();
      const probe = valueOf(await reader(hangingMount()).mountProbe(within(20_000)));
      assert.equal(probe.answered, false);
      assert.ok(clock() - begun < 12_000);
    });
  }

  it('reads what is mounted', async () => {
    const mounts = valueOf(await reader(given().target('healthy')).mounts(within()));
    assert.equal(
      mounts.find(({path}) => path === '/media/frigate/recordings')?.readOnly,
      false,
      JSON.stringify(mounts),
    );
  });

  it('finds the start in the log of a healthy Frigate, and no trouble', async () => {
    const tallies = await eventually(
      () => evidence('healthy'),
      (found) => found.has('starting'),
    );
    assert.deepEqual(
      [...tallies.keys()].filter((signature) => !['starting', 'migration', 'detector-started'].includes(signature)),
      [],
    );
    assert.equal(tallies.get('starting')?.count, 1);
  });

  it('finds a stuck detector in the log', async () => {
    const tallies = await eventually(
      () => evidence('coral-stuck'),
      (found) => found.has('detector-stuck'),
    );
    assert.ok((tallies.get('detector-stuck')?.count ?? 0) > 0, JSON.stringify([...tallies.keys()]));
  });
};

/** Runs the whole contract on a stage. */
export const describeFrigate = (stage: FrigateStage): void => {
  describe(`the contract of reaching Frigate on ${stage.name}`, function () {
    this.timeout(180_000);
    let place: Given | null = null;
    const given = (): Given => {
      assert.ok(place, 'the stage has begun');
      return place;
    };

    before(async () => {
      place = await stage.start(circumstances);
    });

    after(async () => {
      place?.cluster.close();
      await stage.stop();
    });

    for (const via of stage.ways) describe(`by ${via}`, () => describeWay(via, stage.short, given));
    describe('finding a way', () => describeOpening(stage.ways, stage.short, given));
    describe('in the container', () => describeContainer(stage, given));
  });
};
