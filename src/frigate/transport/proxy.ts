/** The API server's pod proxy: needs no way into the pod network, only the right to `pods/proxy`. */
import type {Known} from '../../core/known.js';
import {milliseconds, type Duration} from '../../core/time.js';
import type {Cluster, HttpReply} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport, TransportReply} from '../frigate.js';
import {podFailure} from './pod.js';
import {overLimit, reachedWithout} from './reply.js';
import {stopwatch, type MonotonicClock} from './stopwatch.js';

/** The API server gave up on the TCP handshake: the way into the pod network is cut, and Frigate is not to blame. */
const DIAL_TIMEOUT = /dial tcp.*(?:i\/o timeout|timed out|deadline exceeded)/i;

const translate = (reply: Known<HttpReply>, limit: number, latency: Duration): TransportReply => {
  if (reply.known)
    return {kind: 'answer', status: reply.value.status, headers: reply.value.headers, body: reply.value.body, latency};
  if (reply.why.code === 'too-large') return overLimit(limit);
  // The API server took the request and passes nothing on. Whether it reached the pod it does not say, so this alone
  // decides nothing: a path from inside the container has to agree (open.ts).
  if (reply.why.code === 'timeout' && !DIAL_TIMEOUT.test(reply.why.message))
    return reachedWithout('silent', reply.why.message);
  return podFailure(reply.why);
};

export const proxyTransport = (
  cluster: Pick<Cluster, 'proxyGet'>,
  target: FrigateTarget,
  clock: MonotonicClock,
): Transport => ({
  via: 'proxy',
  setUp: milliseconds(0),
  async get(path, {signal, limit}) {
    const elapsed = stopwatch(clock);
    const reply = await cluster.proxyGet(target.namespace, target.pod, target.port, path, {signal, limit});
    return translate(reply, limit, elapsed());
  },
  close: () => undefined,
});
