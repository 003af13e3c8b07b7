/** Two replicas: what one of them is asked that does not act, the other one answers. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {get} from 'node:https';
import path from 'node:path';
import {processTimers} from '../../src/cli/timers.js';
import type {HttpEvent, HttpOptions} from '../../src/http/options.js';
import {startHttp} from '../../src/http/server.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {snapshotOf, unobserved} from '../support/fleet.js';
import {FakeControl, tokenAccess, TOKENS} from './stage.js';

const certificate = (folder: string, name: string): string =>
  readFileSync(path.join(import.meta.dirname, '..', folder, 'certificates', name), 'utf8');
const tlsOf = (folder: 'ship' | 'notify'): NonNullable<HttpOptions['tls']> => ({
  cert: certificate(folder, 'server.pem'),
  key: certificate(folder, 'server.key'),
});

interface Replica {
  readonly url: string;
  readonly fleet: FakeFleet;
  readonly control: FakeControl;
  readonly log: HttpEvent[];
  readonly end: () => Promise<void>;
}

const open: Array<() => Promise<void>> = [];

const replica = async (
  namespaces: readonly string[],
  leaderAddress: () => string | null = () => null,
  tls: HttpOptions['tls'] = null,
): Promise<Replica> => {
  const fleet = new FakeFleet(snapshotOf(namespaces.map((namespace) => unobserved(namespace))));
  const control = new FakeControl();
  const log: HttpEvent[] = [];
  const server = await startHttp(
    {
      host: '127.0.0.1',
      port: 0,
      tls,
      access: tokenAccess('nvr'),
      debug: false,
      page: {script: 'script', style: 'style'},
      metrics: {contentType: 'text/plain', write: () => Promise.resolve(`of ${namespaces.join()}\n`)},
      onAnswered: () => undefined,
      leaderAddress,
      log: (event) => void log.push(event),
    },
    fleet,
    control,
    processTimers,
    new AbortController().signal,
  );
  const end = (): Promise<void> => server.close();
  open.push(end);
  return {url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${server.port}`, fleet, control, log, end};
};

interface AskInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const ask = (
  {url}: Replica,
  target: string,
  token: string | null = TOKENS.writer,
  init: AskInit = {},
): Promise<Response> =>
  fetch(`${url}${target}`, {
    ...init,
    headers: {...(token === null ? {} : {Authorization: `Bearer ${token}`}), ...init.headers},
  });

const titleOf = async (answer: Response): Promise<string> => ((await answer.json()) as {title: string}).title;

describe('a replica that does not act', function () {
  this.timeout(20_000);
  afterEach(() => Promise.all(open.splice(0).map((close) => close())));

  it('gives the answers of the one that does: API and page', async () => {
    const leader = await replica(['nvr', 'lab']);
    const follower = await replica([], () => leader.url);
    for (const target of [
      '/api/v1/frigates',
      '/api/instances',
      '/',
      '/api/v1/frigates/none/none',
      '/frigates/nvr/frigate',
    ]) {
      const [theirs, ours] = [await ask(leader, target), await ask(follower, target)];
      assert.equal(ours.status, theirs.status, target);
      assert.equal(ours.headers.get('content-type'), theirs.headers.get('content-type'), target);
      assert.equal(ours.headers.get('content-security-policy'), theirs.headers.get('content-security-policy'));
      // Times of the answer itself differ.
      const still = (text: string): string => text.replaceAll(/"now":\d+|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
      assert.equal(still(await ours.text()), still(await theirs.text()), target);
    }
  });

  it('passes a recovery on with its body, its key and the name of the caller', async () => {
    const leader = await replica(['nvr']);
    const follower = await replica([], () => leader.url);
    const answer = await ask(follower, '/api/quality/recover/nvr.frigate', TOKENS.nvr, {
      method: 'POST',
      headers: {'Content-Type': 'application/json', 'Idempotency-Key': 'key-1'},
      body: JSON.stringify({reason: 'camera 3'}),
    });
    assert.equal(answer.status, 202);
    const [recovered] = leader.control.recovered;
    assert.deepEqual(
      [recovered?.id, recovered?.request.by, recovered?.request.reason, recovered?.request.idempotencyKey],
      ['nvr.frigate', 'nora', 'camera 3', 'key-1'],
    );
    assert.deepEqual(follower.control.recovered, []);
  });

  it('refuses a wrong token itself, and gives the refusal of the one that acts', async () => {
    const leader = await replica(['nvr']);
    const follower = await replica([], () => leader.url);
    assert.equal((await ask(follower, '/api/v1/frigates', 'wrong')).status, 401);
    assert.equal((await ask(follower, '/api/v1/frigates', null)).status, 401);
    assert.deepEqual(
      leader.log.filter(({event}) => event === 'http.refused'),
      [],
    );
    const reader = await ask(follower, '/api/quality/recover/nvr.frigate', TOKENS.reader, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({reason: 'camera 3'}),
    });
    assert.equal(reader.status, 403);
    assert.deepEqual(leader.control.recovered, []);
  });

  it('answers itself about its own process', async () => {
    const leader = await replica(['nvr']);
    const follower = await replica(['own'], () => leader.url);
    assert.equal(await (await ask(follower, '/metrics', null)).text(), 'of own\n');
    await leader.end();
    for (const target of ['/health', '/startup'])
      assert.notEqual((await ask(follower, target, null)).status, 502, target);
    assert.equal((await ask(follower, '/startup', null)).status, 200);
  });

  it('streams the events of the one that acts, and ends that stream with its own', async () => {
    const leader = await replica(['nvr']);
    const follower = await replica([], () => leader.url);
    const leaving = new AbortController();
    const stream = await ask(follower, '/api/v1/events', TOKENS.reader, {signal: leaving.signal});
    assert.equal(stream.headers.get('content-type'), 'text/event-stream');
    const reader = stream.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    let text = '';
    leader.fleet.publish(snapshotOf([unobserved('nvr'), unobserved('lab')]));
    while (!text.includes('lab')) {
      const part = (await reader.read()) as {readonly done: boolean; readonly value?: Uint8Array};
      assert.equal(part.done, false, text);
      text += Buffer.from(part.value ?? []).toString();
    }
    leaving.abort();
    // A stream of the leader that stood open would hold up its end.
    const at = performance.now();
    await leader.end();
    assert.ok(performance.now() - at < 1500, `${performance.now() - at} ms`);
  });

  it('says so where the one that acts is away, and goes on when another one does', async () => {
    const first = await replica(['nvr']);
    const second = await replica(['lab']);
    let address = first.url;
    const follower = await replica([], () => address);
    await first.end();
    const away = await ask(follower, '/api/v1/frigates');
    assert.deepEqual(
      [away.status, away.headers.get('retry-after'), await titleOf(away)],
      [503, '5', 'The replica that acts does not answer'],
    );
    address = second.url;
    assert.match(await (await ask(follower, '/api/v1/frigates')).text(), /lab/);
  });

  it('does not pass a request round where two take each other for the leader', async () => {
    const urls: string[] = [];
    const one = await replica([], () => urls[1] ?? null);
    const two = await replica([], () => urls[0] ?? null);
    urls.push(one.url, two.url);
    const answer = await ask(one, '/api/v1/frigates');
    assert.deepEqual([answer.status, await titleOf(answer)], [503, 'The replica that acts does not answer']);
  });

  it('asks an address that is none nothing', async () => {
    const follower = await replica([], () => 'file:///etc/passwd');
    assert.equal((await ask(follower, '/api/v1/frigates')).status, 503);
  });

  it('takes over TLS the certificate that all replicas have, and no other', async () => {
    const leader = await replica(['nvr'], () => null, tlsOf('ship'));
    const same = await replica([], () => leader.url, tlsOf('ship'));
    const other = await replica([], () => leader.url, tlsOf('notify'));
    const statusOf = ({url}: Replica): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = {Authorization: `Bearer ${TOKENS.reader}`};
        get(`${url}/api/v1/frigates`, {headers, rejectUnauthorized: false, agent: false}, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on('error', reject);
      });
    assert.deepEqual([await statusOf(same), await statusOf(other)], [200, 503]);
  });
});
