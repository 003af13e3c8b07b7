/**
 * What `install` prints, on a real API server: it is taken, it is enough, and of all that it grants nothing can be missing
 * unnoticed. The Job of the CronJob runs where the image is on the node (FRIGATE_HC_TEST_IMAGE, default localhost/frigate-health).
 */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import packageFile from '../../package.json' with {type: 'json'};
import {rulesOf} from '../../src/install/access.js';
import {rightInWords} from '../../src/install/compare.js';
import type {Right} from '../../src/core/observation/observation.js';
import {rightsFor} from '../../src/pass/rights.js';
import {apply, kubectl, kubectlJson} from './kubectl.js';
import {lineOf, linesOf, program, type Ended} from './program.js';
import {answering, deployed, eventually, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-install-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};
const image = process.env['FRIGATE_HC_TEST_IMAGE'] ?? `localhost/frigate-health:${packageFile.version}`;
const account = `system:serviceaccount:${namespace}:frigate-health`;

const install = (...words: readonly string[]): Promise<Ended> => program(['install', 'deployment/frigate', '--namespace', namespace, '--image', image, ...words]);

/** As the CronJob's own account, through the API server: the pod's address cannot be dialled from everywhere. */
const passAs = (): Promise<Ended> =>
  program(['run-cron', '--namespace', namespace, '--via', 'proxy', '--workload', 'frigate', '--as', account, '--as-group', 'system:serviceaccounts,system:authenticated']);

const applyText = (text: string): {readonly code: number | null; readonly stderr: string} => {
  const {status, stderr} = spawnSync('kubectl', ['apply', '-f', '-'], {input: text, encoding: 'utf8'});
  return {code: status, stderr};
};

const forget = (): Promise<string> => kubectl(['delete', 'configmap', '-n', namespace, '--ignore-not-found', 'frigate-health-state', 'frigate-health-state-guard']);

const mayI = async ({verb, group, resource, name, namespace: where}: Right): Promise<boolean> => {
  const [kind = resource, subresource] = resource.split('/');
  const words = [`${kind}${group === '' ? '' : `.${group}`}${name === null ? '' : `/${name}`}`, ...(subresource === undefined ? [] : [`--subresource=${subresource}`]), ...(where === null ? [] : ['-n', where])];
  return (await kubectl(['auth', 'can-i', verb, ...words, `--as=${account}`]).catch(() => 'no')).trim() === 'yes';
};

/** It was deployed a moment ago: its start-up grace has not ended yet. */
const WELL = /^(healthy|starting)$/;

const said = ({stdout, stderr}: Ended): string => `${stdout}\n${stderr}`;

