/** `notify`: tries every channel, or shows what it would be sent. Asks no cluster, so that it also tries them where none is reached. */
import type {AlertContext} from '../core/incident/compose.js';
import {testNotice, textOf, titleOf, type Notice} from '../core/incident/notice.js';
import {earlier, minutes} from '../core/time.js';
import type {Channel, Notification} from '../notify/channel.js';
import {openChannels} from '../notify/open-channels.js';
import {CommandFailure} from '../outcome/failure.js';
import type {Context} from '../pass/context.js';
import {channelsFrom} from '../settings/channels.js';
import {DEFAULT_NAMESPACE} from '../settings/settings.js';

export interface ChannelResult {
  readonly channel: string;
  readonly least: 'warning' | 'critical';
  readonly delivered: boolean;
  /** What the channel answered, or why it failed; without secrets. */
  readonly answer: string;
}

export interface ChannelPreview {
  readonly channel: string;
  readonly least: 'warning' | 'critical';
  readonly text: string;
}

const contextOf = ({settings, timers, version}: Context): AlertContext => ({
  namespace: settings.namespace ?? DEFAULT_NAMESPACE,
  workload: {kind: null, name: settings.workload},
  cluster: null,
  version,
  now: timers.now(),
  hints: {cronJob: settings.cronJobName, mode: settings.policy.mode},
});

const notificationOf = (notice: Notice): Notification => {
  const text = textOf(notice);
  return {
    notice,
    mail: {id: `<${notice.key}@frigate-health>`, subject: titleOf(notice), text, html: `<pre>${text}</pre>`},
  };
};

const NONE = 'No alert channel is configured';
const HOW =
  'set FRIGATE_HC_NOTIFY, or for mail FRIGATE_HC_SMTP_USER, FRIGATE_HC_SMTP_PASSWORD and FRIGATE_HC_ALERT_EMAIL';

/** One test notification to each channel, all at once. Throws CommandFailure where there is none. */
export const testChannels = async (context: Context): Promise<readonly ChannelResult[]> => {
  const channels = await openChannels(context.settings, context.timers);
  if (channels.length === 0) throw new CommandFailure('usage', NONE, HOW);
  const notification = notificationOf(testNotice(contextOf(context)));
  return Promise.all(channels.map((channel) => testOne(channel, notification, context.signal)));
};

const testOne = async (channel: Channel, notification: Notification, signal: AbortSignal): Promise<ChannelResult> => {
  const {name, least} = channel;
  const delivery = await channel.send(notification, signal);
  if (delivery.kind === 'failed') return {channel: name, least, delivered: false, answer: delivery.why};
  const refused = delivery.refused ?? [];
  return {
    channel: name,
    least,
    delivered: refused.length === 0,
    answer: refused.length === 0 ? (delivery.answer ?? 'accepted') : `not accepted for ${refused.join(', ')}`,
  };
};

/** One of each kind, for those who have set none yet. */
const EXAMPLES = [
  'webhook://hooks.example.org/in#hmac-key=EXAMPLE-KEY',
  'ntfy://ntfy.sh/TOPIC',
  'alertmanager+http://alertmanager:9093',
  'slack://hooks.slack.com/services/T000/B000/EXAMPLE-KEY',
  'discord://discord.com/api/webhooks/1000/EXAMPLE-KEY',
  'telegram://123:EXAMPLE-KEY@api.telegram.org/-100123',
  'gotify://EXAMPLE-KEY@gotify.example.org',
  'apprise+http://apprise:8000/EXAMPLE-KEY',
  'mqtt://broker',
].join('\n');

/** An incident as the demo `coral-stuck` makes it, five minutes old and repaired. */
const demoNotice = (context: AlertContext): Notice => ({
  ...testNotice(context),
  key: 'demo-began-1',
  event: 'began',
  severity: 'critical',
  incident: {id: 'demo', since: earlier(context.now, minutes(5)), cause: 'detector'},
  health: 'unhealthy',
  fact: 'Detector coral: inference stuck for 5m (limit 10 s)',
  repair: 'Frigate was restarted. Whether it helped is not known yet.',
  findings: [{id: 'FRG-402', status: 'critical', summary: 'Detector coral: inference stuck for 5m (limit 10 s)'}],
});

/** What each channel would be sent of an invented incident; nothing is sent. */
export const previewChannels = async (context: Context): Promise<readonly ChannelPreview[]> => {
  const {settings, timers} = context;
  const set = await openChannels(settings, timers);
  const examples = channelsFrom(EXAMPLES, () => null);
  const channels =
    set.length > 0 || !examples.ok ? set : await openChannels({...settings, channels: examples.channels}, timers);
  const notification = notificationOf(demoNotice(contextOf(context)));
  return channels.map((channel) => ({
    channel: channel.name,
    least: channel.least,
    text: channel.preview(notification),
  }));
};
