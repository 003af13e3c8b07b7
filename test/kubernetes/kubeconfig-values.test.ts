import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import {stringify} from 'yaml';
import {lineOf} from '../../src/core/fix.js';
import {processTimers} from '../../src/cli/timers.js';
import type {KubeOptions} from '../../src/kubernetes/connect.js';
import {connect, isConnectError, kubeconfigNames} from '../../src/kubernetes/connect.js';

const timers = processTimers;

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-values-'));
});
after(() => rmSync(folder, {recursive: true}));

const file = (text: string, name = 'config'): string => {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
};
const options = (kubeconfig: string, env: Record<string, string> = {}): KubeOptions => ({
  kubeconfig,
  env,
  preferInCluster: false,
});

/** Everything that is read, each in its right type. Nothing is run and nobody is called: the plugin is not there, the port is closed. */
const whole = {
  apiVersion: 'v1',
  kind: 'Config',
  preferences: {},
  'current-context': 'home',
  clusters: [
    {
      name: 'c',
      cluster: {
        server: 'http://127.0.0.1:1',
        'certificate-authority-data': '',
        'insecure-skip-tls-verify': false,
        'tls-server-name': 'api',
        'proxy-url': 'socks5://127.0.0.1:1',
        extensions: [{name: 'e', extension: {any: [1]}}],
      },
    },
  ],
  users: [
    {
      name: 'me',
      user: {
        token: 't',
        username: 'u',
        password: 'p',
        as: 'ann',
        'as-groups': ['ops'],
        'as-uid': '42',
        'as-user-extra': {reason: ['drill']},
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: './no-such-plugin',
          args: ['--port', '8000'],
          env: [{name: 'A', value: 'b'}],
          installHint: 'get it',
          provideClusterInfo: true,
          interactiveMode: 'IfAvailable',
        },
        'auth-provider': {name: 'none', config: {a: 'b'}},
      },
    },
  ],
  contexts: [{name: 'home', context: {cluster: 'c', user: 'me', namespace: 'nvr'}}],
};

/** The same user without a plugin: what goes into headers, certificates and addresses is used to the end. */
const plain = {
  ...whole,
  clusters: [{name: 'c', cluster: {...whole.clusters[0]?.cluster, 'proxy-url': 'http://127.0.0.1:1'}}],
  users: [
    {
      name: 'me',
      user: {
        ...whole.users[0]?.user,
        exec: null,
        'auth-provider': null,
        'client-certificate-data': '',
        'client-key': '',
      },
    },
  ],
};

type At = readonly PropertyKey[];

const pathsIn = (value: unknown, at: At = []): readonly At[] =>
  typeof value === 'object' && value !== null
    ? [
        at,
        ...Object.entries(value).flatMap(([key, inner]) =>
          pathsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
    : [at];

/** A copy with another value there. */
const withValue = (root: unknown, [key, ...rest]: At, value: unknown): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(root))
    return root.map((inner: unknown, index) => (index === key ? withValue(inner, rest, value) : inner));
  return {...(root as object), [key]: withValue((root as Record<PropertyKey, unknown>)[key], rest, value)};
};

/** Connects and asks one question; anything that is thrown fails the test, as it would end the program with 70. */
const use = async (kubeconfig: string): Promise<{readonly code: string; readonly message: string}> => {
  await kubeconfigNames(options(kubeconfig));
  const cluster = await connect(options(kubeconfig), timers);
  if (isConnectError(cluster)) {
    assert.ok(cluster.fix.length > 0);
    return {code: 'misconfigured', message: cluster.message};
  }
  try {
    const [node, ran] = await Promise.all([
      cluster.readNode('n', AbortSignal.timeout(3000)),
      cluster.exec({namespace: cluster.defaultNamespace ?? 'x', pod: 'p', container: 'c'}, ['true'], {
        signal: AbortSignal.timeout(3000),
        limit: 100,
      }),
    ]);
    assert.ok(!node.known && !ran.known);
    return node.why;
  } finally {
    cluster.close();
  }
};

