/** Requests made from the OpenAPI document and spoilt, sent over a real socket. Nothing answers 5xx, tells a token or restarts a Frigate. */
import assert from 'node:assert/strict';
import {request as send, Agent} from 'node:http';
import fc from 'fast-check';
import {processTimers} from '../../src/cli/timers.js';
import {minutes, later, seconds} from '../../src/core/time.js';
import {openApiDocument} from '../../src/http/openapi.js';
import {startHttp} from '../../src/http/server.js';
import type {RecoverOutcome} from '../../src/outcome/recover.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {FLEET_NOW, frigateOf, snapshotOf, staticFrigate, unobserved} from '../support/fleet.js';
import {FakeControl, holdAgainstDocument, tokenAccess, TOKENS} from './stage.js';

interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

type Json = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const paths = openApiDocument('0.1.0')['paths'] as Json;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({path, method: method.toUpperCase()})),
);

/** What may stand in the request line at all; Node's client refuses the rest before it is sent. */
const wireSafe = (text: string): string =>
  text.replaceAll(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()));

const known = fc.constantFrom(
  'healthy.frigate',
  'breaker-open.frigate',
  'static.attic',
  'fresh.frigate',
  'healthy',
  'frigate',
  'static',
  'attic',
);
const odd = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '%00',
  '%',
  '%E0%A4%A',
  '//',
  '*',
  '__proto__',
  'constructor',
  '%0d%0aX: y',
  'a'.repeat(4000),
  '{}',
  "' OR 1=1",
  '${7*7}',
  '%F0%9F%93%B7',
);
const segment = fc.oneof(
  {weight: 4, arbitrary: known},
  {weight: 2, arbitrary: odd},
  {
    weight: 2,
    arbitrary: fc.string({unit: 'binary', maxLength: 40}).map((text) => encodeURIComponent(text.toWellFormed())),
  },
);
const query = fc.oneof(
  fc.constant(''),
  fc.webQueryParameters().map((text) => `?${text}`),
  fc.constantFrom('?', '?a=%', '?__proto__[x]=1'),
);

const filled = (path: string): fc.Arbitrary<string> => {
  const count = [...path.matchAll(/\{\w+\}/g)].length;
  return fc.array(segment, {minLength: count, maxLength: count}).map((values) => {
    let index = 0;
    return path.replaceAll(/\{\w+\}/g, () => values[index++] ?? '');
  });
};
const target = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(...operations).chain(({path, method}) => filled(path).map((place) => ({method, place}))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('healthy.frigate', 'breaker-open.frigate', 'static.attic', 'no.such')
      .map((id) => ({method: 'POST', place: `/api/quality/recover/${id}`})),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'),
      place: fc.oneof(
        fc.constantFrom(...operations).map(({path}) => path),
        fc.webPath(),
        segment.map((text) => `/${text}`),
      ),
    }),
  },
);

const headerText = fc.string({
  unit: fc.constantFrom(...Array.from({length: 94}, (_, code) => String.fromCharCode(33 + code))),
  maxLength: 60,
});
const token = fc.oneof(
  {weight: 3, arbitrary: fc.constant(`Bearer ${TOKENS.reader}`)},
  {weight: 3, arbitrary: fc.constant(`Basic ${Buffer.from(`x:${TOKENS.reader}`).toString('base64')}`)},
  {weight: 4, arbitrary: fc.constant(`Bearer ${TOKENS.writer}`)},
  {weight: 1, arbitrary: headerText},
  {weight: 1, arbitrary: headerText.map((text) => `Bearer ${text}`)},
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, {nil: undefined});
const headers = fc
  .record({
    Authorization: fc.oneof({weight: 9, arbitrary: token}, {weight: 1, arbitrary: fc.constant(undefined)}),
    'Content-Type': maybe(
      fc.oneof(
        {weight: 4, arbitrary: fc.constant('application/json')},
        {
          weight: 1,
          arbitrary: fc.constantFrom('application/json; charset=utf-16', 'text/plain', 'application/xml', ''),
        },
      ),
    ),
    Accept: maybe(fc.constantFrom('*/*', 'text/html', 'application/json', 'text/event-stream', ';;;')),
    'Accept-Encoding': maybe(fc.constantFrom('gzip', 'br', 'deflate', 'identity', 'gzip;q=0')),
    'X-Frigate-Health': maybe(headerText),
    'Idempotency-Key': maybe(fc.oneof(headerText, fc.constant('k'.repeat(300)))),
    'Last-Event-ID': maybe(fc.oneof(headerText, fc.constantFrom('0', '-1', 'NaN', '1e9'))),
    'If-None-Match': maybe(fc.constant('*')),
    Range: maybe(fc.constant('bytes=0-1')),
    Origin: maybe(fc.constant('https://elsewhere.example')),
  })
  .map((all) =>
    Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined)),
  );

const body = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({reason: fc.string({unit: 'binary', maxLength: 600}), force: fc.oneof(fc.boolean(), fc.anything())})
      .map((value) => JSON.stringify(value)),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({reason: fc.constant('a good reason'), force: fc.boolean()})
      .map((value) => JSON.stringify(value)),
  },
  {weight: 2, arbitrary: fc.json()},
  {weight: 1, arbitrary: fc.string({unit: 'binary'})},
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '{',
      '[]',
      'null',
      '{"reason":null}',
      '{"__proto__":{"force":true},"reason":"abc"}',
      '['.repeat(9000),
      `"${'x'.repeat(16_380)}"`,
      'x'.repeat(40_000),
    ),
  },
);

