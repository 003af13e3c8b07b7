import assert from 'node:assert/strict';
import {known, unknown} from '../../src/core/known.js';
import type {WorkloadSearch} from '../../src/core/observation/workload.js';
import {compare} from '../../src/install/compare.js';
import {pipeline} from '../../src/install/again.js';
import {findPlace} from '../../src/install/find.js';
import {exitCodeOf, inspect, renderInspection} from '../../src/install/inspect.js';
import type {Manifest} from '../../src/install/manifest.js';
import {manifestsOf} from '../../src/install/manifests.js';
import {runInstall} from '../../src/install/run.js';
import type {ObjectName} from '../../src/kubernetes/cluster.js';
import {defaultPlan} from '../../scripts/deploy-base.js';
import {FakeWorld, aSettings} from '../support/fake-world.js';
import {aWorkload} from '../support/observation.js';

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
        said.length >= verbs.length && said.every((line) => line.startsWith('missing Role/frigate-health in frigate ')),
        said.join('\n'),
      );
    }
    const found = stored(role);
    found.rules[0]!.verbs = ['get'];
    assert.deepEqual(lines(role, found), ['missing Role/frigate-health in frigate patch deployments.apps "frigate"']);
  });

  it('does not miss what a star or a rule without names grants, and calls it more than is needed', () => {
    const role = one('Role');
    const found = {...stored(role), rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]};
    assert.deepEqual(lines(role, found), ['surplus Role/frigate-health in frigate * *.*']);
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
    found.spec.jobTemplate.spec.template.spec.containers[0]!.env.unshift({name: 'FRIGATE_HC_SKIP_RATIO', value: '0.5'});
    assert.deepEqual(lines(cronJob, found), [
      'differs CronJob/frigate-health in frigate spec.schedule is "0 * * * *", printed now: "*/5 * * * *"',
      'differs CronJob/frigate-health in frigate spec.jobTemplate.spec.template.spec.containers[frigate-health].env[FRIGATE_HC_SKIP_RATIO] is {"name":"FRIGATE_HC_SKIP_RATIO","value":"0.5"}, printed now: nothing',
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
  const standing = ({kind}: ObjectName): object => stored(one(kind));
  const codes: ReadonlyArray<readonly [string, number, Parameters<typeof reading>[0], RegExp]> = [
    ['everything is there', 0, standing, /^Everything is installed/],
    [
      'nothing is there',
      2,
      () => null,
      /^missing: ServiceAccount\/frigate-health in frigate: there is no such object\n[^]*6 differences\. To install .*: INSTALL$/m,
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
      const inspection = await inspect(reading(answer), wanted, AbortSignal.timeout(1000));
      assert.equal(exitCodeOf(inspection), code);
      assert.match(renderInspection(inspection, 'INSTALL'), says);
    });
  }
});

describe('the command that install --check names', () => {
  const place = {namespace: 'cams', workload: {kind: 'StatefulSet' as const, name: 'nvr'}};
  const choices = {flags: {}, image: null, schedule: null, smtpSecret: null};
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
      },
      "kubectl frigate-health install statefulset/nvr -n cams --via=exec --mode=observe --image=my/image:1 --schedule='*/10 * * * *' --smtp-secret=smtp | kubectl apply -f -",
    ],
    [
      'leads to the same cluster on both sides of the pipe, without the token',
      {...choices, flags: {context: 'home', token: 'hunter2'}},
      'kubectl frigate-health install statefulset/nvr -n cams --context=home | kubectl --context=home apply -f -',
    ],
  ];
  for (const [what, given, says] of cases) it(what, () => assert.equal(pipeline(given, place), says));
});

