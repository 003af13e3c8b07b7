/** From a fault to a person through the real programs: the metrics are scraped by Prometheus, its rules fire, Alertmanager calls a webhook. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {parse, stringify} from 'yaml';
import {metricsPage} from '../../src/metrics/metrics.js';
import {dashboardExpressions} from '../../src/metrics/monitoring/dashboard.js';
import {processMetrics} from '../../src/metrics/process-metrics.js';
import type {FleetSource, FrigateStatus} from '../../src/outcome/fleet.js';
import type {CustomFinding} from '../../src/core/custom/custom-check.js';
import {instant} from '../../src/core/time.js';
import {alertFile} from '../../src/usecases/alerts.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {daemonOf, fleetOf, judgedFrigate, renamed, SCENARIO_NAMES} from '../support/judged-fleet.js';
import {ownFindings} from '../support/own-checks.js';
import {program} from './services.js';

interface Notification {
  readonly status: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: ReadonlyArray<{
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: {readonly summary: string};
  }>;
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const serve = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** /metrics of one replica. */
const replica = (source: FleetSource): Server => {
  const page = metricsPage({cameras: 'all', skipCameras: new Set()}, processMetrics());
  return createServer((_, response) => {
    response.setHeader('content-type', page.contentType);
    void (async () => {
      for await (const part of page.write(source.current)) response.write(part);
      response.end();
    })();
  });
};

/** Judged just now, as a running daemon does all the time. */
const fresh = (frigate: FrigateStatus): FrigateStatus =>
  frigate.judged === null ? frigate : {...frigate, judged: {...frigate.judged, at: instant(Date.now())}};

