/** One HTTP exchange over node:http(s): the signal covers it from the connection to the last byte of the body. */
import type {ClientRequest, IncomingMessage} from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type {Connection} from '../credentials/connection.js';

export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Path below the server's own, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export type Exchange =
  | {readonly kind: 'reply'; readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: Buffer}
  | {readonly kind: 'too-large'; readonly status: number}
  | {readonly kind: 'ended'}
  | {readonly kind: 'broken'; readonly error: Error};

export type Opened =
  | {readonly kind: 'open'; readonly response: IncomingMessage}
  | {readonly kind: 'ended'}
  | {readonly kind: 'broken'; readonly error: Error};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const start = (connection: Connection, outgoing: Outgoing, signal: AbortSignal): ClientRequest => {
  const {server} = connection;
  const request = (server.protocol === 'http:' ? http : https).request({
    protocol: server.protocol,
    hostname: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port,
    path: `${server.pathname.replace(/\/$/, '')}${outgoing.path}`,
    method: outgoing.method,
    agent: connection.agent,
    ...connection.tls,
    ...(connection.auth === null ? {} : {auth: connection.auth}),
    headers: {
      ...connection.headers,
      ...outgoing.headers,
      ...(outgoing.body === null ? {} : {'Content-Length': Buffer.byteLength(outgoing.body)}),
    },
    signal,
  });
  request.end(outgoing.body ?? undefined);
  return request;
};

/** Sends the request and answers as soon as the reply's headers are there; the body is the caller's to read or destroy. */
export const open = (connection: Connection, outgoing: Outgoing, signal: AbortSignal): Promise<Opened> =>
  new Promise((resolve) => {
    // A request that still waits for its connection, which takes a while through a proxy, emits no event when it is ended.
    const end = (): void => resolve({kind: 'ended'});
    const answer = (opened: Opened): void => {
      signal.removeEventListener('abort', end);
      resolve(opened);
    };
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', end, {once: true});
      start(connection, outgoing, signal)
        .on('response', (response) => {
          // A reply that breaks while it is not read must not become an uncaught exception.
          response.on('error', () => undefined);
          answer({kind: 'open', response});
        })
        .on('error', (error) => answer(signal.aborted ? {kind: 'ended'} : {kind: 'broken', error}));
    } catch (error) {
      // Node refuses a malformed path or header before anything is sent.
      answer(signal.aborted ? {kind: 'ended'} : {kind: 'broken', error: asError(error)});
    }
  });

/** Reads a body up to `limit` bytes; the connection is given up when there is more. */
export const readBody = async (
  response: IncomingMessage,
  limit: number,
): Promise<{readonly kind: 'whole'; readonly body: Buffer} | {readonly kind: 'too-large'}> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return {kind: 'too-large'};
    chunks.push(chunk);
  }
  return {kind: 'whole', body: Buffer.concat(chunks, size)};
};

/** The whole exchange with a bounded body. */
export const exchange = async (
  connection: Connection,
  outgoing: Outgoing,
  {signal, limit}: {readonly signal: AbortSignal; readonly limit: number},
): Promise<Exchange> => {
  const opened = await open(connection, outgoing, signal);
  if (opened.kind !== 'open') return opened;
  const {response} = opened;
  const status = response.statusCode ?? 0;
  try {
    const read = await readBody(response, limit);
    return read.kind === 'whole'
      ? {kind: 'reply', status, headers: response.headers, body: read.body}
      : {kind: 'too-large', status};
  } catch (error) {
    return signal.aborted ? {kind: 'ended'} : {kind: 'broken', error: asError(error)};
  }
};