describe('where the manifests are for', () => {
  const cluster = (search: WorkloadSearch) => ({
    defaultNamespace: 'of-the-context',
    findWorkload: () => Promise.resolve(known(search)),
  });
  const signal = AbortSignal.timeout(1000);

  it('is what the cluster says', async () => {
    const {place, note} = await findPlace(
      cluster({found: 'one', workload: aWorkload({kind: 'StatefulSet', name: 'nvr'})}),
      aSettings({namespace: null}),
      null,
      signal,
    );
    assert.deepEqual(
      [place, note],
      [{namespace: 'of-the-context', workload: {kind: 'StatefulSet', name: 'nvr'}}, null],
    );
  });

  it('is what was named, without asking', async () => {
    const {place} = await findPlace(
      {defaultNamespace: 'x', findWorkload: () => assert.fail('asked')},
      aSettings({namespace: 'cams', workload: 'f'}),
      'DaemonSet',
      signal,
    );
    assert.deepEqual(place, {namespace: 'cams', workload: {kind: 'DaemonSet', name: 'f'}});
  });

  const doubts: ReadonlyArray<readonly [string, Parameters<typeof findPlace>[0], RegExp]> = [
    [
      'there is no cluster',
      'no kubeconfig',
      /^No cluster was asked where Frigate runs \(no kubeconfig\); the manifests are for deployment\/frigate in namespace frigate/,
    ],
    [
      'it cannot be asked',
      {
        defaultNamespace: null,
        findWorkload: () => Promise.resolve(unknown('unreachable', 'list deployments: refused')),
      },
      /^It is not known where Frigate runs \(list deployments: refused\)/,
    ],
    [
      'there are several',
      cluster({found: 'several', candidates: ['deployment/a', 'deployment/b']}),
      /^More than one workload may be Frigate \(deployment\/a, deployment\/b\)/,
    ],
    ['there is none', cluster({found: 'none', lookedFor: 'Deployment in n'}), /^There is no Frigate yet/],
    [
      'it has no container',
      cluster({found: 'no-container', name: 'deployment/f', containers: []}),
      /^deployment\/f has no container/,
    ],
  ];
  for (const [when, given, says] of doubts) {
    it(`is deployment/frigate, and said so, when ${when}`, async () => {
      const {place, note} = await findPlace(given, aSettings({namespace: null}), null, signal);
      assert.deepEqual(place.workload, {kind: 'Deployment', name: 'frigate'});
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
      version: '1.0.0',
    };
    const run = {
      kind: 'Deployment' as const,
      check: false,
      format: 'yaml' as const,
      signal,
      warn: () => undefined,
      open: () => assert.fail('opened'),
    };
    assert.match((await runInstall(choices, run)).text, /namespace: cams/);
    const nowhere = () => Promise.resolve({message: 'there is no cluster', fix: 'name one'});
    await assert.rejects(runInstall(choices, {...run, check: true, open: nowhere}), /there is no cluster/);
    const {cluster: fake, clock} = new FakeWorld().world();
    const gate = () => Promise.resolve({cluster: fake, clock, close: () => Promise.resolve()});
    assert.equal((await runInstall(choices, {...run, check: true, open: gate})).exitCode, 2);
  });

  it('prints nothing for a cluster that was named and is not there', async () => {
    const run = {
      kind: null,
      check: false,
      format: null,
      signal,
      warn: () => undefined,
      open: () =>
        Promise.resolve({message: 'the context "hoem" is not in the kubeconfig', fix: 'kubectl config get-contexts'}),
    };
    const choices = {
      flags: {},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      version: '1.0.0',
    };
    await assert.rejects(runInstall({...choices, flags: {context: 'hoem'}}, run), {
      exitCode: 64,
      message: 'the context "hoem" is not in the kubeconfig',
    });
    assert.match((await runInstall(choices, run)).text, /kind: CronJob/);
  });

  it('is told as text, or as one document', async () => {
    const choices = {
      flags: {namespace: 'cams'},
      env: {},
      otherVariables: [],
      image: null,
      schedule: null,
      smtpSecret: null,
      version: '1.0.0',
    };
    const {cluster: fake, clock} = new FakeWorld().world();
    const run = {
      kind: 'Deployment' as const,
      check: true,
      signal,
      warn: () => undefined,
      open: () => Promise.resolve({cluster: fake, clock, close: () => Promise.resolve()}),
    };
    assert.match((await runInstall(choices, {...run, format: null})).text, /^missing: ServiceAccount/);
    const {text, exitCode} = await runInstall(choices, {...run, format: 'json'});
    const document = JSON.parse(text) as {
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
      object: 'ServiceAccount/frigate-health in cams',
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
        format: null,
        signal,
        warn: () => undefined,
        open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
      };
      await assert.rejects(runInstall(choices, run), {exitCode});
    }
  });
});
