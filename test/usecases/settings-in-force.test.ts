import assert from 'node:assert/strict';
import {known, unknown, type Known} from '../../src/core/known.js';
import type {CronJob, InstalledDaemon} from '../../src/core/observation/observation.js';
import {minutes, seconds, type Duration} from '../../src/core/time.js';
import type {PassPorts} from '../../src/pass/ports.js';
import {cronJobObject} from '../../src/kubernetes/objects/others.js';
import {renderStateText} from '../../src/report/state-text.js';
import {isSettings, load} from '../../src/settings/load.js';
import {checkIn} from '../../src/usecases/check.js';
import {restartIn} from '../../src/usecases/restart/restart.js';
import {showStateIn} from '../../src/usecases/state.js';
import {runPass} from '../../src/pass/run-pass.js';
import {aJournal, aSettings, deadApi, FakeWorld} from '../support/fake-world.js';
import {aCronJob, ago, aPodOfAge} from '../support/observation.js';

const never = new AbortController().signal;
const check = {
  kind: null,
  allNamespaces: false,
  only: [],
  skip: [],
  failOn: 'warning',
  wait: null,
  onProgress: () => undefined,
} as const;

/** A CronJob as Kubernetes has it, parsed as the program parses it. */
const cronJob = (env: readonly object[]): CronJob => {
  const parsed = cronJobObject.parse({
    metadata: {name: 'frigate-health', namespace: 'frigate', uid: 'u'},
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        spec: {
          template: {
            spec: {
              containers: [
                {name: 'istio', image: 'istio/proxy', env: [{name: 'FRIGATE_HC_MODE', value: 'active'}]},
                {name: 'checker', image: 'ghcr.io/frigate-health/frigate-health:1', args: ['run-cron'], env},
              ],
            },
          },
        },
      },
    },
  });
  return aCronJob({...parsed, interval: minutes(1), lastScheduled: ago(seconds(20)), lastSuccessful: ago(seconds(20))});
};