describe('install on a real cluster', function () {
  this.timeout(180_000);

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace, labels: {'pod-security.kubernetes.io/warn': 'restricted'}}});
    await deployed(frigate);
    await answering(frigate);
  });

  after(() => Promise.all([
    kubectl(['delete', 'namespace', namespace, '--wait=false']),
    kubectl(['delete', 'clusterrolebinding', `frigate-health-${namespace}`, '--ignore-not-found']),
    kubectl(['delete', 'clusterrole', 'frigate-health-nodes', '--ignore-not-found']),
  ]));

  it('says before it is applied that nothing is there', async () => {
    const {exitCode, stdout} = await install('--check');
    assert.equal(exitCode, 2, stdout);
    assert.match(stdout, new RegExp(`missing: CronJob/frigate-health in ${namespace}: there is no such object`));
  });

  it('prints what the API server takes without a warning, in the strictest of its pod security standards', async () => {
    const {code, stderr} = applyText((await install('--via', 'proxy')).stdout);
    assert.deepEqual([code, stderr], [0, '']);
    await kubectl(['patch', 'cronjob', 'frigate-health', '-n', namespace, '-p', '{"spec":{"suspend":true}}']);
  });

  it('finds a field that somebody changed, and nothing once it is put back', async () => {
    const suspended = await install('--via', 'proxy', '--check');
    assert.deepEqual([suspended.exitCode, suspended.stdout.split('\n')[0]], [1, `differs: CronJob/frigate-health in ${namespace}: spec.suspend is true, printed now: false`]);
    applyText((await install('--via', 'proxy')).stdout);
    assert.equal((await install('--via', 'proxy', '--check')).exitCode, 0);
    await kubectl(['patch', 'cronjob', 'frigate-health', '-n', namespace, '-p', '{"spec":{"suspend":true}}']);
  });

  it('grants enough for a whole pass', async () => {
    const ended = await passAs();
    assert.equal(ended.exitCode, 0, said(ended));
    assert.equal(lineOf(ended, 'warning'), undefined, said(ended));
    assert.match(String(linesOf(ended).at(-1)?.['health']), WELL, said(ended));
  });

  describe('with one right taken away', () => {
    const rights = rightsFor({namespace, workload: {resource: 'deployments', name: 'frigate'}, stateName: 'frigate-health-state', cronJobName: null, via: 'proxy', mode: 'act'});
    const give = async (given: readonly Right[]): Promise<void> => {
      const metadata = {apiVersion: 'rbac.authorization.k8s.io/v1'};
      const role = (shared: boolean) => rulesOf(given.filter((right) => (right.namespace === null) === shared));
      await apply(
        {...metadata, kind: 'Role', metadata: {name: 'frigate-health', namespace}, rules: role(false)},
        {...metadata, kind: 'ClusterRole', metadata: {name: 'frigate-health-nodes'}, rules: role(true)},
      );
    };
    afterEach(async () => {
      await give(rights);
      await Promise.all(rights.map((right) => eventually(() => mayI(right), (may) => may, `the right to ${rightInWords(right)}`)));
    });

    for (const taken of rights) {
      it(`names exactly ${rightInWords(taken)}`, async () => {
        await give(rights.filter((right) => right !== taken));
        await eventually(() => mayI(taken), (may) => !may, `that ${rightInWords(taken)} is refused`);
        await forget();
        const ended = await passAs();
        assert.equal(ended.exitCode, 77, said(ended));
        assert.deepEqual(lineOf(ended, 'warning')?.['missing'], [`${rightInWords(taken)} ${taken.namespace === null ? '(cluster)' : `in ${namespace}`}`], said(ended));
        const {exitCode, stdout} = await install('--via', 'proxy', '--check');
        assert.equal(exitCode, 2, stdout);
        assert.ok(stdout.split('\n').some((line) => line.startsWith('missing: ') && line.endsWith(`: ${rightInWords(taken)}`)), stdout);
      });
    }
  });

  it('makes a Job of the CronJob that does its duty by the rights of its own account, on the direct way', async function () {
    const {items} = await kubectlJson<{items: ReadonlyArray<{status: {images?: ReadonlyArray<{names: readonly string[] | null}>}}>}>('get', 'nodes');
    if (!items.every(({status}) => status.images?.some(({names}) => names?.includes(image)))) this.skip();
    await forget();
    applyText((await install()).stdout);
    await kubectl(['patch', 'cronjob', 'frigate-health', '-n', namespace, '-p', '{"spec":{"suspend":true}}']);
    await kubectl(['create', 'job', '-n', namespace, 'one-pass', '--from=cronjob/frigate-health']);
    const stdout = await eventually(() => kubectl(['logs', '-n', namespace, 'job/one-pass']).catch(() => ''), (text) => text.includes('"pass.ended"'), 'the end of the pass in the pod');
    const last = linesOf({stdout}).at(-1);
    assert.deepEqual([last?.event, last?.['exitCode']], ['pass.ended', 0], stdout);
    assert.match(String(last?.['health']), WELL, stdout);
    assert.equal(lineOf({stdout}, 'observed')?.['via'], 'direct', stdout);
    await kubectl(['wait', '-n', namespace, '--for=condition=complete', 'job/one-pass', '--timeout=30s']);
  });
});
