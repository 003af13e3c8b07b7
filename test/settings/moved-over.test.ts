/** Whoever moves over from the Python checker changes the image: its environment, word for word, arrives. */
import assert from 'node:assert/strict';
import {isSettings, load} from '../../src/settings/load.js';
import type {Settings} from '../../src/settings/settings.js';
import {settingRows} from '../../src/settings/table.js';

type Row = readonly [name: string, value: string, read: (settings: Settings) => unknown, effective: unknown];

/** The table of its README. */
const documented: readonly Row[] = [
  ['FRIGATE_HC_NAMESPACE', 'cameras', (s) => s.namespace, 'cameras'],
  ['FRIGATE_HC_DEPLOYMENT_NAME', 'nvr', (s) => s.workload, 'nvr'],
  ['FRIGATE_HC_INFERENCE_THRESHOLD_MS', '150', (s) => s.policy.inferenceLimit, 150],
  ['FRIGATE_HC_STUCK_DETECTION_THRESHOLD', '3', (s) => s.policy.stuckEvents, 3],
  ['FRIGATE_HC_BACKLOG_THRESHOLD', '7', (s) => s.policy.backlogEvents, 7],
  ['FRIGATE_HC_CONSECUTIVE_FAILURES_REQUIRED', '3', (s) => s.policy.consecutiveFailures, 3],
  ['FRIGATE_HC_MAX_RESTARTS_PER_HOUR', '3', (s) => s.policy.restartsPerHour, 3],
  ['FRIGATE_HC_SMTP_USER', 'nvr@gmail.com', (s) => s.mail?.user, 'nvr@gmail.com'],
  ['FRIGATE_HC_SMTP_PASSWORD', 'abcd efgh ijkl mnop', (s) => s.mail?.password, 'abcd efgh ijkl mnop'],
  ['FRIGATE_HC_ALERT_EMAIL', 'me@example.org', (s) => s.mail?.to, ['me@example.org']],
];

/** What only its code knows. */
const inItsCode: readonly Row[] = [
  ['FRIGATE_HC_CONFIGMAP_NAME', 'nvr-health-state', (s) => s.stateName, 'nvr-health-state'],
  ['FRIGATE_HC_POD_LABEL_SELECTOR', 'app.kubernetes.io/name=nvr', (s) => s.podSelector, 'app.kubernetes.io/name=nvr'],
  ['FRIGATE_HC_FRIGATE_API_PORT', '5001', (s) => s.apiPort, 5001],
  ['FRIGATE_HC_API_TIMEOUT_SECONDS', '15', (s) => s.apiTimeout, 15_000],
  ['FRIGATE_HC_LOG_WINDOW_MINUTES', '12', (s) => s.policy.logWindow, 720_000],
  ['FRIGATE_HC_SMTP_HOST', 'smtp.example.org', (s) => s.mail?.host, 'smtp.example.org'],
  ['FRIGATE_HC_SMTP_PORT', '587', (s) => s.mail?.port, 587],
  ['FRIGATE_HC_SKIP_CAMERAS', '["front","back yard"]', (s) => [...s.policy.skipCameras], ['front', 'back yard']],
  ['FRIGATE_HC_SKIP_RATIO_THRESHOLD', '0.7', (s) => s.policy.skipRatio, 0.7],
  ['FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS', '300', (s) => s.policy.startupGrace, 300_000],
  ['FRIGATE_HC_ALERT_COOLDOWN_SECONDS', '14400', (s) => s.policy.reminder, 14_400_000],
];

const environmentOf = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(rows.map(([name, value]) => [name, value]));

const loaded = (env: Record<string, string>): Settings => {
  const settings = load({flags: {}, env, readFile: () => null});
  assert.ok(isSettings(settings), JSON.stringify(settings));
  return settings;
};

describe('the environment of the Python checker', () => {
  for (const [what, rows] of [
    ['the ten variables of its README', documented],
    ['them and the eleven that its code knows besides', [...documented, ...inItsCode]],
  ] as const) {
    it(`arrives, with its origin: ${what}`, () => {
      const settings = loaded(environmentOf(rows));
      assert.deepEqual(settings.warnings, []);
      for (const [name, , read, effective] of rows) {
        assert.deepEqual(read(settings), effective, name);
        assert.equal(settings.origins.find((row) => row.name === name)?.origin, `env ${name}`);
      }
    });
  }

  it('is of ten and eleven variables, each the one name of its setting', () => {
    assert.deepEqual([documented.length, inItsCode.length], [10, 11]);
    const known = settingRows.map(([, {variable}]): string => variable);
    for (const [name] of [...documented, ...inItsCode])
      assert.equal(known.filter((each) => each === name).length, 1, name);
  });

  it('takes a list with commas as well, which that one refused', () => {
    const {policy} = loaded({
      ...environmentOf(inItsCode),
      FRIGATE_HC_SMTP_FROM: 'a@b',
      FRIGATE_HC_ALERT_EMAIL: 'c@d, e@f',
      FRIGATE_HC_SKIP_CAMERAS: 'front, back yard',
    });
    assert.deepEqual([...policy.skipCameras], ['front', 'back yard']);
  });

  it('takes the unprefixed names of its runbook last, each with a warning', () => {
    const runbook = {
      NAMESPACE: 'frigate',
      POD_LABEL_SELECTOR: 'app.kubernetes.io/name=frigate',
      DEPLOYMENT_NAME: 'frigate',
      CONFIGMAP_NAME: 'frigate-health-state',
      INFERENCE_THRESHOLD_MS: '100',
      LOG_WINDOW_MINUTES: '10',
    };
    const {origins, warnings} = loaded(runbook);
    assert.equal(warnings.length, 6);
    for (const [name, value] of Object.entries(runbook)) {
      assert.ok(warnings.includes(`${name} is an old name; use FRIGATE_HC_${name} instead`), name);
      assert.deepEqual(
        origins.find((row) => row.name === `FRIGATE_HC_${name}`),
        {name: `FRIGATE_HC_${name}`, value, origin: `env ${name} (deprecated)`},
      );
    }
  });
});

describe('the flags of the settings', () => {
  it('are their variables in lower case, without the unit at the end', () => {
    const strange = settingRows.filter(([, {variable, flag}]) => {
      const words = variable.replace(/^FRIGATE_HC_/, '').replace(/_(MS|SECONDS|MINUTES)$/, '');
      return flag !== null && flag !== words.toLowerCase().replaceAll('_', '-');
    });
    // It takes the other kinds as well.
    assert.deepEqual(
      strange.map(([, {flag}]) => flag),
      ['workload'],
    );
  });
});
