/** One forwarded connection for each request: the kubelet dials 127.0.0.1 inside the pod. */
import type {Cluster} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport} from '../frigate.js';
import {httpGet} from './http.js';
import {podFailure} from './pod.js';
import type {MonotonicClock} from './stopwatch.js';

export const portForwardTransport = (cluster: Pick<Cluster, 'forwardPort'>, target: FrigateTarget, clock: MonotonicClock): Transport => ({
  via: 'port-forward',
  async get(path, {signal, limit}) {
    const connection = await cluster.forwardPort(target.namespace, target.pod, target.port, signal);
    if (!connection.known) return podFailure(connection.why);
    return httpGet({host: '127.0.0.1', port: target.port, path, connection: connection.value, connectTimeout: 0}, {signal, limit, clock});
  },
  close: () => undefined,
});
