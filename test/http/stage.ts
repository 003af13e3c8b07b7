/** The app without a port, over a fleet of a test; every answer is held against the OpenAPI document that it publishes. */
import assert from 'node:assert/strict';
import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import {createHash} from 'node:crypto';
import {httpApp, type HttpApp} from '../../src/http/app.js';
import {noAccessControl} from '../../src/http/auth/none.js';
import {readTokenFile, tokenFileAccess} from '../../src/http/auth/token-file.js';
import type {Access} from '../../src/http/auth/access.js';
import {openApiDocument} from '../../src/http/openapi.js';
import type {HttpEvent, HttpOptions, MetricsText, PageFiles} from '../../src/http/options.js';
import type {Instant} from '../../src/core/time.js';
import type {FrigateStatus, InstanceId} from '../../src/outcome/fleet.js';
import type {RecoverOutcome, RecoverRequest, ServeControl} from '../../src/outcome/recover.js';
import {FakeTimers} from '../support/fake-timers.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {FLEET_NOW, snapshotOf} from '../support/fleet.js';

export const TOKENS = {reader: 'reader-token-3f9a', writer: 'writer-token-81bc', nvr: 'nvr-token-55de'} as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A reader, a writer, and a writer of one namespace. */
export const tokenFileText = (namespace = 'healthy'): string => `tokens:
  - {name: rita, sha256: ${sha256(TOKENS.reader)}, scope: read}
  - {name: walter, sha256: ${sha256(TOKENS.writer)}, scope: write}
  - {name: nora, sha256: ${sha256(TOKENS.nvr)}, scope: write, namespaces: [${namespace}]}
`;

export const tokenAccess = (namespace?: string): Access => {
  const read = readTokenFile(tokenFileText(namespace));
  assert.equal(read.kind, 'read');
  return tokenFileAccess(() => read.entries);
};

/** What the faces asked of the daemon. */
export class FakeControl implements ServeControl {
  refreshed = 0;
  readonly recovered: Array<{readonly id: InstanceId; readonly request: RecoverRequest}> = [];
  outcome: RecoverOutcome = {kind: 'accepted', action: 'restart', attempt: 'attempt-1'};
  readonly failures: Array<Instant | null> = [];

  refresh(): void {
    this.refreshed += 1;
  }

  recover(id: InstanceId, request: RecoverRequest): Promise<RecoverOutcome> {
    this.recovered.push({id, request});
    return Promise.resolve(this.outcome);
  }

  setDebugFailure(until: Instant | null): void {
    this.failures.push(until);
  }
}

type Json = Readonly<Record<string, unknown>>;
const at = (object: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Json | undefined)?.[name], object);

const document = openApiDocument('0.1.0');
const ajv = new Ajv2020({strict: false, allErrors: true});
formats.default(ajv);
ajv.addSchema({$id: 'https://test/openapi', ...document});
const validators = new Map<string, ValidateFunction>();

const templates = Object.keys(at(document, 'paths') as Json).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));
/** A fixed path goes before one with parameters, as in the router. */
const templateOf = (path: string): string | undefined =>
  (templates.find(({template}) => template === path) ?? templates.find(({pattern}) => pattern.test(path)))?.template;

const pointer = (...parts: readonly string[]): string =>
  parts
    .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D'))
    .join('/');

/** The answer is one that the document announces: its status, its media type, its shape. */
export const holdAgainstDocument = async (method: string, path: string, response: Response): Promise<void> => {
  const template = templateOf(path);
  const operation = template === undefined ? undefined : at(document, 'paths', template, method.toLowerCase());
  const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
  if (template === undefined || operation === undefined) {
    assert.ok(response.status === 404 || response.status === 405, `${method} ${path}: ${response.status}`);
    assert.equal(type, 'application/problem+json');
    return;
  }
  const announced = at(operation, 'responses', String(response.status), 'content');
  assert.ok(announced, `${method} ${path}: ${response.status} is not announced`);
  assert.ok(at(announced, type), `${method} ${path}: ${response.status} ${type} is not announced`);
  if (!type.endsWith('json')) return;
  const place = `https://test/openapi#/${pointer('paths', template, method.toLowerCase(), 'responses', String(response.status), 'content', type, 'schema')}`;
  const validate = validators.get(place) ?? ajv.compile({$ref: place});
  validators.set(place, validate);
  const body: unknown = await response.clone().json();
  assert.ok(
    validate(body),
    `${method} ${path}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body, null, 1).slice(0, 2000)}`,
  );
};

export interface AskOptions {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface HttpStage {
  readonly fleet: FakeFleet;
  readonly control: FakeControl;
  readonly timers: FakeTimers;
  readonly log: HttpEvent[];
  /** Route, method and status of each answer. */
  readonly answers: readonly string[];
  readonly app: HttpApp;
  /** Asks and holds the answer against the document. */
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Response>;
  readonly get: (path: string, options?: AskOptions) => Promise<unknown>;
}

export interface StageOptions {
  readonly access?: Access;
  readonly debug?: boolean;
  readonly page?: PageFiles | null;
  readonly metrics?: MetricsText | null;
}

export const httpStage = (frigates: readonly FrigateStatus[], options: StageOptions = {}): HttpStage => {
  const fleet = new FakeFleet(snapshotOf(frigates));
  const control = new FakeControl();
  const timers = new FakeTimers({now: FLEET_NOW});
  const log: HttpEvent[] = [];
  const answers: string[] = [];
  const settings: HttpOptions = {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    access: options.access ?? noAccessControl,
    debug: options.debug ?? false,
    page: options.page ?? null,
    metrics: options.metrics ?? null,
    onAnswered: (...answered) => void answers.push(answered.join(' ')),
    leaderAddress: () => null,
    log: (event) => void log.push(event),
  };
  const app = httpApp(settings, fleet, control, timers);
  const ask = async (method: string, path: string, asked: AskOptions = {}): Promise<Response> => {
    const {token = null, body, signal} = asked;
    const headers = {
      Host: 'localhost:8080',
      ...(token === null ? {} : {Authorization: `Bearer ${token}`}),
      ...(method === 'POST' && token === null ? {'X-Frigate-Health': '1'} : {}),
      ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
      ...asked.headers,
    };
    const response = await app.fetch(
      new Request(`http://localhost:8080${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
        ...(signal === undefined ? {} : {signal}),
      }),
    );
    if (method !== 'HEAD') await holdAgainstDocument(method, new URL(path, 'http://localhost').pathname, response);
    return response;
  };
  return {
    fleet,
    control,
    timers,
    log,
    answers,
    app,
    ask,
    get: async (path, asked) => {
      const response = await ask('GET', path, asked);
      assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
      return response.json();
    },
  };
};
