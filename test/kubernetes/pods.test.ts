import assert from 'node:assert/strict';
import type {Duplex} from 'node:stream';
import type {WebSocket} from 'ws';
import {WebSocketServer} from 'ws';
import {settled} from '../support/fake-timers.js';
import type {Known} from '../../src/core/known.js';
import {PodConnectionError, isCutInPod, isRefusedInPod} from '../../src/kubernetes/pod-connection.js';
import {parseEnding} from '../../src/kubernetes/pods/exec.js';
import type {FakeApiServer, Handler} from './fake-api-server.js';
import {TOKEN, clientOf, fakeApiServer, json, status} from './fake-api-server.js';

const within = (milliseconds = 5000): AbortSignal => AbortSignal.timeout(milliseconds);
const POD = {namespace: 'ns', pod: 'frigate-0', container: 'frigate'};
const SUCCESS = JSON.stringify({metadata: {}, status: 'Success'});

const frame = (channel: number, data: string | Buffer): Buffer =>
  Buffer.concat([Buffer.of(channel), Buffer.from(data)]);

/** An API server that takes every upgrade and hands the socket to `serve`. */
const socketServer = async (serve: (socket: WebSocket, url: string) => void): Promise<FakeApiServer> => {
  const fake = await fakeApiServer((_, response) => json(response, 200, {}));
  const sockets = new WebSocketServer({server: fake.server});
  sockets.on('connection', (socket, request) => serve(socket, request.url ?? ''));
  return {
    ...fake,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await fake[Symbol.asyncDispose]();
    },
  };
};

