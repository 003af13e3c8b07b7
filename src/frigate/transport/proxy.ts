/** The API server's pod proxy: needs no way into the pod network, only the right to `pods/proxy`. */
import type {Known} from '../../core/known.js';
import type {Cluster, HttpReply} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport, TransportReply} from '../frigate.js';
import {isObject} from '../parse/values.js';
import {overLimit, pathFailed, reachedWithout} from './reply.js';
import {stopwatch, type MonotonicClock} from './stopwatch.js';
import type {Duration} from '../../core/time.js';

/** The words with which the API server, and our own room for it, tell a port that nobody listens on. */
const REFUSED_IN_POD = /^connection refused in the pod|dial tcp [^ ]+: connect: connection refused/i;

/** The proxy's own word is a Kubernetes `Status`, which Frigate never sends. */
const statusMessage = (reply: HttpReply): string | null => {
  if (reply.status < 400 || reply.body.length > 65_536 || !(reply.headers.get('content-type') ?? '').includes('json')) return null;
  try {
    const parsed: unknown = JSON.parse(reply.body.toString('utf8'));
    return isObject(parsed) && parsed['kind'] === 'Status' && parsed['apiVersion'] === 'v1' ? String(parsed['message']) : null;
  } catch {
    return null;
  }
};

const ownFailure = (message: string): TransportReply => (REFUSED_IN_POD.test(message) ? reachedWithout('refused', message) : pathFailed(message));

const translate = (reply: Known<HttpReply>, limit: number, latency: Duration): TransportReply => {
  if (reply.known) {
    const message = statusMessage(reply.value);
    return message === null ? {kind: 'answer', ...reply.value, latency} : ownFailure(message);
  }
  if (reply.why.code === 'too-large') return overLimit(limit);
  // The API server took the request and passes on nothing. Whether it reached the pod it does not say, so this alone
  // decides nothing: a path from inside the container has to agree (open.ts).
  if (reply.why.code === 'timeout') return reachedWithout('silent', reply.why.message);
  return ownFailure(reply.why.message);
};

export const proxyTransport = (cluster: Pick<Cluster, 'proxyGet'>, target: FrigateTarget, clock: MonotonicClock): Transport => ({
  via: 'proxy',
  async get(path, {signal, limit}) {
    const elapsed = stopwatch(clock);
    const reply = await cluster.proxyGet(target.namespace, target.pod, target.port, path, {signal, limit});
    return translate(reply, limit, elapsed());
  },
  close: () => undefined,
});
