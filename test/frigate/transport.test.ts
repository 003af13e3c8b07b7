import assert from 'node:assert/strict';
import {Agent} from 'node:http';
import type {Socket} from 'node:net';
import {Duplex} from 'node:stream';
import {FakeTimers, settled} from '../support/fake-timers.js';
import {known, unknown} from '../../src/core/known.js';
import type {Transport, TransportReply} from '../../src/frigate/frigate.js';
import {parseCurlOutput} from '../../src/frigate/transport/curl.js';
import {directTransport} from '../../src/frigate/transport/direct.js';
import {execTransport} from '../../src/frigate/transport/exec.js';
import {portForwardTransport} from '../../src/frigate/transport/port-forward.js';
import {proxyTransport} from '../../src/frigate/transport/proxy.js';
import {urlTransport} from '../../src/frigate/transport/url.js';
import {PodConnectionError, podDialFailure} from '../../src/kubernetes/pod-connection.js';
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
  type TestServer,
} from './fakes.js';

const timers = new FakeTimers();
const get = (transport: Transport, limit = 1_000_000, path = '/api/stats'): Promise<TransportReply> =>
  transport.get(path, {signal: timers.timeout(TIMEOUT), timeout: TIMEOUT, limit});
/** The reply of one that is heard and keeps silent. */
const outwait = async (server: TestServer, transport: Transport): Promise<TransportReply> => {
  const reply = get(transport);
  await server.heard(1);
  await timers.advance(TIMEOUT);
  return reply;
};
const direct = (port: number): Transport => directTransport({...targetAt(port), podIP: '127.0.0.1'}, timers);

const assertNoAnswer = (reply: TransportReply, reached: boolean, how: string): void => {
  assert.deepEqual(
    reply.kind === 'no-answer' ? {reached: reply.reached, how: reply.how} : reply.kind,
    {reached, how},
    JSON.stringify(reply),
  );
};

