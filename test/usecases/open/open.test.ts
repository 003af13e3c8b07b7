/** `open` over a daemon that listens in this process: what goes to it, what comes back, and which pod is asked. */
import assert from 'node:assert/strict';
import {createServer, request as httpRequest, type IncomingHttpHeaders, type RequestListener} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import {processTimers} from '../../../src/cli/timers.js';
import {known, unknown, type Known} from '../../../src/core/known.js';
import type {ServingPod} from '../../../src/kubernetes/cluster.js';
import {startHttp} from '../../../src/http/server.js';
import {CommandFailure} from '../../../src/outcome/failure.js';
import {openOver, type Opened, type OpenOptions} from '../../../src/usecases/open/open.js';
import {FakeControl, TOKENS, tokenAccess} from '../../http/stage.js';
import {FakeFleet} from '../../support/fake-fleet.js';
import {snapshotOf} from '../../support/fleet.js';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Daemon {
  readonly port: number;
  readonly received: Received[];
}

const ends: Array<() => unknown> = [];

/** A daemon that answers as the test says, and remembers what it was asked. */
const daemon = async (listener: RequestListener = (_request, response) => void response.end('{}')): Promise<Daemon> => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({method: request.method ?? '', url: request.url ?? '', headers: request.headers, body});
      listener(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {port: (server.address() as AddressInfo).port, received};
};

const pod = (name: string, changes: Partial<ServingPod> = {}): ServingPod => ({
  name,
  isReady: true,
  isEnding: false,
  ip: null,
  httpPort: 8080,
  ...changes,
});

interface Stage {
  readonly opened: Promise<Opened>;
  readonly done: Promise<void>;
  /** The pods that were dialled, with their port. */
  readonly dialled: string[];
  readonly end: () => void;
}

interface StageOptions extends Partial<OpenOptions> {
  /** By the name of the pod: where its daemon listens; a pod without one refuses. */
  readonly daemons: Readonly<Record<string, number>>;
  readonly pods: () => Known<readonly ServingPod[]>;
  readonly token?: Known<string | null>;
  readonly tokens?: () => Known<string | null>;
  readonly leader?: string;
  readonly renewed?: () => void;
}

const stage = (options: StageOptions): Stage => {
  const dialled: string[] = [];
  const ending = new AbortController();
  let resolveOpened: (opened: Opened) => void = () => undefined;
  const opened = new Promise<Opened>((resolve) => {
    resolveOpened = resolve;
  });
  const done = openOver(
    {
      context: 'home',
      inCluster: false,
      defaultNamespace: null,
      serverTime: () => null,
      listServingPods: (namespace, labels) => {
        assert.deepEqual([namespace, labels['app.kubernetes.io/component']], ['nvr', 'serve']);
        return Promise.resolve(options.pods());
      },
      readLease: () =>
        Promise.resolve(
          options.leader === undefined
            ? unknown('forbidden', 'no')
            : known({
                name: 'frigate-health',
                namespace: 'nvr',
                uid: 'u',
                resourceVersion: '1',
                holder: options.leader,
                durationSeconds: 15,
                acquiredAt: null,
                renewedAt: null,
                transitions: 0,
                address: null,
              }),
        ),
      forwardPort: (_namespace, name, port) => {
        dialled.push(`${name}:${port}`);
        const at = options.daemons[name];
        return Promise.resolve(
          at === undefined ? unknown('unreachable', `pod ${name} is gone`) : known(connect(at, '127.0.0.1')),
        );
      },
      userToken: {
        read: () => Promise.resolve(options.tokens?.() ?? options.token ?? known('token-mine')),
        renew: () => options.renewed?.(),
      },
      createAccountToken: ({account}) =>
        Promise.resolve(
          account === 'viewer'
            ? known({token: 'token-viewer', expiresAt: null})
            : unknown('forbidden', 'create serviceaccounts/token: no'),
        ),
    },
    'nvr',
    {timers: processTimers, signal: ending.signal},
    {port: options.port ?? 0, account: options.account ?? null},
    resolveOpened,
  );
  const end = (): void => ending.abort();
  ends.push(end);
  done.catch(() => undefined);
  return {opened: Promise.race([opened, done.then(() => Promise.reject(new Error('it ended')))]), done, dialled, end};
};

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const ask = (
  url: string,
  headers: Readonly<Record<string, string>> = {},
  {method = 'GET', body}: {readonly method?: string; readonly body?: string} = {},
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const call = httpRequest(url, {method, headers, agent: false}, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({status: response.statusCode ?? 0, headers: response.headers, body: text}));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });

/** The cookie and the address, as a browser has them after the printed address. */
const signIn = async ({url}: Opened): Promise<{readonly base: string; readonly cookie: string}> => {
  const {status, headers} = await ask(url);
  assert.deepEqual([status, headers.location], [303, '/']);
  return {base: new URL(url).origin, cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? ''};
};

const failureOf = async (work: Promise<unknown>): Promise<CommandFailure> => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof CommandFailure, String(error));
    return error;
  }
  throw new assert.AssertionError({message: 'it did not fail'});
};

const one = (): Known<readonly ServingPod[]> => known([pod('a')]);

describe('open', () => {
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  it('brings the token to the daemon, and neither the credentials nor the cookies of the browser', async () => {
    const {port, received} = await daemon(
      (_request, response) =>
        void response
          .writeHead(200, {'Content-Type': 'text/html', ETag: '"1"', 'Set-Cookie': 'theirs=1', Connection: 'close'})
          .end('<!doctype html>'),
    );
    const {opened} = stage({daemons: {a: port}, pods: one});
    const {base, cookie} = await signIn(await opened);
    const reply = await ask(`${base}/frigates/nvr/frigate?x=1`, {
      cookie: `${cookie}; private=secret`,
      authorization: 'Basic c2VjcmV0OnNlY3JldA==',
      accept: 'text/html',
      referer: `${base}/?key=secret`,
      'x-forwarded-for': '192.0.2.1',
    });
    assert.deepEqual([reply.status, reply.body, reply.headers.etag], [200, '<!doctype html>', '"1"']);
    assert.equal(reply.headers['set-cookie'], undefined);
    const asked = received.at(-1);
    assert.deepEqual([asked?.method, asked?.url], ['GET', '/frigates/nvr/frigate?x=1']);
    assert.deepEqual(asked?.headers, {
      accept: 'text/html',
      authorization: 'Bearer token-mine',
      connection: 'close',
      host: '127.0.0.1:8080',
    });
  });

  it('lets nobody in without the key, and asks the daemon nothing then', async () => {
    const {port, received} = await daemon();
    const {opened} = stage({daemons: {a: port}, pods: one});
    const {url} = await opened;
    const before = received.length;
    const {origin} = new URL(url);
    for (const [target, headers] of [
      ['/', {}],
      ['/?key=guessed', {}],
      ['/', {cookie: `frigate-health-${new URL(url).port}=guessed`}],
      [new URL(url).search, {host: 'evil.example'}],
    ] as const) {
      const reply = await ask(`${origin}${target.startsWith('/') ? target : `/${target}`}`, headers);
      assert.equal(reply.status, 403, target);
      assert.equal(reply.headers['set-cookie'], undefined);
    }
    assert.equal(received.length, before);
  });

  it('hands on a body with its length, and the headers of the API', async () => {
    const {port, received} = await daemon();
    const {opened} = stage({daemons: {a: port}, pods: one});
    const {base, cookie} = await signIn(await opened);
    const headers = {cookie, 'content-type': 'application/json', 'x-frigate-health': '1', 'idempotency-key': 'k-1'};
    const reply = await ask(`${base}/api/quality/recover/nvr.frigate`, headers, {
      method: 'POST',
      body: '{"reason":"x"}',
    });
    assert.equal(reply.status, 200);
    const asked = received.at(-1);
    assert.deepEqual(
      [asked?.method, asked?.body, asked?.headers['content-length'], asked?.headers['idempotency-key']],
      ['POST', '{"reason":"x"}', '14', 'k-1'],
    );
    const large = await ask(`${base}/api/quality/recover/nvr.frigate`, headers, {
      method: 'POST',
      body: 'x'.repeat(70_000),
    });
    assert.equal(large.status, 413);
  });

  it('streams events as they come, and ends the stream of the daemon with that of the browser', async () => {
    let gone = false;
    const sent: Array<() => void> = [];
    const {port} = await daemon((request, response) => {
      if (request.url !== '/api/v1/events') {
        response.end('{}');
        return;
      }
      response.on('close', () => (gone = true));
      response.writeHead(200, {'Content-Type': 'text/event-stream'}).flushHeaders();
      sent.push(() => response.write('event: tick\ndata: {}\n\n'));
    });
    const {opened} = stage({daemons: {a: port}, pods: one});
    const {base, cookie} = await signIn(await opened);
    await new Promise<void>((resolve, reject) => {
      const call = httpRequest(`${base}/api/v1/events`, {headers: {cookie}, agent: false}, (response) => {
        // The head has come before any event.
        assert.equal(response.headers['content-type'], 'text/event-stream');
        sent[0]?.();
        response.once('data', (chunk: Buffer) => {
          assert.equal(chunk.toString(), 'event: tick\ndata: {}\n\n');
          call.destroy();
          resolve();
        });
      });
      call.on('error', reject);
      call.end();
    });
    while (!gone) await new Promise((resolve) => setImmediate(resolve));
  });

  it('shows the real daemon, which takes the token and refuses another one', async () => {
    const control = new FakeControl();
    const ending = new AbortController();
    const served = await startHttp(
      {
        host: '127.0.0.1',
        port: 0,
        tls: null,
        access: tokenAccess(),
        debug: false,
        page: {script: 'script', style: 'style'},
        metrics: null,
        onAnswered: () => undefined,
        leaderAddress: () => null,
        log: () => undefined,
      },
      new FakeFleet(snapshotOf([])),
      control,
      processTimers,
      ending.signal,
    );
    ends.push(() => ending.abort());
    const {opened} = stage({daemons: {a: served.port}, pods: one, token: known(TOKENS.writer)});
    const {base, cookie} = await signIn(await opened);
    const page = await ask(`${base}/`, {cookie, accept: 'text/html'});
    assert.equal(page.status, 200);
    assert.match(page.body, /<!doctype html>/i);
    const refresh = await ask(`${base}/api/instances/refresh`, {cookie, 'x-frigate-health': '1'}, {method: 'POST'});
    assert.deepEqual([refresh.status, control.refreshed], [202, 1]);
    const failure = await failureOf(stage({daemons: {a: served.port}, pods: one, token: known('wrong')}).opened);
    assert.equal(failure.kind, 'forbidden');
    assert.match(failure.message, /^The daemon refuses the token of the user of context home: /);
    assert.doesNotMatch(`${failure.message}${String(failure.fix)}`, /wrong/);
  });

  it('brings the token of the account that is named', async () => {
    const {port, received} = await daemon();
    const {opened} = stage({daemons: {a: port}, pods: one, account: 'viewer'});
    assert.equal((await opened).owner, 'ServiceAccount nvr/viewer');
    assert.equal(received[0]?.headers.authorization, 'Bearer token-viewer');
  });

  it('reads the token again once where the daemon refuses it, and asks again', async () => {
    let token = 'good';
    let renewed = 'good-again';
    const {port, received} = await daemon(
      ({headers}, response) =>
        void response
          .writeHead(headers.authorization?.startsWith('Bearer good') ? 200 : 401, {'WWW-Authenticate': 'Basic'})
          .end('{}'),
    );
    const {opened} = stage({
      daemons: {a: port},
      pods: one,
      tokens: () => known(token),
      renewed: () => (token = renewed),
    });
    const {base, cookie} = await signIn(await opened);
    token = 'expired';
    assert.equal((await ask(`${base}/`, {cookie})).status, 200);
    token = 'expired';
    renewed = 'revoked';
    const {status, headers} = await ask(`${base}/`, {cookie});
    // The answer is shown, without a dialogue of the browser for a password.
    assert.deepEqual([status, headers['www-authenticate']], [401, undefined]);
    assert.deepEqual(
      received.map((asked) => asked.headers.authorization),
      ['good', 'expired', 'good-again', 'expired', 'revoked'].map((word) => `Bearer ${word}`),
    );
  });

  it('asks the pod of the leader, and another one when that is gone', async () => {
    const [first, second] = [await daemon(), await daemon()];
    const daemons: Record<string, number> = {a: first.port, b: second.port};
    const {opened, dialled} = stage({
      daemons,
      pods: () => known([pod('a'), pod('b', {httpPort: null})]),
      leader: 'b_1f2e',
    });
    const shown = await opened;
    assert.equal(shown.pod, 'b');
    const {base, cookie} = await signIn(shown);
    delete daemons['b'];
    assert.equal((await ask(`${base}/`, {cookie})).status, 200);
    assert.deepEqual(dialled, ['b:8080', 'b:8080', 'a:8080']);
  });

  it('does not send twice what may have been done', async () => {
    const {port, received} = await daemon((request, response) => {
      if (request.method === 'POST') request.socket.destroy();
      else response.end('{}');
    });
    const {opened} = stage({daemons: {a: port, b: port}, pods: () => known([pod('a'), pod('b')])});
    const {base, cookie} = await signIn(await opened);
    const reply = await ask(`${base}/api/instances/refresh`, {cookie, 'x-frigate-health': '1'}, {method: 'POST'});
    assert.equal(reply.status, 502);
    assert.equal(received.filter(({method}) => method === 'POST').length, 1);
  });

  it('answers 503 while there is no pod, and goes on when there is one again', async () => {
    const {port} = await daemon();
    const daemons: Record<string, number> = {a: port};
    let pods = [pod('a')];
    const {opened} = stage({daemons, pods: () => known(pods)});
    const {base, cookie} = await signIn(await opened);
    delete daemons['a'];
    pods = [];
    const away = await ask(`${base}/`, {cookie});
    assert.equal(away.status, 503);
    assert.match(away.body, /The daemon is not installed in namespace nvr/);
    daemons['b'] = port;
    pods = [pod('b')];
    assert.equal((await ask(`${base}/`, {cookie})).status, 200);
  });

  it('ends at once with the signal, whatever streams, and listens no more', async () => {
    const {port} = await daemon((request, response) => {
      if (request.url === '/api/v1/events') response.flushHeaders();
      else response.end('{}');
    });
    const {opened, done, end} = stage({daemons: {a: port}, pods: one});
    const {base, cookie} = await signIn(await opened);
    const cut = new Promise((resolve) => {
      const call = httpRequest(`${base}/api/v1/events`, {headers: {cookie}}, (response) => {
        response.on('error', resolve);
        response.on('close', resolve);
        response.resume();
        end();
      });
      call.on('error', resolve);
      call.end();
    });
    await Promise.all([done, cut]);
    await assert.rejects(ask(base));
  });

  describe('ends with one message where', () => {
    it('there is no daemon: it names install --serve', async () => {
      const failure = await failureOf(stage({daemons: {}, pods: () => known([])}).opened);
      assert.equal(failure.kind, 'usage');
      assert.equal(failure.message, 'The daemon is not installed in namespace nvr: there is no pod of `serve`');
      assert.match(
        failure.fix ?? '',
        /kubectl frigate-health install --serve --context home -n nvr \| kubectl apply -f -/,
      );
    });

    it('no pod is ready', async () => {
      const pods = known([pod('a', {isReady: false}), pod('b', {isEnding: true})]);
      const failure = await failureOf(stage({daemons: {}, pods: () => pods}).opened);
      assert.equal(failure.message, 'The daemon in namespace nvr is not ready: 2 of its pods are not');
      assert.match(failure.fix ?? '', /^kubectl get pods --context home -n nvr -l /);
    });

    it('a permission is missing', async () => {
      const pods = unknown('forbidden', 'list pods in namespace nvr: HTTP 403', [
        {command: 'kubectl auth can-i list pods -n nvr'},
      ]);
      const failure = await failureOf(stage({daemons: {}, pods: () => pods}).opened);
      assert.deepEqual(
        [failure.kind, failure.message, failure.fix],
        ['forbidden', 'list pods in namespace nvr: HTTP 403', 'kubectl auth can-i list pods -n nvr'],
      );
      const {port} = await daemon();
      const account = await failureOf(stage({daemons: {a: port}, pods: one, account: 'nobody'}).opened);
      assert.deepEqual([account.kind, account.message], ['forbidden', 'create serviceaccounts/token: no']);
    });

    it('the user has no token: it gives the lines that make an account', async () => {
      const {port} = await daemon();
      const failure = await failureOf(stage({daemons: {a: port}, pods: one, token: known(null)}).opened);
      assert.equal(failure.kind, 'usage');
      assert.match(failure.message, /^The user of context home has no bearer token/);
      assert.equal(failure.fix?.includes('\n'), false);
      assert.match(failure.fix, /kubectl create serviceaccount --context home -n nvr viewer/);
      assert.match(failure.fix, /kubectl frigate-health open --context home -n nvr --account viewer$/);
    });

    it('no pod can be reached', async () => {
      const failure = await failureOf(stage({daemons: {}, pods: one}).opened);
      assert.deepEqual([failure.kind, failure.message], ['unreachable', 'pod a is gone']);
    });

    it('the port is in use', async () => {
      const {port} = await daemon();
      const failure = await failureOf(stage({daemons: {a: port}, pods: one, port}).opened);
      assert.deepEqual([failure.kind, failure.message], ['usage', `--port=${port}: the port is in use`]);
    });
  });
});
