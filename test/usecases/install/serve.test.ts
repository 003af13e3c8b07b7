import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseAllDocuments} from 'yaml';
import {defaultServePlan, serveBase} from '../../../scripts/docs/deploy-base.js';
import type {Permission} from '../../../src/core/observation/observation.js';
import {CommandFailure} from '../../../src/outcome/failure.js';
import {permissionsFor} from '../../../src/pass/permissions.js';
import {permissionsIn, type PolicyRule} from '../../../src/usecases/install/access.js';
import {servePipeline} from '../../../src/usecases/install/again.js';
import {compare} from '../../../src/usecases/install/compare.js';
import {settingsInPod, type InstallChoices} from '../../../src/usecases/install/make-plan.js';
import type {Manifest} from '../../../src/usecases/install/manifest.js';
import {renderManifests} from '../../../src/usecases/install/render.js';
import {serveManifests} from '../../../src/usecases/install/serve/serve-manifests.js';
import {servePlanOf, type ServePlan, type ServeScope} from '../../../src/usecases/install/serve/serve-plan.js';

const planWith = (choices: Partial<InstallChoices> = {}, scope: Partial<ServeScope> = {}): ServePlan => {
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
  return servePlanOf(all, settingsInPod(all), 'nvr', {fleet: false, namespaces: [], ...scope});
};

const named = (plan: ServePlan, kind: Manifest['kind'], name?: string): Manifest => {
  const found = serveManifests(plan).find(
    (each) => each.kind === kind && (name === undefined || each.metadata.name === name),
  );
  assert.ok(found, `${kind} ${name}`);
  return found;
};

/** What the account has in a namespace by all roles that are bound there; `null`: only what it has in the whole cluster. */
const grantedIn = (plan: ServePlan, namespace: string | null): readonly Permission[] => {
  const manifests = serveManifests(plan);
  const rolesBound = manifests
    .filter(
      ({kind, metadata}) =>
        kind === 'ClusterRoleBinding' || (kind === 'RoleBinding' && metadata.namespace === namespace),
    )
    .map((binding) => ({
      role: binding['roleRef'] as unknown as {readonly kind: string; readonly name: string},
      at: binding.metadata.namespace,
    }));
  return rolesBound.flatMap(({role, at}) => {
    const found = manifests.find(
      ({kind, metadata}) =>
        kind === role.kind && metadata.name === role.name && (kind === 'ClusterRole' || metadata.namespace === at),
    );
    assert.ok(found, role.name);
    return permissionsIn(found['rules'] as unknown as readonly PolicyRule[], namespace);
  });
};

const has = (granted: readonly Permission[], {verb, group, resource, name}: Permission): boolean =>
  granted.some(
    (each) =>
      each.verb === verb &&
      each.group === group &&
      each.resource === resource &&
      (each.name === null || each.name === name),
  );

const right = (verb: string, group: string, resource: string, name: string | null = null): Permission => ({
  verb,
  group,
  resource,
  namespace: null,
  name,
});

interface PodSpec {
  readonly securityContext: unknown;
  readonly volumes?: unknown;
  readonly containers: ReadonlyArray<
    Readonly<Record<string, unknown>> & {
      readonly args: readonly string[];
      readonly env: ReadonlyArray<{readonly name: string; readonly value?: string}>;
    }
  >;
}

const deploymentOf = (plan: ServePlan) =>
  named(plan, 'Deployment')['spec'] as unknown as {
    readonly replicas: number;
    readonly selector: {readonly matchLabels: Readonly<Record<string, string>>};
    readonly template: {readonly metadata: {readonly labels: Readonly<Record<string, string>>}; readonly spec: PodSpec};
  };

