import assert from 'node:assert/strict';
import {FakeTimers} from '../../support/fake-timers.js';
import {known, unknown} from '../../../src/core/known.js';
import type {WorkloadSearch} from '../../../src/core/observation/workload.js';
import {compare} from '../../../src/usecases/install/compare.js';
import {permissionsCommand, pipeline} from '../../../src/usecases/install/again.js';
import {isSettings, load} from '../../../src/settings/load.js';
import {findInstallTarget} from '../../../src/usecases/install/find.js';
import {exitCodeOf, inspect, renderInspection} from '../../../src/usecases/install/inspect.js';
import type {Manifest} from '../../../src/usecases/install/manifest.js';
import {manifestsOf} from '../../../src/usecases/install/manifests.js';
import {runInstall, type Printed} from '../../../src/usecases/install/install.js';
import type {ObjectName} from '../../../src/kubernetes/cluster.js';
import {defaultPlan} from '../../../scripts/docs/deploy-base.js';
import {FakeWorld, aSettings} from '../../support/fake-world.js';
import {aWorkload} from '../../support/observation.js';

const wanted = manifestsOf(defaultPlan());
const one = (kind: Manifest['kind']): Manifest => wanted.find((manifest) => manifest.kind === kind)!;

/** A deep copy to change: what the API server would give back. */
const stored = (
  manifest: Manifest,
): {
  metadata: Record<string, unknown>;
  spec: {
    schedule: string;
    jobTemplate: {
      spec: {template: {spec: {containers: Array<{env: Array<{name: string; value: string}>; image: string}>}}};
    };
  };
  rules: Array<{verbs: string[]; resourceNames?: string[]}>;
} =>
  JSON.parse(
    JSON.stringify({...manifest, metadata: {...manifest.metadata, uid: 'u', resourceVersion: '7'}, status: {}}),
  ) as ReturnType<typeof stored>;

const lines = (manifest: Manifest, found: object | null): readonly string[] =>
  compare(manifest, found).map(({kind, object, detail}) => `${kind} ${object} ${detail}`);

const {signal} = new AbortController();

/** The document of a comparison as a reader of its JSON gets it. */
const documentOf = ({content}: Printed): unknown => {
  assert.ok(typeof content === 'object');
  return JSON.parse(JSON.stringify(content.document)) as unknown;
};

const textOf = ({content}: Printed): string => {
  assert.ok(typeof content === 'string');
  return content;
};