describe('exec', () => {
  const endings: ReadonlyArray<readonly [string, string, unknown]> = [
    ['success', SUCCESS, {kind: 'exited', code: 0}],
    [
      'exit code 7',
      JSON.stringify({
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: {causes: [{reason: 'ExitCode', message: '7'}]},
      }),
      {kind: 'exited', code: 7},
    ],
    [
      'a kill',
      JSON.stringify({
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: 'exit code 137',
        details: {causes: [{reason: 'ExitCode', message: '137'}]},
      }),
      {kind: 'exited', code: 137},
    ],
    [
      'a container that is gone',
      JSON.stringify({
        status: 'Failure',
        reason: 'InternalError',
        message: 'container not found ("frigate")',
        code: 500,
        details: {causes: [{message: 'x'}]},
      }),
      {kind: 'not-run', why: {code: 'failed', message: 'exec: container not found ("frigate")'}},
    ],
    [
      'an exit code that is none',
      JSON.stringify({status: 'Failure', message: 'odd', details: {causes: [{reason: 'ExitCode', message: '0x7'}]}}),
      {kind: 'not-run', why: {code: 'failed', message: 'exec: odd'}},
    ],
    [
      'no JSON',
      'oops',
      {kind: 'not-run', why: {code: 'garbled', message: 'exec: the status frame of the exec is invalid'}},
    ],
    [
      'other JSON',
      '{}',
      {kind: 'not-run', why: {code: 'garbled', message: 'exec: the status frame of the exec is invalid'}},
    ],
  ];
  for (const [what, text, ending] of endings)
    it(`reads a status frame of ${what}`, () => assert.deepEqual(parseEnding('exec', Buffer.from(text)), ending));

  const run = async (
    fake: FakeApiServer,
    signal = within(),
    limit = 1000,
  ): Promise<Known<{exitCode: number; stdout: Buffer; stderr: Buffer}>> => {
    await using talking = clientOf(fake);
    return await talking.cluster.exec(POD, ['sh', '-c', 'a b & c'], {signal, limit});
  };

  it('asks for both channels with the command word by word, and puts the output together', async () => {
    let asked = '';
    let protocol = '';
    await using fake = await socketServer((socket, url) => {
      asked = url;
      ({protocol} = socket);
      for (const message of [
        frame(1, ''),
        frame(1, 'he'),
        frame(2, 'tr'),
        frame(1, 'llo'),
        frame(2, 'ouble'),
        frame(3, SUCCESS),
      ])
        socket.send(message);
    });
    const result = await run(fake);
    assert.ok(result.known);
    assert.deepEqual(
      [result.value.exitCode, String(result.value.stdout), String(result.value.stderr)],
      [0, 'hello', 'trouble'],
    );
    assert.equal(
      asked,
      '/api/v1/namespaces/ns/pods/frigate-0/exec?container=frigate&stdout=true&stderr=true&command=sh&command=-c&command=a+b+%26+c',
    );
    assert.equal(protocol, 'v5.channel.k8s.io');
  });

  it('ends with the status frame though the socket stays open, or is torn without a CLOSE (B-37)', async () => {
    for (const after of [() => undefined, (socket: WebSocket) => socket.terminate()]) {
      await using fake = await socketServer((socket) => {
        socket.send(frame(1, 'whole'));
        socket.send(frame(3, SUCCESS), () => after(socket));
      });
      const result = await run(fake);
      assert.ok(result.known);
      assert.equal(String(result.value.stdout), 'whole');
    }
  });

  const cuts: ReadonlyArray<readonly [string, (socket: WebSocket) => void]> = [
    ['closes', (socket) => socket.close()],
    ['is torn', (socket) => socket.terminate()],
  ];
  for (const [what, end] of cuts) {
    it(`has failed when the socket ${what} without a status frame, though there was output`, async () => {
      await using fake = await socketServer((socket) => socket.send(frame(1, '{"looks": "whole"}'), () => end(socket)));
      const result = await run(fake);
      assert.ok(!result.known && result.why.code === 'failed');
      assert.match(result.why.message, /the connection was closed before the command ended/);
    });
  }

  it('ends at its deadline when the server says nothing, before or after the upgrade', async () => {
    let deadline = new AbortController();
    const pass = (): void => void setImmediate(() => deadline.abort());
    await using open = await socketServer(pass);
    await using shut = await fakeApiServer(() => undefined);
    shut.server.on('upgrade', pass);
    for (const fake of [open, shut]) {
      deadline = new AbortController();
      const result = await run(fake, deadline.signal);
      assert.ok(!result.known && result.why.code === 'timeout', JSON.stringify(result));
    }
  });

  it('is too large over its limit', async () => {
    await using fake = await socketServer((socket) => {
      for (let count = 0; count < 50; count += 1) socket.send(frame(1, Buffer.alloc(100)));
    });
    const result = await run(fake);
    assert.ok(!result.known && result.why.code === 'too-large');
  });

  it('leaves the connection of a refusal to whoever gets it next', async () => {
    const found = {kind: 'ConfigMap', metadata: {name: 'state', uid: 'u', resourceVersion: '1'}};
    await using fake = await fakeApiServer(({url}, response) =>
      url.includes('/exec') ? json(response, 403, status(403, 'forbidden')) : json(response, 200, found),
    );
    await using talking = clientOf(fake);
    await Promise.all([1, 2, 3, 4].map(() => talking.cluster.readConfigMap('ns', 'state', within())));
    const refused = await talking.cluster.exec(POD, ['true'], {signal: within(), limit: 1000});
    assert.ok(!refused.known && refused.why.code === 'forbidden');
    const created = await talking.cluster.createConfigMap('ns', 'state', new Map(), within());
    assert.equal(created.kind, 'done', JSON.stringify(created));
  });

  const refusals: ReadonlyArray<readonly [number, string, string, string, RegExp]> = [
    [
      403,
      'application/json',
      JSON.stringify(status(403, 'pods "frigate-0" is forbidden: User "bob" cannot create resource "pods/exec"')),
      'forbidden',
      /cannot create/,
    ],
    [404, 'application/json', JSON.stringify(status(404, 'pods "frigate-0" not found')), 'not-found', /not found/],
    [
      400,
      'application/json',
      JSON.stringify(status(400, 'pod frigate-0 does not have a host assigned')),
      'failed',
      /host assigned/,
    ],
    [500, 'text/plain', 'container not found', 'server-error', /container not found/],
    [200, 'text/html', '<html>', 'garbled', /HTTP 200 instead of a WebSocket/],
  ];
  for (const [code, type, body, unknown, says] of refusals) {
    it(`is ${unknown} when the upgrade is answered with ${code}, in the server’s words`, async () => {
      await using fake = await fakeApiServer(() => undefined);
      fake.server.on('upgrade', (_, socket: Duplex) =>
        socket.end(
          `HTTP/1.1 ${code} X\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        ),
      );
      const result = await run(fake);
      assert.ok(!result.known && result.why.code === unknown, JSON.stringify(result));
      assert.match(result.why.message, says);
      assert.ok(!JSON.stringify(result).includes(TOKEN));
      if (code === 403)
        assert.deepEqual(result.why.fix, [
          {command: 'kubectl auth can-i create pods/frigate-0 --subresource=exec -n ns'},
        ]);
    });
  }

  it('renews its credentials once after a 401', async () => {
    await using fake = await fakeApiServer(() => undefined);
    let tries = 0;
    fake.server.on('upgrade', (_, socket: Duplex) => {
      tries += 1;
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const result = await run(fake);
    assert.ok(!result.known && result.why.code === 'unauthorized');
    assert.equal(tries, 2);
  });
});

describe('port-forward', () => {
  const portBytes = Buffer.of(0x88, 0x13);

  const forward = async (
    serve: (socket: WebSocket) => void,
    use: (connection: Duplex) => Promise<void>,
    signal = within(),
  ): Promise<void> => {
    await using fake = await socketServer((socket) => {
      socket.send(frame(0, portBytes));
      socket.send(frame(1, portBytes));
      serve(socket);
    });
    await using talking = clientOf(fake);
    const connection = await talking.cluster.forwardPort('ns', 'frigate-0', 5000, signal);
    assert.ok(connection.known);
    await use(connection.value);
  };
  const readAll = async (connection: Duplex): Promise<string> => {
    let text = '';
    for await (const chunk of connection) text += String(chunk);
    return text;
  };

  it('carries bytes both ways and ends with the socket', () =>
    forward(
      (socket) =>
        socket.on('message', (data: Buffer) => {
          assert.equal(data[0], 0);
          socket.send(frame(0, data.subarray(1)), () => socket.close());
        }),
      async (connection) => {
        connection.write('echo');
        assert.equal(await readAll(connection), 'echo');
      },
    ));

  it('keeps a large answer whole for a slow reader', () =>
    forward(
      (socket) => {
        for (let count = 0; count < 64; count += 1) socket.send(frame(0, Buffer.alloc(64 * 1024, 'x')));
        socket.send(frame(0, 'end'), () => socket.close());
      },
      async (connection) => {
        await settled();
        const text = await readAll(connection);
        assert.equal(text.length, 64 * 64 * 1024 + 3);
      },
    ));

  it('is destroyed with the words of the error channel', () =>
    forward(
      (socket) =>
        socket.send(
          frame(
            1,
            `error forwarding port 5000 to pod abc: ${'x'.repeat(400)}: dial tcp4 127.0.0.1:5000: connect: connection refused`,
          ),
        ),
      async (connection) => {
        await assert.rejects(readAll(connection), (error) => {
          assert.ok(error instanceof PodConnectionError && isRefusedInPod(error.why), String(error));
          assert.ok(error.message.length < 500);
          return true;
        });
      },
    ));

  it('is destroyed by its signal, also when nobody reads', async () => {
    const leave = new AbortController();
    await forward(
      () => undefined,
      async (connection) => {
        leave.abort();
        await new Promise((resolve) => connection.once('close', resolve));
        assert.ok(connection.destroyed);
      },
      leave.signal,
    );
  });
});

describe('the pod proxy', () => {
  const get = async (
    handler: Handler,
    signal = within(),
    limit = 1000,
  ): Promise<Known<{status: number; headers: ReadonlyMap<string, string>; body: Buffer}>> => {
    await using fake = await fakeApiServer(handler);
    await using talking = clientOf(fake);
    return await talking.cluster.proxyGet('ns', 'frigate-0', 5000, '/api/stats?a=b%20c', {signal, limit});
  };

  it('gives any status of the pod as an answer, headers and bytes as they are', async () => {
    for (const code of [200, 302, 404, 500, 502, 503]) {
      const reply = await get((asked, response) => {
        assert.equal(asked.url, '/api/v1/namespaces/ns/pods/frigate-0%3A5000/proxy/api/stats?a=b%20c');
        response.writeHead(code, {'X-Frigate': 'yes'}).end('<html>nginx</html>');
      });
      assert.ok(reply.known);
      assert.deepEqual(
        [reply.value.status, reply.value.headers.get('x-frigate'), String(reply.value.body)],
        [code, 'yes', '<html>nginx</html>'],
      );
    }
  });

  const failures: ReadonlyArray<readonly [string, number, string, string, 'refused' | 'cut' | 'path']> = [
    [
      'a refused port',
      503,
      'error trying to reach service: dial tcp 10.244.0.12:5000: connect: connection refused',
      'unreachable',
      'refused',
    ],
    [
      'a terminated pod',
      503,
      'error trying to reach service: dial tcp 10.244.0.11:5000: connect: no route to host',
      'unreachable',
      'path',
    ],
    [
      'a dial that times out',
      503,
      'error trying to reach service: dial tcp 10.244.0.11:5000: i/o timeout',
      'timeout',
      'path',
    ],
    ['a connection that the pod cuts', 503, 'error trying to reach service: EOF', 'failed', 'cut'],
    ['a pod without an address', 400, 'address not allowed', 'failed', 'path'],
    ['a pod that is not there', 404, 'pods "frigate-0" not found', 'not-found', 'path'],
    ['a missing right', 403, 'pods "frigate-0:5000" is forbidden', 'forbidden', 'path'],
    ['an API server in trouble', 500, 'etcdserver: request timed out', 'server-error', 'path'],
  ];
  for (const [what, code, message, unknown, whose] of failures) {
    it(`tells ${what} from an answer of the pod`, async () => {
      const reply = await get((_, response) => json(response, code, status(code, message)));
      assert.ok(!reply.known);
      assert.deepEqual(
        [reply.why.code, isRefusedInPod(reply.why), isCutInPod(reply.why)],
        [unknown, whose === 'refused', whose === 'cut'],
      );
    });
  }

  it('takes a 401 of the pod for its own word: the credentials for the API server are good, and nothing is asked twice', async () => {
    const login = (body: unknown) => async () => {
      await using fake = await fakeApiServer((_, response) => json(response, 401, body));
      await using talking = clientOf(fake);
      const reply = await talking.cluster.proxyGet('ns', 'frigate-0', 8971, '/api/stats', {
        signal: within(),
        limit: 1000,
      });
      return {reply, asked: fake.asked.length, renewals: talking.credentials.renewals};
    };
    const ofPod = await login({message: 'Unauthorized'})();
    assert.ok(ofPod.reply.known && ofPod.reply.value.status === 401);
    assert.deepEqual([ofPod.asked, ofPod.renewals], [1, 0]);
    const ofServer = await login(status(401, 'Unauthorized'))();
    assert.ok(!ofServer.reply.known && ofServer.reply.why.code === 'unauthorized');
    assert.deepEqual([ofServer.asked, ofServer.renewals], [2, 1]);
  });

  it('is asked once, whatever the answer, within deadline and limit', async () => {
    let asked = 0;
    assert.ok(
      (
        await get((_, response) => {
          asked += 1;
          response.writeHead(503).end();
        })
      ).known,
    );
    assert.equal(asked, 1);
    const deadline = new AbortController();
    const silent = await get(() => deadline.abort(), deadline.signal);
    assert.ok(!silent.known && silent.why.code === 'timeout');
    const large = await get((_, response) => response.end(Buffer.alloc(2000)));
    assert.ok(!large.known && large.why.code === 'too-large');
  });
});

describe('a log', () => {
  const request = {...POD, since: null, previous: false, follow: false, tailLines: null};

  it('asks for the container with timestamps, and for what the request says', async () => {
    await using fake = await fakeApiServer((_, response) => response.writeHead(204).end());
    await using talking = clientOf(fake);
    await talking.cluster.openLog(request, within());
    await talking.cluster.openLog(
      {...request, since: Date.parse('2026-11-23T04:00:00.999Z') as never, previous: true, follow: true, tailLines: 5},
      within(),
    );
    assert.deepEqual(
      fake.asked.map(({url}) => url.split('?')[1]),
      [
        'container=frigate&timestamps=true',
        'container=frigate&timestamps=true&sinceTime=2026-11-23T04%3A00%3A00Z&previous=true&follow=true&tailLines=5',
      ],
    );
  });

  it('does not read ahead of its reader', async () => {
    let sent = 0;
    await using fake = await fakeApiServer((_, response) => {
      const more = (): void => {
        while (sent < 512 && response.write(Buffer.alloc(256 * 1024))) sent += 1;
        sent += 1;
        if (sent < 512) response.once('drain', more);
        else response.end();
      };
      more();
    });
    await using talking = clientOf(fake);
    const log = await talking.cluster.openLog(request, AbortSignal.timeout(25_000));
    assert.ok(log.known);
    // Until the server has to wait: nothing more is taken.
    for (let before = -1; sent !== before;) {
      before = sent;
      for (let turn = 0; turn < 50; turn += 1) await settled();
    }
    assert.ok(sent < 128, `${sent} chunks of 256 KiB were taken before anybody read`);
    let bytes = 0;
    for await (const chunk of log.value) bytes += chunk.length;
    assert.ok(bytes >= 512 * 256 * 1024 - 256 * 1024);
  });

  it('throws when it is cut, so that a part is never taken for the whole', async () => {
    let cut = (): void => undefined;
    await using fake = await fakeApiServer((_, response, incoming) => {
      response.writeHead(200);
      response.write('2026-11-23T04:00:00Z a line\n');
      cut = () => void incoming.socket.resetAndDestroy();
    });
    await using talking = clientOf(fake);
    const log = await talking.cluster.openLog(request, within());
    assert.ok(log.known);
    cut();
    await assert.rejects(async () => {
      for await (const chunk of log.value) assert.ok(chunk.length > 0);
    });
  });

  it('that is opened and left alone until its deadline harms nobody', async () => {
    await using fake = await fakeApiServer((_, response) => void response.writeHead(200).write('line\n'));
    await using talking = clientOf(fake);
    const deadline = new AbortController();
    assert.ok((await talking.cluster.openLog(request, deadline.signal)).known);
    deadline.abort();
    await settled();
  });

  it('that cannot be read is unknown, with the kubelet’s words', async () => {
    await using fake = await fakeApiServer((_, response) =>
      json(response, 400, status(400, 'previous terminated container "frigate" in pod "frigate-0" not found')),
    );
    await using talking = clientOf(fake);
    const log = await talking.cluster.openLog({...request, previous: true}, within());
    assert.ok(!log.known);
    assert.match(log.why.message, /previous terminated container/);
  });
});
