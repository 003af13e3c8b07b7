/** The pod's address, dialled from inside the cluster. */
import type {Agent} from 'node:http';
import {milliseconds} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {FrigateTarget, Transport} from '../frigate.js';
import {httpGet} from './http.js';

/** Milliseconds for the TCP handshake to a pod. */
const CONNECT_TIMEOUT = 3000;

/** `kept`: keeps the connections for the next request; `null`: each request has its own. */
export const directTransport = (
  target: FrigateTarget & {readonly podIP: string},
  timers: Timers,
  kept: Agent | null = null,
): Transport => ({
  via: 'direct',
  setUp: milliseconds(0),
  get: (path, {signal, limit}) =>
    httpGet(
      {host: target.podIP, port: target.port, path, connection: null, kept, connectTimeout: CONNECT_TIMEOUT},
      {signal, limit, timers},
    ),
  close: () => undefined,
});
