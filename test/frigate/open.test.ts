import assert from 'node:assert/strict';
import {FakeTimers} from '../support/fake-timers.js';
import {lineOf} from '../../src/core/fix.js';
import {unknown} from '../../src/core/known.js';
import type {ApiLiveness, PodVia} from '../../src/core/observation/frigate.js';
import {milliseconds, seconds} from '../../src/core/time.js';
import type {FrigateTarget} from '../../src/frigate/frigate.js';
import {openFrigate, type OpenedFrigate, type FrigateAccess} from '../../src/frigate/open.js';
import {podDialFailure} from '../../src/kubernetes/pod-connection.js';
import {
  curlAnswer,
  DATE,
  deadPort,
  execResult,
  fakeCluster,
  forwardTo,
  httpReply,
  httpServer,
  rawServer,
  silence,
  STATS,
  targetAt,
  TIMEOUT,
  type FakeCluster,
  type TestServer,
} from './fakes.js';

interface Opened extends OpenedFrigate {
  readonly cluster: FakeCluster;
  readonly took: number;
}

const never = new AbortController().signal;
let timers = new FakeTimers();
beforeEach(() => {
  timers = new FakeTimers();
});

const open = async (
  parts: Partial<FrigateAccess>,
  via: 'auto' | PodVia = 'auto',
  target: FrigateTarget = targetAt(5000),
  signal: AbortSignal = new AbortController().signal,
): Promise<Opened> => {
  const cluster = fakeCluster(parts);
  const begun = timers.monotonic();
  const opened = await openFrigate(cluster, target, {via, apiTimeout: TIMEOUT, timers, signal});
  return {...opened, cluster, took: timers.monotonic() - begun};
};

/** The same with a server that keeps silent: time passes once it has heard the question. */
const outwait = async (server: TestServer, opening: Promise<Opened>): Promise<Opened> => {
  await server.heard(1);
  return timers.finish(opening);
};

const verdicts = (liveness: readonly ApiLiveness[]): readonly string[] =>
  liveness.map((one) => `${one.via} ${one.verdict === 'dead' ? one.how : one.verdict}`);

const answers =
  (status: number, body: string): FrigateAccess['proxyGet'] =>
  () =>
    Promise.resolve(httpReply(status, body));
const curls =
  (status: number, body: string): FrigateAccess['exec'] =>
  () =>
    Promise.resolve(curlAnswer(status, body));
const refusedProxy: FrigateAccess['proxyGet'] = () =>
  Promise.resolve(podDialFailure('get pods/proxy', 'dial tcp 10.1.2.3:5000: connect: connection refused'));
const refusedCurl: FrigateAccess['exec'] = () => Promise.resolve(execResult(7, '', 'curl: (7) Failed to connect'));
const silentProxy: FrigateAccess['proxyGet'] = (_, __, ___, ____, {signal}) => silence(signal);
const noCurl: FrigateAccess['exec'] = () => Promise.resolve(execResult(127));

describe('opening a healthy Frigate', () => {
  it('from outside takes one request, through the proxy', async () => {
    const opened = await open({proxyGet: answers(200, STATS)});
    assert.deepEqual(verdicts(opened.liveness), ['proxy alive']);
    assert.deepEqual(opened.cluster.asked, ['proxy /api/stats']);
    assert.equal(opened.via, 'proxy');
    assert.ok(opened.stats.known);
    assert.equal(opened.stats.value.snapshot.version, '0.17.2-3d4dd3a');
    assert.equal(opened.stats.value.date, Date.parse(DATE));
  });

  it('from inside takes the pod address', async () => {
    const server = await httpServer((_, response) => response.end(STATS));
    const opened = await open({inCluster: true}, 'auto', targetAt(server.port));
    await server.close();
    assert.deepEqual([opened.via, opened.cluster.asked], ['direct', []]);
  });

  it('from inside, without a pod address yet, takes the proxy', async () => {
    assert.equal(
      (await open({inCluster: true, proxyGet: answers(200, STATS)}, 'auto', targetAt(5000, null))).via,
      'proxy',
    );
  });

  it('falls to exec where the proxy is forbidden, and to port-forward where curl is missing', async () => {
    assert.deepEqual(verdicts((await open({exec: curls(200, STATS)})).liveness), ['proxy unknown', 'exec alive']);
    const server = await httpServer((_, response) => response.end(STATS));
    const opened = await open({exec: noCurl, forwardPort: forwardTo(server.port)});
    await server.close();
    assert.deepEqual(verdicts(opened.liveness), ['proxy unknown', 'exec unknown', 'port-forward alive']);
    assert.equal(opened.reader.via, 'port-forward');
  });

  it('takes the path that was asked for and no other', async () => {
    const opened = await open({proxyGet: answers(200, STATS), exec: noCurl}, 'exec');
    assert.deepEqual(verdicts(opened.liveness), ['exec unknown']);
    assert.equal(opened.via, null);
  });

  it('uses the second path when only the first one finds it dead: a network policy, not Frigate', async () => {
    const opened = await open({proxyGet: refusedProxy, exec: curls(200, STATS)});
    assert.deepEqual(verdicts(opened.liveness), ['proxy refused', 'exec alive']);
    assert.equal(opened.via, 'exec');
    assert.ok(opened.stats.known);
  });
});