const installed = cronJob([
  {name: 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR', value: '6'},
  {name: 'FRIGATE_HC_MAX_RESTARTS_PER_DAY', value: '24'},
  {name: 'FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS', value: '60'},
  {name: 'FRIGATE_HC_ALERT_EMAIL', value: 'me@example.org'},
  {name: 'FRIGATE_HC_SMTP_USER', valueFrom: {secretKeyRef: {name: 'smtp', key: 'user'}}},
  {name: 'FRIGATE_HC_SMTP_PASSWORD', value: 'hunter2'},
]);

const serve: InstalledDaemon = {
  name: 'frigate-health',
  environment: {
    values: new Map([
      ['FRIGATE_HC_MAX_RESTARTS_PER_HOUR', '4'],
      ['FRIGATE_HC_ALERT_EMAIL', 'me@example.org'],
    ]),
    references: new Map([['FRIGATE_HC_SMTP_USER', 'Secret smtp']]),
    imports: [],
  },
};

/** The daemon stored its last pass so long ago. */
const withDaemon = async (
  servedAgo: Duration,
  found: Known<InstalledDaemon | null> = known(serve),
): Promise<PassPorts> => {
  const fake = new FakeWorld();
  await runPass(fake.world(aSettings(), 'serve on a'), {request: null, dryRun: false}, aJournal().journal, never);
  fake.advance(servedAgo);
  const ports = portsWith(known(installed), fake);
  return {...ports, cluster: {...ports.cluster, readDaemon: () => Promise.resolve(found)}};
};

const portsWith = (found: Known<CronJob | null>, fake = new FakeWorld()): PassPorts => {
  fake.mailConfigured = false;
  const settings = load({env: {}, flags: {}, readFile: () => null});
  assert.ok(isSettings(settings));
  const ports = fake.world({...aSettings(), policy: settings.policy, origins: settings.origins});
  return {...ports, cluster: {...ports.cluster, readCronJob: () => Promise.resolve(found)}};
};

describe('commands judge by the settings of the installed CronJob', () => {
  it('check: grace, limits and alert channel, with the origin', async () => {
    const fake = new FakeWorld();
    fake.pod = aPodOfAge(minutes(5));
    const report = await checkIn(portsWith(known(installed), fake), check, never);
    const without = await checkIn(portsWith(known(null), fake), check, never);

    assert.deepEqual([report.summary.health, without.summary.health], ['healthy', 'starting']);
    assert.deepEqual([report.decision.breaker.limit, without.decision.breaker.limit], [6, 2]);
    const channel = (checks: typeof report.checks) => checks.find(({id}) => id === 'FRG-901')?.status;
    assert.deepEqual([channel(report.checks), channel(without.checks)], ['ok', 'info']);
    assert.deepEqual(
      report.settings.find(({name}) => name === 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR'),
      {name: 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR', value: '6', origin: 'cronjob frigate/frigate-health'},
    );
    assert.doesNotMatch(JSON.stringify(report), /hunter2/);
  });

  it('state: limits with the origin, and what could not be read', async () => {
    const plain = {colour: false, ascii: false, columns: null};
    const report = await showStateIn(portsWith(known(installed)), {history: 1}, never);
    assert.deepEqual([report.breaker.limitPerHour, report.breaker.limitPerDay], [6, 24]);
    assert.match(
      renderStateText(report, plain),
      /settings +FRIGATE_HC_MAX_RESTARTS_PER_HOUR=6 \(cronjob frigate\/frigate-health\)/,
    );

    const denied = await showStateIn(portsWith(unknown('forbidden', 'get cronjobs: 403')), {history: 1}, never);
    assert.match(
      renderStateText(denied, plain),
      /\? settings +the settings of the CronJob could not be read \(get cronjobs: 403\); limits and interval are those of this shell/,
    );
  });

  it('restart: a person is held to the same number of failures', async () => {
    const fake = new FakeWorld();
    fake.frigate = deadApi();
    await runPass(fake.world(), {request: null, dryRun: false}, aJournal().journal, never);
    fake.advance(minutes(5));
    const wish = {
      kind: null,
      who: 'alice',
      reason: 'x',
      force: false,
      dryRun: true,
      wait: null,
      onProgress: () => undefined,
    };
    const strict = cronJob([{name: 'FRIGATE_HC_CONSECUTIVE_FAILURES_REQUIRED', value: '20'}]);
    const rules: string[] = [];
    for (const found of [known(null), known(strict)]) {
      const result = await restartIn(portsWith(found, fake), wish, never);
      rules.push('decision' in result ? result.decision.rule : result.kind);
    }
    assert.deepEqual(rules, ['R-12', 'R-05']);
  });

  it('the daemon, while it is active: its settings, not those of the CronJob beside it', async () => {
    const report = await checkIn(await withDaemon(seconds(30)), check, never);
    assert.deepEqual(
      report.settings.find(({name}) => name === 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR'),
      {name: 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR', value: '4', origin: 'deployment frigate/frigate-health'},
    );
    assert.equal(report.checks.find(({id}) => id === 'FRG-901')?.status, 'ok');
    const state = await showStateIn(await withDaemon(seconds(30)), {history: 1}, never);
    assert.equal(state.breaker.limitPerHour, 4);
  });

  it('the daemon for one and a half of its own intervals, not of those of this shell', async () => {
    const slow: InstalledDaemon = {
      ...serve,
      environment: {
        ...serve.environment,
        values: new Map([...serve.environment.values, ['FRIGATE_HC_INTERVAL_MINUTES', '15']]),
      },
    };
    const after = async (age: Duration) => checkIn(await withDaemon(age, known(slow)), check, never);
    const active = await after(minutes(20));
    assert.equal(active.decision.breaker.limit, 4);
    assert.equal(active.checks.find(({id}) => id === 'FRG-105')?.status, 'ok');
    const away = await after(minutes(30));
    assert.equal(away.decision.breaker.limit, 6);
    // The CronJob of these tests was last started half an hour ago as well.
    assert.equal(away.checks.find(({id}) => id === 'FRG-105')?.status, 'critical');
  });

  it('the CronJob again once the daemon is silent, and where its Deployment cannot be read or is elsewhere', async () => {
    const limit = async (ports: PassPorts): Promise<number> =>
      (await checkIn(ports, check, never)).decision.breaker.limit;
    assert.equal(await limit(await withDaemon(minutes(60))), 6);
    assert.equal(await limit(await withDaemon(seconds(30), unknown('forbidden', '403'))), 6);
    assert.equal(await limit(await withDaemon(seconds(30), known(null))), 6);
  });

  it('reads the CronJob beside the first questions of a check, and asks nothing after it', async () => {
    const order: string[] = [];
    const fake = new FakeWorld();
    const ports = portsWith(known(installed), fake);
    const {cluster} = ports;
    await checkIn(
      {
        ...ports,
        cluster: {
          ...cluster,
          locate: (...given) => (order.push('locate'), cluster.locate(...given)),
          readConfigMap: (...given) => (order.push('state'), cluster.readConfigMap(...given)),
          readCronJob: () => (order.push('cronjob'), Promise.resolve(known(installed))),
          readNode: (...given) => (order.push('node'), cluster.readNode(...given)),
        },
      },
      check,
      never,
    );
    assert.deepEqual(order.filter((one) => one === 'cronjob').length, 1);
    assert.ok(order.indexOf('cronjob') < order.indexOf('node'), order.join(' '));
  });
});