describe('the values of a kubeconfig', () => {
  const wrong: ReadonlyArray<readonly [at: string, change: At, value: unknown, says: RegExp, fix: RegExp]> = [
    [
      'a namespace that is a number',
      ['contexts', 0, 'context', 'namespace'],
      123,
      /contexts\[0\]\.context\.namespace is a number, not a string$/,
      /in quotes/,
    ],
    [
      'a namespace that is true',
      ['contexts', 0, 'context', 'namespace'],
      true,
      /namespace is a boolean, not a string$/,
      /in quotes/,
    ],
    [
      'a namespace that is a path',
      ['contexts', 0, 'context', 'namespace'],
      'a/../b',
      /namespace is not the name of a namespace/,
      /Edit/,
    ],
    [
      'an argument that is a number',
      ['users', 0, 'user', 'exec', 'args', 1],
      8000,
      /users\[0\]\.user\.exec\.args\[1\] is a number, not a string$/,
      /in quotes/,
    ],
    [
      'a variable that is a number',
      ['users', 0, 'user', 'exec', 'env', 0, 'value'],
      1,
      /users\[0\]\.user\.exec\.env\[0\]\.value is a number/,
      /in quotes/,
    ],
    [
      'a mode that is none',
      ['users', 0, 'user', 'exec', 'interactiveMode'],
      'Sometimes',
      /interactiveMode is not one of Never, IfAvailable, Always$/,
      /Edit/,
    ],
    [
      'a plugin without a command',
      ['users', 0, 'user', 'exec', 'command'],
      '',
      /users\[0\]\.user\.exec\.command names no command$/,
      /Edit/,
    ],
    [
      'a token that is a list',
      ['users', 0, 'user', 'token'],
      ['hush'],
      /users\[0\]\.user\.token is a list, not a string$/,
      /Edit/,
    ],
    [
      'a switch that is a text',
      ['clusters', 0, 'cluster', 'insecure-skip-tls-verify'],
      'true',
      /insecure-skip-tls-verify is a string, not true or false$/,
      /Edit/,
    ],
    [
      'a proxy of another kind',
      ['clusters', 0, 'cluster', 'proxy-url'],
      'ftp://x',
      /proxy-url of cluster "c" .* is not a URL/,
      /set-cluster c --proxy-url/,
    ],
    [
      'a server that is missing',
      ['clusters', 0, 'cluster', 'server'],
      null,
      /the cluster "c" .* has no server$/,
      /set-cluster c --server/,
    ],
    [
      'a current context that is a number',
      ['current-context'],
      7,
      /: current-context is a number, not a string$/,
      /in quotes/,
    ],
    ['a name that is a number', ['users', 0, 'name'], 7, /: users\[0\]\.name is a number, not a string$/, /in quotes/],
    ['clusters that are a mapping', ['clusters'], {c: 1}, /: clusters is a mapping, not a list$/, /Edit/],
    ['a list for the whole', [], [1], /config is a list, not a mapping$/, /Edit/],
  ];
  for (const [what, at, value, says, fix] of wrong) {
    it(`${what}: the file and the field are named`, async () => {
      const outcome = await connect(options(file(stringify(withValue(whole, at, value)))), timers);
      assert.ok(isConnectError(outcome), 'connected');
      assert.ok(outcome.message.includes('config'), outcome.message);
      assert.match(outcome.message, says);
      assert.match(lineOf(outcome.fix), fix);
      assert.ok(!outcome.message.includes('hush'));
    });
  }

  it('are in nobody’s way where they are wrong in an entry that nobody chooses', async () => {
    const others = {
      ...whole,
      users: [{name: 'other', user: {token: 5}}, ...whole.users],
      contexts: [null, {name: 'old', context: {namespace: 5}}, ...whole.contexts],
    };
    const kubeconfig = file(stringify(others));
    const cluster = await connect(options(kubeconfig), timers);
    assert.ok(!isConnectError(cluster), isConnectError(cluster) ? cluster.message : '');
    assert.equal(cluster.defaultNamespace, 'nvr');
    cluster.close();
    const chosen = await connect({...options(kubeconfig), context: 'old'}, timers);
    assert.ok(isConnectError(chosen) && chosen.message.includes('contexts[1].context.namespace is a number'));
  });

  const empty = ['', '\n', '# nothing yet\n', '---\n', '{}', 'null'];
  for (const text of empty) {
    it(`${JSON.stringify(text)} is an empty configuration beside another file`, async () => {
      const KUBECONFIG = [file(text, 'empty'), file(stringify(whole), 'good')].join(path.delimiter);
      const cluster = await connect({env: {KUBECONFIG}, preferInCluster: false}, timers);
      assert.ok(!isConnectError(cluster), isConnectError(cluster) ? cluster.message : '');
      assert.equal(cluster.context, 'home');
      cluster.close();
    });
  }

  const documents: ReadonlyArray<readonly [what: string, text: string, code: string | null, says: RegExp]> = [
    [
      'of several documents the first counts',
      `${stringify(whole)}---\ncurrent-context: other\n`,
      null,
      /no-such-plugin/,
    ],
    [
      'an anchor that holds itself',
      'clusters: &a\n  - name: c\n    cluster: *a\n',
      'misconfigured',
      /selects no context|mapping/,
    ],
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({length: 9}, () => `*${'abcdefg'[index] ?? 'a'}`).join(',')}]`,
        )
        .join('\n')}\n`,
      'misconfigured',
      /alias/i,
    ],
    ['an alias without an anchor', 'clusters: *c\n', 'misconfigured', /cannot be read/],
    ['broken YAML', 'clusters: [}\n', 'misconfigured', /cannot be read/],
    ['half a JSON', JSON.stringify(whole).slice(0, 400), 'misconfigured', /cannot be read/],
    ['binary data', '\u0000\u0001\u0002', 'misconfigured', /config/],
    [
      'a merge key',
      `base: &base {cluster: c, user: me}\n${stringify({...whole, contexts: []}).replace('contexts: []', 'contexts:\n  - name: home\n    context: {<<: *base, namespace: nvr}')}`,
      null,
      /no-such-plugin/,
    ],
    [
      'a tag that no schema has',
      stringify(whole).replace('namespace: nvr', 'namespace: !!js/function "nvr"'),
      null,
      /no-such-plugin/,
    ],
    ['JSON with tabs and a byte order mark', `\ufeff${JSON.stringify(whole, null, '\t')}`, null, /no-such-plugin/],
  ];
  for (const [what, text, code, says] of documents) {
    it(what, async () => {
      const why = await use(file(text));
      assert.match(why.message, says);
      assert.equal(why.code, code ?? 'misconfigured');
    });
  }

  it('of any type anywhere end in a value, never in an exception', async function () {
    this.timeout(120_000);
    const odd: readonly unknown[] = [
      null,
      undefined,
      true,
      false,
      0,
      -1,
      1e308,
      Number.NaN,
      '',
      ' ',
      'x'.repeat(100_000),
      '\ud800',
      'a\nb',
      'a\u0000b',
      '../../x',
      '__proto__',
      'http://[::1',
      'https://h:99999',
      [],
      [[]],
      [null],
      {},
      {a: {b: [{}]}},
      {name: 'c'},
    ];
    let runs = 0;
    const one = async (root: unknown): Promise<void> => {
      runs += 1;
      const why = await use(
        file(
          root === undefined
            ? ''
            : runs % 2 === 0
              ? JSON.stringify(root)
              : stringify(root, {aliasDuplicateObjects: false}),
        ),
      );
      assert.ok(
        ['misconfigured', 'unauthorized', 'unreachable', 'timeout', 'failed'].includes(why.code),
        JSON.stringify(why),
      );
    };
    for (const at of pathsIn(whole)) for (const value of odd) await one(withValue(whole, at, value));
    const change = fc.tuple(
      fc.constantFrom(...pathsIn(whole), ...pathsIn(plain)),
      fc.oneof(fc.constantFrom(...odd), fc.jsonValue({maxDepth: 3})),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(whole, plain),
        fc.array(change, {minLength: 1, maxLength: 4}),
        async (base, changes) => {
          let root: unknown = base;
          for (const [at, value] of changes) {
            try {
              root = withValue(root, at, value);
            } catch {
              // What stood there is gone by an earlier change.
            }
          }
          await one(root);
        },
      ),
      {seed: 20_261_128, numRuns: 800},
    );
    assert.ok(runs > 1800, String(runs));
  });
});
