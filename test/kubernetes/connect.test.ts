import assert from 'node:assert/strict';
import {lineOf} from '../../src/core/fix.js';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {until} from '../support/fake-timers.js';
import {processTimers} from '../../src/cli/timers.js';
import {seconds} from '../../src/core/time.js';
import type {KubeOptions} from '../../src/kubernetes/connect.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import type {FakeApiServer} from './fake-api-server.js';
import {connectWith, fakeApiServer, json, status} from './fake-api-server.js';

const NODE = {kind: 'Node', apiVersion: 'v1', metadata: {name: 'n', uid: 'u'}, spec: {}, status: {}};
const within = (milliseconds = 5000): AbortSignal => AbortSignal.timeout(milliseconds);

let folder: string;
let count = 0;

const file = (text: string, name?: string): string => {
  count += 1;
  const at = path.join(folder, name ?? `config-${count}`);
  writeFileSync(at, text, {mode: 0o755});
  return at;
};

interface Given {
  readonly server?: string;
  readonly user?: unknown;
  readonly context?: string;
  readonly namespace?: string;
  readonly currentContext?: string | null;
  readonly contextUser?: string;
  readonly contextCluster?: string;
}

/** JSON is YAML. */
const kubeconfig = ({
  server = 'http://127.0.0.1:1',
  user = {token: 't'},
  context = 'home',
  namespace,
  currentContext,
  contextUser = 'me',
  contextCluster = 'c',
}: Given = {}): string =>
  file(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      ...(currentContext === null ? {} : {'current-context': currentContext ?? context}),
      clusters: [{name: 'c', cluster: {server}}],
      users: [{name: 'me', user}],
      contexts: [
        {
          name: context,
          context: {cluster: contextCluster, user: contextUser, ...(namespace === undefined ? {} : {namespace})},
        },
      ],
    }),
  );

const options = (change: Partial<KubeOptions> = {}): KubeOptions => ({
  env: {HOME: folder, PATH: process.env['PATH']},
  preferInCluster: false,
  ...change,
});

const nodes = (): Promise<FakeApiServer> => fakeApiServer((_, response) => json(response, 200, NODE));

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-connect-'));
});
after(() => rmSync(folder, {recursive: true, force: true}));

