/** The built program as kubectl users know their tools: whatever a kubeconfig holds, it works, or says in one line what to do. */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {TLSSocket} from 'node:tls';

const program = path.resolve(import.meta.dirname, '../../bin/run.js');
const certificate = (name: string): string => path.join(import.meta.dirname, 'certificates', name);
const pem = (name: string): string => readFileSync(certificate(name), 'utf8');
const encoded = (name: string): string => Buffer.from(pem(name)).toString('base64');

interface Asked {
  readonly authorization: string | undefined;
  /** The names of the client certificate. */
  readonly subject: string | null;
  readonly impersonated: readonly string[];
  readonly host: string | undefined;
}

interface ApiServer {
  readonly url: string;
  readonly port: number;
  readonly asked: Asked[];
}

const open: Array<{close: () => void}> = [];

const listening = async (server: net.Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

interface ServerShape {
  readonly certificate?: 'server' | 'expired';
  readonly wantsClient?: boolean;
  /** What a request gets; default: there is no such object, which is all that `state` needs. */
  readonly status?: (asked: Asked) => number;
}

const apiServer = async ({
  certificate: name = 'server',
  wantsClient = false,
  status = () => 404,
}: ServerShape = {}): Promise<ApiServer> => {
  const asked: Asked[] = [];
  const server = https.createServer(
    {
      key: pem(`${name}.key`),
      cert: pem(`${name}.pem`),
      ca: pem('authority.pem'),
      requestCert: wantsClient,
      rejectUnauthorized: wantsClient,
    },
    (request, response) => {
      const {rawHeaders} = request;
      const peer = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : null;
      const one: Asked = {
        authorization: request.headers.authorization,
        host: request.headers.host,
        subject: wantsClient ? `${String(peer?.subject.CN)}/${String(peer?.subject.O)}` : null,
        impersonated: rawHeaders.flatMap((header, index) =>
          index % 2 === 0 && header.startsWith('Impersonate-') ? [`${header}: ${rawHeaders[index + 1] ?? ''}`] : [],
        ),
      };
      asked.push(one);
      const code = status(one);
      const reasons: Readonly<Record<number, string>> = {401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound'};
      response.writeHead(code, {'Content-Type': 'application/json'}).end(
        JSON.stringify({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: reasons[code] ?? 'no',
          reason: reasons[code],
          code,
        }),
      );
    },
  );
  const port = await listening(server);
  return {url: `https://127.0.0.1:${port}`, port, asked};
};

let folder: string;
let count = 0;

const file = (text: string, mode = 0o600): string => {
  count += 1;
  const at = path.join(folder, `file ${count}`);
  writeFileSync(at, text, {mode});
  return at;
};

interface Given {
  readonly server: string;
  readonly ca?: string | null;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly context?: string;
  readonly currentContext?: string;
}

/** JSON is YAML. */
const kubeconfig = ({
  server,
  ca = 'authority.pem',
  cluster = {},
  user = {token: 'a-token'},
  context = 'home',
  currentContext = context,
}: Given): string =>
  file(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': currentContext,
      clusters: [
        {
          name: `${context}-cluster`,
          cluster: {server, ...(ca === null ? {} : {'certificate-authority-data': encoded(ca)}), ...cluster},
        },
      ],
      users: [{name: `${context}-user`, user}],
      contexts: [
        {
          name: context,
          context: {cluster: `${context}-cluster`, user: `${context}-user`, namespace: `ns-of-${context}`},
        },
      ],
    }),
  );

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `state` asks one small question; the servers live in this process, so the child must not block it. */
const run = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  const child = spawn(process.execPath, [program, 'state', ...words], {
    env: {PATH: process.env['PATH'] ?? '', HOME: folder, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {code, stdout, stderr};
};

const works = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> => {
  const {code, stderr} = await run(words, env);
  assert.deepEqual([code, stderr], [0, '']);
};

const plugin = (body: string): Readonly<Record<string, unknown>> => ({
  exec: {apiVersion: 'client.authentication.k8s.io/v1', command: file(`#!/bin/sh\n${body}\n`, 0o700)},
});
const credential = (status: Readonly<Record<string, unknown>>): string =>
  `cat <<'END'\n${JSON.stringify({apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status})}\nEND`;

describe('manners of a kubectl plugin', function () {
  this.timeout(20_000);

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-manners-'));
  });
  after(() => {
    for (const each of open) each.close();
    rmSync(folder, {recursive: true, force: true});
  });

  describe('it works with', () => {
    it('a token, in the file and by flag and variable', async () => {
      const {url, asked} = await apiServer();
      const config = kubeconfig({server: url});
      await works(['--kubeconfig', config]);
      await works(['--kubeconfig', config, '--token', 'of-the-flag']);
      await works([], {KUBECONFIG: config, FRIGATE_HC_TOKEN: 'of-the-variable'});
      assert.deepEqual(
        [...new Set(asked.map(({authorization}) => authorization))],
        ['Bearer a-token', 'Bearer of-the-flag', 'Bearer of-the-variable'],
      );
    });

    it('a client certificate, as data and as files', async () => {
      const {url, asked} = await apiServer({wantsClient: true});
      await works([
        '--kubeconfig',
        kubeconfig({
          server: url,
          user: {'client-certificate-data': encoded('client.pem'), 'client-key-data': encoded('client.key')},
        }),
      ]);
      await works([
        '--kubeconfig',
        kubeconfig({
          server: url,
          user: {'client-certificate': certificate('client.pem'), 'client-key': certificate('client.key')},
        }),
      ]);
      assert.deepEqual([...new Set(asked.map(({subject}) => subject))], ['ann/ops']);
    });

    it('a credential plugin that gives a token, and one that gives a certificate', async () => {
      const {url, asked} = await apiServer();
      await works(['--kubeconfig', kubeconfig({server: url, user: plugin(credential({token: 'from-the-plugin'}))})]);
      assert.equal(asked[0]?.authorization, 'Bearer from-the-plugin');
      const strict = await apiServer({wantsClient: true});
      await works([
        '--kubeconfig',
        kubeconfig({
          server: strict.url,
          user: plugin(credential({clientCertificateData: pem('client.pem'), clientKeyData: pem('client.key')})),
        }),
      ]);
      assert.equal(strict.asked[0]?.subject, 'ann/ops');
    });

    it('several files, of which the first wins, and any context of them', async () => {
      const [first, second] = await Promise.all([apiServer(), apiServer()]);
      const KUBECONFIG = [
        kubeconfig({server: first.url, context: 'one'}),
        path.join(folder, 'missing'),
        kubeconfig({server: second.url, context: 'two'}),
      ].join(path.delimiter);
      await works([], {KUBECONFIG});
      await works(['--context', 'two'], {KUBECONFIG});
      await works(['--cluster', 'two-cluster'], {KUBECONFIG});
      await works(['--user', 'one-user', '--context', 'two'], {KUBECONFIG});
      assert.deepEqual([first.asked.length > 0, second.asked.length > first.asked.length], [true, true]);
    });

    it('the namespace of the context, and another by -n', async () => {
      const {url} = await apiServer();
      const config = kubeconfig({server: url});
      assert.match((await run(['--kubeconfig', config])).stdout, /ns-of-home/);
      assert.match((await run(['--kubeconfig', config, '-n', 'elsewhere'])).stdout, /elsewhere/);
    });

    it('a proxy, by the kubeconfig', async () => {
      const {url, asked, port} = await apiServer();
      const through: string[] = [];
      const proxy = http.createServer();
      proxy.on('connect', (request, socket: Socket) => {
        through.push(request.url ?? '');
        const onward = net.connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
          onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
      });
      const proxyPort = await listening(proxy);
      await works(['--kubeconfig', kubeconfig({server: url, cluster: {'proxy-url': `http://127.0.0.1:${proxyPort}`}})]);
      assert.ok(asked.length > 0 && through.every((target) => target === `127.0.0.1:${port}`), through.join());
    });

    it('impersonation with several groups, a header line for each', async () => {
      const {url, asked} = await apiServer();
      const config = kubeconfig({server: url});
      const expected = ['Impersonate-User: ann', 'Impersonate-Group: ops', 'Impersonate-Group: night'];
      await works(['--kubeconfig', config, '--as', 'ann', '--as-group', 'ops', '--as-group', 'night']);
      assert.deepEqual(asked[0]?.impersonated, expected);
      await works(['--kubeconfig', config], {FRIGATE_HC_AS: 'ann', FRIGATE_HC_AS_GROUP: 'ops,night'});
      assert.deepEqual(asked.at(-1)?.impersonated, expected);
    });

    it('an unknown authority where it is named by flag, or not verified on request', async () => {
      const {url} = await apiServer();
      await works([
        '--kubeconfig',
        kubeconfig({server: url, ca: null}),
        '--certificate-authority',
        certificate('authority.pem'),
      ]);
      await works(['--kubeconfig', kubeconfig({server: url, ca: 'other-authority.pem'}), '--insecure-skip-tls-verify']);
    });

    it('a server by flag, with the name to expect in its certificate', async () => {
      const {port} = await apiServer();
      await works([
        '--server',
        `https://127.0.0.1:${port}`,
        '--certificate-authority',
        certificate('authority.pem'),
        '--tls-server-name',
        'kubernetes.default',
        '--token',
        't',
      ]);
    });
  });

  interface Failing {
    readonly when: string;
    readonly given: () => Promise<readonly string[]>;
    readonly code: number;
    readonly says: RegExp;
    /** What to do, on the line after. */
    readonly advises: RegExp;
  }

  const at = async (shape: ServerShape, given: Omit<Given, 'server'> = {}): Promise<readonly string[]> => [
    '--kubeconfig',
    kubeconfig({server: (await apiServer(shape)).url, ...given}),
  ];

  const failing: readonly Failing[] = [
    {
      when: "the server's certificate has expired",
      given: () => at({certificate: 'expired'}),
      code: 69,
      says: /certificate has expired/,
      advises: /renew|clock/,
    },
    {
      when: 'its authority is another one',
      given: () => at({}, {ca: 'other-authority.pem'}),
      code: 69,
      says: /authority|certificate/,
      advises: /--certificate-authority/,
    },
    {
      when: 'its authority is not known',
      given: () => at({}, {ca: null}),
      code: 69,
      says: /certificate/,
      advises: /certificate-authority/,
    },
    {
      when: 'its certificate is for another name',
      given: async () => [...(await at({})), '--tls-server-name', 'other.example'],
      code: 69,
      says: /other\.example/,
      advises: /tls-server-name/,
    },
    {
      when: 'the client certificate has expired',
      given: () =>
        at(
          {wantsClient: true},
          {user: {'client-certificate-data': encoded('client-expired.pem'), 'client-key-data': encoded('client.key')}},
        ),
      code: 77,
      says: /context home: the client certificate has expired \(2002-01-01\)/,
      advises: /Renew the certificate/,
    },
    {
      when: 'the client certificate is no certificate',
      given: () =>
        at(
          {},
          {
            user: {
              'client-certificate-data': Buffer.from('nonsense').toString('base64'),
              'client-key-data': encoded('client.key'),
            },
          },
        ),
      code: 64,
      says: /certificate|PEM/i,
      advises: /kubectl config view/,
    },
    {
      when: 'the file of the client certificate is gone',
      given: () =>
        at({}, {user: {'client-certificate': '/nonexistent/client.pem', 'client-key': certificate('client.key')}}),
      code: 64,
      says: /the file \/nonexistent\/client\.pem \(ENOENT\) cannot be read/,
      advises: /or name another one; .*kubectl config view/,
    },
    {
      when: 'the file of the authority is gone',
      given: () => at({}, {ca: null, cluster: {'certificate-authority': '/nonexistent/ca.crt'}}),
      code: 64,
      says: /the file \/nonexistent\/ca\.crt \(ENOENT\) cannot be read/,
      advises: /--certificate-authority FILE/,
    },
    {
      when: 'the file of the authority by flag is gone',
      given: async () => [...(await at({})), '--certificate-authority', '/nonexistent/flag.crt'],
      code: 64,
      says: /\/nonexistent\/flag\.crt/,
      advises: /--certificate-authority FILE/,
    },
    {
      when: 'the token is not accepted',
      given: () => at({status: () => 401}),
      code: 77,
      says: /HTTP 401/,
      advises: /Sign in again/,
    },
    {
      when: 'the right is missing',
      given: () => at({status: () => 403}),
      code: 77,
      says: /HTTP 403/,
      advises: /kubectl auth can-i get configmaps/,
    },
    {
      when: 'the credential plugin fails',
      given: () => at({}, {user: plugin('echo "please log in" >&2; exit 1')}),
      code: 77,
      says: /credential plugin .* failed: please log in/,
      advises: /kubectl auth whoami .*--context home/,
    },
    {
      when: 'the credential plugin is not installed',
      given: () =>
        at(
          {},
          {
            user: {
              exec: {
                apiVersion: 'client.authentication.k8s.io/v1',
                command: 'no-such-plugin',
                installHint: 'get it from the shop',
              },
            },
          },
        ),
      code: 64,
      says: /no-such-plugin is not installed/,
      advises: /get it from the shop/,
    },
    {
      when: 'the credential plugin prints no credential',
      given: () => at({}, {user: plugin('echo hello')}),
      code: 77,
      says: /its answer is not an ExecCredential/,
      advises: /kubectl auth whoami .*--context home/,
    },
    {
      when: 'there is no such context',
      given: async () => [...(await at({})), '--context', 'work'],
      code: 64,
      says: /the context "work" is not in the kubeconfig .* available: home/,
      advises: /kubectl config get-contexts/,
    },
    {
      when: 'there is no such user',
      given: async () => [...(await at({})), '--user', 'bob'],
      code: 64,
      says: /the user "bob" is not in the kubeconfig/,
      advises: /get-contexts/,
    },
    {
      when: 'there is no such cluster',
      given: async () => [...(await at({})), '--cluster', 'mars'],
      code: 64,
      says: /the cluster "mars" is not in the kubeconfig/,
      advises: /get-contexts/,
    },
    {
      when: 'there is no kubeconfig at all',
      given: () => Promise.resolve([]),
      code: 64,
      says: /no kubeconfig/,
      advises: /--kubeconfig or KUBECONFIG, or .*--demo/,
    },
    {
      when: 'the kubeconfig is broken',
      given: () => Promise.resolve(['--kubeconfig', file('clusters: [}')]),
      code: 64,
      says: /cannot be read/,
      advises: /Edit .* or name another file/,
    },
    {
      when: 'nobody listens',
      given: () => Promise.resolve(['--kubeconfig', kubeconfig({server: 'https://127.0.0.1:1'})]),
      code: 69,
      says: /ECONNREFUSED/,
      advises: /kubectl .*(readyz|cluster-info)/,
    },
    {
      when: 'the name of the server is not known',
      given: () => Promise.resolve(['--kubeconfig', kubeconfig({server: 'https://no-such-host.invalid'})]),
      code: 69,
      says: /no-such-host\.invalid/,
      advises: /kubectl .*(readyz|cluster-info)/,
    },
    {
      when: 'the proxy is gone',
      given: () => at({}, {cluster: {'proxy-url': 'http://127.0.0.1:1'}}),
      code: 69,
      says: /ECONNREFUSED|proxy/,
      advises: /kubectl|proxy/,
    },
    {
      when: 'plain http is spoken to a server that wants TLS',
      given: async () => ['--kubeconfig', kubeconfig({server: (await apiServer()).url.replace('https', 'http')})],
      code: 69,
      says: /hang up|HTTP 400|ECONNRESET/,
      advises: /kubectl/,
    },
    {
      when: 'the server is silent',
      given: async () => {
        const port = await listening(net.createServer(() => undefined));
        return ['--kubeconfig', kubeconfig({server: `https://127.0.0.1:${port}`}), '--request-timeout', '300ms'];
      },
      code: 69,
      says: /no answer before the deadline/,
      advises: /kubectl .*(readyz|cluster-info)/,
    },
  ];
  for (const {when, given, code, says, advises} of failing) {
    it(`says in one line what is wrong, and in one what to do, when ${when}`, async () => {
      const ended = await run(await given());
      const [error = '', advice = '', ...more] = ended.stderr.trimEnd().split('\n');
      assert.deepEqual([ended.code, ended.stdout, more], [code, '', []], ended.stderr);
      assert.match(error, /^Error: /);
      assert.match(error, says);
      assert.match(advice, /^Try this: /);
      assert.match(advice, advises);
      assert.ok(!ended.stderr.includes('a-token'));
    });
  }
});