const requests: fc.Arbitrary<FuzzedRequest> = fc
  .record({
    target,
    query,
    headers,
    body: fc.oneof({weight: 3, arbitrary: body}, {weight: 1, arbitrary: fc.constant(null)}),
  })
  .map(({target: {method, place}, query: asked, headers: sent, body: content}) => ({
    method,
    path: wireSafe(`${place.startsWith('/') ? '' : '/'}${place}${asked}`),
    headers: sent,
    body: method === 'GET' || method === 'HEAD' || method === 'TRACE' ? null : content,
  }));

const outcomes: readonly RecoverOutcome[] = [
  {kind: 'accepted', action: 'restart', attempt: 'attempt-1'},
  {kind: 'fleet-limit', used: 3, limit: 3, until: later(FLEET_NOW, minutes(3))},
  {kind: 'conflict', detail: 'somebody else wrote'},
  {kind: 'in-doubt', attempt: 'attempt-2', detail: 'no answer'},
  {kind: 'failed', detail: 'HTTP 403', fix: null},
  {kind: 'not-leader', holder: null},
  {kind: 'not-ready', retryAfter: seconds(3)},
];

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The first bytes of an event stream are its answer. */
const exchange = (
  agent: Agent,
  port: number,
  {method, path, headers: sent, body: content}: FuzzedRequest,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asking = send({agent, host: '127.0.0.1', port, method, path, headers: sent}, (answer) => {
      const parts: Buffer[] = [];
      const end = (): void =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: new Headers(
            Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
          ),
          text: Buffer.concat(parts).toString('latin1'),
        });
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        if (answer.headers['content-type'] !== 'text/event-stream') return;
        asking.destroy();
        end();
      });
      answer.on('end', end);
      answer.on('error', () => undefined);
    });
    asking.on('error', reject);
    asking.end(content ?? undefined);
  });

export interface FuzzResult {
  readonly statuses: ReadonlyMap<number, number>;
  /** Recoveries that were passed on: each by the writer, with a reason, of a Frigate that is there. */
  readonly recoveries: number;
  readonly violations: readonly string[];
}

export const fuzzHttp = async (runs: number, seed: number): Promise<FuzzResult> => {
  const frigates = [
    await frigateOf('healthy'),
    await frigateOf('breaker-open'),
    unobserved('fresh'),
    staticFrigate('attic'),
  ];
  const fleet = new FakeFleet(snapshotOf(frigates, {at: FLEET_NOW}));
  const control = new FakeControl();
  const bugs: string[] = [];
  // Minutes pass between two requests, so that the limits do not answer in place of the routes; the loops of the daemon work on.
  let elapsed = 0;
  const timers = {...processTimers, now: () => FLEET_NOW, monotonic: () => (elapsed += 13_000)};
  const server = await startHttp(
    {
      host: '127.0.0.1',
      port: 0,
      tls: null,
      access: tokenAccess(),
      debug: true,
      page: null,
      metrics: {contentType: 'text/plain', write: () => Promise.resolve('')},
      onAnswered: () => undefined,
      leaderAddress: () => null,
      log: ({event, fields}) => {
        const line = JSON.stringify(fields);
        if (event === 'http.failed') bugs.push(line);
        for (const secret of Object.values(TOKENS))
          if (line.includes(secret)) bugs.push(`the log tells a token: ${line}`);
      },
    },
    fleet,
    control,
    timers,
    new AbortController().signal,
  );
  const agent = new Agent({keepAlive: true, maxSockets: 1});
  const statuses = new Map<number, number>();
  const violations: string[] = [];
  const hold = async (asked: FuzzedRequest, index: number): Promise<void> => {
    control.outcome = outcomes[index % outcomes.length] ?? control.outcome;
    const before = control.recovered.length;
    const {status, headers: answered, text} = await exchange(agent, server.port, asked);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.ok(status < 500, `status ${status}`);
    for (const secret of Object.values(TOKENS)) {
      const isEcho = asked.path.includes(secret);
      assert.ok(isEcho || !(text + JSON.stringify([...answered])).includes(secret), 'the answer tells a token');
    }
    const isWriter = asked.headers['Authorization'] === `Bearer ${TOKENS.writer}`;
    assert.ok(
      control.recovered.length === before || (isWriter && asked.method === 'POST'),
      'a recovery without a permission',
    );
    // Node itself refuses what is no HTTP, in its own words.
    if (status === 400 && answered.get('content-type') === null) return;
    if (asked.method === 'HEAD' || answered.get('content-encoding') !== null) return;
    const path = new URL(`http://localhost${asked.path}`).pathname;
    await holdAgainstDocument(
      asked.method,
      path,
      new Response(status === 204 || status === 304 ? null : Buffer.from(text, 'latin1'), {status, headers: answered}),
    );
  };
  let index = 0;
  for (const asked of fc.sample(requests, {numRuns: runs, seed})) {
    try {
      await hold(asked, index);
    } catch (error) {
      violations.push(
        `${error instanceof Error ? error.message.slice(0, 600) : String(error)} from ${JSON.stringify(asked).slice(0, 600)}`,
      );
    }
    index += 1;
  }
  agent.destroy();
  await server.close();
  violations.push(...bugs);
  for (const {request, id} of control.recovered)
    if (request.by !== 'walter' || request.reason.trim().length < 3 || !fleet.current.frigates.has(id))
      violations.push(`a recovery of ${id} by ${request.by}`);
  return {statuses, recoveries: control.recovered.length, violations};
};
