/** What `install --serve` prints, on a real API server: it is taken, it is enough, and the policy refuses all that is too much. */
import assert from 'node:assert/strict';
import {applyText} from './installed.js';
import {TOOL_IMAGE} from './images.js';
import {apply, kubectl, kubectlJson} from './kubectl.js';
import {program, said, startProgram} from './program.js';
import {answering, deployed, eventually, fault, replicaSetsOf, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-serve-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};
const ACCOUNT = `system:serviceaccount:${namespace}:frigate-health`;
const CLUSTER_WIDE = `frigate-health-serve-${namespace}`;
/** Who may read the page and nothing else. */
const VIEWER = `frigate-health-viewer-${namespace}`;

/** Milliseconds; the observations of `serve` begin anew when it starts, and a proof takes its time. */
const REPAIRED = 200_000;

const installServe = (words: readonly string[] = []) =>
  program(['install', '--serve', '--namespace', namespace, '--image', TOOL_IMAGE, '--profile=fast', ...words], {
    FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS: '60',
    FRIGATE_HC_INTERVAL_MINUTES: '1',
    FRIGATE_HC_DEADLINE: '40s',
  });

/** The refusal of a request in the name of the daemon's account; `null`: it was accepted. Nothing is changed. */
const refusalOf = async (words: readonly string[], input?: unknown): Promise<string | null> =>
  kubectl([...words, '-n', namespace, `--as=${ACCOUNT}`, '--dry-run=server'], input).then(
    () => null,
    (error: unknown) => String(error),
  );

const patched = (kind: string, patch: object): Promise<string | null> =>
  refusalOf(['patch', kind, 'frigate', '--type=merge', '-p', JSON.stringify(patch)]);

const template = (part: object): object => ({spec: {template: part}});

