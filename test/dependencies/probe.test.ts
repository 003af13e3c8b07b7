import assert from 'node:assert/strict';
import {createServer as createHttp} from 'node:http';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {processTimers} from '../../src/cli/timers.js';
import type {AskedProbe, CustomAnswer} from '../../src/core/custom/custom-check.js';
import {milliseconds, seconds} from '../../src/core/time.js';
import {CustomProbes} from '../../src/pass/custom-probes.js';
import {probeOne} from '../../src/dependencies/probe.js';

const never = new AbortController().signal;
const closing: Array<() => void> = [];

const listen = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** Answers each request by what it begins with; `null`: says nothing. */
const answering = (answer: (request: Buffer) => string | Buffer | null, requests: Buffer[] = []): Promise<number> =>
  listen(
    createServer((socket) =>
      socket.on('data', (bytes: Buffer) => {
        requests.push(bytes);
        const said = answer(bytes);
        if (said !== null) socket.write(said);
      }),
    ),
  );

const ask = async (probe: AskedProbe, timeout = seconds(5)): Promise<Omit<CustomAnswer, 'took'>> => {
  const {took, ...answer} = await probeOne({probe, timeout}, processTimers, never);
  assert.ok(took >= 0);
  return answer;
};

const at = {host: '127.0.0.1', tls: false};
const nobody = {user: '', password: ''};

describe('a question to a dependency', () => {
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  it('tcp: a port that listens, and one that does not', async () => {
    const port = await answering(() => null);
    assert.deepEqual(await ask({kind: 'tcp', host: at.host, port}), {reached: true, status: null});
    for (const close of closing.splice(0)) close();
    const refused = await ask({kind: 'tcp', host: at.host, port});
    assert.ok(!('status' in refused) && 'how' in refused && refused.how === 'refused', JSON.stringify(refused));
  });

  it('ends at its own timeout when nothing is said', async () => {
    const port = await answering(() => null);
    const answer = await ask({kind: 'redis', ...at, port, ...nobody}, milliseconds(20));
    assert.deepEqual(answer, {reached: false, how: 'timeout', detail: ''});
  });

  it('redis: logs in before PING, and repeats what it is refused with', async () => {
    const requests: Buffer[] = [];
    const port = await answering(
      (request) => (request.includes('AUTH') ? '+OK\r\n+PONG\r\n' : '-NOAUTH no\r\n'),
      requests,
    );
    const redis = {kind: 'redis', ...at, port} as const;
    assert.deepEqual(await ask({...redis, user: '', password: 'p w'}), {reached: true, status: null, value: '+PONG'});
    assert.match(String(requests[0]), /^\*2\r\n\$4\r\nAUTH\r\n\$3\r\np w\r\n\*1\r\n\$4\r\nPING\r\n/);
    assert.deepEqual(await ask({...redis, ...nobody}), {reached: true, status: null, value: '-NOAUTH no'});
  });

  it('mqtt: CONNECT with user and password, and the return code', async () => {
    const requests: Buffer[] = [];
    const port = await answering(() => Buffer.from([0x20, 2, 0, 5]), requests);
    const answer = await ask({kind: 'mqtt', ...at, port, user: 'frigate', password: 'p'.repeat(150)});
    assert.deepEqual(answer, {reached: true, status: 5});
    const [sent = Buffer.alloc(0)] = requests;
    // The remaining length takes two bytes from 128 on.
    assert.equal((sent[1] ?? 0) - 128 + (sent[2] ?? 0) * 128, sent.length - 3);
    assert.equal(sent.subarray(5, 9).toString(), 'MQTT');
    assert.equal(sent[10], 0xc2);
  });

  it('rtsp: the status of OPTIONS; another protocol is none', async () => {
    const port = await answering(() => 'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n');
    const rtsp = {kind: 'rtsp', ...at, path: '/front'} as const;
    assert.deepEqual(await ask({...rtsp, port}), {reached: true, status: 401});
    const other = await answering(() => 'SSH-2.0-x\r\n');
    assert.deepEqual(await ask({...rtsp, port: other}), {
      reached: false,
      how: 'protocol',
      detail: 'it begins with "SSH-2.0-x\\r\\n"',
    });
  });

  it('dns: the addresses of a name', async () => {
    const answer = await ask({kind: 'dns', name: 'localhost', expect: []});
    assert.ok('value' in answer && Array.isArray(answer.value) && answer.value.length > 0, JSON.stringify(answer));
  });

  it('http and prometheus: status, login, value at the pointer, the one value of a query', async () => {
    const seen: Array<string | undefined> = [];
    const port = await listen(
      createHttp((request, response) => {
        seen.push(request.headers.authorization, request.url);
        response.end(
          request.url?.startsWith('/prom/api/v1/query') === true
            ? '{"data":{"resultType":"vector","result":[{"value":[1,"0.5"]}]}}'
            : '{"a/b":[{"load":12}]}',
        );
      }),
    );
    const url = `http://u:p%20w@127.0.0.1:${port}`;
    const http = {kind: 'http', url, status: [], pointer: '/a~1b/0/load', expect: {operator: '<', value: 1}} as const;
    assert.deepEqual(await ask(http), {reached: true, status: 200, value: 12});
    assert.equal(seen[0], `Basic ${Buffer.from('u:p w').toString('base64')}`);
    assert.deepEqual(await ask({...http, pointer: '/none'}), {reached: true, status: 200});
    const query = {kind: 'prometheus', query: 'a{b="c"}', expect: {operator: '>', value: 0}} as const;
    assert.deepEqual(await ask({...query, url: `${url}/prom`}), {reached: true, status: 200, value: '0.5'});
    assert.equal(seen.at(-1), '/prom/api/v1/query?query=a%7Bb%3D%22c%22%7D');
  });

  it('cascade: when the broker stops, the checks behind it are skipped because of it', async () => {
    const port = await answering(() => Buffer.from([0x20, 2, 0, 0]));
    const common = {
      title: 't',
      every: seconds(30),
      timeout: seconds(1),
      severity: 'warning',
      frigate: null,
      fix: null,
    } as const;
    const behind = {...common, probe: {kind: 'tcp', host: at.host, port}, dependsOn: ['X-broker']} as const;
    const probes = new CustomProbes(
      [
        {...common, id: 'X-broker', dependsOn: [], probe: {kind: 'mqtt', ...at, port, ...nobody}},
        {...behind, id: 'X-one'},
        {...behind, id: 'X-two'},
        {...behind, id: 'X-three', dependsOn: ['X-two']},
      ],
      processTimers,
    );
    const said = (): readonly string[] => probes.shared().map(({status}) => status);
    await probes.ask(never);
    assert.deepEqual(said(), ['ok', 'ok', 'ok', 'ok']);
    for (const close of closing.splice(0)) close();
    await probes.ask(never);
    assert.deepEqual(said(), ['warning', 'skipped', 'skipped', 'skipped']);
    assert.deepEqual(
      probes.shared().map(({because}) => (because?.kind === 'check' ? because.id : null)),
      [null, 'X-broker', 'X-broker', 'X-broker'],
    );
  });
});