describe('connecting', () => {
  const errors: ReadonlyArray<readonly [string, () => Partial<KubeOptions>, RegExp]> = [
    ['without any kubeconfig and outside of a cluster', () => ({}), /no cluster is configured: no kubeconfig/],
    ['with a kubeconfig that does not exist', () => ({kubeconfig: path.join(folder, 'none')}), /none does not exist/],
    [
      'when KUBECONFIG names only missing files',
      () => ({env: {KUBECONFIG: [path.join(folder, 'none'), path.join(folder, 'nor-this')].join(path.delimiter)}}),
      /none does not exist/,
    ],
    ['with a folder for a kubeconfig', () => ({kubeconfig: folder}), / is a folder$/],
    ['with bad YAML', () => ({kubeconfig: file('clusters: [}')}), /cannot be read/],
    ['with an empty file', () => ({kubeconfig: file('')}), /selects no context; available: none/],
    [
      'with text that is no configuration',
      () => ({kubeconfig: file('hello')}),
      /config-\d+ is a string, not a mapping$/,
    ],
    [
      'without a current context',
      () => ({kubeconfig: kubeconfig({currentContext: null})}),
      /selects no context; available: home/,
    ],
    [
      'with a current context that is not there',
      () => ({kubeconfig: kubeconfig({currentContext: 'old'})}),
      /the context "old" is not in the kubeconfig .* available: home/,
    ],
    [
      'with a --context that is not there',
      () => ({kubeconfig: kubeconfig(), context: 'work'}),
      /the context "work" is not in the kubeconfig/,
    ],
    [
      'with a context whose cluster is not there',
      () => ({kubeconfig: kubeconfig({contextCluster: 'gone'})}),
      /the cluster "gone" is not in/,
    ],
    [
      'with a context whose user is not there',
      () => ({kubeconfig: kubeconfig({contextUser: 'gone'})}),
      /the user "gone" is not in/,
    ],
    ['with a --user that is not there', () => ({kubeconfig: kubeconfig(), user: 'who'}), /the user "who" is not in/],
    [
      'with a --cluster that is not there',
      () => ({kubeconfig: kubeconfig(), cluster: 'which'}),
      /the cluster "which" is not in/,
    ],
    [
      'with a server that is no URL',
      () => ({kubeconfig: kubeconfig({server: 'nonsense'})}),
      /is not an http or https URL/,
    ],
  ];
  for (const [what, change, says] of errors) {
    it(`${what} is one clear error with a fix`, async () => {
      const outcome = await connect(options(change()), processTimers);
      assert.ok(isConnectError(outcome));
      assert.match(outcome.message, says);
      assert.ok(!outcome.message.includes('\n') && outcome.fix.length > 0);
    });
  }

  it('takes context, namespace and server from the kubeconfig, without the user in the address', async () => {
    const cluster = await connectWith(
      options({kubeconfig: kubeconfig({namespace: 'nvr', server: 'http://root:hush@127.0.0.1:1/base/'})}),
    );
    assert.deepEqual(
      [cluster.context, cluster.defaultNamespace, cluster.server, cluster.inCluster],
      ['home', 'nvr', 'http://127.0.0.1:1/base', false],
    );
    cluster.close();
  });

  it('finds ~/.kube/config', async () => {
    mkdirSync(path.join(folder, 'home', '.kube'), {recursive: true});
    file(
      JSON.stringify({
        'current-context': 'default',
        clusters: [{name: 'c', cluster: {server: 'http://127.0.0.1:1'}}],
        users: [],
        contexts: [{name: 'default', context: {cluster: 'c'}}],
      }),
      'home/.kube/config',
    );
    const cluster = await connectWith(options({env: {HOME: path.join(folder, 'home')}}));
    assert.equal(cluster.context, 'default');
    cluster.close();
  });

  it('merges the files of KUBECONFIG: the first wins, duplicates and missing ones are no error', async () => {
    await using fake = await nodes();
    const first = kubeconfig({server: fake.url, user: {token: 'first'}});
    const second = kubeconfig({
      context: 'work',
      namespace: 'second',
      server: 'http://127.0.0.1:1',
      user: {token: 'second'},
    });
    const KUBECONFIG = [path.join(folder, 'missing'), first, second].join(path.delimiter);
    const cluster = await connectWith(options({env: {KUBECONFIG}}));
    assert.equal(cluster.context, 'home');
    assert.ok((await cluster.readNode('n', within())).known);
    assert.equal(fake.asked[0]?.headers.authorization, 'Bearer first');
    const other = await connectWith(options({env: {KUBECONFIG}, context: 'work'}));
    assert.deepEqual([other.defaultNamespace, other.server], ['second', fake.url]);
    cluster.close();
    other.close();
  });

  it('lets the flags win over the file: server, token, namespace', async () => {
    await using fake = await nodes();
    const cluster = await connectWith(
      options({
        kubeconfig: kubeconfig({namespace: 'a', user: {exec: {command: 'never-run'}}}),
        server: fake.url,
        token: 'given',
        namespace: 'b',
      }),
    );
    assert.equal(cluster.defaultNamespace, 'b');
    assert.ok((await cluster.readNode('n', within())).known);
    assert.equal(fake.asked[0]?.headers.authorization, 'Bearer given');
    cluster.close();
  });

  it('takes --server alone, without any kubeconfig', async () => {
    await using fake = await nodes();
    const cluster = await connectWith(options({server: fake.url}));
    assert.ok((await cluster.readNode('n', within())).known);
    assert.equal(fake.asked[0]?.headers.authorization, undefined);
    cluster.close();
  });

  it('ignores broken entries that nobody uses', async () => {
    await using fake = await nodes();
    const config = file(
      JSON.stringify({
        'current-context': 'home',
        clusters: [{name: 'broken'}, {name: 'c', cluster: {server: fake.url}}],
        users: [
          {name: 'gone', user: {'token-file': '/no/such/file'}},
          {name: 'me', user: {token: 't'}},
        ],
        contexts: [{name: 'x'}, {name: 'home', context: {cluster: 'c', user: 'me'}}],
      }),
    );
    const cluster = await connectWith(options({kubeconfig: config}));
    assert.ok((await cluster.readNode('n', within())).known);
    cluster.close();
  });

  it('reads a token file, whose newline is no part of the token, anew after a 401', async () => {
    let token = 'one';
    await using fake = await fakeApiServer((asked, response) =>
      asked.headers.authorization === `Bearer ${token}`
        ? json(response, 200, NODE)
        : json(response, 401, status(401, 'Unauthorized')),
    );
    const tokenFile = file('one\n');
    const cluster = await connectWith(
      options({kubeconfig: kubeconfig({server: fake.url, user: {'token-file': tokenFile}})}),
    );
    assert.ok((await cluster.readNode('n', within())).known);
    token = 'two';
    writeFileSync(tokenFile, 'two\n');
    assert.ok((await cluster.readNode('n', within())).known);
    assert.equal(fake.asked.length, 3);
    cluster.close();
  });

  it('reads the token file that kubectl knows, relative to its kubeconfig and before a token, and not after --token', async () => {
    await using fake = await nodes();
    file('from-file\n', 'token.txt');
    const entry = {server: fake.url, user: {token: 'stale', tokenFile: 'token.txt'}};
    for (const token of [null, 'from-flag']) {
      const cluster = await connectWith(options({kubeconfig: kubeconfig(entry), token}));
      assert.ok((await cluster.readNode('n', within())).known);
      cluster.close();
    }
    assert.deepEqual(
      fake.asked.map(({headers}) => headers.authorization),
      ['Bearer from-file', 'Bearer from-flag'],
    );
  });

  it('names a token file that is not there', async () => {
    await using fake = await nodes();
    const cluster = await connectWith(
      options({kubeconfig: kubeconfig({server: fake.url, user: {tokenFile: 'nowhere.txt'}})}),
    );
    const node = await cluster.readNode('n', within());
    assert.ok(!node.known && node.why.code === 'misconfigured', JSON.stringify(node));
    assert.match(node.why.message, /nowhere\.txt \(ENOENT\) cannot be read/);
    assert.equal(fake.asked.length, 0);
    cluster.close();
  });

  it('impersonates as the kubeconfig says, with groups, uid and extra, and as the flags say where they do', async () => {
    await using fake = await nodes();
    const user = {
      token: 't',
      as: 'ann',
      'as-groups': ['ops', 'night, shift'],
      'as-uid': '42',
      'as-user-extra': {'example.com/Reason': ['audit', 'drill']},
    };
    const lines = async (flags: Partial<KubeOptions>): Promise<readonly string[]> => {
      const cluster = await connectWith(options({kubeconfig: kubeconfig({server: fake.url, user}), ...flags}));
      assert.ok((await cluster.readNode('n', within())).known);
      cluster.close();
      const raw = fake.asked.at(-1)?.rawHeaders ?? [];
      return raw
        .flatMap((name, index) =>
          index % 2 === 0 && name.startsWith('Impersonate') ? [`${name}: ${raw[index + 1]}`] : [],
        )
        .sort();
    };
    const rest = ['Impersonate-Uid: 42', 'Impersonate-User: ann'];
    const extra = ['Impersonate-Extra-example.com%2FReason: audit', 'Impersonate-Extra-example.com%2FReason: drill'];
    assert.deepEqual(await lines({}), [...extra, 'Impersonate-Group: night, shift', 'Impersonate-Group: ops', ...rest]);
    assert.deepEqual(await lines({as: 'bea', asGroups: ['dev']}), [
      ...extra,
      'Impersonate-Group: dev',
      'Impersonate-Uid: 42',
      'Impersonate-User: bea',
    ]);
  });

  it('sends user and password as basic authentication', async () => {
    await using fake = await nodes();
    const cluster = await connectWith(
      options({kubeconfig: kubeconfig({server: fake.url, user: {username: 'u', password: 'p'}})}),
    );
    assert.ok((await cluster.readNode('n', within())).known);
    assert.equal(fake.asked[0]?.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
    cluster.close();
  });

  it('impersonates a user and several groups, each in a header line of its own', async () => {
    await using fake = await nodes();
    const cluster = await connectWith(
      options({kubeconfig: kubeconfig({server: fake.url}), as: 'ann', asGroups: ['ops', 'night, shift']}),
    );
    assert.ok((await cluster.readNode('n', within())).known);
    const raw = fake.asked[0]?.rawHeaders ?? [];
    const lines = raw.flatMap((name, index) =>
      index % 2 === 0 && name.startsWith('Impersonate') ? [`${name}: ${raw[index + 1]}`] : [],
    );
    assert.deepEqual(lines, ['Impersonate-User: ann', 'Impersonate-Group: ops', 'Impersonate-Group: night, shift']);
    cluster.close();
  });

  it('gives up after the request timeout of the flags', async () => {
    await using fake = await fakeApiServer(() => undefined);
    const cluster = await connectWith(
      options({kubeconfig: kubeconfig({server: fake.url}), requestTimeout: seconds(0.1)}),
    );
    const node = await cluster.readNode('n', within());
    assert.ok(!node.known && node.why.code === 'timeout');
    cluster.close();
  });
});

describe('a credential plugin', () => {
  const script = (body: string): string => file(`#!/bin/sh\n${body}\n`);
  const credential = (token: string, expires?: string): string =>
    JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: {token, ...(expires === undefined ? {} : {expirationTimestamp: expires})},
    });
  const withPlugin = (server: string, exec: Record<string, unknown>): KubeOptions =>
    options({kubeconfig: kubeconfig({server, user: {exec: {apiVersion: 'client.authentication.k8s.io/v1', ...exec}}})});
  const calls = (at: string): string => `echo call >> ${at}`;
  const linesOf = async (at: string): Promise<number> =>
    (await import('node:fs/promises')).readFile(at, 'utf8').then((text) => text.trim().split('\n').length);

  it('is run once for many questions at a time, and gets what client-go gives it', async () => {
    await using fake = await nodes();
    const log = path.join(folder, 'plugin.log');
    const plugin = script(
      `${calls(log)}\necho "$KUBERNETES_EXEC_INFO $EXTRA" > ${log}.info\necho '${credential('from-plugin')}'`,
    );
    const cluster = await connectWith(withPlugin(fake.url, {command: plugin, env: [{name: 'EXTRA', value: 'more'}]}));
    const answers = await Promise.all([1, 2, 3].map(() => cluster.readNode('n', within())));
    assert.ok(answers.every(({known}) => known));
    assert.equal(await linesOf(log), 1);
    assert.equal(fake.asked[0]?.headers.authorization, 'Bearer from-plugin');
    const info = await (await import('node:fs/promises')).readFile(`${log}.info`, 'utf8');
    assert.match(info, /"kind":"ExecCredential".* more/);
    cluster.close();
  });

  it('is run again when its credential has expired, or after a 401', async () => {
    let refuse = false;
    await using fake = await fakeApiServer((_, response) => {
      if (refuse) json(response, 401, status(401, 'Unauthorized'));
      else json(response, 200, NODE);
      refuse = false;
    });
    const log = path.join(folder, 'expiry.log');
    const expired = await connectWith(
      withPlugin(fake.url, {command: script(`${calls(log)}\necho '${credential('t', '2001-01-01T00:00:00Z')}'`)}),
    );
    await expired.readNode('n', within());
    await expired.readNode('n', within());
    assert.equal(await linesOf(log), 2);
    const renewed = await connectWith(
      withPlugin(fake.url, {command: script(`${calls(`${log}.2`)}\necho '${credential('t')}'`)}),
    );
    refuse = true;
    assert.ok((await renewed.readNode('n', within())).known);
    assert.equal(await linesOf(`${log}.2`), 2);
    expired.close();
    renewed.close();
  });

  const failures: ReadonlyArray<readonly [string, () => Record<string, unknown>, string, RegExp]> = [
    [
      'that fails',
      () => ({command: script('echo "please log in" >&2; exit 1')}),
      'unauthorized',
      /failed: please log in/,
    ],
    [
      'that is not installed',
      () => ({command: 'no-such-plugin', installHint: 'get it from the shop'}),
      'misconfigured',
      /no-such-plugin is not installed/,
    ],
    [
      'that prints something else',
      () => ({command: script('echo my-secret-token')}),
      'unauthorized',
      /not an ExecCredential/,
    ],
    [
      'whose mode wants a terminal, without one',
      () => ({command: script('echo never'), interactiveMode: 'Always'}),
      'unauthorized',
      /needs a terminal/,
    ],
  ];
  for (const [what, exec, code, says] of failures) {
    it(`${what} is unknown with the reason, and its output is not told`, async () => {
      await using fake = await nodes();
      const cluster = await connectWith(withPlugin(fake.url, exec()));
      const node = await cluster.readNode('n', within());
      assert.ok(!node.known && node.why.code === code, JSON.stringify(node));
      assert.match(node.why.message, says);
      assert.ok(!node.why.message.includes('my-secret-token') && (node.why.fix ?? '').length > 0);
      assert.equal(fake.asked.length, 0);
      cluster.close();
    });
  }

  it('that asks a person reads the end of its input at once, and says in its own words what it lacks', async () => {
    await using fake = await nodes();
    const cluster = await connectWith(
      withPlugin(fake.url, {command: script('read password || { echo "no password given" >&2; exit 1; }')}),
    );
    const node = await cluster.readNode('n', within(3000));
    assert.ok(!node.known && node.why.code === 'unauthorized', JSON.stringify(node));
    assert.match(node.why.message, /no password given/);
    cluster.close();
  });

  it('that hangs ends within the deadline, and is itself ended with the cluster', async () => {
    await using fake = await nodes();
    const pid = path.join(folder, 'plugin.pid');
    const cluster = await connectWith(
      withPlugin(fake.url, {
        command: script(`echo $$ > ${pid}\necho "enter the code AB-12, token=hush" >&2\nexec sleep 60`),
      }),
    );
    const deadline = new AbortController();
    const reading = cluster.readNode('n', deadline.signal);
    const written = (): string => (existsSync(pid) ? readFileSync(pid, 'utf8').trim() : '');
    await until(() => written() !== '');
    deadline.abort();
    const node = await reading;
    assert.ok(!node.known && node.why.code === 'timeout');
    assert.match(node.why.message, /credential plugin config-\d+: no answer before the deadline/);
    assert.match(lineOf(node.why.fix ?? []), /^kubectl auth whoami --kubeconfig \S+ --context home$/);
    assert.ok(!node.why.message.includes('hush'));
    const running = Number(written());
    assert.doesNotThrow(() => process.kill(running, 0));
    cluster.close();
    const alive = (): boolean => {
      try {
        return process.kill(running, 0);
      } catch {
        return false;
      }
    };
    await until(() => !alive());
  });
});