describe('the way from a fault to a person', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-alerting-'));
  const children: ChildProcess[] = [];
  const servers: Server[] = [];
  const notifications: Notification[] = [];
  let fleet: FakeFleet;
  let prometheus = '';

  const write = (name: string, value: object | string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, typeof value === 'string' ? value : stringify(value));
    return file;
  };

  const run = async (variable: string, words: readonly string[], ready: string): Promise<void> => {
    const child = spawn(program(variable), [...words], {stdio: 'ignore', cwd: folder});
    children.push(child);
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (child.exitCode !== null) assert.fail(`${variable} ended with ${child.exitCode}`);
      if (
        await fetch(ready).then(
          ({ok}) => ok,
          () => false,
        )
      )
        return;
      await sleep(100);
    }
    assert.fail(`${variable} did not start`);
  };

  /** A free port: given back at once, so that the program can have it. */
  const freePort = async (): Promise<number> => {
    const server = createServer();
    const port = await serve(server);
    server.close();
    await once(server, 'close');
    return port;
  };

  const query = async (expression: string): Promise<readonly Result[]> => {
    const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const body = (await response.json()) as {status: string; error?: string; data: {result: readonly Result[]}};
    assert.equal(body.status, 'success', `${expression}: ${body.error ?? ''}`);
    return body.data.result;
  };

  const eventually = async (holds: () => Promise<boolean> | boolean, seconds: number, what: string): Promise<void> => {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      if (await holds()) return;
      await sleep(200);
    }
    assert.fail(`not within ${seconds} s: ${what}`);
  };

  before(async () => {
    const frigates = await Promise.all(SCENARIO_NAMES.map(judgedFrigate));
    // Checks of the user's own: one of all Frigates that fails, and one of a single Frigate.
    const checks = ownFindings('down');
    const isOfOne = ({id}: CustomFinding): boolean => id === 'X-yard-fps';
    const [first, ...others] = frigates.map(fresh);
    assert.ok(first?.judged);
    fleet = new FakeFleet(
      fleetOf(
        [
          {...first, judged: {...first.judged, custom: checks.filter(isOfOne)}},
          ...others,
          renamed(fresh(await judgedFrigate('healthy')), 'nvr'),
        ],
        {daemon: daemonOf({custom: checks.filter((finding) => !isOfOne(finding))})},
      ),
    );
    const standby = new FakeFleet(
      fleetOf([], {daemon: daemonOf({leader: {leads: false, identity: 'b', holder: 'a'}})}),
    );
    const replicas = [replica(fleet), replica(standby)];
    const sink = createServer((request, response) => {
      void (async () => {
        let text = '';
        for await (const piece of request) text += String(piece);
        notifications.push(JSON.parse(text) as Notification);
        response.end();
      })();
    });
    servers.push(...replicas, sink);
    const ports: number[] = [];
    for (const server of replicas) ports.push(await serve(server));
    const webhook = await serve(sink);

    const alertmanager = await freePort();
    const manager = parse(alertFile('alertmanager', 'nvr')) as {receivers: {webhook_configs?: {url: string}[]}[]};
    for (const {webhook_configs: hooks} of manager.receivers)
      for (const hook of hooks ?? []) hook.url = `http://127.0.0.1:${webhook}/`;
    await run(
      'FRIGATE_HC_TEST_ALERTMANAGER',
      [
        `--config.file=${write('alertmanager.yml', manager)}`,
        `--storage.path=${path.join(folder, 'alertmanager')}`,
        `--web.listen-address=127.0.0.1:${alertmanager}`,
        '--cluster.listen-address=',
      ],
      `http://127.0.0.1:${alertmanager}/-/ready`,
    );

    const own = await freePort();
    const {scrape_configs: scrapes} = parse(alertFile('scrape-config', 'nvr')) as {
      scrape_configs: Record<string, unknown>[];
    };
    const configuration = {
      global: {evaluation_interval: '15s'},
      rule_files: [write('health-rules.yml', alertFile('rules', 'nvr'))],
      alerting: {alertmanagers: [{static_configs: [{targets: [`127.0.0.1:${alertmanager}`]}]}]},
      // The shipped job, with addresses in the place of the discovery of pods.
      scrape_configs: scrapes.map((job) => ({
        job_name: job['job_name'],
        scrape_interval: job['scrape_interval'],
        static_configs: ports.map((port, index) => ({
          targets: [`127.0.0.1:${port}`],
          labels: {namespace: 'nvr', pod: `frigate-health-${index}`},
        })),
      })),
    };
    prometheus = `http://127.0.0.1:${own}`;
    await run(
      'FRIGATE_HC_TEST_PROMETHEUS',
      [
        `--config.file=${write('prometheus.yml', configuration)}`,
        `--storage.tsdb.path=${path.join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${own}`,
      ],
      `${prometheus}/-/ready`,
    );
  });

  after(async () => {
    for (const child of children) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, {recursive: true, force: true});
  });

  it('has each replica up, and one leader', async () => {
    await eventually(async () => (await query('up == 1')).length === 2, 40, 'both replicas are up');
    assert.deepEqual(
      (await query('up')).map(({metric, value}) => `${metric['job']} ${value[1]}`),
      ['frigate-health 1', 'frigate-health 1'],
    );
    assert.deepEqual(
      (await query('sum(frigate_health_leader)')).map(({value}) => value[1]),
      ['1'],
    );
  });

  it('has an answer to every expression of the dashboard', async () => {
    // Rates need two scrapes.
    await eventually(async () => (await query('count_over_time(up[1m]) > 1')).length === 2, 60, 'two scrapes');
    for (const expression of dashboardExpressions()) {
      const filled = expression.replaceAll('$namespace', '.*').replaceAll('$frigate', '.*');
      assert.ok((await query(filled)).length > 0, filled);
    }
  });

  it('brings one notification about an unhealthy Frigate to the webhook within 60 s', async () => {
    const isOurs = ({groupLabels}: Notification): boolean => groupLabels['frigate_namespace'] === 'nvr';
    assert.deepEqual(notifications.filter(isOurs), []);
    const begun = Date.now();
    fleet.put(fresh(renamed(await judgedFrigate('detector-silent'), 'nvr')));
    await eventually(() => notifications.some(isOurs), 60, 'a notification about the unhealthy Frigate');
    const took = Math.round((Date.now() - begun) / 1000);
    const [first] = notifications.filter(isOurs);
    assert.deepEqual(
      first?.alerts.map(({labels}) => labels['alertname']),
      ['FrigateUnhealthy'],
    );
    assert.equal(first.alerts[0]?.annotations.summary, 'Frigate nvr/frigate is unhealthy');
    console.log(`      from the fault to the webhook: ${took} s`);
    // What follows from it has no notification of its own: not the detector, not the cameras that record nothing.
    await sleep(30_000);
    assert.equal(notifications.filter(isOurs).length, 1);
  });
});