describe('the manifests of serve', () => {
  it('grant in each namespace what a pass over any Frigate of it needs, whatever the transport', () => {
    for (const fleet of [false, true])
      for (const mode of ['active', 'observe'])
        for (const via of ['auto', 'exec', 'port-forward'] as const) {
          const plan = planWith({flags: {mode, via}}, {fleet, namespaces: ['a', 'b']});
          for (const resource of ['deployments', 'statefulsets', 'daemonsets'] as const)
            for (const namespace of ['a', 'b']) {
              const granted = grantedIn(plan, namespace);
              const missing = permissionsFor({
                namespace,
                workload: {resource, name: 'any'},
                stateName: 'frigate-health-state-any',
                cronJobName: null,
                via,
                mode: mode === 'active' ? 'act' : 'observe',
              }).filter((each) => !has(granted, each));
              assert.deepEqual(missing, [], `${fleet} ${mode} ${via} ${resource}`);
            }
        }
  });

  it('grant the Lease by its name, in the namespace of the daemon alone', () => {
    const plan = planWith({}, {namespaces: ['a']});
    for (const verb of ['get', 'update'])
      assert.ok(has(grantedIn(plan, 'nvr'), right(verb, 'coordination.k8s.io', 'leases', 'frigate-health')), verb);
    assert.ok(!has(grantedIn(plan, 'nvr'), right('update', 'coordination.k8s.io', 'leases', 'another')));
    assert.ok(!has(grantedIn(plan, 'a'), right('get', 'coordination.k8s.io', 'leases', 'frigate-health')));
  });

  it('let a fleet be read everywhere, and patched or entered only where it was opted in', () => {
    const plan = planWith({}, {fleet: true, namespaces: ['home']});
    const elsewhere = grantedIn(plan, 'office');
    assert.ok(has(elsewhere, right('watch', '', 'pods')));
    for (const never of [
      right('patch', 'apps', 'deployments', 'frigate'),
      right('get', '', 'pods/proxy'),
      right('get', '', 'configmaps', 'frigate-health-state'),
      right('create', '', 'configmaps'),
    ])
      assert.ok(!has(elsewhere, never), JSON.stringify(never));
    assert.ok(has(grantedIn(plan, 'home'), right('patch', 'apps', 'deployments', 'frigate')));
    assert.deepEqual(deploymentOf(plan).template.spec.containers[0]?.args, ['serve', '--all-namespaces']);
  });

  it('grant no patch where it only observes, and never a star, a deletion or a Secret', () => {
    for (const fleet of [false, true]) {
      const text = renderManifests(serveManifests(planWith({}, {fleet})), 'json');
      for (const never of ['"*"', '"delete"', '"secrets"', 'pods/exec', 'escalate', 'impersonate'])
        assert.ok(!text.includes(never), never);
      assert.ok(text.includes('"patch"'));
      const observing = serveManifests(planWith({flags: {mode: 'observe'}}, {fleet}));
      assert.ok(!renderManifests(observing, 'json').includes('"patch"'));
    }
  });

  it('observe the namespaces that are named, and say nothing of their own', () => {
    const argsOf = (plan: ServePlan): unknown => deploymentOf(plan).template.spec.containers[0]?.args;
    assert.deepEqual(argsOf(planWith()), ['serve']);
    assert.deepEqual(argsOf(planWith({}, {namespaces: ['b', 'a', 'b']})), ['serve', '--namespaces=a,b']);
  });

  it('run two replicas that nobody else selects, each with the three probes and nothing that it does not need', () => {
    const plan = planWith();
    const {replicas, selector, template} = deploymentOf(plan);
    assert.equal(replicas, 2);
    assert.equal(selector.matchLabels['app.kubernetes.io/component'], 'serve');
    for (const [key, value] of Object.entries(selector.matchLabels)) assert.equal(template.metadata.labels[key], value);
    for (const kind of ['Service', 'PodDisruptionBudget', 'NetworkPolicy'] as const)
      assert.ok(JSON.stringify(named(plan, kind)['spec']).includes(JSON.stringify(selector.matchLabels)), kind);
    const [container] = template.spec.containers;
    const pathOf = (probe: string): unknown =>
      (container?.[probe] as {readonly httpGet: {readonly path: string}}).httpGet.path;
    assert.deepEqual(['startupProbe', 'livenessProbe', 'readinessProbe'].map(pathOf), [
      '/startup',
      '/health',
      '/ready',
    ]);
    assert.deepEqual(container?.['securityContext'], {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: {drop: ['ALL']},
    });
    assert.deepEqual(template.spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      fsGroup: 65_532,
      seccompProfile: {type: 'RuntimeDefault'},
    });
    assert.ok(!Object.values(template.metadata.labels).includes('frigate'));
  });

  it('refuse by policy, for this account alone, what its permissions would let it change', () => {
    const policy = JSON.stringify(named(planWith({flags: {'configmap-name': 'kept'}}), 'ValidatingAdmissionPolicy'));
    assert.ok(policy.includes("request.userInfo.username == 'system:serviceaccount:nvr:frigate-health'"));
    assert.ok(policy.includes("['kubectl.kubernetes.io/restartedAt', 'frigate-health.io/attempt']"));
    assert.ok(policy.includes("object.metadata.name.startsWith('kept-')"));
    assert.deepEqual(named(planWith(), 'ValidatingAdmissionPolicyBinding')['spec'], {
      policyName: 'frigate-health-serve-nvr',
      validationActions: ['Deny'],
    });
  });

  it('stand in an order in which nothing is bound before it is there, and no right before the policy', () => {
    for (const fleet of [false, true]) {
      const kinds = serveManifests(planWith({}, {fleet, namespaces: ['a']})).map(({kind}) => kind);
      assert.equal(kinds[0], 'ValidatingAdmissionPolicy');
      assert.equal(kinds.at(-1), 'Deployment');
      assert.ok(kinds.indexOf('ClusterRole') < kinds.indexOf('ClusterRoleBinding'));
    }
  });

  it('hand on the settings, and no secret', () => {
    const plan = planWith({
      flags: {profile: 'fast'},
      env: {FRIGATE_HC_NOTIFY: 'gotify://hidden@push'},
      notifySecret: 'channels',
    });
    const env = deploymentOf(plan).template.spec.containers[0]?.env ?? [];
    assert.ok(env.some(({name, value}) => name === 'FRIGATE_HC_PROFILE' && value === 'fast'));
    assert.ok(!env.some(({name}) => name === 'FRIGATE_HC_DEPLOYMENT_NAME'));
    assert.ok(!renderManifests(serveManifests(plan), 'json').includes('hidden'));
  });

  it('mount the checks of the user’s own where serve reads them again when they change', () => {
    const {spec} = deploymentOf(planWith({checks: {kind: 'ConfigMap', name: 'own'}})).template;
    assert.deepEqual(spec.volumes, [{name: 'checks', configMap: {name: 'own', optional: true}}]);
    const [container] = spec.containers;
    // A mount with subPath would never change.
    assert.deepEqual(container?.['volumeMounts'], [
      {name: 'checks', mountPath: '/etc/frigate-health/checks', readOnly: true},
    ]);
    assert.deepEqual(
      container.env.filter(({name}) => name === 'FRIGATE_HC_CHECKS_FILE'),
      [{name: 'FRIGATE_HC_CHECKS_FILE', value: '/etc/frigate-health/checks/checks.yaml'}],
    );
  });

  it('are not printed for a namespace that cannot be one', () => {
    assert.throws(
      () => planWith({}, {namespaces: ['Home']}),
      (error) => error instanceof CommandFailure && error.message.includes('is no name of a namespace'),
    );
  });
});