describe('a pod’s own service account', () => {
  const mount = (): string => {
    const at = path.join(folder, 'account');
    mkdirSync(at, {recursive: true});
    writeFileSync(path.join(at, 'token'), 'pod-token\n');
    writeFileSync(path.join(at, 'ca.crt'), '');
    writeFileSync(path.join(at, 'namespace'), 'nvr\n');
    return at;
  };
  const inPod = (change: Partial<KubeOptions> = {}): KubeOptions =>
    options({
      env: {HOME: folder, KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443'},
      serviceAccountFolder: mount(),
      ...change,
    });

  it('is taken where there is no kubeconfig, with the pod’s namespace', async () => {
    const cluster = await connectWith(inPod());
    assert.deepEqual(
      [cluster.context, cluster.server, cluster.defaultNamespace, cluster.inCluster],
      ['in-cluster', 'https://10.96.0.1:443', 'nvr', true],
    );
    cluster.close();
  });

  it('comes before a kubeconfig only where that is preferred', async () => {
    const KUBECONFIG = kubeconfig();
    const env = {HOME: folder, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443', KUBECONFIG};
    const person = await connectWith(inPod({env}));
    const cron = await connectWith(inPod({env, preferInCluster: true}));
    assert.deepEqual([person.context, cron.context, cron.server], ['home', 'in-cluster', 'https://[fd00::1]:443']);
    person.close();
    cron.close();
  });

  it('gives way to a context that was named', async () => {
    const cluster = await connectWith(inPod({kubeconfig: kubeconfig(), preferInCluster: true}));
    assert.equal(cluster.context, 'home');
    cluster.close();
  });

  it('is nothing without a mounted token', async () => {
    assert.ok(
      isConnectError(await connect(inPod({serviceAccountFolder: path.join(folder, 'nowhere')}), processTimers)),
    );
  });
});
