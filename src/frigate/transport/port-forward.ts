/** One forwarded connection for each request: the kubelet dials 127.0.0.1 inside the pod. */
import type {Cluster} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport, TransportReply} from '../frigate.js';
import {httpGet} from './http.js';
import {pathFailed, reachedWithout} from './reply.js';
import type {MonotonicClock} from './stopwatch.js';

/** The kubelet's words on the error channel when nothing listens on the port: "… connect: connection refused". */
const REFUSED = /connection refused/i;

const honest = (reply: TransportReply): TransportReply =>
  reply.kind === 'no-answer' && reply.how === 'cut' && REFUSED.test(reply.detail) ? reachedWithout('refused', reply.detail) : reply;

export const portForwardTransport = (cluster: Pick<Cluster, 'forwardPort'>, target: FrigateTarget, clock: MonotonicClock): Transport => ({
  via: 'port-forward',
  async get(path, {signal, limit}) {
    const connection = await cluster.forwardPort(target.namespace, target.pod, target.port, signal);
    if (!connection.known) return REFUSED.test(connection.why.message) && connection.why.code !== 'unreachable' ? reachedWithout('refused', connection.why.message) : pathFailed(connection.why.message);
    return honest(await httpGet({host: '127.0.0.1', port: target.port, path, connection: connection.value, connectTimeout: 0}, {signal, limit, clock}));
  },
  close: () => undefined,
});
