/**
 * One GET over node:http: on a connection of its own, so that each request finds its own nginx worker; on one that the caller passes in; or on
 * one that is kept for many requests (nginx.conf of Frigate: 65 s). A question that a kept one did not answer is asked again on another.
 */
import {request, type Agent, type ClientRequest, type IncomingMessage} from 'node:http';
import {request as secureRequest} from 'node:https';
import type {Duplex} from 'node:stream';
import {maskedLine} from '../../core/mask.js';
import type {Timers} from '../../core/timers.js';
import {attend, type Attention} from '../../kubernetes/attention.js';
import {PodConnectionError} from '../../kubernetes/pod-connection.js';
import type {TransportReply} from '../frigate.js';
import {podFailure} from './pod.js';
import {overLimit, pathFailed, reachedWithout} from './reply.js';
import {stopwatch} from './stopwatch.js';

export interface HttpGet {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Over TLS, and the certificate is verified: one that is not valid is a failure of the path. Absent: plain. */
  readonly secure?: true;
  /** A connection that is already open to Frigate's port; `null`: dial host and port. */
  readonly connection: Duplex | null;
  /** Keeps connections for many requests; `null`: this one is closed afterwards. */
  readonly kept: Agent | null;
  /** Milliseconds for the TCP handshake, that of TLS included; in a cluster it takes a few, so that a dropped packet need not cost the whole timeout. */
  readonly connectTimeout: number;
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

const headersOf = (message: IncomingMessage): Map<string, string> => {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
};

/**
 * What a failed connection says about Frigate. A refusal comes from the pod's network namespace (or from a network
 * policy that rejects: that is why a second path from inside the container has to agree, open.ts).
 */
const failure = (error: Error, connected: boolean): TransportReply => {
  if (error instanceof PodConnectionError) return podFailure(error.why);
  const detail = maskedLine(error.message, 160);
  if (codeOf(error) === 'ECONNREFUSED') return reachedWithout('refused', detail);
  return connected ? reachedWithout('cut', detail) : pathFailed(detail);
};

/** Reads the body within the limit; `done` gets the reply. */
const collect = (
  message: IncomingMessage,
  limit: number,
  answer: (body: Buffer) => TransportReply,
  done: (reply: TransportReply) => void,
): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) done(overLimit(limit));
    else chunks.push(chunk);
  });
  message.on('end', () => {
    done(
      message.complete
        ? answer(Buffer.concat(chunks, size))
        : reachedWithout('cut', `the answer ended early, after ${size} bytes`),
    );
  });
  message.on('error', () => {
    done(reachedWithout('cut', `the answer ended early, after ${size} bytes`));
  });
};

interface Options {
  readonly signal: AbortSignal;
  readonly limit: number;
  readonly timers: Timers;
}

/** Ends with a reply within the signal; never throws. */
export const httpGet = async (get: HttpGet, options: Options): Promise<TransportReply> => {
  const {reply, wasUsedBefore} = await askOnce(get, options);
  // The server may close a kept connection in the very moment in which it is used again: that says nothing about Frigate.
  const isStale = wasUsedBefore && reply.kind === 'no-answer' && reply.how === 'cut' && !options.signal.aborted;
  return isStale ? (await askOnce({...get, kept: null}, options)).reply : reply;
};

const askOnce = (
  get: HttpGet,
  options: Options,
): Promise<{readonly reply: TransportReply; readonly wasUsedBefore: boolean}> =>
  new Promise((resolve) => {
    const elapsed = stopwatch(options.timers);
    const {connection} = get;
    let connected = connection !== null;
    let call: ClientRequest | null = null;
    let dialling: Attention | null = null;

    const done = (reply: TransportReply): void => {
      dialling?.stop();
      options.signal.removeEventListener('abort', onAbort);
      resolve({reply, wasUsedBefore: call?.reusedSocket === true});
      // A kept connection goes back to its agent by itself, once its answer was read whole.
      if (get.kept === null || reply.kind !== 'answer') call?.destroy();
      connection?.destroy();
    };
    const onAbort = (): void => {
      done(
        connected
          ? reachedWithout('silent', `connected, no answer in ${Math.round(elapsed())} ms`)
          : pathFailed(`no connection in ${Math.round(elapsed())} ms`),
      );
    };
    // One that was handed in may fail at any time: before node:http listens to it, and after the reply has been given.
    connection?.on('error', (error) => done(failure(error, true)));
    if (connection?.destroyed === true) {
      done(failure(connection.errored ?? new Error('the connection was closed at once'), true));
      return;
    }
    if (options.signal.aborted) {
      done(pathFailed('its deadline was reached'));
      return;
    }
    options.signal.addEventListener('abort', onAbort, {once: true});

    call = (get.secure === true ? secureRequest : request)({
      host: get.host,
      port: get.port,
      path: get.path,
      headers: {...(get.kept === null ? {connection: 'close'} : {}), accept: 'application/json'},
      // With any agent, even `false`, node:http would dial by itself.
      ...(connection === null ? {agent: get.kept ?? false} : {createConnection: () => connection}),
    });
    call.on('socket', (socket) => {
      connected ||= call.reusedSocket;
      if (connected) return;
      socket.once(get.secure === true ? 'secureConnect' : 'connect', () => {
        connected = true;
        dialling?.stop();
      });
      dialling = attend(options.timers, get.connectTimeout, () =>
        done(pathFailed(`no connection in ${get.connectTimeout} ms`)),
      );
    });
    call.on('response', (message) => {
      collect(
        message,
        options.limit,
        (body) => ({
          kind: 'answer',
          status: message.statusCode ?? 0,
          headers: headersOf(message),
          body,
          latency: elapsed(),
        }),
        done,
      );
    });
    call.on('error', (error) => done(failure(error, connected)));
    call.end();
  });
