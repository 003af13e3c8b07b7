/** Questions to the API server: authentication, deadline, bounded body, retries of reads, parsing. */
import type {IncomingMessage} from 'node:http';
import * as z from 'zod';
import {starved, type Known, type UnknownReason} from '../../core/known.js';
import {backOff, type BackOff} from '../../core/back-off.js';
import {milliseconds, seconds, type Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import {withDeadline} from '../attention.js';
import type {Connection, Credentials} from '../credentials/connection.js';
import type {Exchange, Opened, Outgoing} from './exchange.js';
import {exchange, open, readBody} from './exchange.js';
import type {Failure} from './failure.js';
import {
  failureOfDeadline,
  failureOfError,
  failureOfGarble,
  failureOfSize,
  failureOfStatus,
  parseStatus,
} from './failure.js';
import {anyNumber, type Lanes} from './lanes.js';
import type {Ask} from './resources.js';
import {pathOf, wordsOf} from './resources.js';
import type {ServerClock} from './server-clock.js';
import {serverClock} from './server-clock.js';
import {resourceOf, uncounted, type ApiTraffic} from './traffic.js';

/** Bytes: one object, and a list of them. */
export const OBJECT_LIMIT = 4 * 1024 * 1024;
export const LIST_LIMIT = 32 * 1024 * 1024;

const MOST_RETRIES = 3;
/** Delays between retries. If the server asks for a longer delay than the longest of them, there is no retry. */
const PAUSES: BackOff = {first: milliseconds(150), longest: seconds(10)};

export interface Question<T> {
  readonly ask: Ask;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** The kinds that the answer may be of; checked before the schema, because an empty object would fit many schemas. */
  readonly kinds: readonly string[];
  readonly schema: z.ZodType<T>;
  /** Bytes; default {@link OBJECT_LIMIT}. */
  readonly limit?: number;
  /** Whether asking twice does no harm; default: it is a read. */
  readonly repeatable?: boolean;
}

export type Answer<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly failure: Failure};

export type RawReply = Extract<Exchange, {kind: 'reply'}>;

export interface ApiClient {
  readonly clock: ServerClock;
  /** Where what is sent past this client is counted too. */
  readonly traffic: ApiTraffic;
  /** One parsed answer, or why there is none. Reads are repeated at most three times on 429, 5xx and broken connections, within the signal. */
  request<T>(question: Question<T>, signal: AbortSignal): Promise<Answer<T>>;
  /** One GET without repetition, whatever the status. `suffix` stands after the path of the question, raw. */
  raw(
    ask: Ask,
    suffix: string,
    options: {readonly signal: AbortSignal; readonly limit: number},
  ): Promise<Answer<RawReply>>;
  /** A GET whose body is read by the caller. Statuses other than 2xx are failures. */
  stream(ask: Ask, query: URLSearchParams, signal: AbortSignal): Promise<Answer<IncomingMessage>>;
  /** The connection for a WebSocket, and the renewal of its credentials after a 401. */
  connection(signal: AbortSignal): Promise<Known<Connection>>;
  renew(): void;
  close(): void;
}

export interface ClientOptions {
  readonly timers: Timers;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly requestTimeout: Duration | null;
  /** Absent: nobody counts. */
  readonly traffic?: ApiTraffic;
  /** Absent: any number of questions at once. */
  readonly lanes?: Lanes;
}

