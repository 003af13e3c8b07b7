/** The API server's pod proxy: needs no route to the pod network, only the permission for `pods/proxy`. */
import type {Known} from '../../core/known.js';
import {milliseconds, type Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {Cluster, HttpReply} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport, TransportReply} from '../frigate.js';
import {isDialTimeout} from '../../kubernetes/pod-connection.js';
import {podFailure} from './pod.js';
import {overLimit, reachedWithout} from './reply.js';
import {stopwatch} from './stopwatch.js';

const translate = (reply: Known<HttpReply>, limit: number, latency: Duration): TransportReply => {
  if (reply.known)
    return {kind: 'answer', status: reply.value.status, headers: reply.value.headers, body: reply.value.body, latency};
  if (reply.why.code === 'too-large') return overLimit(limit);
  // The API server took the request and passes nothing on. Whether it reached the pod it does not say, so this alone
  // decides nothing: a path from inside the container has to agree (open.ts).
  if (reply.why.code === 'timeout' && !isDialTimeout(reply.why)) return reachedWithout('silent', reply.why.message);
  return podFailure(reply.why);
};

export const proxyTransport = (
  cluster: Pick<Cluster, 'proxyGet'>,
  target: FrigateTarget,
  timers: Timers,
): Transport => ({
  via: 'proxy',
  setUp: milliseconds(0),
  async get(path, {signal, limit}) {
    const elapsed = stopwatch(timers);
    const reply = await cluster.proxyGet(target.namespace, target.pod, target.port, path, {signal, limit});
    return translate(reply, limit, elapsed());
  },
  close: () => undefined,
});
