/**
 * Moving over from the Python checker: only the image is changed. Its CronJob has its environment and its account has its Role;
 * a pass then names each permission that is missing and the one command that adds them, and that command is enough.
 */
import assert from 'node:assert/strict';
import {permissionInWords} from '../../src/usecases/install/compare.js';
import type {Permission} from '../../src/core/observation/observation.js';
import type {Manifest} from '../contract/stage.js';
import {TOOL_IMAGE} from './images.js';
import {ACCOUNT, needed, passInPod, uninstalled} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {commandsOf, personWithPlugin} from './page-commands.js';
import {linesOf} from './program.js';
import {answering, deployed, replicaSetsOf, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-moved-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};

const RBAC = 'rbac.authorization.k8s.io';
const STATE = 'frigate-health-state';

interface OldRule {
  readonly apiGroups: readonly [string];
  readonly resources: readonly [string];
  readonly resourceNames?: readonly [string];
  readonly verbs: readonly string[];
}

/** As its runbook lists them; the one about nodes is of the cluster. */
const ofTheNamespace: readonly OldRule[] = [
  {apiGroups: [''], resources: ['configmaps'], resourceNames: [STATE], verbs: ['get', 'patch']},
  {apiGroups: [''], resources: ['pods'], verbs: ['get', 'list']},
  {apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get']},
  {apiGroups: [''], resources: ['pods/log'], verbs: ['get']},
  {apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['frigate'], verbs: ['get', 'patch']},
];
const ofTheCluster: readonly OldRule[] = [{apiGroups: [''], resources: ['nodes'], verbs: ['get']}];

const binding = (kind: 'Role' | 'ClusterRole', name: string, where: object): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: `${kind}Binding`,
  metadata: {name, ...where},
  roleRef: {apiGroup: RBAC, kind, name},
  subjects: [{kind: 'ServiceAccount', name: ACCOUNT, namespace}],
});

/** The environment of its README, with what its manifest has besides. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  FRIGATE_HC_NAMESPACE: namespace,
  FRIGATE_HC_DEPLOYMENT_NAME: 'frigate',
  FRIGATE_HC_INFERENCE_THRESHOLD_MS: '100',
  FRIGATE_HC_STUCK_DETECTION_THRESHOLD: '2',
  FRIGATE_HC_BACKLOG_THRESHOLD: '5',
  FRIGATE_HC_CONSECUTIVE_FAILURES_REQUIRED: '2',
  FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '2',
  FRIGATE_HC_SMTP_USER: 'nvr@gmail.com',
  FRIGATE_HC_SMTP_PASSWORD: 'abcd efgh ijkl mnop',
  FRIGATE_HC_ALERT_EMAIL: 'me@example.org',
  FRIGATE_HC_CONFIGMAP_NAME: STATE,
  FRIGATE_HC_SKIP_CAMERAS: '["garage"]',
  FRIGATE_HC_RESTART_HISTORY_HOURS: '24',
};

/** Of ghcr.io/homeiac/frigate-health-checker; it never runs here. */
const OLD_IMAGE = 'localhost/frigate-health-checker:latest';

const oldManifests: readonly Manifest[] = [
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: ACCOUNT, namespace}},
  {apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: {name: ACCOUNT, namespace}, rules: ofTheNamespace},
  binding('Role', ACCOUNT, {namespace}),
  {apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: {name: `${namespace}-nodes`}, rules: ofTheCluster},
  binding('ClusterRole', `${namespace}-nodes`, {}),
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {name: ACCOUNT, namespace},
    spec: {
      schedule: '*/5 * * * *',
      suspend: true,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          template: {
            spec: {
              serviceAccountName: ACCOUNT,
              restartPolicy: 'Never',
              containers: [
                {
                  name: 'health-check',
                  image: OLD_IMAGE,
                  // No registry here; of an image called latest it would be Always, and stay so.
                  imagePullPolicy: 'IfNotPresent',
                  env: Object.entries(ENVIRONMENT).map(([name, value]) => ({name, value})),
                },
              ],
            },
          },
        },
      },
    },
  },
];