const METHODS = {get: 'GET', list: 'GET', watch: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH'} as const;

const failed = (failure: Failure): {readonly ok: false; readonly failure: Failure} => ({ok: false, failure});

/** Nothing was asked yet: the trouble is the credentials', not the question's. */
const noCredentials = (why: UnknownReason): Failure => ({why, status: null, applied: 'no', passing: false});

const outgoingOf = <T>({ask, query, body, contentType, accept}: Question<T>): Outgoing => {
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  return {
    method: METHODS[ask.verb],
    path: `${pathOf(ask)}${search}`,
    headers: {
      Accept: accept ?? 'application/json',
      'User-Agent': 'kubectl-frigate-health',
      ...(body === undefined ? {} : {'Content-Type': contentType ?? 'application/json'}),
    },
    body: body === undefined ? null : JSON.stringify(body),
  };
};

const parse = <T>({ask, kinds, schema}: Question<T>, {status, body}: RawReply): Answer<T> => {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return failed(failureOfGarble(ask, status, `no JSON (${body.length} bytes)`));
  }
  const kind = z.object({kind: z.string()}).safeParse(json).data?.kind;
  if (kind === undefined || !kinds.includes(kind))
    return failed(failureOfGarble(ask, status, `${kind ?? 'no kind'} instead of ${kinds.join(' or ')}`));
  const parsed = schema.safeParse(json);
  if (parsed.success) return {ok: true, value: parsed.data};
  const issue = parsed.error.issues[0];
  return failed(
    failureOfGarble(ask, status, issue === undefined ? 'malformed' : `${issue.path.join('.')}: ${issue.message}`),
  );
};

/** The pause before the next try: what the server asks for and a little more at random, else growing. */
const pauseOf = (retryAfter: string | undefined, failures: number, random: () => number): Duration => {
  const asked = Number(retryAfter);
  return Number.isFinite(asked) && asked > 0
    ? milliseconds(asked * 1000 + random() * 250)
    : backOff(PAUSES, failures, random);
};

/** A 401 of a pod behind the proxy (Frigate's port with a login) says nothing about our credentials: the API server's own is a Status. */
const isOurUnauthorized = ({status, body}: RawReply): boolean => status === 401 && parseStatus(body) !== null;

const codeOf = (result: Exchange | Opened): number | 'failed' => {
  switch (result.kind) {
    case 'reply':
    case 'too-large':
      return result.status;
    case 'open':
      return result.response.statusCode ?? 'failed';
    case 'ended':
    case 'broken':
      return 'failed';
  }
};

/** A stream answered with 401; its body is let go so that the connection can be used again. */
const refusedStream = (result: Opened): boolean => {
  if (result.kind !== 'open' || result.response.statusCode !== 401) return false;
  result.response.resume();
  return true;
};

