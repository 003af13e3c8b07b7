/** What is published over MQTT: the state, retained; each notification as an event; and what Home Assistant makes of it by itself. */
import type {Standing} from '../channel.js';
import {milliseconds, minutes, type Duration} from '../../core/time.js';
import type {ChannelSettings} from '../../settings/channels.js';
import type {Notice} from '../../core/incident/notice.js';
import {documentOf} from './incident-document.js';
import {timeOf} from './format.js';

export interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

const HEALTH = ['healthy', 'degraded', 'unhealthy', 'starting', 'paused', 'unknown'];

/** A step of a topic: no level, no wildcard. */
const step = (text: string): string => text.replace(/[/+#\0]/g, '_');
/** As Home Assistant wants ids. */
const idOf = ({namespace, name}: Notice['frigate']): string =>
  `frigate_health_${namespace}_${name}`.replace(/\W/g, '_');

/** The path of the URL is the prefix of the topics. */
const prefixOf = ({url}: ChannelSettings): string =>
  new URL(url.replace(/^mqtts?:/, 'http:')).pathname.split('/').filter(Boolean).map(step).join('/') || 'frigate-health';

const topicOf = (settings: ChannelSettings, {namespace, name}: Notice['frigate'], last: string): string =>
  `${prefixOf(settings)}/${step(namespace)}/${step(name)}/${last}`;

export const eventOf = (notice: Notice, settings: ChannelSettings): Publication => ({
  topic: topicOf(settings, notice.frigate, 'event'),
  payload: JSON.stringify(documentOf(notice)),
  retain: false,
});

export const stateOf = ({frigate, health, at, notice}: Standing, settings: ChannelSettings): Publication => ({
  topic: topicOf(settings, frigate, 'state'),
  payload: JSON.stringify({
    health,
    problem: notice === null ? 'OFF' : 'ON',
    severity: notice?.severity ?? null,
    fact: notice?.fact ?? null,
    cause: notice?.incident.cause ?? null,
    since: notice === null ? null : timeOf(notice.incident.since),
    repair: notice?.repair ?? null,
    at: timeOf(at),
  }),
  retain: true,
});

/** home-assistant.io/integrations/mqtt, "MQTT discovery": one retained configuration for each entity. */
export const discoveryOf = (
  {frigate, version}: Pick<Standing, 'frigate' | 'version'>,
  settings: ChannelSettings,
  interval: Duration,
): readonly Publication[] => {
  const discovery = settings.options.get('discovery') ?? 'homeassistant';
  if (discovery === 'off') return [];
  const id = idOf(frigate);
  const topic = topicOf(settings, frigate, 'state');
  const common = {
    state_topic: topic,
    json_attributes_topic: topic,
    // What was not said again for so long is not known.
    expire_after: Math.round(Math.max(minutes(5), milliseconds(interval * 3)) / 1000),
    device: {
      identifiers: [id],
      name: `Frigate ${frigate.namespace}/${frigate.name}`,
      manufacturer: 'frigate-health',
      sw_version: version,
    },
    origin: {name: 'frigate-health', sw_version: version},
  };
  const entity = (component: string, name: string, more: object): Publication => ({
    topic: `${discovery}/${component}/${id}_${name}/config`,
    payload: JSON.stringify({unique_id: `${id}_${name}`, ...more, ...common}),
    retain: true,
  });
  return [
    entity('sensor', 'health', {
      name: 'Health',
      device_class: 'enum',
      options: HEALTH,
      value_template: '{{ value_json.health }}',
      icon: 'mdi:cctv',
    }),
    entity('binary_sensor', 'problem', {
      name: 'Problem',
      device_class: 'problem',
      value_template: '{{ value_json.problem }}',
    }),
  ];
};
