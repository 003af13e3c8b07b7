/** One request to the daemon: over a forwarded connection of its own, with the token, and to another pod where the first one is gone. */
import {request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import type {UnknownReason} from '../../core/known.js';
import {maskedLine} from '../../core/mask.js';
import {seconds} from '../../core/time.js';
import {after, type Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import {isRefusedInPod, PodConnectionError} from '../../kubernetes/pod-connection.js';
import type {DaemonPod, DaemonPods} from './daemon-pods.js';
import type {TokenSource} from './token.js';

/** From the first byte to the head of the answer, the forwarded connection included. A recovery waits for the patch of the workload. */
const READING = seconds(15);
const WRITING = seconds(60);

export interface Forwarded {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Answered =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** Ends with the answer, an error or the signal. */
      readonly body: IncomingMessage;
    }
  | {readonly kind: 'failed'; readonly status: 502 | 503 | 504; readonly title: string; readonly why: UnknownReason};

export type Forward = (request: Forwarded, signal: AbortSignal) => Promise<Answered>;

type Exchanged =
  | Extract<Answered, {kind: 'answer'}>
  /** `arrived`: the daemon may have read the request. */
  | {readonly kind: 'broken'; readonly arrived: boolean; readonly why: UnknownReason};

const isReading = ({method}: Forwarded): boolean => method === 'GET' || method === 'HEAD';

const broken = (error: Error): Exchanged => {
  const refused = error instanceof PodConnectionError && isRefusedInPod(error.why);
  const why: UnknownReason =
    error instanceof PodConnectionError ? error.why : {code: 'failed', message: maskedLine(error.message, 300)};
  return {kind: 'broken', arrived: !refused, why};
};

/** Sends the request over an open connection. The answer's head ends the promise; its body is the caller's. */
const exchange = (
  connection: Duplex,
  {port}: DaemonPod,
  token: string,
  {method, target, headers, body}: Forwarded,
  signal: AbortSignal,
): Promise<Exchanged> =>
  new Promise((resolve) => {
    let call: ClientRequest | null = null;
    const fail = (error: Error): void => {
      resolve(broken(error));
      call?.destroy();
      connection.destroy();
    };
    const onAbort = (): void => fail(new Error('no answer in time'));
    // One that was handed in may fail at any time: before node:http listens to it, and after the answer began.
    connection.on('error', fail);
    if (connection.destroyed) {
      fail(connection.errored ?? new Error('the connection was closed at once'));
      return;
    }
    signal.addEventListener('abort', onAbort, {once: true});
    connection.once('close', () => signal.removeEventListener('abort', onAbort));
    call = httpRequest({
      method,
      path: target,
      headers: {
        ...headers,
        ...(isReading({method, target, headers, body}) ? {} : {'content-length': String(body.length)}),
        host: `127.0.0.1:${port}`,
        authorization: `Bearer ${token}`,
        connection: 'close',
      },
      createConnection: () => connection,
    });
    call.on('response', (message) => {
      message.once('close', () => connection.destroy());
      resolve({kind: 'answer', status: message.statusCode ?? 502, headers: message.headers, body: message});
    });
    call.on('error', fail);
    call.end(body);
  });

export const forwardTo = (
  cluster: Pick<Cluster, 'forwardPort'>,
  namespace: string,
  pods: DaemonPods,
  tokens: TokenSource,
  timers: Timers,
): Forward => {
  /** To this pod, within the time for the head of an answer. */
  const attempt = async (
    pod: DaemonPod,
    token: string,
    request: Forwarded,
    signal: AbortSignal,
  ): Promise<Exchanged> => {
    const over = new AbortController();
    const cancel = after(timers, isReading(request) ? READING : WRITING, () => over.abort());
    const both = AbortSignal.any([signal, over.signal]);
    try {
      const connection = await cluster.forwardPort(namespace, pod.name, pod.port, both);
      if (!connection.known) return {kind: 'broken', arrived: false, why: connection.why};
      const exchanged = await exchange(connection.value, pod, token, request, both);
      return exchanged.kind === 'broken' && over.signal.aborted
        ? {...exchanged, why: {code: 'timeout', message: `pod ${pod.name}: no answer in time`}}
        : exchanged;
    } finally {
      cancel();
    }
  };

  /** To one pod after the other; twice at most, and not twice what may have been done. */
  const reach = async (token: string, request: Forwarded, signal: AbortSignal): Promise<Answered> => {
    for (let tries = 1; ; tries += 1) {
      const pod = await pods.current(signal);
      if (!pod.known) return {kind: 'failed', status: 503, title: 'The daemon is not there', why: pod.why};
      const exchanged = await attempt(pod.value, token, request, signal);
      if (exchanged.kind === 'answer') return exchanged;
      if (signal.aborted) return {kind: 'failed', status: 503, title: 'This proxy ends', why: exchanged.why};
      pods.failed(pod.value);
      if (tries === 2 || (exchanged.arrived && !isReading(request)))
        return {
          kind: 'failed',
          status: exchanged.why.code === 'timeout' ? 504 : 502,
          title: 'The daemon does not answer',
          why: exchanged.why,
        };
    }
  };

  return async (request, signal) => {
    for (let renewed = false; ; renewed = true) {
      const token = await tokens.read(signal);
      if (!token.known) return {kind: 'failed', status: 502, title: 'There is no token', why: token.why};
      const answered = await reach(token.value, request, signal);
      // Refused before anything was done: a token that has run out is replaced, once.
      if (answered.kind === 'failed' || answered.status !== 401 || renewed) return answered;
      answered.body.destroy();
      tokens.renew();
    }
  };
};
