/** The channels over the wire, against receivers on loopback: what arrives, what a failure says, and what it never shows. */
import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {minutes} from '../../src/core/time.js';
import type {Channel, Standing} from '../../src/notify/channel.js';
import {openChannels} from '../../src/notify/open-channels.js';
import {callHeartbeat, heartbeatAddress} from '../../src/notify/heartbeat.js';
import {aSettings} from '../support/fake-world.js';
import {FakeTimers} from '../support/fake-timers.js';
import {aPolicy} from '../support/observation.js';
import {processTimers} from '../../src/cli/timers.js';
import {began, channelsOf, ended} from './notices.js';
import {httpSink, mqttSink, type HttpSink, type MqttSink} from './sinks.js';

const never = new AbortController().signal;
const mail = {id: '<k>', subject: 's', text: 't', html: '<p>h</p>'};

const open = async (text: string): Promise<Channel> => {
  const settings = aSettings({channels: channelsOf(text), policy: aPolicy({interval: minutes(5)})});
  const [channel] = await openChannels(settings, processTimers);
  assert.ok(channel !== undefined);
  return channel;
};

const whyOf = (delivery: Awaited<ReturnType<Channel['send']>>): string => {
  if (delivery.kind !== 'failed') throw new Error('it was delivered');
  return delivery.why;
};

const SECRET = 'tk-0123456789-hidden';