describe('install --serve on a real cluster', function () {
  this.timeout(300_000);

  before(async () => {
    await apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/warn': 'restricted'},
      },
    });
    await deployed(frigate);
    await answering(frigate);
  });

  after(async () => {
    await kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
    const kinds = 'clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding';
    await kubectl(['delete', kinds, CLUSTER_WIDE, '--ignore-not-found']);
    await kubectl(['delete', 'clusterrole,clusterrolebinding', VIEWER, '--ignore-not-found']);
  });

  it('is taken without a warning, becomes ready, and differs in nothing from what is printed', async () => {
    const printed = await installServe();
    assert.equal(printed.exitCode, 0, said(printed));
    assert.deepEqual(applyText(printed.stdout), {code: 0, stderr: ''});
    await kubectl(['rollout', 'status', 'deployment/frigate-health', '-n', namespace, '--timeout=120s']);
    const check = await installServe(['--check']);
    assert.equal(check.exitCode, 0, said(check));
  });

  it('answers /health through its Service, and one replica holds the Lease', async () => {
    const path = `/api/v1/namespaces/${namespace}/services/frigate-health:http/proxy`;
    const health = JSON.parse(await kubectl(['get', '--raw', `${path}/health`])) as Readonly<Record<string, unknown>>;
    assert.deepEqual([health['status'], health['service']], ['healthy', 'frigate-health'], JSON.stringify(health));
    assert.match(await kubectl(['get', '--raw', `${path}/metrics`]), /^frigate_health_/m);
    const lease = await kubectlJson<{readonly spec: {readonly holderIdentity: string}}>(
      'get',
      'lease',
      'frigate-health',
      '-n',
      namespace,
    );
    const pods = await kubectl([
      'get',
      'pods',
      '-n',
      namespace,
      '-l',
      'app.kubernetes.io/component=serve',
      '-o',
      'name',
    ]);
    assert.ok(pods.includes(lease.spec.holderIdentity.split('_')[0] ?? '?'), `${lease.spec.holderIdentity}: ${pods}`);
  });

  it('shows its page by open, with the token of an account that may read and nothing else', async () => {
    const group = 'rbac.authorization.k8s.io';
    await apply(
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'viewer', namespace}},
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRole',
        metadata: {name: VIEWER},
        rules: [{verbs: ['get'], nonResourceURLs: ['/', '/openapi.json', '/api/*', '/frigates/*']}],
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: VIEWER},
        roleRef: {apiGroup: group, kind: 'ClusterRole', name: VIEWER},
        subjects: [{kind: 'ServiceAccount', name: 'viewer', namespace}],
      },
    );
    const viewer = `system:serviceaccount:${namespace}:viewer`;
    await eventually(
      () => kubectl(['auth', 'can-i', 'get', '/api/v1/frigates', `--as=${viewer}`]).catch(() => 'no'),
      (answer) => answer.trim() === 'yes',
      'the permission to read',
    );
    const running = startProgram(['open', '-n', namespace, '--no-browser', '--account', 'viewer']);
    await Promise.race([
      running.told('Ctrl-C'),
      running.ended.then((ended) => assert.fail(`open ended: ${said(ended)}`)),
    ]);
    const [url = ''] = running.stdout().split('\n');
    const {origin} = new URL(url);
    const signedIn = await fetch(url, {redirect: 'manual'});
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${origin}${path}`, {...init, headers: {cookie, 'X-Frigate-Health': '1'}});
    const frigates = await ask('/api/v1/frigates');
    assert.deepEqual([signedIn.status, frigates.status], [303, 200]);
    const {frigates: listed} = (await frigates.json()) as {
      readonly frigates: ReadonlyArray<{readonly instanceId: string}>;
    };
    assert.ok(
      listed.some(({instanceId}) => instanceId === `${namespace}.frigate`),
      JSON.stringify(listed),
    );
    const page = await ask('/');
    assert.match(await page.text(), /<!doctype html>/i);
    const cut = new AbortController();
    const events = await ask('/api/v1/events', {signal: cut.signal});
    assert.equal(events.headers.get('content-type'), 'text/event-stream');
    cut.abort();
    assert.equal((await ask('/api/instances/refresh', {method: 'POST'})).status, 403);
    assert.equal((await fetch(`${origin}/api/v1/frigates`)).status, 403);
    const at = performance.now();
    running.interrupt();
    const ended = await running.ended;
    assert.equal(ended.exitCode, 0, said(ended));
    assert.ok(performance.now() - at < 1000, `${performance.now() - at} ms`);
    assert.equal(said(ended).includes('eyJ'), false, 'the token is printed');
  });

  it('open says which account is not there', async () => {
    const ended = await program(['open', '-n', namespace, '--no-browser', '--account', 'nobody']);
    assert.equal(ended.exitCode, 64, said(ended));
    assert.match(ended.stderr, /serviceaccounts "nobody" not found/);
    assert.match(ended.stderr, /kubectl create serviceaccount /);
  });

  it('observes by its own account, and check says that serve is active', async () => {
    const report = await eventually(
      () => program(['check', 'deployment/frigate', '-n', namespace, '--via=proxy', '-o', 'json']),
      ({stdout}) => stdout.includes('serve is active'),
      'a pass of serve',
    );
    assert.ok(report.stdout.includes('serve is active'));
  });

  it('repairs a Frigate that hangs, under the policy', async () => {
    const before = await replicaSetsOf(frigate);
    // Past its start-up grace, or nothing is restarted.
    await new Promise((resolve) => setTimeout(resolve, 62_000));
    await fault(frigate, 'main-stop');
    await eventually(
      () => replicaSetsOf(frigate),
      (now) => now.length > before.length,
      'a restart by serve',
      REPAIRED,
    );
    const {spec} = await kubectlJson<{
      readonly spec: {readonly template: {readonly metadata: {readonly annotations: Readonly<Record<string, string>>}}};
    }>('get', 'deployment', 'frigate', '-n', namespace);
    assert.deepEqual(Object.keys(spec.template.metadata.annotations).sort(), [
      'frigate-health.io/attempt',
      'kubectl.kubernetes.io/restartedAt',
    ]);
  });

  describe('in the name of its account', () => {
    const refused: ReadonlyArray<readonly [string, object, RegExp]> = [
      [
        'another image',
        template({spec: {containers: [{name: 'frigate', image: 'evil'}]}}),
        /annotations of its pod template|nothing of a pod template but its annotations/,
      ],
      ['more replicas', {spec: {replicas: 3}}, /nothing of a workload but annotations of its pod template/],
      [
        'another annotation of the template',
        template({metadata: {annotations: {'example.com/x': 'y'}}}),
        /only the annotations kubectl\.kubernetes\.io\/restartedAt and frigate-health\.io\/attempt/,
      ],
      ['a label of the template', template({metadata: {labels: {more: 'y'}}}), /nothing of a pod template/],
      ['an annotation of the workload', {metadata: {annotations: {x: 'y'}}}, /annotations of a workload itself/],
      ['a label of the workload', {metadata: {labels: {x: 'y'}}}, /metadata of a workload/],
      ['a finalizer', {metadata: {finalizers: ['example.com/x']}}, /metadata of a workload/],
    ];
    for (const [what, patch, says] of refused)
      it(`the policy refuses ${what}`, async () => {
        const refusal = await patched('deployment', patch);
        assert.match(refusal ?? 'accepted', says);
      });

    it('the policy refuses a ConfigMap that is not of the state', async () => {
      const map = (name: string) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {name, namespace},
        data: {a: 'b'},
      });
      assert.match(
        (await refusalOf(['create', '-f', '-'], map('frigate-config'))) ?? 'accepted',
        /only ConfigMaps named/,
      );
      assert.equal(await refusalOf(['create', '-f', '-'], map('frigate-health-state-other')), null);
    });

    it('a restart is accepted of each kind of workload', async () => {
      await deployed(
        {namespace, name: 'frigate', kind: 'StatefulSet', simulator: {BOOT: '600'}},
        {namespace, name: 'frigate', kind: 'DaemonSet', simulator: {BOOT: '600'}},
      );
      const annotations = {
        'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z',
        'frigate-health.io/attempt': 'a',
      };
      for (const kind of ['deployment', 'statefulset', 'daemonset'])
        assert.equal(await patched(kind, template({metadata: {annotations}})), null, kind);
      for (const kind of ['statefulset', 'daemonset'])
        assert.match(
          (await patched(kind, template({metadata: {labels: {x: 'y'}}}))) ?? 'accepted',
          /pod template/,
          kind,
        );
    });

    it('nothing of another namespace is permitted, and no deletion', async () => {
      for (const words of [
        ['patch', 'deployments.apps', '-n', 'default'],
        ['delete', 'pods', '-n', namespace],
        ['get', 'secrets', '-n', namespace],
      ]) {
        const answer = await kubectl(['auth', 'can-i', ...words, `--as=${ACCOUNT}`]).catch(() => 'no');
        assert.equal(answer.trim() || 'no', 'no', words.join(' '));
      }
    });
  });

  it('does not hold back anybody else', async () => {
    await kubectl([
      'patch',
      'deployment',
      'frigate',
      '-n',
      namespace,
      '--dry-run=server',
      '-p',
      '{"spec":{"replicas":2}}',
    ]);
  });

  it('is checked by the names of its permissions: one that was taken away is missing', async () => {
    const role = await kubectlJson<{
      readonly rules: ReadonlyArray<{readonly verbs: readonly string[]; readonly resources: readonly string[]}>;
    }>('get', 'role', 'frigate-health', '-n', namespace);
    const rules = role.rules.filter(({resources}) => !resources.includes('pods/log'));
    await kubectl(['patch', 'role', 'frigate-health', '-n', namespace, '--type=merge', '-p', JSON.stringify({rules})]);
    const check = await installServe(['--check']);
    assert.equal(check.exitCode, 2, said(check));
    assert.equal(check.stdout.split('\n')[0], `missing: Role/frigate-health in ${namespace}: get pods/log`);
  });
});
