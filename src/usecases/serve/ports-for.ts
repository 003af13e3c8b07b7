/**
 * The ports of one Frigate of `serve`: over the one connection to the cluster, or to the URL of one outside Kubernetes. `kept` keeps the
 * connections to the pods.
 */
import type {Agent} from 'node:http';
import {SERVE} from '../../core/serving.js';
import {milliseconds, seconds} from '../../core/time.js';
import {openFrigateAt} from '../../frigate/open-url.js';
import type {Channel} from '../../notify/channel.js';
import type {FrigateTarget} from '../../outcome/fleet.js';
import type {ClusterConnection, Context} from '../../pass/context.js';
import {outsidePod} from '../../pass/custom-readings.js';
import {portsOver} from '../../pass/open-ports.js';
import type {PassPorts} from '../../pass/ports.js';
import type {Settings} from '../../settings/settings.js';

export interface PortsOf {
  readonly target: FrigateTarget;
  /** The namespace of `serve` itself, which keeps the state of what is outside Kubernetes. */
  readonly home: string;
  /** `null`: the documented one. */
  readonly stateName: string | null;
}

export const portsFor = (
  connection: Pick<ClusterConnection, 'cluster' | 'clock'>,
  context: Context,
  {target: {namespace, name, url}, home, stateName}: PortsOf,
  channels: readonly Channel[],
  kept: Agent,
): PassPorts => {
  const settings: Settings = {
    ...context.settings,
    namespace: url === null ? namespace : home,
    workload: name,
    workloadGiven: true,
    podSelector: null,
    ...forProfile(context.settings),
    stateName: stateName ?? context.settings.stateName,
  };
  const ports = portsOver(connection, {...context, settings}, SERVE, channels, kept);
  if (url === null) return ports;
  const {timers, custom} = context;
  return {
    ...ports,
    outside: {url},
    openFrigate: (_address, signal) =>
      openFrigateAt(url, {
        apiTimeout: settings.apiTimeout,
        timers,
        signal,
        ...(custom === undefined ? {} : {onStats: (body) => custom.readings.onStats(outsidePod(url), body)}),
      }),
  };
};

/** A proof within 30 s needs answers, or their absence, within a few seconds; the slowest answer of a healthy Frigate took 1.05 s. */
const FAST_API_TIMEOUT = seconds(5);

const forProfile = ({policy, profile, apiTimeout}: Settings): Pick<Settings, 'policy' | 'apiTimeout'> => ({
  policy: {...policy, profile},
  apiTimeout: profile === 'fast' ? milliseconds(Math.min(apiTimeout, FAST_API_TIMEOUT)) : apiTimeout,
});
