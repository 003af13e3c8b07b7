import assert from 'node:assert/strict';
import {lineOf} from '../../src/core/fix.js';
import {commandsOf} from '../support/messages.js';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {createServer as createTcpServer} from 'node:net';
import {FakeTimers, settled} from '../support/fake-timers.js';
import {apiClient} from '../../src/kubernetes/api/client.js';
import {pathOf, resources} from '../../src/kubernetes/api/resources.js';
import {uncounted, type ApiTraffic} from '../../src/kubernetes/api/traffic.js';
import {seconds} from '../../src/core/time.js';
import type {Handler} from './fake-api-server.js';
import {TOKEN, clientOf, fakeApiServer, json, status} from './fake-api-server.js';

const NODE = {
  kind: 'Node',
  apiVersion: 'v1',
  metadata: {name: 'n', uid: 'u'},
  spec: {},
  status: {conditions: [], allocatable: {cpu: '2'}},
};
const CONFIG_MAP = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: {name: 'state', namespace: 'ns', uid: 'u', resourceVersion: '1'},
};

/** The first answers are `before`, then comes the node. */
const after = (...before: readonly Handler[]): Handler => {
  let count = 0;
  return (asked, response, request) => {
    const handler = before[count];
    count += 1;
    if (handler === undefined) json(response, 200, NODE);
    else handler(asked, response, request);
  };
};

const within = (milliseconds = 5000): AbortSignal => AbortSignal.timeout(milliseconds);

