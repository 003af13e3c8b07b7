/** Makes the ports of a use case from its context: the opened cluster, the transports to Frigate, the log, the mailer. */
import {lineOf} from '../core/fix.js';
import {randomBytes} from 'node:crypto';
import type {Agent} from 'node:http';
import {hostname} from 'node:os';
import type {Clock} from '../core/timers.js';
import {openFrigate} from '../frigate/open.js';
import {readLog} from '../frigate/log/read.js';
import type {Channel} from '../notify/channel.js';
import {openChannels} from '../notify/open-channels.js';
import {CommandFailure} from '../outcome/failure.js';
import {DEFAULT_NAMESPACE} from '../settings/settings.js';
import type {Context, ClusterConnection} from './context.js';
import {permittedExec} from './permitted-exec.js';
import type {PassPorts} from './ports.js';

/** 48 random bits beside the time: two runners never make the same. */
const newId = (clock: Clock): string => `${clock.now().toString(36)}-${randomBytes(6).toString('hex')}`;

/**
 * The ports over an opened connection. `settings` say which Frigate; a run that observes several makes ports for each, over the same channels.
 * `kept` keeps the connections to Frigate; absent: each question has its own.
 */
export const portsOver = (
  {cluster: opened, clock}: Pick<ClusterConnection, 'cluster' | 'clock'>,
  {settings, version, timers, custom}: Pick<Context, 'settings' | 'timers' | 'version' | 'custom'>,
  command: string,
  channels: readonly Channel[],
  kept?: Agent,
): PassPorts => {
  const cluster = custom === undefined ? opened : custom.readings.listenTo(opened);
  // Where exec is chosen as the transport, its permission is required anyway (FRG-102 reviews it).
  const transports = settings.via === 'exec' ? cluster : {...cluster, exec: permittedExec(cluster)};
  return {
    cluster,
    clock,
    settings,
    ...(custom === undefined ? {} : {custom}),
    newId: () => newId(clock),
    version,
    namespace: settings.namespace ?? cluster.defaultNamespace ?? DEFAULT_NAMESPACE,
    runner: `${command} on ${hostname()}`,
    channels,
    openFrigate: (address, signal, expected = null) =>
      openFrigate(
        transports,
        {...address, podIP: address.ip, port: settings.apiPort},
        {
          via: settings.via,
          apiTimeout: settings.apiTimeout,
          timers,
          signal,
          expected,
          ...(kept === undefined ? {} : {kept}),
          ...(custom === undefined ? {} : {onStats: (body) => custom.readings.onStats(address, body)}),
        },
      ),
    readLog: (question, signal) => readLog(cluster, question, signal),
  };
};

export const openPorts = async (
  context: Context,
  command: string,
): Promise<{readonly ports: PassPorts; readonly close: () => Promise<void>}> => {
  const connection = await context.open();
  if ('fix' in connection) throw new CommandFailure('usage', connection.message, lineOf(connection.fix));
  const channels = await openChannels(context.settings, context.timers);
  return {ports: portsOver(connection, context, command, channels), close: () => close(connection)};
};

const close = async ({cluster, close: end}: ClusterConnection): Promise<void> => {
  cluster.close();
  await end();
};
