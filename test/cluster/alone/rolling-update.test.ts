/**
 * A rolling update of two replicas of `serve` while a detector hangs: API and status stay, and Frigate is restarted once. Every answer
 * is asked through the Service, as Prometheus or a person does.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import {auditLog, rolloutsIn} from '../audit.js';
import {TOOL_IMAGE} from '../images.js';
import {applyText} from '../installed.js';
import {apply, kubectl, kubectlJson} from '../kubectl.js';
import {needs} from '../needs.js';
import {program, said} from '../program.js';
import {answering, deployed, eventually, fault, replicaSetsOf, type Shape} from '../simulated-frigate.js';

const namespace = `frigate-health-rolling-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};
const VIEWER = `frigate-health-viewer-${namespace}`;
const CLUSTER_WIDE = `frigate-health-serve-${namespace}`;

/** Milliseconds. */
const EACH = 200;
const LONGEST_GAP = 5000;
/** As a client that asks again: one lost connection is no gap of its own. */
const GIVES_UP = 2000;
/** The detectors of a container are judged after two minutes, and a proof begins anew with the next leader. */
const REPAIRED = 300_000;

interface Seen {
  readonly at: number;
  /** The health that was shown; `null`: no answer. */
  readonly health: string | null;
}

/** Asks until it is ended. */
const watchOver = (url: string, token: string) => {
  const seen: Seen[] = [];
  const ending = new AbortController();
  const ask = async (): Promise<string | null> => {
    const answer = await fetch(`${url}/api/v1/frigates`, {
      headers: {authorization: `Bearer ${token}`, connection: 'close'},
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(GIVES_UP)]),
    });
    if (!answer.ok) return null;
    const {frigates} = (await answer.json()) as {
      readonly frigates: ReadonlyArray<{readonly instanceId: string; readonly health: string}>;
    };
    return frigates.find(({instanceId}) => instanceId === `${namespace}.frigate`)?.health ?? null;
  };
  const done = (async () => {
    while (!ending.signal.aborted) {
      seen.push({health: await ask().catch(() => null), at: Date.now()});
      await wait(EACH);
    }
  })();
  return {
    seen,
    latest: (): string | null => seen.at(-1)?.health ?? null,
    end: () => {
      ending.abort();
      return done;
    },
  };
};

/** The longest time from one answer that is good enough to the next. */
const longestGap = (seen: readonly Seen[], isGood: (health: string | null) => boolean): number => {
  const times = seen.filter(({health}) => isGood(health)).map(({at}) => at);
  return times.slice(1).reduce((longest, at, index) => Math.max(longest, at - (times[index] ?? at)), 0);
};

describe('a rolling update of serve while a detector hangs', function () {
  this.timeout(600_000);
  let watching: ReturnType<typeof watchOver> | null = null;

  before(async () => {
    await kubectl(['create', 'namespace', namespace]);
    await deployed(frigate);
    await answering(frigate);
    const printed = await program(
      ['install', '--serve', '--namespace', namespace, '--image', TOOL_IMAGE, '--profile=fast'],
      {FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS: '60', FRIGATE_HC_INTERVAL_MINUTES: '1', FRIGATE_HC_DEADLINE: '40s'},
    );
    assert.equal(printed.exitCode, 0, said(printed));
    assert.deepEqual(applyText(printed.stdout), {code: 0, stderr: ''});
    await kubectl(['rollout', 'status', 'deployment/frigate-health', '-n', namespace, '--timeout=120s']);
    const group = 'rbac.authorization.k8s.io';
    await apply(
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'viewer', namespace}},
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRole',
        metadata: {name: VIEWER},
        rules: [{verbs: ['get'], nonResourceURLs: ['/api/*']}],
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: VIEWER},
        roleRef: {apiGroup: group, kind: 'ClusterRole', name: VIEWER},
        subjects: [{kind: 'ServiceAccount', name: 'viewer', namespace}],
      },
    );
  });

  after(async () => {
    await watching?.end();
    await kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
    const kinds = 'clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding';
    await kubectl(['delete', kinds, CLUSTER_WIDE, '--ignore-not-found']);
    await kubectl(['delete', 'clusterrole,clusterrolebinding', VIEWER, '--ignore-not-found']);
  });

  needs(
    'FRIGATE_HC_TEST_POD_NETWORK and FRIGATE_HC_TEST_AUDIT_LOG',
    process.env['FRIGATE_HC_TEST_POD_NETWORK'] && auditLog,
  )('leaves no gap of more than 5 s in API and status, and Frigate is restarted once', async () => {
    const {spec} = await kubectlJson<{
      readonly spec: {readonly clusterIP: string; readonly ports: ReadonlyArray<{readonly port: number}>};
    }>('get', 'service', 'frigate-health', '-n', namespace);
    const token = (await kubectl(['create', 'token', 'viewer', '-n', namespace])).trim();
    const running = watchOver(`http://${spec.clusterIP}:${spec.ports[0]?.port ?? 8080}`, token);
    watching = running;
    const until = (holds: (health: string | null) => boolean, what: string, limit?: number): Promise<unknown> =>
      eventually(() => Promise.resolve(running.latest()), holds, what, limit);

    await until((health) => health === 'healthy', 'a healthy Frigate', 180_000);
    const before = await replicaSetsOf(frigate);
    const from = running.seen.length;
    await fault(frigate, 'det-stop');
    await until((health) => health === 'unhealthy' || health === 'degraded', 'a detector that hangs', 240_000);
    await kubectl(['rollout', 'restart', 'deployment/frigate-health', '-n', namespace]);
    await kubectl(['rollout', 'status', 'deployment/frigate-health', '-n', namespace, '--timeout=120s']);
    await eventually(
      () => replicaSetsOf(frigate),
      (now) => now.length > before.length,
      'a restart by serve',
      REPAIRED,
    );
    await until((health) => health === 'healthy', 'a Frigate that is healthy again', 240_000);
    await running.end();

    const seen = running.seen.slice(from);
    const answers = longestGap(seen, (health) => health !== null);
    const status = longestGap(seen, (health) => health !== null && health !== 'unknown');
    assert.ok(answers <= LONGEST_GAP, `no answer for ${answers} ms`);
    assert.ok(status <= LONGEST_GAP, `no status for ${status} ms`);
    assert.equal(rolloutsIn(namespace).filter(({objectRef}) => objectRef?.name === 'frigate').length, 1);
    assert.equal((await replicaSetsOf(frigate)).length, before.length + 1);
  });
});