describe('a read', () => {
  const unknowns: ReadonlyArray<{
    readonly what: string;
    readonly handler: Handler;
    readonly code: string;
    readonly says: RegExp;
    readonly fix?: RegExp;
  }> = [
    {
      what: 'a 401',
      handler: (_, response) => json(response, 401, status(401, 'Unauthorized')),
      code: 'unauthorized',
      says: /HTTP 401: Unauthorized/,
      fix: /whoami/,
    },
    {
      what: 'a 403',
      handler: (_, response) =>
        json(response, 403, status(403, 'nodes "n" is forbidden: User "bob" cannot get resource "nodes"')),
      code: 'forbidden',
      says: /User "bob" cannot get/,
      fix: /^kubectl auth can-i get nodes\/n$/,
    },
    {
      what: 'a 403 because of --as',
      code: 'forbidden',
      says: /cannot impersonate/,
      fix: /: kubectl auth can-i impersonate users$/,
      handler: (_, response) =>
        json(
          response,
          403,
          status(
            403,
            'users "ann" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
          ),
        ),
    },
    {
      what: 'a 403 because of a key of as-user-extra',
      code: 'forbidden',
      says: /cannot impersonate/,
      fix: /: kubectl auth can-i impersonate userextras\/scopes\.authentication\.k8s\.io$/,
      handler: (_, response) =>
        json(
          response,
          403,
          status(
            403,
            'userextras.authentication.k8s.io "a" is forbidden: User "bob" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
          ),
        ),
    },
    {
      what: 'a 400 of a server that wants TLS',
      handler: (_, response) => response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
      code: 'failed',
      says: /HTTP 400: Client sent an HTTP request/,
      fix: /https:\/\//,
    },
    {
      what: 'a 404',
      handler: (_, response) => json(response, 404, status(404, 'nodes "n" not found')),
      code: 'not-found',
      says: /not found/,
    },
    {
      what: 'a 410',
      handler: (_, response) => json(response, 410, status(410, 'The resourceVersion is too old')),
      code: 'failed',
      says: /HTTP 410: The resourceVersion is too old/,
    },
    {
      what: 'a 302 to a login page',
      handler: (_, response) => response.writeHead(302, {Location: 'http://portal/'}).end(),
      code: 'garbled',
      says: /HTTP 302/,
      fix: /cluster-info/,
    },
    {
      what: 'a 200 of HTML',
      handler: (_, response) =>
        response
          .writeHead(200, {'Content-Type': 'text/html', Date: 'Mon, 01 Jan 2001 00:00:00 GMT'})
          .end('<html>sign in</html>'),
      code: 'garbled',
      says: /no JSON/,
    },
    {
      what: 'JSON that is cut',
      handler: (_, response) => response.end(JSON.stringify(NODE).slice(0, 40)),
      code: 'garbled',
      says: /no JSON/,
    },
    {
      what: 'an empty object',
      handler: (_, response) => json(response, 200, {}),
      code: 'garbled',
      says: /no kind instead of Node/,
    },
    {
      what: 'another kind',
      handler: (_, response) => json(response, 200, {...NODE, kind: 'Pod'}),
      code: 'garbled',
      says: /Pod instead of Node/,
    },
    {
      what: 'an object without its uid',
      handler: (_, response) => json(response, 200, {...NODE, metadata: {name: 'n'}}),
      code: 'garbled',
      says: /metadata\.uid/,
    },
    {what: 'a JSON null', handler: (_, response) => response.end('null'), code: 'garbled', says: /no kind/},
    {
      what: '10 MB of garbage',
      handler: (_, response) => response.end(Buffer.alloc(10 * 1024 * 1024, 'x')),
      code: 'too-large',
      says: /larger than 4194304 bytes/,
    },
    {
      what: 'a 400 with line breaks and colours',
      handler: (_, response) => json(response, 400, status(400, 'bad\n\u001b[31mred\u001b[0m')),
      code: 'failed',
      says: /bad \[31mred \[0m$/,
    },
  ];
  for (const {what, handler, code, says, fix} of unknowns) {
    it(`is ${code} after ${what}, in words that begin with what was asked and hold no token`, async () => {
      await using fake = await fakeApiServer(handler);
      await using talking = clientOf(fake);
      const node = await talking.cluster.readNode('n', within());
      assert.ok(!node.known);
      assert.equal(node.why.code, code);
      assert.match(node.why.message, says);
      assert.match(node.why.message, /^get nodes n: /);
      assert.ok(!JSON.stringify(node).includes(TOKEN));
      if (fix !== undefined) assert.match(lineOf(node.why.fix ?? []), fix);
    });
  }

  it('sends its token, renews the credentials once after a 401 and goes on', async () => {
    await using fake = await fakeApiServer(after((_, response) => json(response, 401, status(401, 'Unauthorized'))));
    await using talking = clientOf(fake);
    assert.ok((await talking.cluster.readNode('n', within())).known);
    assert.equal(talking.credentials.renewals, 1);
    assert.equal(fake.asked[0]?.headers.authorization, `Bearer ${TOKEN}`);
  });

  it('renews the credentials no more than once', async () => {
    await using fake = await fakeApiServer((_, response) => json(response, 401, status(401, 'Unauthorized')));
    await using talking = clientOf(fake);
    await talking.cluster.readNode('n', within());
    assert.deepEqual([talking.credentials.renewals, fake.asked.length], [1, 2]);
  });

  const passing: ReadonlyArray<readonly [string, Handler]> = [
    ['a 429', (_, response) => json(response, 429, status(429, 'slow down'))],
    ['a 500', (_, response) => json(response, 500, status(500, 'etcd'))],
    ['a 503', (_, response) => json(response, 503, status(503, 'starting'))],
    ['a reset before the answer', (_, __, request) => request.socket.resetAndDestroy()],
    [
      'a reset within the answer',
      (_, response, request) => {
        response.writeHead(200, {'Content-Length': '1000'});
        response.write('{', () => request.socket.resetAndDestroy());
      },
    ],
  ];
  for (const [what, handler] of passing) {
    it(`is repeated after ${what}`, async () => {
      await using fake = await fakeApiServer(after(handler, handler));
      await using talking = clientOf(fake);
      assert.ok((await talking.cluster.readNode('n', within())).known);
      assert.equal(fake.asked.length, 3);
    });
  }

  it('is repeated three times and no more', async () => {
    await using fake = await fakeApiServer((_, response) => json(response, 500, status(500, 'etcd')));
    await using talking = clientOf(fake);
    const node = await talking.cluster.readNode('n', within());
    assert.ok(!node.known && node.why.code === 'server-error');
    assert.equal(fake.asked.length, 4);
  });

  it('waits as long as Retry-After asks', async () => {
    await using fake = await fakeApiServer(
      after((_, response) => json(response, 429, status(429, 'slow'), {'Retry-After': '1'})),
    );
    const timers = new FakeTimers({passing: true});
    await using talking = clientOf(fake, timers);
    assert.ok((await talking.cluster.readNode('n', within())).known);
    assert.ok(timers.slept.includes(seconds(1)), timers.slept.join());
  });

  it('does not wait longer than its deadline, and then says what the server said', async () => {
    await using fake = await fakeApiServer((_, response) =>
      json(response, 429, status(429, 'slow'), {'Retry-After': '8'}),
    );
    const timers = new FakeTimers();
    await using talking = clientOf(fake, timers);
    const ending = new AbortController();
    const reading = talking.cluster.readNode('n', ending.signal);
    while (!timers.slept.includes(seconds(8))) await settled();
    ending.abort();
    const node = await reading;
    assert.ok(!node.known && node.why.code === 'throttled');
    assert.equal(fake.asked.length, 1);
  });

  const silences: ReadonlyArray<readonly [string, Handler]> = [
    ['accepts and says nothing', () => undefined],
    ['stops within the headers’ first byte', (_, __, request) => void request.socket.write('HTTP/1.1 200')],
    [
      'stops within the body',
      (_, response) => void response.writeHead(200, {'Content-Type': 'application/json'}).write('{"kind":"Node",'),
    ],
  ];
  for (const [what, handler] of silences) {
    it(`ends at its deadline when the server ${what}`, async () => {
      const ending = new AbortController();
      await using fake = await fakeApiServer((...asked) => {
        handler(...asked);
        setImmediate(() => ending.abort());
      });
      await using talking = clientOf(fake);
      const node = await talking.cluster.readNode('n', ending.signal);
      assert.ok(!node.known && node.why.code === 'timeout', JSON.stringify(node));
      assert.equal(fake.asked.length, 1);
    });
  }

  it('asks nothing when its signal has ended already', async () => {
    await using fake = await fakeApiServer((_, response) => json(response, 200, NODE));
    await using talking = clientOf(fake);
    const node = await talking.cluster.readNode('n', AbortSignal.abort());
    assert.ok(!node.known && node.why.code === 'timeout');
    assert.equal(fake.asked.length, 0);
  });

  it('is unreachable at once where nobody listens', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createTcpServer().listen(0, '127.0.0.1', () => {
        const {port: free} = server.address() as AddressInfo;
        server.close(() => resolve(free));
      });
    });
    await using talking = clientOf({
      url: `http://127.0.0.1:${port}`,
      asked: [],
      server: createServer(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    const node = await talking.cluster.readNode('n', within());
    assert.ok(!node.known && node.why.code === 'unreachable');
    assert.match(node.why.message, /ECONNREFUSED/);
  });

  it('ends after the request timeout, whatever its caller’s patience', async () => {
    const {promise: heard, resolve: hear} = Promise.withResolvers<null>();
    await using fake = await fakeApiServer(() => hear(null));
    const timers = new FakeTimers();
    await using talking = clientOf(fake);
    const impatient = apiClient(
      {
        context: 't',
        server: fake.url,
        namespace: null,
        inCluster: false,
        connection: (signal) => talking.client.connection(signal),
        renew: () => undefined,
        close: () => undefined,
      },
      {timers, random: () => 0, requestTimeout: seconds(10)},
    );
    const answering = impatient.raw({verb: 'get', resource: resources.Node, namespace: null, name: 'n'}, '', {
      signal: within(),
      limit: 10,
    });
    await heard;
    await timers.advance(seconds(10));
    const answer = await answering;
    assert.ok(!answer.ok && answer.failure.why.code === 'timeout');
  });

  it('goes over one connection when asked again', async () => {
    await using fake = await fakeApiServer((_, response) => json(response, 200, NODE));
    let connections = 0;
    fake.server.on('connection', () => (connections += 1));
    await using talking = clientOf(fake);
    for (let count = 0; count < 3; count += 1) assert.ok((await talking.cluster.readNode('n', within())).known);
    assert.equal(connections, 1);
  });

  it('escapes names, and keeps the path of a server behind another one', async () => {
    assert.equal(
      pathOf({verb: 'get', resource: resources.Deployment, namespace: 'a/b', name: '../x?y'}),
      '/apis/apps/v1/namespaces/a%2Fb/deployments/..%2Fx%3Fy',
    );
    await using fake = await fakeApiServer((_, response) => json(response, 200, NODE));
    await using talking = clientOf({...fake, url: `${fake.url}/k8s/clusters/c-1`});
    assert.ok((await talking.cluster.readNode('n', within())).known);
    assert.equal(fake.asked[0]?.url, '/k8s/clusters/c-1/api/v1/nodes/n');
  });
});

describe('a write', () => {
  const outcomes: ReadonlyArray<{
    readonly what: string;
    readonly handler: Handler;
    readonly kind: string;
    readonly code?: string;
  }> = [
    {what: 'a 201', handler: (_, response) => json(response, 201, CONFIG_MAP), kind: 'done'},
    {what: 'a 409', handler: (_, response) => json(response, 409, status(409, 'already exists')), kind: 'conflict'},
    {
      what: 'a 403',
      handler: (_, response) => json(response, 403, status(403, 'no')),
      kind: 'refused',
      code: 'forbidden',
    },
    {
      what: 'a 422',
      handler: (_, response) => json(response, 422, status(422, 'invalid')),
      kind: 'refused',
      code: 'failed',
    },
    {
      what: 'a 429',
      handler: (_, response) => json(response, 429, status(429, 'slow')),
      kind: 'refused',
      code: 'throttled',
    },
    {
      what: 'a 500',
      handler: (_, response) => json(response, 500, status(500, 'etcd')),
      kind: 'in-doubt',
      code: 'server-error',
    },
    {
      what: 'a 504',
      handler: (_, response) => json(response, 504, status(504, 'timeout')),
      kind: 'in-doubt',
      code: 'server-error',
    },
    {
      what: 'a reset',
      handler: (_, __, request) => request.socket.resetAndDestroy(),
      kind: 'in-doubt',
      code: 'unreachable',
    },
    {what: 'silence', handler: () => undefined, kind: 'in-doubt', code: 'timeout'},
    {what: 'a 200 of HTML', handler: (_, response) => response.end('<html>'), kind: 'in-doubt', code: 'garbled'},
  ];
  for (const {what, handler, kind, code} of outcomes) {
    it(`is ${kind} after ${what}, and never repeated`, async () => {
      const ending = new AbortController();
      await using fake = await fakeApiServer((...asked) => {
        handler(...asked);
        if (what === 'silence') ending.abort();
      });
      await using talking = clientOf(fake);
      const outcome = await talking.cluster.createConfigMap('ns', 'state', new Map([['a', 'b']]), ending.signal);
      assert.equal(outcome.kind, kind);
      if (code !== undefined)
        assert.ok(
          'why' in outcome && typeof outcome.why === 'object' && outcome.why.code === code,
          JSON.stringify(outcome),
        );
      assert.equal(fake.asked.length, 1);
      assert.ok(!JSON.stringify(outcome).includes(TOKEN));
    });
  }

  it('says of a namespace that does not exist that it has to be named, and not that the cluster cannot be reached', async () => {
    await using fake = await fakeApiServer((_, response) =>
      json(response, 404, status(404, 'namespaces "ns" not found')),
    );
    await using talking = clientOf(fake);
    const outcome = await talking.cluster.createConfigMap('ns', 'state', new Map(), within());
    assert.ok(outcome.kind === 'refused', outcome.kind);
    assert.deepEqual([outcome.why.code, commandsOf(outcome.why.fix)], ['misconfigured', 'kubectl get namespaces']);
  });

  const denials: ReadonlyArray<readonly [whose: string, code: number, says: string, fix: RegExp]> = [
    [
      'a namespace that is being deleted',
      403,
      'configmaps "state" is forbidden: unable to create new content in namespace ns because it is being terminated',
      /: kubectl get namespace ns -o yaml$/,
    ],
    [
      'a quota',
      403,
      'configmaps "state" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
      /kubectl describe resourcequota -n ns$/,
    ],
    [
      'a webhook',
      403,
      'admission webhook "guard.example.com" denied the request: not on Sundays',
      /webhookconfigurations/,
    ],
    [
      'a webhook with a status of its own',
      400,
      'admission webhook "guard.example.com" denied the request: not on Sundays',
      /webhookconfigurations/,
    ],
    [
      'a webhook that nobody answers for',
      500,
      'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: connection refused',
      /webhookconfigurations/,
    ],
    [
      'an admission policy',
      422,
      "configmaps \"state\" is forbidden: ValidatingAdmissionPolicy 'calm' with binding 'calm' denied request: not now",
      /validatingadmissionpolicies/,
    ],
  ];
  for (const [whose, code, says, fix] of denials) {
    it(`that is denied by ${whose} says whom to ask, and not that a right is missing`, async () => {
      await using fake = await fakeApiServer((_, response) => json(response, code, status(code, says)));
      await using talking = clientOf(fake);
      const outcome = await talking.cluster.createConfigMap('ns', 'state', new Map(), within());
      assert.ok(outcome.kind === 'refused', outcome.kind);
      assert.match(lineOf(outcome.why.fix ?? []), fix);
      assert.ok(outcome.why.message.endsWith(says), outcome.why.message);
    });
  }

  it('is refused, not in doubt, where nobody listens', async () => {
    const fake = await fakeApiServer(() => undefined);
    await fake[Symbol.asyncDispose]();
    await using talking = clientOf(fake);
    const outcome = await talking.cluster.createConfigMap('ns', 'state', new Map(), within());
    assert.ok(outcome.kind === 'refused' && outcome.why.code === 'unreachable');
  });

  it('puts label, field manager and the precondition into the request', async () => {
    await using fake = await fakeApiServer((_, response) => json(response, 200, CONFIG_MAP));
    await using talking = clientOf(fake);
    const previous = {
      name: 'state',
      namespace: 'ns',
      uid: 'u1',
      resourceVersion: '41',
      data: new Map(),
      managers: [],
      labels: new Map([['a', 'b']]),
      annotations: new Map([['c', 'd']]),
    };
    await talking.cluster.replaceConfigMap(previous, new Map([['k', 'v']]), within());
    const [asked] = fake.asked;
    assert.deepEqual(
      [asked?.method, asked?.url],
      ['PUT', '/api/v1/namespaces/ns/configmaps/state?fieldManager=frigate-health'],
    );
    assert.deepEqual(JSON.parse(asked?.body ?? ''), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: {k: 'v'},
      metadata: {
        name: 'state',
        namespace: 'ns',
        uid: 'u1',
        resourceVersion: '41',
        labels: {a: 'b', 'app.kubernetes.io/managed-by': 'frigate-health'},
        annotations: {c: 'd'},
      },
    });
  });

  it('puts back what is not its own: another tool may have its keys, its owners and its finalizers there', async () => {
    const owner = {apiVersion: 'apps/v1', kind: 'Deployment', name: 'gitops', uid: 'u2', blockOwnerDeletion: true};
    const stored = {
      ...CONFIG_MAP,
      immutable: false,
      binaryData: {blob: 'AAECAw=='},
      metadata: {...CONFIG_MAP.metadata, finalizers: ['example.com/keep'], ownerReferences: [owner]},
    };
    await using fake = await fakeApiServer((_, response) => json(response, 200, stored));
    await using talking = clientOf(fake);
    const read = await talking.cluster.readConfigMap('ns', 'state', within());
    assert.ok(read.known && read.value !== null);
    await talking.cluster.replaceConfigMap(read.value, new Map([['k', 'v']]), within());
    const body = JSON.parse(fake.asked[1]?.body ?? '') as typeof stored;
    assert.deepEqual(
      [body.binaryData, body.metadata.finalizers, body.metadata.ownerReferences, 'immutable' in body],
      [stored.binaryData, ['example.com/keep'], [owner], false],
    );
  });

  for (const [version, words] of [
    ['1.34', 'may not be more than'],
    ['1.29', 'must have at most'],
  ] as const)
    it(`says of a ConfigMap that is full how to make room (${version})`, async () => {
      await using fake = await fakeApiServer((_, response) =>
        json(response, 422, status(422, `ConfigMap "state" is invalid: []: Too long: ${words} 1048576 bytes`)),
      );
      await using talking = clientOf(fake);
      const previous = {
        name: 'state',
        namespace: 'ns',
        uid: 'u1',
        resourceVersion: '41',
        data: new Map(),
        managers: [],
        labels: new Map(),
        annotations: new Map(),
      };
      const outcome = await talking.cluster.replaceConfigMap(previous, new Map(), within());
      assert.ok(outcome.kind === 'refused', outcome.kind);
      assert.deepEqual(
        [outcome.why.code, commandsOf(outcome.why.fix)],
        ['misconfigured', 'kubectl -n ns edit configmap state'],
      );
    });
});

describe('the requests that are counted', () => {
  const counted = (): {readonly lines: string[]; readonly traffic: ApiTraffic} => {
    const lines: string[] = [];
    return {
      lines,
      traffic: {...uncounted, requested: (verb, resource, code) => lines.push(`${verb} ${resource} ${code}`)},
    };
  };

  it('are each one that is sent, repeated ones and those after a renewal of the credentials too', async () => {
    const {lines, traffic} = counted();
    await using fake = await fakeApiServer(
      after(
        (_, response) => json(response, 401, status(401, 'Unauthorized')),
        (_, response) => json(response, 503, status(503, 'busy')),
        (_, response) => response.destroy(),
      ),
    );
    await using talking = clientOf(fake, undefined, null, traffic);
    assert.ok((await talking.cluster.readNode('n', within())).known);
    assert.deepEqual(lines, ['get nodes 401', 'get nodes 503', 'get nodes failed', 'get nodes 200']);
  });

  it('are streams and commands in the container as well, by what a Role calls them', async () => {
    const {lines, traffic} = counted();
    await using fake = await fakeApiServer((_, response) => json(response, 403, status(403, 'no')));
    await using talking = clientOf(fake, undefined, null, traffic);
    const pod = {namespace: 'ns', pod: 'frigate-0', container: 'frigate'};
    await talking.cluster.openLog({...pod, since: null, previous: false, follow: false, tailLines: null}, within());
    await talking.cluster.exec(pod, ['true'], {signal: within(), limit: 100});
    await talking.cluster.proxyGet('ns', 'frigate-0', 5000, '/', {signal: within(), limit: 100});
    assert.deepEqual(lines, ['get pods/log 403', 'get pods/exec 403', 'get pods/proxy 403']);
  });
});

describe('the server’s clock', () => {
  const at = 'Mon, 23 Nov 2026 04:00:00 GMT';
  const dated =
    (body: unknown): Handler =>
    (_, response) => {
      response.sendDate = false;
      json(response, 200, body, {Date: at});
    };

  it('goes on from the Date header by the monotonic clock, in whole seconds', async () => {
    const timers = new FakeTimers();
    await using fake = await fakeApiServer(dated(NODE));
    await using talking = clientOf(fake, timers);
    assert.equal(talking.cluster.serverTime(), null);
    await talking.cluster.readNode('n', within());
    assert.equal(talking.cluster.serverTime(), Date.parse(at));
    await timers.advance(seconds(61.9));
    assert.equal(talking.cluster.serverTime(), Date.parse(at) + 61_000);
  });

  it('learns from a Status, and never from a captive portal or a pod behind the proxy', async () => {
    await using portal = await fakeApiServer((_, response) => {
      response.sendDate = false;
      response.writeHead(200, {Date: at}).end('<html>');
    });
    await using talking = clientOf(portal);
    await talking.cluster.readNode('n', within());
    await talking.cluster.proxyGet('ns', 'p', 5000, '/', {signal: within(), limit: 100});
    assert.equal(talking.cluster.serverTime(), null);
    await using refusing = await fakeApiServer((_, response) => {
      response.sendDate = false;
      json(response, 404, status(404, 'none'), {Date: at});
    });
    await using other = clientOf(refusing);
    await other.cluster.readNode('n', within());
    assert.equal(other.cluster.serverTime(), Date.parse(at));
  });
});