describe('install --serve --check', () => {
  it('names each permission that was taken away', () => {
    for (const fleet of [false, true])
      for (const role of serveManifests(planWith({}, {fleet})).filter(({kind}) => kind.endsWith('Role'))) {
        const rules = role['rules'] as unknown as readonly PolicyRule[];
        for (const [index, {verbs}] of rules.entries()) {
          const said = compare(role, {rules: rules.filter((_, other) => other !== index)});
          assert.ok(said.length >= verbs.length && said.every(({kind}) => kind === 'missing'), role.metadata.name);
        }
      }
  });

  it('names the command that prints the same again', () => {
    const choices = {flags: {mode: 'observe'}, image: null, schedule: null, smtpSecret: null, notifySecret: null};
    assert.equal(
      servePipeline({...choices, checks: {kind: 'ConfigMap', name: 'own'}, permissions: false}, 'nvr', {
        fleet: false,
        namespaces: [],
      }),
      'kubectl frigate-health install --serve -n nvr --mode=observe --checks-configmap=own | kubectl apply -f -',
    );
    assert.equal(
      servePipeline({...choices, permissions: false}, 'nvr', {fleet: true, namespaces: ['a', 'b']}),
      'kubectl frigate-health install --serve --fleet -n nvr --namespaces=a,b --mode=observe | kubectl apply -f -',
    );
  });
});

describe('deploy/serve', () => {
  const folder = path.resolve(import.meta.dirname, '../../../deploy/serve');

  it('is what the code makes: npm run deploy', () => {
    const files = serveBase();
    assert.equal(files.size, serveManifests(defaultServePlan()).length + 1);
    assert.deepEqual(readdirSync(folder).sort(), [...files.keys()].sort());
    for (const [name, text] of files) assert.equal(readFileSync(path.join(folder, name), 'utf8'), text, name);
  });

  it('holds the very objects that install --serve prints', () => {
    const written = parseAllDocuments(
      readdirSync(folder)
        .filter((name) => name !== 'kustomization.yaml')
        .map((name) => readFileSync(path.join(folder, name), 'utf8'))
        .join('---\n'),
    );
    assert.ok(!('empty' in written));
    const sorted = (objects: readonly unknown[]): readonly string[] =>
      objects.map((object) => JSON.stringify(object)).sort();
    assert.deepEqual(
      sorted(written.map((document) => document.toJS() as unknown)),
      sorted(serveManifests(defaultServePlan())),
    );
  });
});
