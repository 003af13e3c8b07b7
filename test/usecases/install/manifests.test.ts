import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseAllDocuments} from 'yaml';
import {defaultBase, defaultPlan} from '../../../scripts/docs/deploy-base.js';
import {permissionsIn, rulesOf, type PolicyRule} from '../../../src/usecases/install/access.js';
import {planOf, settingsInPod, type InstallChoices} from '../../../src/usecases/install/make-plan.js';
import type {Manifest} from '../../../src/usecases/install/manifest.js';
import {manifestsOf} from '../../../src/usecases/install/manifests.js';
import {permissionsOf, type InstallPlan} from '../../../src/usecases/install/plan.js';
import {renderManifests} from '../../../src/usecases/install/render.js';
import {CommandFailure} from '../../../src/outcome/failure.js';

interface PodSpec {
  readonly containers: ReadonlyArray<{
    readonly image: string;
    readonly env: ReadonlyArray<{readonly name: string; readonly value: string}>;
    readonly volumeMounts?: ReadonlyArray<{readonly name: string}>;
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly resources: unknown;
  }>;
  readonly volumes?: ReadonlyArray<{readonly name: string}>;
  readonly securityContext: Readonly<Record<string, unknown>>;
}

interface CronJobSpec {
  readonly schedule: string;
  readonly concurrencyPolicy: string;
  readonly startingDeadlineSeconds: number;
  readonly jobTemplate: {
    readonly metadata: {readonly labels: Readonly<Record<string, string>>};
    readonly spec: {
      readonly backoffLimit: number;
      readonly activeDeadlineSeconds: number;
      readonly template: {
        readonly metadata: {readonly labels: Readonly<Record<string, string>>};
        readonly spec: PodSpec;
      };
    };
  };
}

const planWith = (
  choices: Partial<InstallChoices> = {},
  where: Partial<Pick<InstallPlan, 'namespace' | 'workload'>> = {},
): InstallPlan => {
  const all: InstallChoices = {
    flags: {},
    env: {},
    otherVariables: [],
    image: null,
    schedule: null,
    smtpSecret: null,
    notifySecret: null,
    version: '1.2.3',
    ...choices,
  };
  return planOf(all, settingsInPod(all), {namespace: 'nvr', workload: {kind: 'Deployment', name: 'frigate'}, ...where});
};

const manifest = (plan: InstallPlan, kind: Manifest['kind']): Manifest => {
  const found = manifestsOf(plan).find((each) => each.kind === kind);
  assert.ok(found, kind);
  return found;
};

const cronSpec = (plan: InstallPlan): CronJobSpec => manifest(plan, 'CronJob')['spec'] as unknown as CronJobSpec;
const podSpec = (plan: InstallPlan): PodSpec => cronSpec(plan).jobTemplate.spec.template.spec;
const envOf = (plan: InstallPlan): Readonly<Record<string, string>> =>
  Object.fromEntries(podSpec(plan).containers[0]!.env.map(({name, value}) => [name, value]));
const rulesIn = (plan: InstallPlan, kind: 'Role' | 'ClusterRole'): readonly PolicyRule[] =>
  manifest(plan, kind)['rules'] as unknown as readonly PolicyRule[];
const refusal = (choices: Partial<InstallChoices>): string => {
  try {
    planWith(choices);
  } catch (error) {
    assert.ok(error instanceof CommandFailure);
    assert.deepEqual([error.exitCode, error.message.includes('\n')], [64, false]);
    assert.ok(error.fix);
    return error.message;
  }
  return assert.fail('it was not refused');
};