describe('install --check', () => {
  it('finds no difference where the API server only added its own', () => {
    for (const manifest of wanted)
      assert.deepEqual(lines(manifest, {...stored(manifest), added: 'by the server'}), [], manifest.kind);
  });

  it('names each right that was taken away', () => {
    const role = one('Role');
    const rules = stored(role).rules;
    for (const [index, {verbs}] of rules.entries()) {
      const found = stored(role);
      found.rules.splice(index, 1);
      const said = lines(role, found);
      assert.ok(
        said.length >= verbs.length &&
          said.every((line) => line.startsWith('missing Role/frigate-health-checker in frigate ')),
        said.join('\n'),
      );
    }
    const found = stored(role);
    found.rules[0]!.verbs = ['get'];
    assert.deepEqual(lines(role, found), [
      'missing Role/frigate-health-checker in frigate patch deployments.apps "frigate"',
    ]);
  });

  it('does not miss what a star or a rule without names grants, and calls it more than is needed', () => {
    const role = one('Role');
    const found = {...stored(role), rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]};
    assert.deepEqual(lines(role, found), ['surplus Role/frigate-health-checker in frigate * *.*']);
  });

  it('shows no password that somebody put into the CronJob by hand', () => {
    const cronJob = one('CronJob');
    const found = stored(cronJob);
    found.spec.jobTemplate.spec.template.spec.containers[0]!.env.push(
      {name: 'FRIGATE_HC_SMTP_PASSWORD', value: 'hunter2'},
      {name: 'FRIGATE_HC_SMTP_PASSWORD_FILE', value: '/run/password'},
    );
    const [password, file, ...others] = lines(cronJob, found);
    assert.match(password ?? '', /env\[FRIGATE_HC_SMTP_PASSWORD\] is \*\*\*, printed now: nothing$/);
    assert.match(file ?? '', /env\[FRIGATE_HC_SMTP_PASSWORD_FILE\] is .*run\/password/);
    assert.deepEqual(others, []);
  });

  it('tells a changed field by its path, and one more variable as one difference', () => {
    const cronJob = one('CronJob');
    const found = stored(cronJob);
    found.spec.schedule = '0 * * * *';
    found.spec.jobTemplate.spec.template.spec.containers[0]!.env.unshift({
      name: 'FRIGATE_HC_SKIP_RATIO_THRESHOLD',
      value: '0.5',
    });
    assert.deepEqual(lines(cronJob, found), [
      'differs CronJob/frigate-health-checker in frigate spec.schedule is "0 * * * *", printed now: "*/5 * * * *"',
      'differs CronJob/frigate-health-checker in frigate spec.jobTemplate.spec.template.spec.containers[frigate-health].env[FRIGATE_HC_SKIP_RATIO_THRESHOLD] is {"name":"FRIGATE_HC_SKIP_RATIO_THRESHOLD","value":"0.5"}, printed now: nothing',
    ]);
  });

  it('survives anything that stands there', () => {
    for (const manifest of wanted)
      for (const found of [{}, {rules: 7}, {rules: [null]}, {spec: null}, {subjects: 'x'}])
        assert.ok(compare(manifest, found));
  });

  const reading = (answer: (name: ObjectName) => object | null | 'forbidden') => ({
    readObject: (name: ObjectName) => {
      const object = answer(name);
      return Promise.resolve(
        object === 'forbidden' ? unknown('forbidden', `get ${name.kind} ${name.name}: HTTP 403`) : known(object),
      );
    },
  });
  const standing = ({kind}: ObjectName): object => stored(one(kind as Parameters<typeof one>[0]));
  const codes: ReadonlyArray<readonly [string, number, Parameters<typeof reading>[0], RegExp]> = [
    ['everything is there', 0, standing, /^Everything is installed/],
    [
      'nothing is there',
      2,
      () => null,
      /^missing: ServiceAccount\/frigate-health-checker in frigate: there is no such object\n[^]*6 differences\. To install .*: INSTALL$/m,
    ],
    [
      'one may not be read',
      3,
      (name) => (name.kind === 'ClusterRole' ? 'forbidden' : standing(name)),
      /^unknown: ClusterRole\/frigate-health-nodes: get ClusterRole.*\n1 of the objects could not be read, so that nothing is known of it\.\n$/,
    ],
    [
      'more is granted than is needed',
      1,
      (name) =>
        name.kind === 'ClusterRole'
          ? {rules: [{apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list']}]}
          : standing(name),
      /^not needed: ClusterRole\/frigate-health-nodes: list nodes/,
    ],
  ];
  for (const [when, code, answer, says] of codes) {
    it(`ends with ${code} when ${when}`, async () => {
      const inspection = await inspect(reading(answer), wanted, new FakeTimers(), signal);
      assert.equal(exitCodeOf(inspection), code);
      assert.match(renderInspection(inspection, 'INSTALL'), says);
    });
  }
});

describe('the command that install --check names', () => {
  const target = {namespace: 'cams', workload: {kind: 'StatefulSet' as const, name: 'nvr'}};
  const choices = {flags: {}, image: null, schedule: null, smtpSecret: null, notifySecret: null, permissions: false};
  const cases: ReadonlyArray<readonly [string, Parameters<typeof pipeline>[0], string]> = [
    [
      'is short where nothing else was given',
      choices,
      'kubectl frigate-health install statefulset/nvr -n cams | kubectl apply -f -',
    ],
    [
      'prints again what was compared',
      {
        flags: {mode: 'observe', via: 'exec', namespace: 'cams', workload: 'nvr', output: 'yaml'},
        image: 'my/image:1',
        schedule: '*/10 * * * *',
        smtpSecret: 'smtp',
        notifySecret: null,
        checks: {kind: 'Secret', name: 'own'},
        permissions: false,
      },
      "kubectl frigate-health install statefulset/nvr -n cams --via=exec --mode=observe --image=my/image:1 --schedule='*/10 * * * *' --smtp-secret=smtp --checks-secret=own | kubectl apply -f -",
    ],
    [
      'leads to the same cluster on both sides of the pipe, without the token',
      {...choices, flags: {context: 'home', token: 'hunter2'}},
      'kubectl frigate-health install statefulset/nvr -n cams --context=home | kubectl --context=home apply -f -',
    ],
  ];
  for (const [what, given, says] of cases) it(what, () => assert.equal(pipeline(given, target), says));
});

describe('the command that a pass without its permissions names', () => {
  const target = {namespace: 'cams', workload: {kind: 'StatefulSet' as const, name: 'nvr'}};
  const originsWith = (env: Readonly<Record<string, string>>) => {
    const settings = load({flags: {}, env, readFile: () => null});
    assert.ok(isSettings(settings));
    return settings.origins;
  };

  it('leaves the CronJob alone', () => {
    assert.equal(
      permissionsCommand(originsWith({FRIGATE_HC_SKIP_CAMERAS: 'yard', FRIGATE_HC_NAMESPACE: 'cams'}), target),
      'kubectl frigate-health install statefulset/nvr -n cams --permissions | kubectl apply -f -',
    );
  });

  it('says each setting of the pass that decides which permissions it needs, and for whom', () => {
    assert.equal(
      permissionsCommand(
        originsWith({
          FRIGATE_HC_VIA: 'exec',
          FRIGATE_HC_MODE: 'observe',
          FRIGATE_HC_CONFIGMAP_NAME: 'kept',
          FRIGATE_HC_CRONJOB: 'of-the-garden',
        }),
        target,
      ),
      'kubectl frigate-health install statefulset/nvr -n cams --permissions --configmap-name=kept --via=exec --mode=observe --cronjob=of-the-garden | kubectl apply -f -',
    );
  });
});

describe('where the manifests are for', () => {
  const cluster = (search: WorkloadSearch) => ({
    cluster: {defaultNamespace: 'of-the-context', findWorkload: () => Promise.resolve(known(search))},
    clock: new FakeTimers(),
  });

  it('is what the cluster says', async () => {
    const {target, note} = await findInstallTarget(
      cluster({found: 'one', workload: aWorkload({kind: 'StatefulSet', name: 'nvr'})}),
      aSettings({namespace: null}),
      null,
      signal,
    );
    assert.deepEqual(
      [target, note],
      [{namespace: 'of-the-context', workload: {kind: 'StatefulSet', name: 'nvr'}}, null],
    );
  });

  it('is what was named, without asking', async () => {
    const {target} = await findInstallTarget(
      {cluster: {defaultNamespace: 'x', findWorkload: () => assert.fail('asked')}, clock: new FakeTimers()},
      aSettings({namespace: 'cams', workload: 'f'}),
      'DaemonSet',
      signal,
    );
    assert.deepEqual(target, {namespace: 'cams', workload: {kind: 'DaemonSet', name: 'f'}});
  });

  const doubts: ReadonlyArray<readonly [string, Parameters<typeof findInstallTarget>[0], RegExp]> = [
    [
      'there is no cluster',
      'no kubeconfig',
      /^No cluster was asked where Frigate runs \(no kubeconfig\); the manifests are for deployment\/frigate in namespace frigate/,
    ],
    [
      'it cannot be asked',
      {
        cluster: {
          defaultNamespace: null,
          findWorkload: () => Promise.resolve(unknown('unreachable', 'list deployments: refused')),
        },
        clock: new FakeTimers(),
      },
      /^It is not known where Frigate runs \(list deployments: refused\)/,
    ],
    [
      'there are several',
      cluster({
        found: 'several',
        candidates: [
          {kind: 'Deployment', namespace: 'n', name: 'a'},
          {kind: 'Deployment', namespace: 'n', name: 'b'},
        ],
      }),
      /^More than one workload may be Frigate \(deployment\/a in namespace n, deployment\/b in namespace n\)/,
    ],
    ['there is none', cluster({found: 'none', searchedFor: 'Deployment in n'}), /^There is no Frigate yet/],
    [
      'it has no container',
      cluster({found: 'no-container', candidate: {kind: 'Deployment', namespace: 'n', name: 'f'}, containers: []}),
      /^deployment\/f in namespace n has no container/,
    ],
  ];
  for (const [when, given, says] of doubts) {
    it(`is deployment/frigate, and said so, when ${when}`, async () => {
      const {target, note} = await findInstallTarget(given, aSettings({namespace: null}), null, signal);
      assert.deepEqual(target.workload, {kind: 'Deployment', name: 'frigate'});
      assert.match(note ?? '', says);
    });
  }

  it('needs no cluster to print, and one to compare', async () => {
    const choices = {
      flags: {namespace: 'cams'},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      notifySecret: null,
      version: '1.0.0',
    };
    const run = {
      kind: 'Deployment' as const,
      check: false,
      permissions: false,
      monitor: false,
      serve: null,
      format: 'yaml' as const,
      signal,
      warn: () => undefined,
      open: () => assert.fail('opened'),
    };
    assert.match(textOf(await runInstall(choices, run)), /namespace: cams/);
    const nowhere = () => Promise.resolve({message: 'there is no cluster', fix: []});
    await assert.rejects(runInstall(choices, {...run, check: true, open: nowhere}), /there is no cluster/);
    const {cluster: fake, clock} = new FakeWorld().world();
    const gate = () => Promise.resolve({cluster: fake, clock, close: () => Promise.resolve()});
    assert.equal((await runInstall(choices, {...run, check: true, open: gate})).exitCode, 2);
  });

  it('are without the CronJob where only the permissions are wanted, printed and compared', async () => {
    const choices = {
      flags: {namespace: 'cams'},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      notifySecret: null,
      version: '1.0.0',
    };
    const {cluster: fake, clock} = new FakeWorld().world();
    const run = {
      kind: 'Deployment' as const,
      check: false,
      permissions: true,
      monitor: false,
      serve: null,
      format: 'json' as const,
      signal,
      warn: () => undefined,
      open: () => Promise.resolve({cluster: fake, clock, close: () => Promise.resolve()}),
    };
    const kinds = (JSON.parse(textOf(await runInstall(choices, run))) as {items: Manifest[]}).items.map(
      ({kind}) => kind,
    );
    assert.deepEqual(kinds, ['ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);
    const found = documentOf(await runInstall(choices, {...run, check: true})) as {
      differences: unknown[];
      install: string;
    };
    assert.equal(found.differences.length, 5);
    assert.match(found.install, / --permissions \| kubectl apply -f -$/);
  });

  it('prints nothing for a cluster that was named and is not there', async () => {
    const run = {
      kind: null,
      check: false,
      permissions: false,
      monitor: false,
      serve: null,
      format: null,
      signal,
      warn: () => undefined,
      open: () => Promise.resolve({message: 'the context "hoem" is not in the kubeconfig', fix: []}),
    };
    const choices = {
      flags: {},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      notifySecret: null,
      version: '1.0.0',
    };
    await assert.rejects(runInstall({...choices, flags: {context: 'hoem'}}, run), {
      exitCode: 64,
      message: 'the context "hoem" is not in the kubeconfig',
    });
    assert.match(textOf(await runInstall(choices, run)), /kind: CronJob/);
  });

  it('is told as text, or as one document', async () => {
    const choices = {
      flags: {namespace: 'cams'},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      notifySecret: null,
      version: '1.0.0',
    };
    const {cluster: fake, clock} = new FakeWorld().world();
    const run = {
      kind: 'Deployment' as const,
      check: true,
      permissions: false,
      monitor: false,
      serve: null,
      signal,
      warn: () => undefined,
      open: () => Promise.resolve({cluster: fake, clock, close: () => Promise.resolve()}),
    };
    assert.match(textOf(await runInstall(choices, {...run, format: null})), /^missing: ServiceAccount/);
    const {content, exitCode} = await runInstall(choices, {...run, format: 'json'});
    assert.ok(typeof content === 'object');
    const document = JSON.parse(JSON.stringify(content.document)) as {
      kind: string;
      exitCode: number;
      differences: Array<{kind: string; object: string}>;
      unseen: unknown[];
      install: string;
    };
    assert.deepEqual(
      [document.kind, document.exitCode, exitCode, document.differences.length, document.unseen.length],
      ['InstallationCheck', 2, 2, 6, 0],
    );
    assert.deepEqual(document.differences[0], {
      kind: 'missing',
      object: 'ServiceAccount/frigate-health-checker in cams',
      detail: 'there is no such object',
    });
    assert.match(document.install, /^kubectl frigate-health install deployment\/frigate -n cams/);
  });

  it('ends with why, once, where nothing at all can be read', async () => {
    const choices = {
      flags: {namespace: 'cams'},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      notifySecret: null,
      version: '1.0.0',
    };
    const {cluster: fake, clock} = new FakeWorld().world();
    for (const [code, exitCode] of [
      ['unreachable', 69],
      ['forbidden', 77],
    ] as const) {
      const cluster = {...fake, readObject: () => Promise.resolve(unknown(code, 'get: no'))};
      const run = {
        kind: 'Deployment' as const,
        check: true,
        permissions: false,
        monitor: false,
        serve: null,
        format: null,
        signal,
        warn: () => undefined,
        open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
      };
      await assert.rejects(runInstall(choices, run), {exitCode});
    }
  });
});
