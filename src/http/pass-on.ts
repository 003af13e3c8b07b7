/**
 * A request to a replica that does not act is passed on to the one that does, with the caller's own token: the answers of all replicas
 * are the same, and the one that acts decides who may do what. It was let in here before, so that a wrong token is counted under the
 * caller's own address.
 */
import {request as httpRequest, type ClientRequest, type IncomingMessage} from 'node:http';
import {request as httpsRequest} from 'node:https';
import {Readable} from 'node:stream';
import {seconds} from '../core/time.js';
import {after, type Timers} from '../core/timers.js';
import type {HttpOptions} from './options.js';
import {problemResponse} from './problem.js';

/** To the head of the answer. A recovery waits for the patch of the workload. */
const READING = seconds(10);
const WRITING = seconds(60);

/** Says that it was passed on: two replicas that take each other for the leader do not send it round and round. */
const PASSED_ON = 'x-frigate-health-passed-on';

const TO_LEADER = ['accept', 'authorization', 'idempotency-key', 'last-event-id', 'x-frigate-health'];
const TO_CALLER = ['allow', 'cache-control', 'content-type', 'retry-after', 'www-authenticate', 'x-accel-buffering'];

export interface PassedOn {
  readonly request: Request;
  /** The parsed body of a POST; `undefined`: it has none. */
  readonly body: unknown;
}

const away = (detail: string): Response => problemResponse('leader-away', {detail, headers: {'Retry-After': '5'}});

const responseOf = (message: IncomingMessage): Response => {
  const headers = new Headers();
  for (const name of TO_CALLER) {
    const value = message.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const status = message.statusCode ?? 502;
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) message.resume();
  // The types of node:stream and of fetch describe the same stream.
  return new Response(isEmpty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>), {status, headers});
};

/** Never rejects. `address`: of the replica that acts. */
export const passOn = (
  address: string,
  {request, body}: PassedOn,
  {tls, timers}: Pick<HttpOptions, 'tls'> & {readonly timers: Timers},
): Promise<Response> => {
  const {method, signal} = request;
  if (request.headers.has(PASSED_ON)) return Promise.resolve(away('The replicas do not agree yet which of them acts'));
  const base = URL.parse(address);
  if (base === null || !['http:', 'https:'].includes(base.protocol))
    return Promise.resolve(away('Its address is none'));
  const {pathname, search} = new URL(request.url);
  const content = body === undefined ? '' : JSON.stringify(body);
  const headers = Object.fromEntries(
    TO_LEADER.flatMap((name) => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const options = {
    method,
    path: `${pathname}${search}`,
    agent: false,
    headers: {
      ...headers,
      [PASSED_ON]: '1',
      ...(content === '' ? {} : {'content-type': 'application/json', 'content-length': Buffer.byteLength(content)}),
    },
  } as const;
  return new Promise((resolve) => {
    let call: ClientRequest | null = null;
    const end = (why: string): void => {
      resolve(away(why));
      call?.destroy();
    };
    const cancel = after(timers, method === 'POST' ? WRITING : READING, () => end('No answer in time'));
    const onAbort = (): void => end('The caller is gone');
    signal.addEventListener('abort', onAbort, {once: true});
    const onResponse = (message: IncomingMessage): void => {
      cancel();
      message.once('close', () => signal.removeEventListener('abort', onAbort));
      resolve(responseOf(message));
    };
    call =
      base.protocol === 'https:'
        ? httpsRequest(
            base,
            // All replicas have the same certificate, which does not name the addresses of pods: it is that one or none.
            {
              ...options,
              ...(tls === null
                ? {}
                : {ca: tls.cert, allowPartialTrustChain: true, checkServerIdentity: () => undefined}),
            },
            onResponse,
          )
        : httpRequest(base, options, onResponse);
    call.on('error', (error) => {
      cancel();
      signal.removeEventListener('abort', onAbort);
      end(error.message);
    });
    call.end(content);
  });
};
