/** Each format against its golden file, and what must hold in all of them. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type {Notice} from '../../src/core/incident/notice.js';
import {instant, minutes} from '../../src/core/time.js';
import {alertmanager} from '../../src/notify/channels/alertmanager.js';
import {apprise} from '../../src/notify/channels/apprise.js';
import {discord} from '../../src/notify/channels/discord.js';
import type {HttpMessage} from '../../src/notify/channels/format.js';
import {gotify} from '../../src/notify/channels/gotify.js';
import {documentOf, incidentDocument} from '../../src/notify/channels/incident-document.js';
import {discoveryOf, eventOf, stateOf} from '../../src/notify/channels/mqtt-messages.js';
import {ntfy} from '../../src/notify/channels/ntfy.js';
import {slack} from '../../src/notify/channels/slack.js';
import {telegram} from '../../src/notify/channels/telegram.js';
import {webhook} from '../../src/notify/channels/webhook.js';
import {assertGolden} from '../support/golden.js';
import {began, channelOf, ended, worse} from './notices.js';

const interval = minutes(5);
const notices = [began, worse, ended];

const formats: Readonly<Record<string, (notice: Notice) => HttpMessage>> = {
  webhook: (notice) => webhook(notice, channelOf('webhook://hooks.example.org/in?tenant=1#hmac-key=0123456789')),
  ntfy: (notice) => ntfy(notice, channelOf('ntfy://:tk_secret@ntfy.example.org/base/cams')),
  alertmanager: (notice) => alertmanager(notice, channelOf('alertmanager+http://am:9093'), interval),
  slack: (notice) => slack(notice, channelOf('slack://hooks.slack.com/services/T0/B0/abcdefghij')),
  discord: (notice) => discord(notice, channelOf('discord://discord.com/api/webhooks/1/abcdefghij')),
  telegram: (notice) => telegram(notice, channelOf('telegram://123:ABC-def@api.telegram.org/-100200')),
  gotify: (notice) => gotify(notice, channelOf('gotify://Atoken@push.example.org/gotify')),
  apprise: (notice) => apprise(notice, channelOf('apprise+http://apprise:8000/home#tag=cameras')),
};

const pictureOf = ({url, headers, body}: HttpMessage): string =>
  [
    `POST ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    JSON.stringify(JSON.parse(body), null, 2),
    '',
  ].join('\n');

const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.txt`);

describe('the formats of the notification channels', () => {
  for (const [name, format] of Object.entries(formats)) {
    it(`${name}: is as its golden file has it`, () =>
      assertGolden(golden(name), notices.map((notice) => pictureOf(format(notice))).join('\n')));

    it(`${name}: says severity, Frigate, fact, since when, the repair and one command`, () => {
      const {body} = format(began);
      const text = JSON.stringify(JSON.parse(body));
      for (const part of ['critical', 'frigate/frigate', 'inference stuck for 94 s', began.repair, began.command])
        assert.ok(text.includes(part), `${part} is missing in ${text}`);
      assert.match(text, /2026-11-23T03:04:05/);
    });

    it(`${name}: stays bounded and whole JSON for the longest notice`, () => {
      const long = '<&"\n😀'.repeat(2000);
      const {body} = format({
        ...began,
        fact: long.slice(0, 200),
        repair: long.slice(0, 300),
        command: long.slice(0, 300),
      });
      assert.ok(body.length < 8000, String(body.length));
      JSON.parse(body);
    });
  }

  it('the incident document holds its own schema, for each event', () => {
    for (const notice of notices) assert.deepEqual(incidentDocument.parse(documentOf(notice)), documentOf(notice));
    assert.equal(documentOf(ended).incident.resolvedAt, '2026-11-23T04:19:05Z');
  });

  it('a web hook is signed over its body, and a retry carries the same key', () => {
    const format = formats['webhook'];
    const first = format?.(began);
    const again = format?.({...began, sentAt: instant(began.sentAt + 60_000)});
    assert.equal(first?.headers['idempotency-key'], again?.headers['idempotency-key']);
    assert.match(first?.headers['x-frigate-health-signature-256'] ?? '', /^sha256=[0-9a-f]{64}$/);
    assert.notEqual(first?.headers['x-frigate-health-signature-256'], again?.headers['x-frigate-health-signature-256']);
  });

  it('the labels of an alert do not change in the course of an incident, and its end comes with it', () => {
    const settings = channelOf('alertmanager+http://am:9093');
    const alerts = notices.map(
      (notice) => JSON.parse(alertmanager(notice, settings, interval).body) as {labels: unknown; endsAt: string}[],
    );
    assert.deepEqual(new Set(alerts.map(([alert]) => JSON.stringify(alert?.labels))).size, 1);
    assert.deepEqual(
      alerts.map(([alert]) => alert?.endsAt),
      ['2026-11-23T03:25:05Z', '2026-11-23T03:25:05Z', '2026-11-23T04:19:05Z'],
    );
  });

  it('mqtt: topics, retained state and what Home Assistant is told are as the golden file has it', () => {
    const settings = channelOf('mqtt://user:secret@broker');
    const standing = {
      frigate: began.frigate,
      health: 'unhealthy',
      at: began.at,
      version: '0.1.0',
      notice: began,
    } as const;
    const publications = [
      ...discoveryOf(standing, settings, interval),
      stateOf(standing, settings),
      stateOf({...standing, health: 'healthy', notice: null}, settings),
      eventOf(began, settings),
    ];
    assertGolden(
      golden('mqtt'),
      publications
        .map(
          ({topic, payload, retain}) =>
            `${topic}${retain ? ' (retained)' : ''}\n${JSON.stringify(JSON.parse(payload), null, 2)}\n`,
        )
        .join('\n'),
    );
  });

  it('mqtt: a name with a level or a wildcard in it stays one level of the topic', () => {
    const {topic} = eventOf(
      {...began, frigate: {...began.frigate, name: 'a/b+#'}},
      channelOf('mqtts://broker:8883/house/nvr'),
    );
    assert.equal(topic, 'house/nvr/frigate/a_b__/event');
  });
});
