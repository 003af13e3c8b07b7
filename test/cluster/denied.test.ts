/**
 * What the API server refuses though the account may: an admission policy, a quota, a ConfigMap that is fixed or full, a namespace
 * that is being deleted. Each is told with what lifts it, nothing is done twice, and no right is blamed.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import type {Manifest} from '../contract/stage.js';
import {auditLog, patchesIn} from './audit.js';
import {BETWEEN_PASSES, PAST_GRACE, QUICK} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {needs} from './needs.js';
import {lineOf, program, said, statusOf, type Ended} from './program.js';
import {storedIn} from './stored-state.js';
import {answering, containerAged, deployed, eventually, fault, replicaSetsOf, type Shape} from './simulated-frigate.js';

const prefix = `frigate-health-denied-${process.pid}`;
const STATE = 'frigate-health-state';
const namespaceOf = (name: string): string => `${prefix}-${name}`;
const hung: Shape = {namespace: namespaceOf('policy'), name: 'frigate'};
const crowded: Shape = {namespace: namespaceOf('crowded'), name: 'frigate'};
const hooked: Shape = {namespace: namespaceOf('hooked'), name: 'frigate'};

const cron = (namespace: string): Promise<Ended> => program(['run-cron', '--namespace', namespace], QUICK);

const configMap = (namespace: string, changes: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {name: STATE, namespace},
  ...changes,
});

const quota = (namespace: string, hard: Readonly<Record<string, string>>): Manifest => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: {name: 'few', namespace},
  spec: {hard},
});

/** Nobody sets the mark of an attempt in this namespace. */
const policy = (namespace: string): readonly Manifest[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: {name: namespace},
    spec: {
      matchConstraints: {
        namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': namespace}},
        resourceRules: [{apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments']}],
      },
      validations: [
        {
          expression: "!('frigate-health.io/attempt' in object.spec.template.metadata.?annotations.orValue({}))",
          message: 'no restarts on Sundays',
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: {name: namespace},
    spec: {policyName: namespace, validationActions: ['Deny']},
  },
];

/** Nobody listens at its address, and what it cannot look at is refused. */
const unreachableWebhook = (namespace: string): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: {name: namespace},
  webhooks: [
    {
      name: 'nobody.example.org',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Fail',
      timeoutSeconds: 5,
      namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': namespace}},
      clientConfig: {url: 'https://127.0.0.1:9/'},
      rules: [{apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments']}],
    },
  ],
});

const isRefused = async (namespace: string, exitCode: number, reason: RegExp, fix: string): Promise<void> => {
  const ended = await cron(namespace);
  const failed = lineOf(ended, 'state.failed');
  assert.match(String(failed?.['reason']), reason, said(ended));
  assert.ok(String(failed?.['fix']).includes(fix), said(ended));
  assert.equal(ended.exitCode, exitCode, said(ended));
};

describe('what a real API server refuses to one who may', function () {
  this.timeout(240_000);

  const names = ['policy', 'crowded', 'hooked', 'quota', 'fixed', 'full', 'ending'];

  before(async () => {
    await apply(
      ...names.map((name) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespaceOf(name)}})),
      ...policy(hung.namespace),
    );
    await deployed(hung, crowded, hooked);
  });

  after(async () => {
    // Not there where that test was not run.
    await kubectl([
      'patch',
      'configmap',
      'kept',
      '-n',
      namespaceOf('ending'),
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]).catch(() => '');
    await kubectl(['delete', 'namespace', ...names.map(namespaceOf), '--wait=false', '--ignore-not-found']);
    await kubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', hung.namespace]);
    await kubectl(['delete', 'validatingwebhookconfiguration', hooked.namespace, '--ignore-not-found']);
  });

  it('for a quota: a new state is not stored, and the quota is named', async () => {
    const namespace = namespaceOf('quota');
    // No ConfigMap beside the one that Kubernetes puts into every namespace.
    await apply(quota(namespace, {'count/configmaps': '1'}));
    const used = (): Promise<string> =>
      kubectl(['get', 'resourcequota', 'few', '-n', namespace, '-o', 'jsonpath={.status.used.count/configmaps}']);
    await eventually(used, (count) => count === '1', 'a quota that is used up');
    await isRefused(namespace, 77, /exceeded quota: few/, `kubectl describe resourcequota -n ${namespace}`);
  });

  it('for an immutable ConfigMap: it says how to make a new one', async () => {
    const namespace = namespaceOf('fixed');
    await apply(configMap(namespace, {immutable: true, data: {note: 'keep'}}));
    await isRefused(namespace, 64, /field is immutable/, `kubectl -n ${namespace} delete configmap ${STATE}`);
    const {stdout} = await program(['check', '--namespace', namespace, '-o', 'json'], QUICK);
    assert.equal(statusOf(stdout, 'FRG-104'), 'critical', stdout);
  });

  it('for a ConfigMap that others have filled: it says how to make room', async () => {
    const namespace = namespaceOf('full');
    await kubectl(['create', '-f', '-'], configMap(namespace, {data: {theirs: 'x'.repeat(1024 * 1024 - 500)}}));
    await isRefused(namespace, 64, /Too long: .* 1048576 bytes/, `kubectl -n ${namespace} edit configmap ${STATE}`);
  });

  it('for a namespace that is being deleted: it says so', async () => {
    const namespace = namespaceOf('ending');
    await apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: 'kept', namespace, finalizers: ['frigate-health.io/test']},
    });
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await isRefused(namespace, 77, /because it is being terminated/, 'The namespace is being deleted');
  });

  it('for a quota of pods: a rollout that cannot make its new pod is not waited for, and check says why it stands still', async () => {
    const {namespace} = crowded;
    await kubectl([
      'patch',
      'deployment',
      crowded.name,
      '-n',
      namespace,
      '-p',
      '{"spec":{"strategy":{"$retainKeys":["type"],"type":"RollingUpdate"}}}',
    ]);
    await answering(crowded);
    await apply(quota(namespace, {pods: '1'}));
    assert.equal((await cron(namespace)).exitCode, 0);
    const restarted = await program(
      ['restart', '--namespace', namespace, '--force', '--reason', 'to try a quota', '--wait=90s'],
      QUICK,
    );
    assert.match(restarted.stdout, /no new pod can be created: pods .* exceeded quota: few/, said(restarted));
    assert.equal(restarted.exitCode, 2, said(restarted));
    const {stdout} = await program(['check', '--namespace', namespace, '-o', 'json'], QUICK);
    assert.equal(statusOf(stdout, 'FRG-204'), 'warning', stdout);
  });

  it('for a webhook that cannot be called: nothing is in doubt, the attempt is given up, and the webhook is named', async () => {
    const {namespace} = hooked;
    await answering(hooked);
    assert.equal((await cron(namespace)).exitCode, 0);
    await apply(unreachableWebhook(namespace));
    const forced = ['restart', '--namespace', namespace, '--force', '--reason', 'to try a webhook'];
    // The API server learns of a webhook a moment after it was made.
    const tried = await eventually(
      () => program([...forced, '--dry-run'], QUICK),
      ({exitCode}) => exitCode !== 0,
      'a dry run that is refused',
    );
    assert.match(tried.stdout, /failed calling webhook/, said(tried));
    const restarted = await program(forced, QUICK);
    assert.match(
      restarted.stdout,
      /^× Not restarted: .*failed calling webhook[^]*fix +# Let that webhook admit this tool:\s+kubectl get validatingwebhookconfigurations/,
      said(restarted),
    );
    assert.equal(restarted.exitCode, 3, said(restarted));
    assert.deepEqual(
      (await storedIn(namespace)).restarts.map(({phase}) => phase),
      ['abandoned'],
    );
    assert.equal((await replicaSetsOf(hooked)).length, 1);
  });

  it('for an admission policy: the restart is refused once in a pass, remembered as given up, and the policy is named', async () => {
    await answering(hung);
    assert.equal((await cron(hung.namespace)).exitCode, 0);
    await containerAged(hung, PAST_GRACE);
    await fault(hung, 'main-stop');
    assert.equal(lineOf(await cron(hung.namespace), 'decided')?.['rule'], 'R-05');
    await wait(BETWEEN_PASSES);
    const ended = await cron(hung.namespace);
    assert.deepEqual(
      [lineOf(ended, 'decided')?.['rule'], lineOf(ended, 'restart.sent')],
      ['R-12', undefined],
      said(ended),
    );
    const refused = lineOf(ended, 'restart.refused');
    assert.match(String(refused?.['reason']), /no restarts on Sundays/, said(ended));
    assert.match(String(refused?.['fix']), /kubectl get validatingadmissionpolicies/, said(ended));
    assert.notEqual(ended.exitCode, 0, 'a duty that was not done');
    assert.deepEqual(
      (await storedIn(hung.namespace)).restarts.map(({phase}) => phase),
      ['abandoned'],
    );
    assert.equal((await replicaSetsOf(hung)).length, 1);
  });

  needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)('by the audit log had the one patch, which was never sent again', () => {
    assert.deepEqual(
      patchesIn(hung.namespace).map(({responseStatus}) => responseStatus?.code),
      [422],
    );
  });
});