const isGranted = ({verb, group, resource, name}: Permission): boolean =>
  [...ofTheNamespace, ...ofTheCluster].some(
    (rule) =>
      rule.apiGroups[0] === group &&
      rule.resources[0] === resource &&
      (rule.resourceNames === undefined || rule.resourceNames[0] === name) &&
      rule.verbs.includes(verb),
  );

/** A pass in a pod: its JSON lines, and what the log holds of stderr beside them. */
const pass = async (
  job: string,
): Promise<{readonly stdout: string; readonly told: readonly string[]; readonly succeeded: boolean}> => {
  const {stdout, succeeded} = await passInPod(namespace, job);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return {
    stdout: lines.filter((line) => line.startsWith('{')).join('\n'),
    told: lines.filter((line) => !line.startsWith('{')),
    succeeded,
  };
};

describe('a CronJob of the Python checker with its image changed, on a real cluster', function () {
  this.timeout(180_000);

  const person = personWithPlugin(process.env['KUBECONFIG'] ?? '');
  const cronJob = (): Promise<string> =>
    kubectl(['get', 'cronjob', ACCOUNT, '-n', namespace, '-o', 'jsonpath={.spec}']);
  let command = '';

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
    await deployed(frigate);
    await answering(frigate);
    await apply(...oldManifests);
  });

  after(async () => {
    person.leave();
    await uninstalled(namespace);
    await kubectl(['delete', 'clusterrole,clusterrolebinding', `${namespace}-nodes`, '--ignore-not-found']);
  });

  it('has it changed by the command of the runbook', async () => {
    const found = commandsOf('docs/runbook.md').find(({command: each}) => each.includes(' set image '));
    assert.ok(found);
    const {code, output} = await person.type(
      found.command.replace('-n frigate ', `-n ${namespace} `).replace('REGISTRY/frigate-health:0.1.0', TOOL_IMAGE),
    );
    assert.deepEqual([code, output.trim()], [0, `cronjob.batch/${ACCOUNT} image updated`]);
    assert.ok((await cronJob()).includes(`"image":"${TOOL_IMAGE}"`));
  });

  it('exits with 77, names exactly the permissions that are missing, and restarts nothing', async () => {
    const {stdout, told, succeeded} = await pass('under-the-old-role');
    assert.deepEqual(told, []);
    const warnings = linesOf({stdout}).filter(({event}) => event === 'warning');
    assert.match(JSON.stringify(warnings[0]), /FRIGATE_HC_RESTART_HISTORY_HOURS has no effect/);
    const last = linesOf({stdout}).at(-1);
    assert.deepEqual([last?.event, last?.['exitCode'], succeeded], ['pass.ended', 77, false], stdout);
    const warning = warnings.find(({missing}) => missing !== undefined);
    const expected = needed(namespace)
      .filter((permission) => !isGranted(permission))
      .map((permission) => `${permissionInWords(permission)} in ${namespace}`);
    assert.ok(expected.length > 5);
    assert.deepEqual([...(warning?.['missing'] as readonly string[])].sort(), expected.sort(), stdout);
    command = String(warning?.['fix']);
    assert.equal((await replicaSetsOf(frigate)).length, 1);
  });

  it('does its duty after the one command that it named, which leaves the CronJob as it was', async () => {
    const before = await cronJob();
    assert.equal(
      command,
      `kubectl frigate-health install deployment/frigate -n ${namespace} --permissions | kubectl apply -f -`,
    );
    const {code, output} = await person.type(`export KUBECONFIG=~/kubeconfig; ${command}`);
    assert.equal(code, 0, output);
    assert.equal(await cronJob(), before);
    const {stdout, succeeded} = await pass('with-all-permissions');
    const last = linesOf({stdout}).at(-1);
    assert.deepEqual([last?.event, last?.['exitCode'], succeeded], ['pass.ended', 0, true], stdout);
    // The one about the setting without effect stays; none is about a permission.
    assert.deepEqual(
      linesOf({stdout}).filter(({event, missing}) => event === 'warning' && missing !== undefined),
      [],
      stdout,
    );
    assert.ok((await kubectl(['get', 'configmap', STATE, '-n', namespace])).includes(STATE));
  });
});
