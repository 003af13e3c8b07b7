/** WebSockets of the API server, whose every message begins with the number of its channel. */
import type {IncomingMessage} from 'node:http';
import type {WebSocket} from 'ws';
import type {Known} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import {OBJECT_LIMIT} from '../api/client.js';
import {readBody} from '../api/exchange.js';
import type {Failure} from '../api/failure.js';
import {failureOfDeadline, failureOfError, failureOfGarble, failureOfStatus} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {pathOf, wordsOf} from '../api/resources.js';
import {resourceOf} from '../api/traffic.js';
import type {Connection} from '../credentials/connection.js';

/** The HTTP status of an upgrade. */
const SWITCHING_PROTOCOLS = 101;

export interface SocketRequest {
  readonly ask: Ask;
  readonly query: URLSearchParams;
  /** Subprotocols, the preferred one first. */
  readonly protocols: readonly string[];
}

/**
 * What listens to the socket. It is set up before the first message can come.
 * `end` is called once, with the error if there was one, when nothing more will come.
 */
export interface SocketListener {
  message(channel: number, data: Buffer): void;
  end(error: Error | null): void;
}

type Handshake =
  {readonly kind: 'open'; readonly socket: WebSocket} | {readonly kind: 'failed'; readonly failure: Failure};

const addressOf = ({server}: Connection, {ask, query}: SocketRequest): string => {
  const scheme = server.protocol === 'http:' ? 'ws:' : 'wss:';
  return `${scheme}//${server.host}${server.pathname.replace(/\/$/, '')}${pathOf(ask)}?${query.toString()}`;
};

/** The server refused the upgrade: its words are in the body, as a Status or as plain text (the kubelet's). */
const refusal = async (ask: Ask, response: IncomingMessage): Promise<Failure> => {
  const read = await readBody(response, OBJECT_LIMIT).catch(() => null);
  const body = read?.kind === 'whole' ? read.body : Buffer.alloc(0);
  const status = response.statusCode ?? 0;
  if (status < 400) return failureOfGarble(ask, status, `HTTP ${status} instead of a WebSocket`);
  const plain = (response.headers['content-type'] ?? '').startsWith('text/plain');
  return failureOfStatus(
    ask,
    status,
    plain ? Buffer.from(JSON.stringify({kind: 'Status', message: body.toString('utf8')})) : body,
  );
};

const listen = (socket: WebSocket, listener: SocketListener): void => {
  let failure: Error | null = null;
  socket.on('message', (data: Buffer) => {
    if (data.length > 0) listener.message(data.readUInt8(0), data.subarray(1));
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.once('close', () => listener.end(failure));
};

const shake = (
  connection: Connection,
  request: SocketRequest,
  WebSocketClass: typeof WebSocket,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<Handshake> =>
  new Promise((resolve) => {
    const {agent, tls, auth} = connection;
    const headers: Record<string, string | string[]> = {'User-Agent': 'kubectl-frigate-health'};
    for (const [name, value] of Object.entries(connection.headers))
      headers[name] = typeof value === 'string' ? value : [...value];
    const socket = new WebSocketClass(addressOf(connection, request), [...request.protocols], {
      ...tls,
      agent,
      headers,
      ...(auth === null ? {} : {auth}),
      perMessageDeflate: false,
      followRedirects: false,
    });
    const terminate = (): void => socket.terminate();
    const fail = (failure: Failure): void => {
      signal.removeEventListener('abort', terminate);
      resolve({kind: 'failed', failure});
    };
    const refused = (error: Error): void =>
      fail(signal.aborted ? failureOfDeadline(request.ask) : failureOfError(request.ask, error));
    signal.addEventListener('abort', terminate, {once: true});
    socket.once('error', refused);
    socket.once('unexpected-response', (_sent, response: IncomingMessage) => {
      // Not terminated: read to its end, the connection is the agent's again, and may carry another request by now.
      void refusal(request.ask, response).then((failure) =>
        fail(signal.aborted ? failureOfDeadline(request.ask) : failure),
      );
    });
    socket.once('open', () => {
      socket.off('error', refused);
      listen(socket, listener);
      socket.once('close', () => signal.removeEventListener('abort', terminate));
      resolve({kind: 'open', socket});
    });
  });

/** Opens a socket. The signal ends it at any time (by termination: a peer that is gone answers no CLOSE). A 401 renews the credentials once. */
export const openSocket = async (
  client: ApiClient,
  request: SocketRequest,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<Known<WebSocket>> => {
  const {WebSocket: WebSocketClass} = await import('ws');
  for (let renewed = false; ; renewed = true) {
    if (signal.aborted) return {known: false, why: failureOfDeadline(request.ask).why};
    const connection = await client.connection(signal);
    if (!connection.known)
      return unknown(connection.why.code, `${wordsOf(request.ask)}: ${connection.why.message}`, connection.why.fix);
    const handshake = await shake(connection.value, request, WebSocketClass, listener, signal);
    const code = handshake.kind === 'open' ? SWITCHING_PROTOCOLS : (handshake.failure.status ?? 'failed');
    client.traffic.requested(request.ask.verb, resourceOf(request.ask), code);
    if (handshake.kind === 'open') return known(handshake.socket);
    if (renewed || handshake.failure.status !== 401) return {known: false, why: handshake.failure.why};
    client.renew();
  }
};
