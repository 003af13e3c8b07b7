/** Consul as one face of `serve`: it registers this program and every Frigate. */
import type {Timers} from '../core/timers.js';
import type {FleetSource} from '../outcome/fleet.js';
import {consulClient} from './client.js';
import type {ConsulOptions} from './options.js';
import {publish, type ConsulPublisher} from './publish.js';

export {consulUrl} from './client.js';
export {discoverConsul} from './discover.js';
export {tokenOfFile, type ConsulOptions} from './options.js';
export type {ConsulPublisher} from './publish.js';

/** Writes until the signal; then deregisters this replica, and leaves the Frigates to the next leader. */
export const startConsul = (
  options: ConsulOptions,
  source: FleetSource,
  timers: Timers,
  signal: AbortSignal,
): ConsulPublisher => publish(consulClient({...options, timers}), options, source, timers, signal);
