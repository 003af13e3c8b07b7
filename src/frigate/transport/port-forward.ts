/** One forwarded connection for each request: the kubelet dials 127.0.0.1 inside the pod. */
import {seconds} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import {withDeadline} from '../../kubernetes/attention.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport} from '../frigate.js';
import {httpGet} from './http.js';
import {podFailure} from './pod.js';
import {unlessStarved} from './reply.js';

/** The API server's, the kubelet's and the pod's connection, one after the other. */
const SET_UP = seconds(3);

export const portForwardTransport = (
  cluster: Pick<Cluster, 'forwardPort'>,
  target: FrigateTarget,
  timers: Timers,
): Transport => ({
  via: 'port-forward',
  setUp: SET_UP,
  async get(path, {signal, timeout, limit}) {
    const connection = await cluster.forwardPort(target.namespace, target.pod, target.port, signal);
    if (!connection.known) return podFailure(connection.why);
    const {result, starved} = await withDeadline(timers, signal, timeout, (both) =>
      httpGet(
        {host: '127.0.0.1', port: target.port, path, connection: connection.value, kept: null, connectTimeout: 0},
        {signal: both, limit, timers},
      ),
    );
    return unlessStarved(result, starved);
  },
  close: () => undefined,
});