describe('over HTTP, directly and through a forwarded port', () => {
  let server: TestServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  const agent = new Agent({keepAlive: true});
  const kept = (port: number): Transport => directTransport({...targetAt(port), podIP: '127.0.0.1'}, timers, agent);
  after(() => agent.destroy());

  it('kept: asks several questions over one connection', async () => {
    const connections = new Set<Socket>();
    server = await httpServer(({socket}, response) => {
      connections.add(socket);
      response.end('x');
    });
    for (let number = 0; number < 3; number += 1) {
      assert.equal((await get(kept(server.port))).kind, 'answer');
      await settled();
    }
    assert.deepEqual([server.paths.length, connections.size], [3, 1]);
  });

  it('kept: asks once more on a new connection where the server closed the kept one meanwhile', async () => {
    const sockets: Socket[] = [];
    server = await httpServer((request, response) => {
      if (sockets.includes(request.socket)) request.socket.resetAndDestroy();
      else response.end('x');
      sockets.push(request.socket);
    });
    for (let number = 0; number < 2; number += 1) {
      assert.equal((await get(kept(server.port))).kind, 'answer');
      await settled();
    }
    assert.equal(sockets.length, 3);
  });

  it('kept: a silence is one question, and the next has a new connection', async () => {
    const sockets = new Set<Socket>();
    server = await httpServer((request, response) => {
      sockets.add(request.socket);
      if (sockets.size > 1) response.end('x');
    });
    assertNoAnswer(await outwait(server, kept(server.port)), true, 'silent');
    assert.deepEqual([server.paths.length, sockets.size], [1, 1]);
    assert.equal((await get(kept(server.port))).kind, 'answer');
    assert.equal(sockets.size, 2);
  });

  const ways: ReadonlyArray<readonly [name: string, make: (port: number) => Transport]> = [
    ['direct', direct],
    ['kept', kept],
    ['url', (port) => urlTransport(`http://127.0.0.1:${port}`, timers)],
    ['port-forward', (port) => portForwardTransport({forwardPort: forwardTo(port)}, targetAt(1), timers)],
  ];

  for (const [name, make] of ways) {
    it(`${name}: brings status, headers and body exactly`, async () => {
      const body = Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]);
      server = await httpServer((_, response) => response.writeHead(200, {Date: DATE, 'X-Two': ['a', 'b']}).end(body));
      const reply = await get(make(server.port), 1000, '/api/stats?x=1');
      assert.ok(reply.kind === 'answer');
      assert.equal(reply.status, 200);
      assert.equal(reply.headers.get('date'), DATE);
      assert.deepEqual(reply.body, body);
      assert.ok(reply.latency >= 0);
      assert.deepEqual(server.paths, ['/api/stats?x=1']);
    });

    for (const status of [401, 404, 500, 502]) {
      it(`${name}: takes HTTP ${status} for an answer`, async () => {
        server = await httpServer((_, response) => response.writeHead(status).end('x'));
        const reply = await get(make(server.port));
        assert.equal(reply.kind === 'answer' && reply.status, status);
      });
    }

    it(`${name}: says silent when the connection stands and nothing comes`, async () => {
      server = await rawServer('');
      assertNoAnswer(await outwait(server, make(server.port)), true, 'silent');
    });

    it(`${name}: says silent when the body stalls`, async () => {
      server = await rawServer('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":');
      assertNoAnswer(await outwait(server, make(server.port)), true, 'silent');
    });

    it(`${name}: says cut when the body breaks off`, async () => {
      server = await rawServer('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":', true);
      assertNoAnswer(await get(make(server.port)), true, 'cut');
    });

    it(`${name}: says cut when the connection ends without an answer`, async () => {
      server = await rawServer('', true);
      assertNoAnswer(await get(make(server.port)), true, 'cut');
    });

    it(`${name}: says cut for what is no HTTP`, async () => {
      server = await rawServer('SSH-2.0-OpenSSH_9.2\r\n', true);
      assertNoAnswer(await get(make(server.port)), true, 'cut');
    });

    it(`${name}: stops reading 10 MB at the limit`, async () => {
      server = await httpServer((_, response) => {
        response.writeHead(200).end(Buffer.alloc(10_000_000, 'x'));
      });
      assertNoAnswer(await get(make(server.port), 100_000), true, 'too-large');
    });
  }

  it('direct: says refused when nobody listens', async () =>
    assertNoAnswer(await get(direct(await deadPort())), true, 'refused'));

  it('direct: says path when the address cannot be reached', async () => {
    assertNoAnswer(await get(directTransport({...targetAt(5000), podIP: '255.255.255.255'}, timers)), false, 'path');
  });

  it('direct: says path when its time was over before it began', async () => {
    assertNoAnswer(await direct(9).get('/', {signal: AbortSignal.abort(), timeout: TIMEOUT, limit: 1}), false, 'path');
  });

  it('port-forward: tells a port that refuses in the pod', async () => {
    const refused = podDialFailure('get pods/portforward', 'dial tcp4 127.0.0.1:5000: connect: connection refused').why;
    let written = false;
    const broken: Duplex = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => {
        written = true;
        done();
        broken.destroy(new PodConnectionError(refused));
      },
    });
    const reply = await get(
      portForwardTransport({forwardPort: () => Promise.resolve(known(broken))}, targetAt(1), timers),
    );
    assertNoAnswer(reply, true, 'refused');
    assert.match(reply.kind === 'no-answer' ? reply.detail : '', /^connection refused in the pod/);
    assert.ok(written);
  });

  it('port-forward: tells a connection that broke before it was used', async () => {
    const refused = podDialFailure('get pods/portforward', 'dial tcp4 127.0.0.1:5000: connect: connection refused').why;
    const broken = new Duplex({read: () => undefined});
    broken.on('error', () => undefined).destroy(new PodConnectionError(refused));
    assertNoAnswer(
      await get(portForwardTransport({forwardPort: () => Promise.resolve(known(broken))}, targetAt(1), timers)),
      true,
      'refused',
    );
    const closed = new Duplex({read: () => undefined}).destroy();
    assertNoAnswer(
      await get(portForwardTransport({forwardPort: () => Promise.resolve(known(closed))}, targetAt(1), timers)),
      true,
      'cut',
    );
  });

  it('port-forward: needs no socket, only a stream', async () => {
    const stream: Duplex = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => {
        done();
        stream.push('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
      },
    });
    const reply = await get(
      portForwardTransport({forwardPort: () => Promise.resolve(known(stream))}, targetAt(1), timers),
    );
    assert.equal(reply.kind === 'answer' && reply.body.toString(), 'hi');
    assert.ok(stream.destroyed);
  });

  it('port-forward: says path when it may not be opened', async () => {
    assertNoAnswer(await get(portForwardTransport(fakeCluster({}), targetAt(5000), timers)), false, 'path');
  });
});

