import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {get} from 'node:https';
import {connect as openSocket} from 'node:net';
import {processTimers} from '../../src/cli/timers.js';
import {CommandFailure} from '../../src/outcome/failure.js';
import {noAccessControl} from '../../src/http/auth/none.js';
import {readHttpOptions, type HttpFlags, type HttpOptions, type HttpSurroundings} from '../../src/http/options.js';
import {startHttp, type ListeningHttp} from '../../src/http/server.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {snapshotOf} from '../support/fleet.js';
import {FakeControl} from './stage.js';

const never = new AbortController().signal;

const options = (changes: Partial<HttpOptions> = {}): HttpOptions => ({
  host: '127.0.0.1',
  port: 0,
  tls: null,
  access: noAccessControl,
  debug: false,
  page: null,
  metrics: null,
  onAnswered: () => undefined,
  leaderAddress: () => null,
  log: () => undefined,
  ...changes,
});

const start = (changes: Partial<HttpOptions> = {}, signal = never): Promise<ListeningHttp> =>
  startHttp(options(changes), new FakeFleet(snapshotOf([])), new FakeControl(), processTimers, signal);

const failureOf = async (work: () => unknown): Promise<CommandFailure> => {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof CommandFailure, String(error));
    return error;
  }
  throw new assert.AssertionError({message: 'it did not fail'});
};

describe('the listener', () => {
  it('answers on its port, and not after its end', async () => {
    const server = await start();
    const answer = await fetch(`http://127.0.0.1:${server.port}/health`);
    await answer.clone().text();
    assert.equal(answer.headers.get('content-type'), 'application/json');
    await server.close();
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}/health`));
  });

  it('ends with the signal, streams and idle connections included', async () => {
    const ending = new AbortController();
    const server = await start({}, ending.signal);
    const stream = await fetch(`http://127.0.0.1:${server.port}/api/v1/events`);
    // A connection on which nothing is ever asked.
    const idle = openSocket(server.port, '127.0.0.1');
    idle.on('error', () => undefined);
    await new Promise((resolve) => idle.once('connect', resolve));
    const cut = new Promise((resolve) => idle.once('close', resolve));
    ending.abort();
    await stream.text();
    await server.close();
    await cut;
  });

  it('speaks TLS with the certificate that it is given', async () => {
    const file = (name: string): string =>
      readFileSync(new URL(`../ship/certificates/${name}`, import.meta.url), 'utf8');
    const server = await start({tls: {cert: file('server.pem'), key: file('server.key')}});
    const [status, transport] = await new Promise<readonly [number | undefined, unknown]>((resolve, reject) => {
      const asking = get(
        {
          host: '127.0.0.1',
          port: server.port,
          path: '/startup',
          ca: file('authority.pem'),
          checkServerIdentity: () => undefined,
        },
        (answer) => {
          answer.resume();
          resolve([answer.statusCode, answer.headers['strict-transport-security']]);
        },
      );
      asking.on('error', reject);
    });
    assert.deepEqual([status, transport], [200, 'max-age=31536000']);
    await server.close();
  });

  it('says what is wrong with the address', async () => {
    const server = await start();
    const taken = await failureOf(() => start({port: server.port}));
    assert.equal(taken.message, `--listen 127.0.0.1:${server.port}: the port is in use`);
    assert.equal(taken.exitCode, 64);
    await server.close();
    assert.match((await failureOf(() => start({host: '192.0.2.1'}))).message, /does not have that address/);
    assert.match((await failureOf(() => start({tls: {cert: 'no', key: 'no'}}))).message, /--tls-cert and --tls-key/);
  });

  it('takes no more than 16 KiB of a body, however long it is said to be', async () => {
    const server = await start();
    const url = `http://127.0.0.1:${server.port}/api/instances/refresh`;
    const headers = {'X-Frigate-Health': '1', 'Content-Type': 'application/json'};
    const said = await fetch(url, {method: 'POST', headers, body: 'x'.repeat(10_000_000)});
    assert.equal(said.status, 413);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(8192).fill(0x20)),
    });
    const request = {method: 'POST', headers, body: endless, duplex: 'half'} satisfies RequestInit & {duplex: 'half'};
    // The connection may end while the client still sends: either way it does not go on for ever.
    const status = await fetch(url, request).then(
      (answer) => answer.status,
      () => 413,
    );
    assert.equal(status, 413);
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/startup`)).status, 200);
    await server.close();
  });
});

describe('the flags of the HTTP server', () => {
  const flags: HttpFlags = {
    listen: '127.0.0.1:8080',
    tlsCert: null,
    tlsKey: null,
    auth: 'none',
    tokenFile: null,
    enableDebug: false,
  };
  const surroundings: HttpSurroundings = {
    readFile: (path) => (path === 'tokens.yaml' ? 'tokens: [{name: a, sha256: abc, scope: read}]' : null),
    followTokens:
      ({entries}) =>
      () =>
        entries,
    reviews: {userOf: () => assert.fail(), allows: () => assert.fail()},
    timers: processTimers,
    page: null,
    metrics: null,
    onAnswered: () => undefined,
    leaderAddress: () => null,
    log: () => undefined,
  };
  const read = (changes: Partial<HttpFlags>): HttpOptions => readHttpOptions({...flags, ...changes}, surroundings);

  it('take an address in every form', () => {
    const auth = 'kubernetes';
    for (const [listen, host, port] of [
      ['8080', '0.0.0.0', 8080],
      [':8080', '0.0.0.0', 8080],
      ['[::1]:80', '::1', 80],
      ['localhost:0', 'localhost', 0],
    ] as const) {
      const found = read({listen, auth});
      assert.deepEqual([found.host, found.port], [host, port], listen);
    }
  });

  it('are refused with one clear message', async () => {
    const cases: ReadonlyArray<readonly [Partial<HttpFlags>, RegExp]> = [
      [{listen: 'nowhere'}, /--listen nowhere: not an address/],
      [{listen: '127.0.0.1:99999'}, /not an address/],
      [{listen: '0.0.0.0:8080'}, /--auth none listens on the loopback interface only, not on 0\.0\.0\.0/],
      [{listen: '8080'}, /loopback/],
      [{auth: 'token-file'}, /needs --token-file FILE/],
      [{auth: 'token-file', tokenFile: 'missing'}, /--token-file missing: the file cannot be read/],
      [{auth: 'token-file', tokenFile: 'tokens.yaml'}, /--token-file tokens\.yaml: tokens\.0\.sha256/],
      [{tlsCert: 'cert.pem'}, /given together/],
      [{tlsCert: 'cert.pem', tlsKey: 'key.pem'}, /--tls-cert cert\.pem: the file cannot be read/],
      [{tlsCert: 'tokens.yaml', tlsKey: 'tokens.yaml'}, /no certificate in PEM form/],
    ];
    for (const [changes, message] of cases) {
      const failure = await failureOf(() => read(changes));
      assert.match(failure.message, message);
      assert.equal(failure.exitCode, 64);
    }
  });
});
