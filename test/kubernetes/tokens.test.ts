/** Tokens for the daemon: that of the user, however the kubeconfig gives it, and one of a ServiceAccount. */
import assert from 'node:assert/strict';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {minutes} from '../../src/core/time.js';
import type {KubeOptions} from '../../src/kubernetes/connect.js';
import {clientOf, connectWith, fakeApiServer, json, status, TOKEN} from './fake-api-server.js';

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

describe('the token of a ServiceAccount (TokenRequest)', () => {
  const request = {namespace: 'nvr', account: 'viewer', length: minutes(60)};

  it('is asked for with its length, and comes with its end', async () => {
    await using api = await fakeApiServer((_asked, response) =>
      json(response, 201, {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {name: 'viewer', namespace: 'nvr', creationTimestamp: null},
        spec: {expirationSeconds: 3600},
        status: {token: 'made', expirationTimestamp: '2026-10-10T04:10:00Z'},
      }),
    );
    await using to = clientOf(api);
    assert.deepEqual(await to.cluster.createAccountToken(request, signal()), {
      known: true,
      value: {token: 'made', expiresAt: Date.UTC(2026, 9, 10, 4, 10)},
    });
    const [asked] = api.asked;
    assert.deepEqual([asked?.method, asked?.url], ['POST', '/api/v1/namespaces/nvr/serviceaccounts/viewer/token']);
    assert.deepEqual(JSON.parse(asked?.body ?? ''), {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {expirationSeconds: 3600},
    });
  });

  it('names the permission that is missing, and an account that is not there', async () => {
    const messages = [
      [
        403,
        'serviceaccounts "viewer" is forbidden: User "ada" cannot create resource "serviceaccounts/token" in API group "" in the namespace "nvr"',
        'Forbidden',
      ],
      [404, 'serviceaccounts "viewer" not found', 'NotFound'],
    ] as const;
    const answers = [...messages];
    await using api = await fakeApiServer((_asked, response) => {
      const [code, message, reason] = answers.shift() ?? messages[0];
      json(response, code, status(code, message, reason));
    });
    await using to = clientOf(api);
    const denied = await to.cluster.createAccountToken(request, signal());
    assert.ok(!denied.known);
    assert.equal(denied.why.code, 'forbidden');
    assert.deepEqual(denied.why.fix, [
      {command: 'kubectl auth can-i create serviceaccounts --subresource=token -n nvr'},
    ]);
    const missing = await to.cluster.createAccountToken(request, signal());
    assert.ok(!missing.known);
    assert.equal(missing.why.code, 'not-found');
    assert.match(missing.why.message, /viewer/);
  });
});

describe('the token of the user', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-test-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  const tokenOf = async (user: object, options: Partial<KubeOptions> = {}): Promise<string | null> => {
    const kubeconfig = path.join(folder, 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'home',
      clusters: [{name: 'c', cluster: {server: 'http://127.0.0.1:1'}}],
      users: [{name: 'u', user}],
      contexts: [{name: 'home', context: {cluster: 'c', user: 'u'}}],
    };
    await writeFile(kubeconfig, JSON.stringify(config), {mode: 0o600});
    const cluster = await connectWith({
      kubeconfig,
      env: {PATH: process.env['PATH']},
      preferInCluster: false,
      ...options,
    });
    try {
      const token = await cluster.userToken.read(signal());
      assert.ok(token.known, token.known ? '' : token.why.message);
      return token.value;
    } finally {
      cluster.close();
    }
  };

  it('stands in the kubeconfig', async () => {
    assert.equal(await tokenOf({token: 'inline'}), 'inline');
  });

  it('is the one of --token', async () => {
    assert.equal(await tokenOf({token: 'inline'}, {token: 'given'}), 'given');
  });

  it('stands in a file', async () => {
    const tokenFile = path.join(folder, 'token');
    await writeFile(tokenFile, 'filed\n');
    assert.equal(await tokenOf({tokenFile}), 'filed');
  });

  it('comes from a credential plugin, and from it again after it was refused', async () => {
    const plugin = path.join(folder, 'plugin');
    const counter = path.join(folder, 'count');
    await writeFile(
      plugin,
      `#!/bin/sh\necho x >> '${counter}'\nprintf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"plugin-%s"}}' $(wc -l < '${counter}')\n`,
    );
    await chmod(plugin, 0o700);
    const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never'};
    assert.equal(await tokenOf({exec}), 'plugin-1');
    assert.equal(await tokenOf({exec}), 'plugin-2');
  });

  it('is missing where the user has a name and a password', async () => {
    assert.equal(await tokenOf({username: 'ada', password: 'secret'}), null);
  });

  it('is not used in the name of somebody else', async () => {
    assert.equal(await tokenOf({token: 'inline'}, {as: 'ada'}), null);
    assert.equal(await tokenOf({token: 'inline', as: 'ada'}), null);
  });

  it('is read again when it was refused', async () => {
    await using api = await fakeApiServer((_asked, response) => response.end());
    await using to = clientOf(api);
    assert.deepEqual(await to.cluster.userToken.read(signal()), {known: true, value: TOKEN});
    to.cluster.userToken.renew();
    assert.equal(to.credentials.renewals, 1);
  });
});
