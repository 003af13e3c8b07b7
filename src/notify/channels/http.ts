/** The channels that take one POST for each notification. */
import type {Notice} from '../../core/incident/notice.js';
import type {Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {ChannelKind, ChannelSettings} from '../../settings/channels.js';
import type {Channel} from '../channel.js';
import {longSteps, send, withoutSecrets} from '../post.js';
import {alertmanager} from './alertmanager.js';
import {apprise} from './apprise.js';
import {discord} from './discord.js';
import type {HttpMessage} from './format.js';
import {gotify} from './gotify.js';
import {ntfy} from './ntfy.js';
import {slack} from './slack.js';
import {telegram} from './telegram.js';
import {webhook} from './webhook.js';

export type HttpKind = Exclude<ChannelKind, 'smtp' | 'mqtt'>;

const formats: Readonly<
  Record<HttpKind, (notice: Notice, settings: ChannelSettings, interval: Duration) => HttpMessage>
> = {webhook, ntfy, alertmanager, slack, discord, telegram, gotify, apprise};

/** Where the path is a key, not only an address. */
const secretPath: ReadonlySet<ChannelKind> = new Set<ChannelKind>(['webhook', 'slack', 'discord', 'apprise']);

/** What must not be shown of a channel. */
export const secretsOf = ({kind, url, user, password, options}: ChannelSettings): readonly string[] => {
  const {pathname, search} = new URL(url);
  return [
    ...(secretPath.has(kind) && pathname.length > 1 ? [pathname, ...longSteps(pathname)] : []),
    search,
    password,
    ...(kind === 'telegram' || kind === 'gotify' ? [user, `${user}:${password}`] : []),
    ...(options.get('hmac-key') === undefined ? [] : [options.get('hmac-key') ?? '']),
  ].filter((secret) => secret !== '');
};

const HIDDEN_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-gotify-key']);

const previewOf = ({url, headers, body}: HttpMessage, secrets: readonly string[]): string =>
  withoutSecrets(
    [
      `POST ${url}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${HIDDEN_HEADERS.has(name) ? '********' : value}`),
      '',
      JSON.stringify(JSON.parse(body), null, 2),
    ].join('\n'),
    secrets,
  );

export const httpChannel = (
  settings: ChannelSettings & {readonly kind: HttpKind},
  timers: Timers,
  interval: Duration,
): Channel => {
  const {kind, name, least, url} = settings;
  const format = formats[kind];
  const secrets = secretsOf(settings);
  const receiver = `${kind} (${new URL(url).host})`;
  const deliver = (notice: Notice, signal: AbortSignal): ReturnType<Channel['send']> =>
    send(format(notice, settings, interval), {receiver, secrets, timers, signal});
  return {
    name,
    least,
    send: ({notice}, signal) => deliver(notice, signal),
    ...(kind === 'alertmanager'
      ? {
          refresh: async ({notice}, signal) =>
            notice === null || (least === 'critical' && notice.weight !== 'critical') ? null : deliver(notice, signal),
        }
      : {}),
    preview: ({notice}) => previewOf(format(notice, settings, interval), secrets),
  };
};