describe('opening a dead Frigate', () => {
  const dead: ReadonlyArray<readonly [what: string, parts: Partial<FrigateAccess>, expected: readonly string[]]> = [
    ['refused on both', {proxyGet: refusedProxy, exec: refusedCurl}, ['proxy refused', 'exec refused']],
    [
      'HTTP 500 on both, as nginx says while the backend is down',
      {proxyGet: answers(500, '<html>'), exec: curls(500, '<html>')},
      ['proxy http-status', 'exec http-status'],
    ],
    [
      'a page on both: another program answers on that port',
      {proxyGet: answers(200, '<!DOCTYPE html><html>hi</html>'), exec: curls(200, '<html>hi</html>')},
      ['proxy unknown', 'exec unknown', 'port-forward unknown'],
    ],
    [
      'text that is neither JSON nor a page on both',
      {proxyGet: answers(200, 'Out of memory'), exec: curls(200, 'Out of memory')},
      ['proxy not-json', 'exec not-json'],
    ],
    [
      'a cut body on both',
      {proxyGet: answers(200, '{"cameras":{'), exec: () => Promise.resolve(execResult(18, '', 'transfer closed'))},
      ['proxy not-json', 'exec not-json'],
    ],
    ['exec refused, with port-forward as no further opinion', {exec: refusedCurl}, ['proxy unknown', 'exec refused']],
    [
      'a proxy alone, when exec is forbidden and port-forward as well',
      {proxyGet: refusedProxy},
      ['proxy refused', 'exec unknown', 'port-forward unknown'],
    ],
  ];
  for (const [what, parts, expected] of dead) {
    it(`tells ${what}`, async () => {
      const opened = await open(parts);
      assert.deepEqual(verdicts(opened.liveness), expected);
      assert.equal(opened.via, null);
      assert.equal(opened.stats.known, false);
    });
  }

  it('from inside asks exec, not the proxy, for the second opinion', async () => {
    const opened = await open(
      {inCluster: true, proxyGet: refusedProxy, exec: refusedCurl},
      'auto',
      targetAt(await deadPort()),
    );
    assert.deepEqual(verdicts(opened.liveness), ['direct refused', 'exec refused']);
  });

  it('asks a witness from the other side even when one path was asked for', async () => {
    assert.deepEqual(verdicts((await open({proxyGet: refusedProxy, exec: refusedCurl}, 'exec')).liveness), [
      'exec refused',
      'proxy refused',
    ]);
  });

  it('from inside asks the proxy for the second opinion where exec is not granted: a hung Frigate has its two witnesses with the rights of install', async () => {
    const server = await rawServer('');
    const opened = await outwait(server, open({inCluster: true, proxyGet: silentProxy}, 'auto', targetAt(server.port)));
    await server.close();
    assert.deepEqual(verdicts(opened.liveness), ['direct silent', 'exec unknown', 'proxy silent']);
    assert.deepEqual(
      opened.cluster.asked.filter((asked) => asked.startsWith('proxy')),
      ['proxy /api/stats'],
    );
  });

  it('that lets the API server in and nobody else is alive, and asked through it', async () => {
    const opened = await open({inCluster: true, proxyGet: answers(200, STATS)}, 'auto', targetAt(await deadPort()));
    assert.deepEqual(verdicts(opened.liveness), ['direct refused', 'exec unknown', 'proxy alive']);
    assert.equal(opened.reader.via, 'proxy');
  });

  it('asks every witness there is when the path that was asked for finds it dead', async () => {
    const server = await rawServer('');
    const inside = (via: PodVia) => open({inCluster: true, proxyGet: silentProxy}, via, targetAt(server.port));
    const direct = await outwait(server, inside('direct'));
    assert.deepEqual(verdicts(direct.liveness), ['direct silent', 'exec unknown', 'proxy silent']);
    const byProxy = inside('proxy');
    await timers.advance(TIMEOUT);
    await server.heard(2);
    const proxy = await timers.finish(byProxy);
    assert.deepEqual(verdicts(proxy.liveness), ['proxy silent', 'exec unknown', 'direct silent']);
    await server.close();
    assert.deepEqual(verdicts((await timers.finish(open({proxyGet: silentProxy}, 'proxy'))).liveness), [
      'proxy silent',
      'exec unknown',
    ]);
  });

  it('that is silent costs at most two API timeouts, one after the other', async () => {
    const server = await rawServer('');
    const opening = open(
      {
        inCluster: true,
        exec: async (_, command, {signal}) => {
          const maxTime = Number(command[command.indexOf('--max-time') + 1]);
          await timers.sleep(seconds(maxTime), never);
          return signal.aborted
            ? unknown('timeout', 'exec: deadline')
            : execResult(28, '', 'curl: (28) Operation timed out');
        },
      },
      'auto',
      targetAt(server.port),
    );
    const opened = await outwait(server, opening);
    await server.close();
    assert.deepEqual(verdicts(opened.liveness), ['direct silent', 'exec silent']);
    assert.equal(opened.took, 2 * TIMEOUT);
  });

  it('has its whole API timeout where the way itself is slow to open: a node under load does not take the second witness away', async () => {
    const slow = milliseconds(2 * TIMEOUT);
    const server = await rawServer('');
    const byExec = open({
      proxyGet: silentProxy,
      exec: async (_, command, {signal}) => {
        await timers.sleep(milliseconds(slow + Number(command[command.indexOf('--max-time') + 1]) * 1000), never);
        return signal.aborted
          ? unknown('timeout', 'exec: deadline')
          : execResult(28, '', 'curl: (28) Operation timed out');
      },
    });
    const exec = await timers.finish(byExec);
    const byPortForward = open({
      proxyGet: silentProxy,
      exec: noCurl,
      forwardPort: async (...all) => {
        await timers.sleep(slow, never);
        return forwardTo(server.port)(...all);
      },
    });
    await timers.advance(milliseconds(TIMEOUT + slow));
    const forwarded = await outwait(server, byPortForward);
    await server.close();
    assert.deepEqual(verdicts(exec.liveness), ['proxy silent', 'exec silent']);
    assert.deepEqual(verdicts(forwarded.liveness), ['proxy silent', 'exec unknown', 'port-forward silent']);
    assert.match(JSON.stringify(forwarded.liveness.at(-1)), new RegExp(`no answer in ${TIMEOUT} ms`));
  });

  it('is not asked for anything else', async () => {
    const {reader, cluster} = await open({proxyGet: refusedProxy, exec: refusedCurl});
    const before = cluster.asked.length;
    const signal = never;
    for (const answer of [
      await reader.history(signal),
      await reader.config(signal),
      await reader.go2rtc(signal),
      await reader.newestSegment('front', Date.now() as never, signal),
    ]) {
      assert.equal(answer.known ? '' : answer.why.code, 'not-asked');
    }
    assert.equal(cluster.asked.length, before);
  });
});