/** Each kind at a given host, with a secret where it has one. */
const urls: Readonly<Record<string, {readonly url: (host: string) => string; readonly path: RegExp}>> = {
  webhook: {url: (host) => `webhook+http://${host}/in/${SECRET}?a=1#hmac-key=${SECRET}`, path: /^\/in\/tk-[^/]*\?a=1$/},
  ntfy: {url: (host) => `ntfy+http://:${SECRET}@${host}/cams`, path: /^\/$/},
  alertmanager: {
    url: (host) => `alertmanager+http://user:${SECRET}@${host}/prefix/`,
    path: /^\/prefix\/api\/v2\/alerts$/,
  },
  slack: {url: (host) => `slack+http://${host}/services/T0/B0/${SECRET}`, path: /^\/services\/T0\/B0\//},
  discord: {url: (host) => `discord+http://${host}/api/webhooks/1/${SECRET}`, path: /^\/api\/webhooks\/1\//},
  telegram: {url: (host) => `telegram+http://123:${SECRET}@${host}/-100`, path: /^\/bot123:tk-[^/]*\/sendMessage$/},
  gotify: {url: (host) => `gotify+http://${SECRET}@${host}`, path: /^\/message$/},
  apprise: {url: (host) => `apprise+http://${host}/notify/${SECRET}`, path: /^\/notify\/tk-/},
};

describe('the channels over HTTP', () => {
  let sink: HttpSink;
  before(async () => {
    sink = await httpSink();
  });
  after(() => sink[Symbol.asyncDispose]());

  for (const [kind, {url, path}] of Object.entries(urls)) {
    it(`${kind}: delivers one POST of JSON to the right path`, async () => {
      sink.answer = {status: 200};
      sink.received.length = 0;
      const channel = await open(url(sink.host));
      assert.deepEqual(await channel.send({notice: began, mail}, never), {kind: 'delivered', answer: 'HTTP 200'});
      assert.equal(sink.received.length, 1);
      assert.match(sink.received[0]?.path ?? '', path);
      assert.match(sink.received[0]?.headers['content-type'] ?? '', /^application\/json/);
      assert.ok(JSON.stringify(JSON.parse(sink.received[0]?.body ?? '')).includes('inference stuck for 94 s'));
    });

    it(`${kind}: a refusal says what was answered, and no failure or preview shows the secret`, async () => {
      const channel = await open(url(sink.host));
      sink.answer = {status: 403, body: `who is ${SECRET}? ${encodeURIComponent(SECRET)}`};
      const refused = whyOf(await channel.send({notice: began, mail}, never));
      assert.match(refused, /HTTP 403: who is \*/);
      sink.answer = {status: 200};
      for (const text of [refused, channel.preview({notice: began, mail})])
        assert.ok(!text.includes(SECRET) && !text.includes(Buffer.from(SECRET).toString('base64')), text);
    });
  }

  it('the receiver of a web hook can check the signature over the bytes that it got', async () => {
    sink.answer = {status: 204};
    sink.received.length = 0;
    await (await open(urls['webhook']!.url(sink.host))).send({notice: began, mail}, never);
    const [{headers, body}] = sink.received as [(typeof sink.received)[0]];
    const expected = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    assert.equal(headers['x-frigate-health-signature-256'], expected);
    assert.equal(headers['idempotency-key'], began.key);
  });

  it('a message that is not taken is told from a receiver that is away', async () => {
    const channel = await open(urls['telegram']!.url(sink.host));
    for (const [status, rejected] of [
      [400, true],
      [413, true],
      [401, undefined],
      [404, undefined],
      [429, undefined],
      [500, undefined],
    ] as const) {
      sink.answer = {status};
      const delivery = await channel.send({notice: began, mail}, never);
      assert.equal(delivery.kind === 'failed' ? delivery.rejected : 'delivered', rejected, String(status));
    }
  });

  it('a redirect is a failure, not a delivery', async () => {
    sink.answer = {status: 302, headers: {location: '/elsewhere'}};
    assert.match(
      whyOf(await (await open(urls['webhook']!.url(sink.host))).send({notice: began, mail}, never)),
      /HTTP 302/,
    );
  });

  it('nobody there, and nobody who answers, end within the limit and say so', async () => {
    const away = await open('ntfy+http://127.0.0.1:9/cams');
    assert.match(
      whyOf(await away.send({notice: began, mail}, never)),
      /^ntfy \(127\.0\.0\.1:9\): .*(ECONNREFUSED|bad port)/,
    );
    sink.answer = null;
    const timers = new FakeTimers();
    const [silent] = await openChannels(aSettings({channels: channelsOf(urls['ntfy']!.url(sink.host))}), timers);
    const pass = new AbortController();
    sink.onRequest = () => pass.abort();
    assert.match(whyOf(await silent!.send({notice: began, mail}, pass.signal)), /the pass ended before it answered/);
    sink.onRequest = () => undefined;
    sink.answer = {status: 200};
  });

  it('Alertmanager is told again while an incident stands, and not of one below its least severity', async () => {
    sink.received.length = 0;
    const standing: Standing = {
      frigate: began.frigate,
      health: 'unhealthy',
      at: began.at,
      version: '0',
      notice: {...began, weight: 'warning', severity: 'warning'},
    };
    const all = await open(`alertmanager+http://${sink.host}`);
    const grave = await open(`alertmanager+http://${sink.host}#least=critical`);
    assert.equal((await all.refresh?.(standing, never))?.kind, 'delivered');
    assert.equal(await grave.refresh?.(standing, never), null);
    assert.equal(await all.refresh?.({...standing, notice: null}, never), null);
    assert.equal(sink.received.length, 1);
  });

  it('the heartbeat goes to its URL, or to /fail behind it, and never shows it', async () => {
    sink.received.length = 0;
    sink.answer = {status: 200};
    const url = `http://${sink.host}/ping/0f1e2d3c-4b5a?x=1`;
    assert.equal((await callHeartbeat(url, true, processTimers, never)).kind, 'delivered');
    assert.equal((await callHeartbeat(url, false, processTimers, never)).kind, 'delivered');
    assert.deepEqual(
      sink.received.map(({path}) => path),
      ['/ping/0f1e2d3c-4b5a?x=1', '/ping/0f1e2d3c-4b5a/fail?x=1'],
    );
    sink.answer = {status: 404, body: 'no /ping/0f1e2d3c-4b5a here'};
    assert.ok(!whyOf(await callHeartbeat(url, true, processTimers, never)).includes('0f1e2d3c'));
    assert.equal(heartbeatAddress('https://user:pw@hc.example.org/', false), 'https://user:pw@hc.example.org/fail');
    sink.answer = {status: 200};
  });
});

describe('the channel over MQTT', () => {
  let sink: MqttSink;
  before(async () => {
    sink = await mqttSink();
  });
  after(() => sink[Symbol.asyncDispose]());

  const standing: Standing = {frigate: ended.frigate, health: 'healthy', at: ended.at, version: '0', notice: null};

  it('publishes an event, then state and discovery retained, with the login', async () => {
    sink.mode = 'take';
    const channel = await open(`mqtt://nvr:${SECRET}@${sink.host}`);
    assert.equal((await channel.send({notice: began, mail}, never)).kind, 'delivered');
    assert.equal((await channel.refresh?.(standing, never))?.kind, 'delivered');
    assert.deepEqual(
      sink.published.map(({topic, retain}) => [topic, retain]),
      [
        ['frigate-health/frigate/frigate/event', false],
        ['homeassistant/sensor/frigate_health_frigate_frigate_health/config', true],
        ['homeassistant/binary_sensor/frigate_health_frigate_frigate_problem/config', true],
        ['frigate-health/frigate/frigate/state', true],
      ],
    );
    assert.deepEqual(sink.logins[0], {user: 'nvr', password: SECRET});
  });

  it('a broker that refuses, is silent or away is a failure that says which', async () => {
    const channel = await open(`mqtt://nvr:${SECRET}@${sink.host}`);
    sink.mode = 'refuse';
    assert.match(whyOf(await channel.send({notice: began, mail}, never)), /Not authorized/);
    sink.mode = 'silent';
    const pass = new AbortController();
    sink.onPacket = () => pass.abort();
    assert.match(whyOf(await channel.send({notice: began, mail}, pass.signal)), /the pass ended before it answered/);
    const away = await open('mqtt://127.0.0.1:9');
    assert.match(whyOf(await away.send({notice: began, mail}, never)), /ECONNREFUSED/);
  });
});
