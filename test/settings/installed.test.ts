import assert from 'node:assert/strict';
import type {InstalledEnvironment} from '../../src/core/observation/observation.js';
import {minutes, seconds} from '../../src/core/time.js';
import {sendsAlerts, settingsInForce} from '../../src/settings/installed.js';
import {isSettings, load} from '../../src/settings/load.js';
import {JUDGING_KEYS} from '../../src/settings/policy.js';
import type {Settings} from '../../src/settings/settings.js';
import {settingRows, TABLE} from '../../src/settings/table.js';

const ORIGIN = 'cronjob frigate/frigate-health-checker';

const environment = (
  values: Readonly<Record<string, string>>,
  others: Partial<InstalledEnvironment> = {},
): InstalledEnvironment => ({values: new Map(Object.entries(values)), references: new Map(), imports: [], ...others});

const loaded = (env: Readonly<Record<string, string>> = {}, flags: Readonly<Record<string, string>> = {}): Settings => {
  const settings = load({env, flags, readFile: () => null});
  assert.ok(isSettings(settings));
  return settings;
};

const inForce = (settings: Settings, installed: InstalledEnvironment): Settings =>
  settingsInForce(settings, {kind: 'CronJob', origin: ORIGIN, environment: installed});

const originOf = (settings: Settings, name: string): readonly [string | undefined, string | undefined] => {
  const found = settings.origins.find((setting) => setting.name === name);
  return [found?.value, found?.origin];
};

describe('the settings in force', () => {
  it('are those of the installed checker, with their origin, where this shell gives none', () => {
    const settings = inForce(
      loaded(),
      environment({
        FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '6',
        FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS: '60',
        FRIGATE_HC_INTERVAL_MINUTES: '1',
        FRIGATE_HC_MODE: 'observe',
        FRIGATE_HC_SKIP_CAMERAS: 'porch, shed',
        INFERENCE_THRESHOLD_MS: '40',
      }),
    );
    const {restartsPerHour, startupGrace, interval, mode, skipCameras, inferenceLimit} = settings.policy;
    assert.deepEqual(
      [restartsPerHour, startupGrace, interval, mode, [...skipCameras], inferenceLimit],
      [6, seconds(60), minutes(1), 'observe', ['porch', 'shed'], 40],
    );
    assert.deepEqual(originOf(settings, 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR'), ['6', ORIGIN]);
    assert.deepEqual(originOf(settings, 'FRIGATE_HC_MAX_RESTARTS_PER_DAY'), ['6', 'default']);
  });

  it('give way to a variable and a flag of this shell', () => {
    const installed = environment({FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '6', FRIGATE_HC_MODE: 'observe'});
    const settings = inForce(loaded({FRIGATE_HC_MODE: 'active'}, {'max-restarts-per-hour': '1'}), installed);
    assert.deepEqual([settings.policy.restartsPerHour, settings.policy.mode], [1, 'active']);
    assert.deepEqual(originOf(settings, 'FRIGATE_HC_MODE'), ['active', 'env FRIGATE_HC_MODE']);
  });

  it('take nothing but what judges: no transport, no deadline, no credential', () => {
    const foreign = Object.fromEntries(
      settingRows
        .filter(([key]) => !JUDGING_KEYS.some((judging) => judging === key))
        .map(([, {variable}]) => [variable, '7']),
    );
    const before = loaded();
    assert.deepEqual(inForce(before, environment(foreign)), before);
  });

  it('say what cannot be read: a Secret, whole objects, a value that is not allowed', () => {
    const {variable} = TABLE.restartsPerHour;
    const secret = inForce(loaded(), environment({}, {references: new Map([[variable, 'Secret limits']])}));
    assert.deepEqual(originOf(secret, variable), ['2', `default (${ORIGIN} takes it from Secret limits, not read)`]);

    const imported = inForce(loaded(), environment({FRIGATE_HC_MODE: 'observe'}, {imports: ['ConfigMap checker']}));
    assert.equal(
      originOf(imported, variable)[1],
      `default (${ORIGIN} takes variables from ConfigMap checker, not read)`,
    );
    assert.equal(originOf(imported, 'FRIGATE_HC_MODE')[1], ORIGIN);

    const bad = inForce(loaded(), environment({[variable]: '99'}));
    assert.equal(bad.policy.restartsPerHour, 2);
    assert.match(
      originOf(bad, variable)[1] ?? '',
      /^default \(cronjob .* has "99"; allowed: a whole number from 1 to 6\)$/,
    );
  });

  it('know whether the installed checker sends alerts', () => {
    const mail = {FRIGATE_HC_ALERT_EMAIL: 'me@example.org'};
    const sends = (installed: InstalledEnvironment): boolean | null =>
      sendsAlerts({kind: 'CronJob', origin: ORIGIN, environment: installed});
    assert.equal(sends(environment({...mail, FRIGATE_HC_SMTP_USER: 'me@gmail.com'})), true);
    assert.equal(sends(environment(mail, {references: new Map([['FRIGATE_HC_SMTP_HOST', 'ConfigMap mail']])})), true);
    assert.equal(sends(environment(mail)), false);
    assert.equal(sends(environment({}, {imports: ['Secret mail']})), null);
  });
});