describe("over the API server's proxy", () => {
  const proxy = (reply: Parameters<typeof Promise.resolve>[0]): Transport =>
    proxyTransport({proxyGet: () => Promise.resolve(reply as never)}, targetAt(5000), timers);

  it('brings the answer', async () => {
    const reply = await get(proxy(httpReply(200, STATS)));
    assert.equal(reply.kind === 'answer' && reply.body.toString(), STATS);
  });

  const failures: ReadonlyArray<
    readonly [what: string, why: ReturnType<typeof unknown>, reached: boolean, how: string]
  > = [
    [
      'a port that refuses in the pod',
      podDialFailure('get pods/proxy', 'dial tcp 10.244.0.12:5000: connect: connection refused'),
      true,
      'refused',
    ],
    ['a connection cut in the pod', podDialFailure('get pods/proxy', 'EOF'), true, 'cut'],
    [
      'a handshake that the API server gave up',
      podDialFailure('get pods/proxy', 'dial tcp 10.244.0.12:5000: i/o timeout'),
      false,
      'path',
    ],
    [
      'no route to the pod',
      podDialFailure('get pods/proxy', 'dial tcp 10.244.0.12:5000: connect: no route to host'),
      false,
      'path',
    ],
    ['silence', unknown('timeout', 'get pods/proxy: no answer before the deadline'), true, 'silent'],
    ['a missing right', unknown('forbidden', 'pods/proxy is forbidden'), false, 'path'],
    ['an API server that refuses', unknown('unreachable', 'connect ECONNREFUSED 10.0.0.1:6443'), false, 'path'],
    ['throttling', unknown('throttled', '429'), false, 'path'],
    ['an answer over the limit', unknown('too-large', 'more than 8 bytes'), true, 'too-large'],
  ];
  for (const [what, why, reached, how] of failures) {
    it(`takes ${what} for ${reached ? how : 'trouble of the path'}`, async () =>
      assertNoAnswer(await get(proxy(why)), reached, how));
  }
});

describe('over curl in the container', () => {
  const curl = (result: ReturnType<typeof execResult> | ReturnType<typeof unknown>): Transport =>
    execTransport({exec: () => Promise.resolve(result)}, targetAt(5000), timers);

  it('asks without a shell, with a time limit below its own deadline', async () => {
    const cluster = fakeCluster({exec: () => Promise.resolve(curlAnswer(200, STATS))});
    await get(execTransport(cluster, targetAt(5123), timers));
    assert.deepEqual(cluster.asked, ['curl -sS -i --noproxy * --max-time 0.250 http://127.0.0.1:5123/api/stats']);
  });

  it('brings status, headers and body exactly', async () => {
    const reply = await get(curl(curlAnswer(500, 'a\r\n\r\nb')));
    assert.ok(reply.kind === 'answer');
    assert.deepEqual([reply.status, reply.headers.get('date'), reply.body.toString()], [500, DATE, 'a\r\n\r\nb']);
  });

  it('keeps the bytes of a body as they are', () => {
    const body = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
    assert.deepEqual(parseCurlOutput(Buffer.concat([Buffer.from('HTTP/2 200 \r\nA: b\r\n\r\n'), body]))?.body, body);
  });

  it('passes over interim answers', () => {
    assert.equal(
      parseCurlOutput(Buffer.from('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n'))?.status,
      204,
    );
  });

  const exits: ReadonlyArray<readonly [exitCode: number, reached: boolean, how: string]> = [
    [6, false, 'path'],
    [7, true, 'refused'],
    [18, true, 'cut'],
    [28, true, 'silent'],
    [52, true, 'cut'],
    [56, true, 'cut'],
    [2, false, 'path'],
    [126, false, 'path'],
    [127, false, 'path'],
    [137, false, 'path'],
  ];
  for (const [exitCode, reached, how] of exits) {
    it(`takes exit code ${exitCode} for ${how}`, async () =>
      assertNoAnswer(await get(curl(execResult(exitCode, '', 'curl: words'))), reached, how));
  }

  it('says that there is no curl', async () => {
    const reply = await get(curl(execResult(127, '', 'exec: "curl": executable file not found in $PATH')));
    assert.match(reply.kind === 'no-answer' ? reply.detail : '', /no curl in the container: exec/);
  });

  it('takes output that is no HTTP for trouble of the path', async () =>
    assertNoAnswer(await get(curl(execResult(0, 'hello'))), false, 'path'));
  it('takes an exec that is refused or hangs for trouble of the path', async () => {
    assertNoAnswer(await get(curl(unknown('forbidden', 'pods/exec is forbidden'))), false, 'path');
    const hanging = get(execTransport({exec: (_, __, {signal}) => silence(signal)}, targetAt(5000), timers));
    assertNoAnswer(await timers.finish(hanging), false, 'path');
  });
  it('says that there is no curl as containerd tells it', async () => {
    const reply = await get(
      curl(
        unknown(
          'failed',
          'OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown',
        ),
      ),
    );
    assert.deepEqual(reply, {
      kind: 'no-answer',
      reached: false,
      how: 'path',
      detail: 'there is no curl in the container',
      code: 'failed',
    });
  });
  it('tells an answer over the limit', async () =>
    assertNoAnswer(await get(curl(unknown('too-large', 'x'))), true, 'too-large'));
});
