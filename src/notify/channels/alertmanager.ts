/**
 * Alertmanager's API v2. An alert is its labels: they never hold the id or the cause of an incident, or each change would be a new
 * alert. One that is active must be sent again and again; it ends by itself at `endsAt` where that stops.
 */
import {titleOf, type Notice} from '../../core/incident/notice.js';
import {later, milliseconds, minutes, type Duration} from '../../core/time.js';
import type {ChannelSettings} from '../../settings/channels.js';
import {authorization, json, timeOf, type HttpMessage} from './format.js';

/** Sent again at each pass: three missed ones end it. */
const lifetime = (interval: Duration): Duration => milliseconds(Math.max(minutes(3), interval * 3));

export const alertmanager = (notice: Notice, settings: ChannelSettings, interval: Duration): HttpMessage =>
  json(
    `${settings.url}/api/v2/alerts`,
    [
      {
        labels: {
          alertname: notice.event === 'test' ? 'FrigateHealthTest' : 'FrigateIncident',
          frigate_namespace: notice.frigate.namespace,
          frigate: notice.frigate.name,
          severity: notice.event === 'test' ? 'warning' : notice.weight,
        },
        annotations: {
          summary: titleOf(notice),
          description: `${notice.fact} (cause: ${notice.incident.cause})`,
          repair: notice.repair,
          command: notice.command,
        },
        startsAt: timeOf(notice.incident.since),
        endsAt: timeOf(
          notice.event === 'ended'
            ? notice.at
            : later(notice.sentAt, notice.event === 'test' ? minutes(1) : lifetime(interval)),
        ),
      },
    ],
    authorization(settings),
  );
