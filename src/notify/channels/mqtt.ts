/** MQTT: a connection for each delivery, since a pass is over in seconds. The library is loaded only where a broker is set. */
import {randomBytes} from 'node:crypto';
import {maskedLine} from '../../core/mask.js';
import type {Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {ChannelSettings} from '../../settings/channels.js';
import type {Channel} from '../channel.js';
import type {Delivery} from '../mailer.js';
import {LIMIT, withoutSecrets} from '../post.js';
import {discoveryOf, eventOf, stateOf, type Publication} from './mqtt-messages.js';

const LONGEST_REASON = 200;

const publish = async (
  settings: ChannelSettings,
  publications: readonly Publication[],
  limit: AbortSignal,
): Promise<void> => {
  const {connect} = await import('mqtt');
  limit.throwIfAborted();
  const client = connect(settings.url.replace(/^(mqtts?:\/\/[^/]*).*$/, '$1'), {
    clientId: `frigate-health-${randomBytes(6).toString('hex')}`,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: LIMIT,
    ...(settings.user === '' ? {} : {username: settings.user, password: settings.password}),
  });
  try {
    await new Promise<void>((resolve, reject) => {
      limit.addEventListener('abort', () => reject(new Error('no answer in time')), {once: true});
      client.on('error', reject);
      client.once('close', () => reject(new Error('the broker closed the connection')));
      client.once('connect', () => {
        Promise.all(
          publications.map(({topic, payload, retain}) => client.publishAsync(topic, payload, {qos: 1, retain})),
        ).then(() => resolve(), reject);
      });
    });
    // Acknowledged: a goodbye is all that remains, and the broker may keep it.
    client.end();
  } catch (error) {
    client.end(true);
    throw error;
  }
};

export const mqttChannel = (settings: ChannelSettings, timers: Timers, interval: Duration): Channel => {
  const {host} = new URL(settings.url.replace(/^mqtts?:/, 'http:'));
  const deliver = async (publications: readonly Publication[], signal: AbortSignal): Promise<Delivery> => {
    const timeout = timers.timeout(LIMIT);
    try {
      await publish(settings, publications, AbortSignal.any([signal, timeout]));
      return {kind: 'delivered', answer: `acknowledged by the broker (${publications.length} published)`};
    } catch (error) {
      const why = timeout.aborted
        ? `no answer within ${LIMIT / 1000} s`
        : signal.aborted
          ? 'the pass ended before it answered'
          : error instanceof Error
            ? error.message
            : String(error);
      return {
        kind: 'failed',
        why: maskedLine(`mqtt (${host}): ${withoutSecrets(why, [settings.password])}`, LONGEST_REASON),
      };
    }
  };
  return {
    name: settings.name,
    least: settings.least,
    send: ({notice}, signal) => deliver([eventOf(notice, settings)], signal),
    refresh: (standing, signal) =>
      deliver([...discoveryOf(standing, settings, interval), stateOf(standing, settings)], signal),
    preview: ({notice}) => {
      const {topic, payload} = eventOf(notice, settings);
      return `PUBLISH ${topic} to ${host}\n${JSON.stringify(JSON.parse(payload), null, 2)}`;
    },
  };
};
