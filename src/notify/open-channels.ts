/** The channels of the settings: mail where it is set, then those of FRIGATE_HC_NOTIFY. */
import type {Duration} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import type {Settings} from '../settings/settings.js';
import type {ChannelSettings} from '../settings/channels.js';
import type {Channel} from './channel.js';
import type {Mailer} from './mailer.js';
import {createMailer} from './smtp.js';

export const MAIL = 'mail';

/** Mail as a channel. */
export const mailChannel = (
  mailer: Mailer,
  {name = MAIL, least = 'warning'}: Partial<Pick<Channel, 'name' | 'least'>> = {},
): Channel => ({
  name,
  least,
  send: ({mail}, signal) => mailer.send(mail, signal),
  preview: ({mail: {subject, text}}) => `Subject: ${subject}\n\n${text}`,
});

/** Loaded only where it is used: the start of a pass without these pays nothing for them. */
const openChannel = async (settings: ChannelSettings, timers: Timers, interval: Duration): Promise<Channel | null> => {
  const {kind} = settings;
  if (kind === 'smtp') return null;
  if (kind === 'mqtt') return (await import('./channels/mqtt.js')).mqttChannel(settings, timers, interval);
  return (await import('./channels/http.js')).httpChannel({...settings, kind}, timers, interval);
};

export const openChannels = async (
  {mail, channels, policy: {interval}}: Pick<Settings, 'mail' | 'channels' | 'policy'>,
  timers: Timers,
): Promise<readonly Channel[]> => {
  const opened = await Promise.all(channels.map((channel) => openChannel(channel, timers, interval)));
  const asMail = channels.find(({kind}) => kind === 'smtp') ?? {};
  return [
    ...(mail === null ? [] : [mailChannel(createMailer(mail, timers), asMail)]),
    ...opened.filter((channel) => channel !== null),
  ];
};
