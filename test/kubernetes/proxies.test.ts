import assert from 'node:assert/strict';
import {lineOf} from '../../src/core/fix.js';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import https from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import net from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {WebSocketServer} from 'ws';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {parseProxyUrl, proxyFromEnvironment} from '../../src/kubernetes/credentials/proxy-choice.js';
import {connectWith, json} from './fake-api-server.js';
import {HIDDEN_NAME, certificate, connectProxy, serverCertificate, socksProxy} from './proxy-servers.js';
import type {TestProxy} from './proxy-servers.js';

const NODE = {kind: 'Node', apiVersion: 'v1', metadata: {name: 'n', uid: 'u'}, spec: {}, status: {}};
const within = (milliseconds = 5000): AbortSignal => AbortSignal.timeout(milliseconds);

describe('the proxy that the environment names', () => {
  const PROXY = 'http://proxy.example:3128';
  /** As Go reads it (golang.org/x/net/http/httpproxy); `true`: through the proxy. */
  const cases: ReadonlyArray<readonly [server: string, noProxy: string, isProxied: boolean]> = [
    ['https://api.example.org:6443', '', true],
    ['https://localhost:6443', '', false],
    ['https://127.0.0.1:6443', '', false],
    ['https://127.8.8.8:6443', '', false],
    ['https://[::1]:6443', '', false],
    ['https://api.example.org', '*', false],
    ['https://api.example.org', ' * ', false],
    ['https://api.example.org', 'example.org', false],
    ['https://example.org', 'example.org', false],
    ['https://API.Example.ORG', 'EXAMPLE.org', false],
    ['https://notexample.org', 'example.org', true],
    ['https://example.org', '.example.org', true],
    ['https://api.example.org', '.example.org', false],
    ['https://api.example.org', '*.example.org', false],
    ['https://example.org', '*.example.org', true],
    ['https://api.example.org:6443', 'example.org:6443', false],
    ['https://api.example.org:6443', 'example.org:443', true],
    ['https://api.example.org', 'example.org:443', false],
    ['https://10.1.2.3:6443', '10.0.0.0/8', false],
    ['https://11.1.2.3:6443', '10.0.0.0/8', true],
    ['https://10.1.2.3:6443', 'localhost, ,192.168.0.0/16,10.1.2.3', false],
    ['https://10.1.2.3:6443', '10.1.2.3:6443', false],
    ['https://10.1.2.3:6443', '10.1.2.3:443', true],
    ['https://10.1.2.3:6443', '10.1.2', true],
    ['https://10.1.2.3:6443', '10.0.0.0/33', true],
    ['https://10.1.2.3:6443', '10.0.0.0/', true],
    ['https://[fd00::1]:6443', 'fd00::/8', false],
    ['https://[fd00::1]:6443', 'fd00:0::1', false],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', false],
    ['https://[fd00::1]:6443', '[fd00::1]:443', true],
    ['https://[fe80::1]:6443', 'fd00::/8,10.0.0.0/8', true],
    ['https://api.example.org', '10.0.0.0/8', true],
    ['https://api.example.org', ':443', true],
  ];
  for (const [server, noProxy, isProxied] of cases) {
    it(`${isProxied ? 'leads' : 'does not lead'} to ${server} with NO_PROXY=${JSON.stringify(noProxy)}`, () => {
      const chosen = proxyFromEnvironment(new URL(server), {HTTPS_PROXY: PROXY, NO_PROXY: noProxy});
      assert.deepEqual(chosen, isProxied ? {scheme: 'http', host: 'proxy.example', port: 3128, login: null} : null);
    });
  }

  const SERVER = new URL('https://api.example.org:6443');
  const hostOf = (env: Record<string, string>, server = SERVER): string | undefined =>
    proxyFromEnvironment(server, env)?.host;

  it('is the one for the scheme of the API server, upper case first, and an empty one is none', () => {
    assert.equal(hostOf({HTTP_PROXY: 'http://plain'}), undefined);
    assert.equal(hostOf({HTTP_PROXY: 'http://plain'}, new URL('http://api.example.org')), 'plain');
    assert.equal(hostOf({https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper'}), 'upper');
    assert.equal(hostOf({https_proxy: 'http://lower', HTTPS_PROXY: ''}), 'lower');
    assert.equal(hostOf({https_proxy: 'http://lower', no_proxy: 'example.org'}), undefined);
    assert.equal(hostOf({ALL_PROXY: 'http://all'}), undefined);
  });

  it('may stand there without a scheme, with a login, or as SOCKS', () => {
    assert.deepEqual(proxyFromEnvironment(SERVER, {HTTPS_PROXY: 'ann:p%40ss@proxy.example:8080'}), {
      scheme: 'http',
      host: 'proxy.example',
      port: 8080,
      login: {user: 'ann', password: 'p@ss'},
    });
    assert.deepEqual(proxyFromEnvironment(SERVER, {HTTPS_PROXY: 'socks5h://[fd00::2]'}), {
      scheme: 'socks5',
      host: 'fd00::2',
      port: 1080,
      login: null,
    });
    assert.equal(proxyFromEnvironment(SERVER, {HTTPS_PROXY: 'http://'}), null);
  });

  it('has the port of its scheme where none is named, and no other scheme', () => {
    assert.deepEqual(
      ['http://p', 'https://p', 'socks5://p', 'socks4://p', 'ftp://p', 'p:1'].map(
        (url) => parseProxyUrl(url)?.port ?? null,
      ),
      [80, 443, 1080, null, null, null],
    );
  });
});

describe('through a proxy', () => {
  let folder: string;
  let api: https.Server;
  const sockets = new Set<Socket>();
  let count = 0;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-proxy-'));
    api = https.createServer(serverCertificate, (_, response) => json(response, 200, NODE));
    api.on('secureConnection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    new WebSocketServer({server: api}).on('connection', (socket, request) => {
      if (request.url?.includes('/portforward') === true) {
        for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x88, 0x13]));
        socket.on('message', (data: Buffer) => socket.send(data));
      } else {
        socket.send(Buffer.concat([Buffer.of(1), Buffer.from('here')]));
        socket.send(Buffer.concat([Buffer.of(3), Buffer.from('{"status":"Success"}')]));
      }
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => api.close(resolve));
    rmSync(folder, {recursive: true});
  });

  const apiPort = (): number => (api.address() as AddressInfo).port;

  /** The API server under a name that only the proxies know. */
  const cluster = (proxyUrl: string | null, env: Record<string, string> = {}): Promise<Cluster> => {
    count += 1;
    const kubeconfig = path.join(folder, `config-${count}`);
    const entry = {
      server: `https://${HIDDEN_NAME}:${apiPort()}`,
      'certificate-authority': certificate('authority.pem'),
      'tls-server-name': 'localhost',
      ...(proxyUrl === null ? {} : {'proxy-url': proxyUrl}),
    };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'home',
        clusters: [{name: 'c', cluster: entry}],
        users: [{name: 'me', user: {token: 't'}}],
        contexts: [{name: 'home', context: {cluster: 'c', user: 'me'}}],
      }),
    );
    return connectWith({kubeconfig, env, preferInCluster: false});
  };

  const kinds: ReadonlyArray<readonly [scheme: string, start: (login: string | null) => Promise<TestProxy>]> = [
    ['http', () => connectProxy('http')],
    ['https', () => connectProxy('https')],
    ['socks5', socksProxy],
  ];
  for (const [scheme, start] of kinds) {
    it(`${scheme} a request and both WebSockets arrive, and the proxy resolves the name`, async () => {
      await using proxy = await start(null);
      const talking = await cluster(`${scheme}://127.0.0.1:${proxy.port}`);
      const node = await talking.readNode('n', within());
      assert.ok(node.known, JSON.stringify(node));
      const pod = {namespace: 'ns', pod: 'p', container: 'c'};
      const ran = await talking.exec(pod, ['true'], {signal: within(), limit: 100});
      assert.ok(ran.known && ran.value.stdout.toString() === 'here', JSON.stringify(ran));
      const forwarded = await talking.forwardPort('ns', 'p', 5000, within());
      assert.ok(forwarded.known, JSON.stringify(forwarded));
      const echoed = new Promise<string>((resolve) => {
        forwarded.value.once('data', (data: Buffer) => resolve(data.toString()));
      });
      forwarded.value.write('ping');
      assert.equal(await echoed, 'ping');
      forwarded.value.destroy();
      assert.ok(proxy.asked.length >= 2);
      assert.deepEqual([...new Set(proxy.asked)], [`${HIDDEN_NAME}:${apiPort()}`]);
      talking.close();
    });

    it(`${scheme} with a login that URLs have to escape`, async () => {
      await using proxy = await start('ann:p@ss:w');
      const talking = await cluster(`${scheme}://ann:p%40ss%3Aw@127.0.0.1:${proxy.port}`);
      const node = await talking.readNode('n', within());
      assert.ok(node.known, JSON.stringify(node));
      assert.deepEqual(proxy.logins, ['ann:p@ss:w']);
      talking.close();
    });
  }

  it('goes on over one connection when asked again', async () => {
    await using proxy = await connectProxy('http');
    const talking = await cluster(`http://127.0.0.1:${proxy.port}`);
    for (let turn = 0; turn < 3; turn += 1) assert.ok((await talking.readNode('n', within())).known);
    assert.equal(proxy.asked.length, 1);
    talking.close();
  });

  it('of the environment, without a scheme; NO_PROXY goes around it, and proxy-url wins over both', async () => {
    await using proxy = await connectProxy('http');
    const HTTPS_PROXY = `127.0.0.1:${proxy.port}`;
    const through = await cluster(null, {HTTPS_PROXY});
    assert.ok((await through.readNode('n', within())).known);
    const around = await cluster(null, {HTTPS_PROXY, NO_PROXY: '.invalid'});
    const node = await around.readNode('n', within());
    assert.ok(!node.known && node.why.code === 'unreachable', JSON.stringify(node));
    assert.match(node.why.message, /ENOTFOUND|EAI_AGAIN/);
    const named = await cluster(`http://127.0.0.1:${proxy.port}`, {HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*'});
    assert.ok((await named.readNode('n', within())).known);
    assert.equal(proxy.asked.length, 2);
    for (const one of [through, around, named]) one.close();
  });

  const refusals: ReadonlyArray<
    readonly [what: string, start: () => Promise<TestProxy>, scheme: string, says: RegExp]
  > = [
    [
      'wants a login',
      () => connectProxy('http', '407 Proxy Authentication Required'),
      'http',
      /HTTP 407 Proxy Authentication/,
    ],
    ['forbids the address', () => connectProxy('http', '403 Forbidden'), 'http', /HTTP 403 Forbidden/],
    ['wants a SOCKS login', () => socksProxy('ann:secret'), 'socks5', /through the proxy socks5:.*(auth|method)/i],
    ['refuses a SOCKS login', () => socksProxy('ann:secret'), 'socks5://bob:guess', /auth/i],
    ['is no TLS server', () => connectProxy('http'), 'https', /through the proxy https:/],
  ];
  for (const [what, start, scheme, says] of refusals) {
    it(`that ${what}: the proxy is named, not the API server, and its password is not`, async () => {
      await using proxy = await start();
      const [plain, login] = scheme.split('://');
      const talking = await cluster(`${plain}://${login === undefined ? '' : `${login}@`}127.0.0.1:${proxy.port}`);
      const node = await talking.readNode('n', within());
      assert.ok(!node.known && node.why.code === 'unreachable', JSON.stringify(node));
      assert.match(node.why.message, says);
      assert.match(lineOf(node.why.fix ?? []), /proxy-url/);
      assert.ok(!node.why.message.includes('guess'));
      talking.close();
    });
  }

  it('that nobody answers for is named, and one that is silent ends with the deadline', async () => {
    const closed = await connectProxy('http');
    await closed[Symbol.asyncDispose]();
    const refused = await cluster(`http://127.0.0.1:${closed.port}`);
    const node = await refused.readNode('n', within());
    assert.ok(!node.known && node.why.code === 'unreachable', JSON.stringify(node));
    assert.match(node.why.message, /through the proxy http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    refused.close();

    const connections = new Set<Socket>();
    const silent = net.createServer((socket) => {
      connections.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    for (const scheme of ['http', 'socks5']) {
      const waiting = await cluster(`${scheme}://127.0.0.1:${(silent.address() as AddressInfo).port}`);
      const begun = performance.now();
      const late = await waiting.readNode('n', within(200));
      assert.ok(!late.known && late.why.code === 'timeout', JSON.stringify(late));
      assert.ok(performance.now() - begun < 2000);
      waiting.close();
    }
    const gone = [...connections].map(
      (socket) =>
        new Promise<void>((resolve) => (socket.closed ? resolve() : socket.resume().once('close', () => resolve()))),
    );
    await Promise.all(gone);
    await new Promise((resolve) => silent.close(resolve));
  });
});
