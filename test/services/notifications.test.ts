/** The channels against real servers: ntfy, Alertmanager and mosquitto take what they are sent, and show it as it was meant. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import {processTimers} from '../../src/cli/timers.js';
import {instant, later, minutes} from '../../src/core/time.js';
import {incidentDocument} from '../../src/notify/channels/incident-document.js';
import type {Channel, Standing} from '../../src/notify/channel.js';
import {openChannels} from '../../src/notify/open-channels.js';
import {began, channelsOf, ended} from '../notify/notices.js';
import {httpSink, type HttpSink} from '../notify/sinks.js';
import {aSettings} from '../support/fake-world.js';
import {program} from './services.js';

const never = new AbortController().signal;
const mail = {id: '<k>', subject: 's', text: 't', html: 'h'};

const open = async (url: string): Promise<Channel> => {
  const [channel] = await openChannels(aSettings({channels: channelsOf(url)}), processTimers);
  assert.ok(channel !== undefined);
  return channel;
};

const eventually = async <T>(look: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    assert.ok(Date.now() < deadline, `it did not come about: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** A name that no other run of these tests has. */
const own = (): string => `fhc${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
const now = instant(Math.floor(Date.now() / 1000) * 1000);

describe('a real ntfy', () => {
  it('shows title, text, priority and tags of each notification', async () => {
    const server = program('FRIGATE_HC_TEST_NTFY');
    const topic = own();
    const channel = await open(`ntfy+http://${new URL(server).host}/${topic}`);
    for (const notice of [began, ended])
      assert.deepEqual(await channel.send({notice, mail}, never), {kind: 'delivered', answer: 'HTTP 200'});
    const lines = (await (await fetch(`${server}/${topic}/json?poll=1`)).text()).trim().split('\n');
    const messages = lines.map(
      (line) => JSON.parse(line) as {title: string; message: string; priority?: number; tags: string[]},
    );
    assert.deepEqual(
      messages.map(({title, priority, tags}) => [title, priority ?? 3, tags]),
      [
        ['[critical] frigate/frigate: Detector coral: inference stuck for 94 s (limit 10 s)', 5, ['rotating_light']],
        [
          '[resolved] frigate/frigate: Detector coral: inference stuck for 94 s (limit 10 s), after 1 h 15 m',
          3,
          ['white_check_mark'],
        ],
      ],
    );
    assert.ok(messages[0]?.message.endsWith(began.command));
  });

  it('refuses a topic that it does not take, and the failure says so', async () => {
    const {host} = new URL(program('FRIGATE_HC_TEST_NTFY'));
    const delivery = await (await open(`ntfy+http://${host}/${'x'.repeat(80)}`)).send({notice: began, mail}, never);
    assert.ok(delivery.kind === 'failed' && /HTTP 4\d\d/.test(delivery.why), JSON.stringify(delivery));
  });
});

