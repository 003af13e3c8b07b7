/** A Frigate outside Kubernetes, asked at its URL over real sockets: what is accepted as a URL, and the limits. */
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer, type RequestListener} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {getCACertificates, setDefaultCACertificates} from 'node:tls';
import {processTimers} from '../../src/cli/timers.js';
import {frigateUrl} from '../../src/core/frigate-url.js';
import {instant, seconds} from '../../src/core/time.js';
import {openFrigateAt} from '../../src/frigate/open-url.js';
import type {OpenedFrigate} from '../../src/frigate/open.js';
import {STATS} from './fakes.js';

const open = (url: string): Promise<OpenedFrigate> =>
  openFrigateAt(url, {apiTimeout: seconds(1), timers: processTimers, signal: AbortSignal.timeout(8000)});

const certificate = (name: string): string =>
  readFileSync(new URL(`../ship/certificates/${name}`, import.meta.url), 'utf8');

describe('the URL of a Frigate', () => {
  const cases: ReadonlyArray<readonly [written: string, url: string | null]> = [
    ['http://192.168.1.9:5000', 'http://192.168.1.9:5000'],
    ['https://NVR.example/frigate/', 'https://nvr.example/frigate'],
    ['http://[2001:db8::1]:5000/', 'http://[2001:db8::1]:5000'],
    ['nvr.example:5000', null],
    ['file:///etc/passwd', null],
    ['http://user@nvr', null],
    ['http://:secret@nvr', null],
    ['http://nvr/?a=1', null],
    ['http://nvr/#x', null],
    ['http://', null],
    [`http://${'a'.repeat(3000)}`, null],
    ['', null],
  ];
  for (const [written, url] of cases)
    it(`${written.slice(0, 40)} is ${url === null ? 'refused' : 'taken'}`, () =>
      assert.equal(frigateUrl(written), url));
});

describe('a Frigate at a URL', function () {
  this.timeout(20_000);
  const ends: Array<() => Promise<void>> = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  const serve = async (
    answer: RequestListener,
    secure = false,
  ): Promise<{readonly url: string; readonly asked: string[]}> => {
    const asked: string[] = [];
    const listener: RequestListener = (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answer(request, response);
    };
    const server = secure
      ? createSecureServer({cert: certificate('server.pem'), key: certificate('server.key')}, listener)
      : createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const {port} = server.address() as AddressInfo;
    return {url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, asked};
  };

  const stats: RequestListener = (_request, response) => {
    response.writeHead(200, {'content-type': 'application/json'});
    response.end(STATS);
  };

  it('is asked below the path of its URL, by GET alone', async () => {
    const {url, asked} = await serve(stats);
    const {stats: reading, via, reader} = await open(`${url}/frigate`);
    assert.ok(reading.known);
    assert.equal(via, 'url');
    await reader.config(AbortSignal.timeout(1000));
    await reader.newestSegment('../../admin', instant(0), AbortSignal.timeout(1000));
    reader.close();
    assert.deepEqual(
      asked.map((line) => line.replace(/\?.*/, '')),
      ['GET /frigate/api/stats', 'GET /frigate/api/config', 'GET /frigate/api/..%2F..%2Fadmin/recordings'],
    );
  });

  it('has nobody to ask for what is asked by exec in a pod', async () => {
    const {url} = await serve(stats);
    const {reader} = await open(url);
    const signal = AbortSignal.timeout(1000);
    for (const answer of await Promise.all([
      reader.mounts(signal),
      reader.mountProbe(signal),
      reader.memoryUse(signal),
      reader.backend(signal),
    ]))
      assert.ok(!answer.known && answer.why.outside === true);
  });

  it('that sends 100 MB is cut off at the limit, and is no dead Frigate', async () => {
    let sent = 0;
    const {url} = await serve((_request, response) => {
      response.writeHead(200, {'content-type': 'application/json'});
      const more = (): void => {
        while (sent < 100 * 2 ** 20 && !response.destroyed) {
          sent += 65_536;
          if (!response.write(' '.repeat(65_536))) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const {stats: reading, liveness} = await open(url);
    assert.ok(!reading.known && reading.why.code === 'too-large', JSON.stringify(reading));
    assert.equal(liveness[0]?.verdict, 'unknown');
    assert.ok(sent < 40 * 2 ** 20, `${sent} bytes were taken`);
  });

  it('is never followed to another place', async () => {
    const other = await serve(stats);
    const {url} = await serve((_request, response) => {
      response.writeHead(302, {location: `${other.url}/api/stats`});
      response.end();
    });
    const {stats: reading, liveness} = await open(url);
    assert.deepEqual([reading.known, liveness[0]?.verdict, other.asked], [false, 'unknown', []]);
  });

  it('that accepts and stays silent is dead within the timeout', async () => {
    const {url} = await serve(() => undefined);
    const begun = performance.now();
    const {liveness} = await open(url);
    assert.deepEqual([liveness[0]?.verdict === 'dead' && liveness[0].how], ['silent']);
    assert.ok(performance.now() - begun < 4000);
  });

  it('that refuses is dead; a name that nobody knows says nothing of it', async () => {
    const {url} = await serve(stats);
    for (const end of ends.splice(0)) await end();
    const [refused] = (await open(url)).liveness;
    assert.deepEqual([refused?.verdict === 'dead' && refused.how], ['refused']);
    const [unknown] = (await open('http://nobody.invalid:5000')).liveness;
    assert.equal(unknown?.verdict, 'unknown');
  });

  it('over TLS is believed only with a certificate that is valid', async () => {
    const {url, asked} = await serve(stats, true);
    const [liveness] = (await open(url)).liveness;
    assert.equal(liveness?.verdict, 'unknown', JSON.stringify(liveness));
    assert.deepEqual(asked, []);
    const usual = getCACertificates('default');
    setDefaultCACertificates([...usual, certificate('authority.pem')]);
    try {
      assert.equal((await open(url.replace('127.0.0.1', 'localhost'))).via, 'url');
    } finally {
      setDefaultCACertificates(usual);
    }
  });
});