describe('opening a Frigate that answers something odd', () => {
  const odd: ReadonlyArray<readonly [what: string, status: number, body: string]> = [
    ['a login (401)', 401, ''],
    ['403', 403, ''],
    ['404', 404, ''],
    ['TLS wanted (400)', 400, 'The plain HTTP request was sent to HTTPS port'],
    ['a redirect', 302, ''],
    ['JSON of the wrong shape', 200, '{"success":false,"message":"Unauthorized"}'],
    ['a JSON string', 200, '"fine"'],
    ['an empty object', 200, '{}'],
    ['a literal NaN', 200, '{"cameras":{"a":{"camera_fps":NaN}}}'],
  ];
  for (const [what, status, body] of odd) {
    it(`calls neither alive nor dead what gives ${what}`, async () => {
      const opened = await open({proxyGet: answers(status, body)}, 'proxy');
      assert.deepEqual(verdicts(opened.liveness), ['proxy unknown']);
      assert.equal(opened.stats.known, false);
    });
  }

  it('keeps the reason why a path failed', async () => {
    const opened = await open({}, 'proxy');
    assert.equal(opened.stats.known ? '' : opened.stats.why.code, 'forbidden');
  });

  it('says that a port expects TLS, and which one does not', async () => {
    const {stats} = await open(
      {proxyGet: answers(400, '<html><center>The plain HTTP request was sent to HTTPS port</center></html>')},
      'proxy',
    );
    assert.ok(!stats.known);
    assert.match(stats.why.message, /HTTP 400, the port expects TLS$/);
    assert.match(lineOf(stats.why.fix ?? []), /5000/);
  });

  it('says with what fix a login is passed by', async () => {
    const opened = await open({proxyGet: answers(401, '')}, 'proxy');
    assert.match(opened.stats.known ? '' : lineOf(opened.stats.why.fix ?? []), /5000/);
  });
});

describe("the pass's own deadline", () => {
  it('is not taken for the silence of Frigate', async () => {
    const opened = await timers.finish(
      open({proxyGet: silentProxy, exec: refusedCurl}, 'auto', targetAt(5000), timers.timeout(milliseconds(60))),
    );
    assert.deepEqual(verdicts(opened.liveness), ['proxy unknown']);
    assert.equal(opened.took, 60);
  });
});