describe('a real Alertmanager', () => {
  let sink: HttpSink;
  let server: ChildProcess;
  let host = '';
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-alertmanager-'));

  const freePort = async (): Promise<number> => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const {port} = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    return port;
  };

  before(async () => {
    sink = await httpSink();
    host = `127.0.0.1:${String(await freePort())}`;
    const file = path.join(folder, 'alertmanager.json');
    writeFileSync(
      file,
      JSON.stringify({
        route: {receiver: 'sink', group_by: ['frigate'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h'},
        receivers: [{name: 'sink', webhook_configs: [{url: `http://${sink.host}/`, send_resolved: true}]}],
      }),
    );
    server = spawn(
      program('FRIGATE_HC_TEST_ALERTMANAGER'),
      [
        `--config.file=${file}`,
        `--storage.path=${folder}`,
        `--web.listen-address=${host}`,
        '--cluster.listen-address=',
      ],
      {stdio: 'ignore'},
    );
    await eventually(
      () =>
        fetch(`http://${host}/-/ready`).then(
          ({ok}) => ok,
          () => false,
        ),
      (ready) => ready,
    );
  });
  after(async () => {
    server.kill();
    await sink[Symbol.asyncDispose]();
    rmSync(folder, {recursive: true, force: true});
  });

  interface Alert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly endsAt: string;
  }
  const alerts = async (): Promise<readonly Alert[]> =>
    (await (await fetch(`http://${host}/api/v2/alerts`)).json()) as readonly Alert[];
  const statuses = (): readonly string[] =>
    sink.received.map(({body}) => (JSON.parse(body) as {status: string}).status);

  it('has one alert of an incident in all its course, keeps it while it is told again, and tells its end', async () => {
    const channel = await open(`alertmanager+http://${host}`);
    const incident = {...began.incident, since: now};
    const first = {...began, incident, at: now, sentAt: now};
    assert.equal((await channel.send({notice: first, mail}, never)).kind, 'delivered');
    const [made, ...others] = await eventually(alerts, (all) => all.length > 0);
    assert.equal(others.length, 0);
    assert.deepEqual(made?.labels, {
      alertname: 'FrigateIncident',
      frigate_namespace: 'frigate',
      frigate: 'frigate',
      severity: 'critical',
    });
    assert.equal(made.annotations['command'], began.command);
    await eventually(
      () => statuses(),
      (all) => all.includes('firing'),
    );

    const again = {...first, event: 'reminder' as const, fact: 'Another fact', sentAt: later(now, minutes(2))};
    const standing: Standing = {frigate: began.frigate, health: 'unhealthy', at: now, version: '0', notice: again};
    assert.equal((await channel.refresh?.(standing, never))?.kind, 'delivered');
    const kept = await eventually(alerts, (all) => all[0]?.endsAt !== made.endsAt);
    assert.equal(kept.length, 1);
    assert.equal(Date.parse(kept[0]!.endsAt), now + minutes(17));

    const over = {...ended, incident, at: now, sentAt: now};
    assert.equal((await channel.send({notice: over, mail}, never)).kind, 'delivered');
    await eventually(
      () => statuses(),
      (all) => all.includes('resolved'),
    );
    assert.deepEqual(await eventually(alerts, (all) => all.length === 0), []);
  });
});

describe('a real mosquitto', () => {
  it('keeps state and discovery for who comes later, and passes events on once', async () => {
    const broker = new URL(program('FRIGATE_HC_TEST_MQTT').replace(/^mqtt:/, 'http:'));
    const prefix = own();
    const listener = await mqtt.connectAsync(`mqtt://${broker.host}`);
    const heard: {topic: string; payload: string; retain: boolean}[] = [];
    listener.on('message', (topic, payload, {retain}) => heard.push({topic, payload: payload.toString(), retain}));
    await listener.subscribeAsync(`${prefix}/#`, {qos: 1});
    try {
      const channel = await open(`mqtt://${broker.host}/${prefix}#discovery=${prefix}-ha`);
      assert.equal((await channel.send({notice: began, mail}, never)).kind, 'delivered');
      const standing: Standing = {frigate: began.frigate, health: 'unhealthy', at: now, version: '0', notice: began};
      assert.equal((await channel.refresh?.(standing, never))?.kind, 'delivered');
      await eventually(
        () => heard.length,
        (count) => count === 2,
      );
      const [event, state] = heard;
      assert.equal(event?.topic, `${prefix}/frigate/frigate/event`);
      assert.equal(incidentDocument.parse(JSON.parse(event.payload)).key, began.key);
      assert.equal((JSON.parse(state?.payload ?? '') as {problem: string}).problem, 'ON');

      heard.length = 0;
      const late = await mqtt.connectAsync(`mqtt://${broker.host}`);
      const retained: {topic: string; payload: string}[] = [];
      late.on('message', (topic, payload) => retained.push({topic, payload: payload.toString()}));
      await late.subscribeAsync([`${prefix}/#`, `${prefix}-ha/#`], {qos: 1});
      await eventually(
        () => retained.length,
        (count) => count === 3,
      );
      const sensor = retained.find(
        ({topic}) => topic === `${prefix}-ha/sensor/frigate_health_frigate_frigate_health/config`,
      );
      const told = JSON.parse(sensor?.payload ?? '') as {state_topic: string};
      assert.ok(retained.some(({topic}) => topic === told.state_topic));
      for (const {topic} of retained) await late.publishAsync(topic, '', {retain: true});
      await late.endAsync();
    } finally {
      await listener.endAsync();
    }
  });

  it('a broker that is not there is a failure within the limit', async () => {
    const delivery = await (await open('mqtt://127.0.0.1:9')).send({notice: began, mail}, never);
    assert.ok(delivery.kind === 'failed' && delivery.why.includes('ECONNREFUSED'), JSON.stringify(delivery));
  });
});