export const apiClient = (credentials: Credentials, options: ClientOptions): ApiClient => {
  const clock = serverClock(options.timers.monotonic);
  const {traffic = uncounted, lanes = anyNumber} = options;

  const counted = async <R extends Exchange | Opened>(ask: Ask, sending: Promise<R>): Promise<R> => {
    const result = await sending;
    traffic.requested(ask.verb, resourceOf(ask), codeOf(result));
    return result;
  };

  /** Asks within the limit. A question that had no answer while this process did not run says so: that silence is not the server's. */
  const attentive = async <T>(
    ask: Ask,
    caller: AbortSignal,
    limit: Duration | null,
    work: (signal: AbortSignal) => Promise<Answer<T>>,
  ): Promise<Answer<T>> => {
    const {result, starved: lost} = await withDeadline(options.timers, caller, limit, work);
    if (result.ok || lost === null || result.failure.why.code !== 'timeout') return result;
    return failed({...result.failure, why: starved(wordsOf(ask), lost).why});
  };

  /** Runs `send` with the credentials of the moment; after a 401 once more with renewed ones (the first was certainly not applied). */
  const authenticated = async <R>(
    signal: AbortSignal,
    send: (connection: Connection) => Promise<R>,
    isUnauthorized: (result: R) => boolean,
  ): Promise<Answer<R>> => {
    for (let renewed = false; ; renewed = true) {
      const connection = await credentials.connection(signal);
      if (!connection.known) return failed(noCredentials(connection.why));
      const result = await send(connection.value);
      if (renewed || !isUnauthorized(result)) return {ok: true, value: result};
      credentials.renew();
    }
  };

  const once = async (
    ask: Ask,
    outgoing: Outgoing,
    bounds: {readonly signal: AbortSignal; readonly limit: number},
    isUnauthorized: (reply: RawReply) => boolean = ({status}) => status === 401,
  ): Promise<Answer<RawReply>> => {
    const sent = await authenticated(
      bounds.signal,
      (connection) => counted(ask, exchange(connection, outgoing, bounds)),
      (result) => result.kind === 'reply' && isUnauthorized(result),
    );
    if (!sent.ok) return sent;
    const result = sent.value;
    if (result.kind === 'ended') return failed(failureOfDeadline(ask));
    if (result.kind === 'broken') return failed(failureOfError(ask, result.error));
    if (result.kind === 'too-large') return failed(failureOfSize(ask, result.status, bounds.limit));
    return {ok: true, value: result};
  };

  const attempt = async <T>(
    question: Question<T>,
    signal: AbortSignal,
  ): Promise<{readonly answer: Answer<T>; readonly retryAfter: string | undefined}> => {
    const bounds = {signal, limit: question.limit ?? OBJECT_LIMIT};
    const reply =
      (await lanes.through(question.ask, signal, () => once(question.ask, outgoingOf(question), bounds))) ??
      failed(failureOfDeadline(question.ask));
    if (!reply.ok) return {answer: reply, retryAfter: undefined};
    const {status, headers, body} = reply.value;
    const success = status >= 200 && status < 300;
    const answer = success ? parse(question, reply.value) : failed(failureOfStatus(question.ask, status, body));
    // A captive portal has a clock too: only an answer in Kubernetes' own form is the API server's.
    if (answer.ok || parseStatus(body) !== null) clock.learn(headers.date);
    return {answer, retryAfter: headers['retry-after']};
  };

  return {
    clock,
    traffic,
    request: (question, caller) =>
      attentive(question.ask, caller, options.requestTimeout, async (signal) => {
        const repeatable = question.repeatable ?? METHODS[question.ask.verb] === 'GET';
        for (let retry = 0; ; retry += 1) {
          const {answer, retryAfter} = await attempt(question, signal);
          if (answer.ok || !repeatable || retry === MOST_RETRIES || !answer.failure.passing) return answer;
          const pause = pauseOf(retryAfter, retry + 1, options.random);
          if (pause > PAUSES.longest) return answer;
          await options.timers.sleep(pause, signal);
          if (signal.aborted) return answer;
        }
      }),
    raw: (ask, suffix, bounds) =>
      attentive(ask, bounds.signal, options.requestTimeout, (signal) =>
        once(
          ask,
          {
            method: 'GET',
            path: `${pathOf(ask)}${suffix}`,
            headers: {'User-Agent': 'kubectl-frigate-health'},
            body: null,
          },
          {...bounds, signal},
          isOurUnauthorized,
        ),
      ),
    stream: (ask, query, signal) =>
      attentive(ask, signal, null, async () => {
        const outgoing: Outgoing = {
          method: 'GET',
          path: `${pathOf(ask)}?${query.toString()}`,
          headers: {'User-Agent': 'kubectl-frigate-health'},
          body: null,
        };
        const opened = await authenticated(
          signal,
          (connection) => counted(ask, open(connection, outgoing, signal)),
          refusedStream,
        );
        if (!opened.ok) return opened;
        if (opened.value.kind === 'ended') return failed(failureOfDeadline(ask));
        if (opened.value.kind === 'broken') return failed(failureOfError(ask, opened.value.error));
        const {response} = opened.value;
        const status = response.statusCode ?? 0;
        clock.learn(response.headers.date);
        if (status >= 200 && status < 300) return {ok: true, value: response};
        const read = await readBody(response, OBJECT_LIMIT).catch(() => null);
        return failed(failureOfStatus(ask, status, read?.kind === 'whole' ? read.body : Buffer.alloc(0)));
      }),
    connection: (signal) => credentials.connection(signal),
    renew: () => credentials.renew(),
    close: () => credentials.close(),
  };
};