describe('the manifests', () => {
  it('grant exactly the rights of the table, in every mode and by every way', () => {
    for (const mode of ['active', 'observe']) {
      for (const via of ['auto', 'direct', 'proxy', 'exec', 'port-forward']) {
        const plan = planWith({flags: {mode, via}});
        const granted = [
          ...permissionsIn(rulesIn(plan, 'Role'), 'nvr'),
          ...permissionsIn(rulesIn(plan, 'ClusterRole'), null),
        ];
        const words = (rights: typeof granted): readonly string[] =>
          rights.map((right) => JSON.stringify(right)).sort();
        assert.deepEqual(words(granted), words([...permissionsOf(plan)]), `${mode} ${via}`);
      }
    }
  });

  it('take channels and heartbeat from a Secret, and never from the shell into the manifest', () => {
    const plan = planWith({notifySecret: 'frigate-health-notify', env: {FRIGATE_HC_NOTIFY: 'gotify://hidden@push'}});
    const text = renderManifests([manifest(plan, 'CronJob')], 'json');
    assert.ok(!text.includes('hidden'));
    assert.deepEqual(
      podSpec(plan).containers[0]!.env.slice(-2),
      ['FRIGATE_HC_NOTIFY', 'FRIGATE_HC_HEARTBEAT_URL'].map((name) => ({
        name,
        valueFrom: {secretKeyRef: {name: 'frigate-health-notify', key: name, optional: true}},
      })),
    );
    assert.match(refusal({env: {FRIGATE_HC_NOTIFY: 'gotify://hidden@push'}}), /^FRIGATE_HC_NOTIFY holds secrets/);
    assert.match(refusal({env: {FRIGATE_HC_HEARTBEAT_URL: 'https://hc/1'}}), /^FRIGATE_HC_HEARTBEAT_URL holds secrets/);
    assert.match(refusal({notifySecret: 'My Secret'}), /--notify-secret="My Secret" is no name of a Secret/);
  });

  for (const [kind, volume] of [
    ['ConfigMap', {name: 'checks', configMap: {name: 'own', optional: true}}],
    ['Secret', {name: 'checks', secret: {secretName: 'own', defaultMode: 0o440, optional: true}}],
  ] as const)
    it(`mount the checks of the user’s own from a ${kind}, whatever file this shell names`, () => {
      const plan = planWith({checks: {kind, name: 'own'}, env: {FRIGATE_HC_CHECKS_FILE: '/home/me/checks.yaml'}});
      assert.equal(envOf(plan)['FRIGATE_HC_CHECKS_FILE'], '/etc/frigate-health/checks/checks.yaml');
      const {volumes, containers} = podSpec(plan);
      assert.deepEqual(volumes, [volume]);
      assert.deepEqual(containers[0]?.volumeMounts, [
        {name: 'checks', mountPath: '/etc/frigate-health/checks', readOnly: true},
      ]);
      const both = podSpec(planWith({checks: {kind, name: 'own'}, smtpSecret: 'mail'}));
      assert.deepEqual(
        [both.volumes, both.containers[0]?.volumeMounts].map((list) => list?.map(({name}) => name)),
        [
          ['smtp', 'checks'],
          ['smtp', 'checks'],
        ],
      );
    });

  it('name no file with checks where none is mounted', () => {
    const plan = planWith({env: {FRIGATE_HC_CHECKS_FILE: '/home/me/checks.yaml'}});
    assert.deepEqual([envOf(plan)['FRIGATE_HC_CHECKS_FILE'], podSpec(plan).volumes], [undefined, undefined]);
    assert.match(
      refusal({checks: {kind: 'ConfigMap', name: 'My File'}}),
      /--checks-configmap="My File" is no name of a/,
    );
    assert.match(
      refusal({checks: {kind: 'Secret', name: 'My File'}}),
      /--checks-secret="My File" is no name of a Secret/,
    );
  });

  it('grant no star, no deletion, no secret, and nothing on pods but to read them where exec is not chosen', () => {
    const text = renderManifests([manifest(planWith(), 'Role'), manifest(planWith(), 'ClusterRole')], 'json');
    for (const never of ['"*"', 'delete', 'secrets', 'pods/exec', 'escalate', 'bind'])
      assert.ok(!text.includes(never), never);
  });

  it('patch one workload by its name, and none when they only observe', () => {
    const patches = (mode: string): readonly PolicyRule[] =>
      rulesIn(planWith({flags: {mode}}, {workload: {kind: 'StatefulSet', name: 'nvr'}}), 'Role').filter(({verbs}) =>
        verbs.includes('patch'),
      );
    assert.deepEqual(
      patches('active').map(({resources, resourceNames}) => [resources, resourceNames]),
      [[['statefulsets'], ['nvr']]],
    );
    assert.deepEqual(patches('observe'), []);
  });

  it('never merge rules into a product that grants more', () => {
    const right = (verb: string, resource: string, name: string | null) => ({
      verb,
      group: '',
      resource,
      namespace: 'n',
      name,
    });
    const rights = [
      right('get', 'a', 'x'),
      right('update', 'a', 'y'),
      right('list', 'b', null),
      right('get', 'a', null),
    ];
    const again = permissionsIn(rulesOf(rights), 'n')
      .map((each) => JSON.stringify(each))
      .sort();
    assert.deepEqual(again, rights.map((each) => JSON.stringify(each)).sort());
  });

  it('run one pass at a time, never twice, and end it before the next', () => {
    const spec = cronSpec(planWith());
    assert.deepEqual(
      [spec.schedule, spec.concurrencyPolicy, spec.jobTemplate.spec.backoffLimit, spec.startingDeadlineSeconds],
      ['*/5 * * * *', 'Forbid', 0, 120],
    );
    for (const interval of ['1', '2', '5', '30', '60']) {
      const plan = planWith({flags: {interval, deadline: '30s', 'log-window': '60'}});
      const {activeDeadlineSeconds} = cronSpec(plan).jobTemplate.spec;
      assert.ok(activeDeadlineSeconds > plan.deadline && activeDeadlineSeconds < plan.interval * 60, interval);
      assert.ok(cronSpec(plan).startingDeadlineSeconds >= 30);
    }
  });

  it('give the pod nothing that it does not need', () => {
    const {securityContext, containers} = podSpec(planWith());
    assert.deepEqual(securityContext, {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      fsGroup: 65_532,
      seccompProfile: {type: 'RuntimeDefault'},
    });
    assert.deepEqual(containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: {drop: ['ALL']},
    });
    assert.ok(containers[0].resources);
  });

  it('carry no label by which Frigate itself is found', () => {
    for (const {metadata} of manifestsOf(planWith())) assert.ok(!Object.values(metadata.labels).includes('frigate'));
    assert.ok(!Object.values(cronSpec(planWith()).jobTemplate.spec.template.metadata.labels).includes('frigate'));
  });

  it('have the names and the label that the runbook of the Python checker asks for', () => {
    const plan = planWith();
    for (const kind of ['CronJob', 'ServiceAccount', 'Role', 'RoleBinding'] as const)
      assert.equal(manifest(plan, kind).metadata.name, 'frigate-health-checker', kind);
    const {jobTemplate} = cronSpec(plan);
    for (const {labels} of [
      manifest(plan, 'CronJob').metadata,
      jobTemplate.metadata,
      jobTemplate.spec.template.metadata,
    ]) {
      assert.equal(labels['app'], 'frigate-health-checker');
      assert.equal(labels['app.kubernetes.io/instance'], 'frigate-health-checker');
    }
  });

  it('are found by the same label under another name', () => {
    const job = manifest(planWith({flags: {cronjob: 'of-the-garden'}}), 'CronJob').metadata;
    assert.deepEqual(
      [job.name, job.labels['app'], job.labels['app.kubernetes.io/instance']],
      ['of-the-garden', 'frigate-health-checker', 'of-the-garden'],
    );
  });

  it('hand on every setting that was given, by flag or variable, and no default', () => {
    const env = envOf(
      planWith({
        flags: {'max-restarts-per-hour': '1'},
        env: {FRIGATE_HC_SKIP_CAMERAS: 'garage,back', INFERENCE_THRESHOLD_MS: '50', HOME: '/root'},
      }),
    );
    assert.deepEqual(env, {
      FRIGATE_HC_DEPLOYMENT_NAME: 'frigate',
      FRIGATE_HC_MODE: 'active',
      FRIGATE_HC_VIA: 'auto',
      FRIGATE_HC_INTERVAL_MINUTES: '5',
      FRIGATE_HC_INFERENCE_THRESHOLD_MS: '50',
      FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '1',
      FRIGATE_HC_SKIP_CAMERAS: 'garage,back',
    });
  });

  it('give the mail password as a file from a Secret', () => {
    const plan = planWith({
      smtpSecret: 'mail',
      notifySecret: null,
      env: {
        FRIGATE_HC_SMTP_HOST: 'mail.example',
        FRIGATE_HC_SMTP_USER: 'nvr@example.com',
        FRIGATE_HC_ALERT_EMAIL: 'a@example.com',
        FRIGATE_HC_SMTP_PASSWORD: 'hush',
      },
    });
    assert.equal(envOf(plan)['FRIGATE_HC_SMTP_PASSWORD_FILE'], '/etc/frigate-health/smtp/password');
    assert.deepEqual(podSpec(plan).volumes, [{name: 'smtp', secret: {secretName: 'mail', defaultMode: 0o440}}]);
    assert.ok(!renderManifests(manifestsOf(plan), 'yaml').includes('hush'));
  });

  it('never hold a password', () => {
    const mail = {
      FRIGATE_HC_SMTP_HOST: 'mail.example',
      FRIGATE_HC_SMTP_USER: 'nvr@example.com',
      FRIGATE_HC_ALERT_EMAIL: 'a@example.com',
    };
    assert.match(refusal({env: {...mail, FRIGATE_HC_SMTP_PASSWORD: 'hush'}}), /does not belong in a manifest/);
    assert.match(
      refusal({env: {...mail, FRIGATE_HC_SMTP_PASSWORD_FILE: '/home/me/password'}}),
      /does not belong in a manifest/,
    );
  });

  const refused: ReadonlyArray<readonly [string, Partial<InstallChoices>, RegExp]> = [
    ['an interval that does not divide an hour', {flags: {interval: '7'}}, /no whole number of intervals of 7 minutes/],
    [
      'a schedule and an interval that disagree',
      {flags: {interval: '10'}, schedule: '*/5 * * * *'},
      /every 5 minutes and the interval is 10/,
    ],
    ['a schedule that is none', {schedule: 'every five minutes'}, /no cron expression/],
    ['a minute that no hour has', {schedule: '99 * * * *'}, /no cron expression/],
    ['a schedule slower than the longest interval', {schedule: '0 */2 * * *'}, /starts every 120 minutes/],
    ['a schedule of unequal steps without an interval', {schedule: '0 6-22 * * *'}, /cannot be derived/],
    ['a pass longer than the interval of the schedule', {schedule: '* * * * *', flags: {}}, /does not fit into 1 min/],
    ['a bad setting', {flags: {'frigate-api-port': 'x'}}, /frigate-api-port/],
  ];
  for (const [what, choices, says] of refused)
    it(`are not printed for ${what}`, () => assert.match(refusal(choices), says));

  it('tell the interval that the schedule has, so that R-05 counts in the same steps', () => {
    assert.equal(envOf(planWith({schedule: '*/10 * * * *'}))['FRIGATE_HC_INTERVAL_MINUTES'], '10');
    assert.equal(
      envOf(planWith({schedule: '17 * * * *', flags: {'log-window': '60'}}))['FRIGATE_HC_INTERVAL_MINUTES'],
      '60',
    );
    assert.equal(
      envOf(planWith({schedule: '0,30 * * * *', flags: {'log-window': '30'}}))['FRIGATE_HC_INTERVAL_MINUTES'],
      '30',
    );
    assert.equal(cronSpec(planWith({flags: {interval: '15', 'log-window': '15'}})).schedule, '*/15 * * * *');
  });

  it('are the same objects as YAML and as JSON', () => {
    const manifests = manifestsOf(planWith());
    const documents = parseAllDocuments(renderManifests(manifests, 'yaml'));
    assert.ok(!('empty' in documents));
    assert.deepEqual(
      documents.map((document) => document.toJS() as unknown),
      manifests,
    );
    assert.deepEqual((JSON.parse(renderManifests(manifests, 'json')) as {items: unknown}).items, manifests);
  });
});

describe('deploy/base', () => {
  const folder = path.resolve(import.meta.dirname, '../../../deploy/base');

  it('is what the code makes: npm run deploy', () => {
    const files = defaultBase();
    assert.deepEqual(readdirSync(folder).sort(), [...files.keys()].sort());
    for (const [name, text] of files) assert.equal(readFileSync(path.join(folder, name), 'utf8'), text, name);
  });

  it('holds the very objects that install prints', () => {
    const printed = manifestsOf(defaultPlan());
    const written = parseAllDocuments(
      readdirSync(folder)
        .filter((name) => name !== 'kustomization.yaml')
        .map((name) => readFileSync(path.join(folder, name), 'utf8'))
        .join('---\n'),
    );
    assert.ok(!('empty' in written));
    const byKind = (objects: readonly unknown[]): readonly string[] =>
      objects.map((object) => JSON.stringify(object)).sort();
    assert.deepEqual(byKind(written.map((document) => document.toJS() as unknown)), byKind(printed));
  });
});
