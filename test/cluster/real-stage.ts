/** The stage on a real cluster: small busybox containers in every circumstance, and an impersonated user for each set of rights. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import type {Manifest, RestartedScene, RunningScene, Scene, Stage} from '../contract/stage.js';
import {apply, grantManifests, kubectl, untilGranted} from './kubectl.js';

const IMAGE = 'localhost/busybox:1';

const SERVE = [
  'mkdir -p /www/api',
  `echo '{"service":{"version":"0.17.2"}}' > /www/api/stats`,
  'echo first line',
  'httpd -p 5000 -h /www',
  'while true; do echo tick; sleep 1; done',
].join('\n');

/** Ends once, then stays: the volume outlives the container. */
const TWO_LIVES =
  'if [ -e /life/first ]; then echo second life; while true; do sleep 1; done; fi\ntouch /life/first; echo first life; exit 7';

interface Shape {
  readonly kind?: WorkloadKind;
  readonly name: string;
  readonly script: string;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly pod?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const workload = (
  namespace: string,
  {kind = 'Deployment', name, script, container = {}, pod = {}, spec = {}}: Shape,
): Manifest => {
  const labels = {app: 'frigate', scene: name};
  const common = {
    selector: {matchLabels: labels},
    template: {
      metadata: {labels},
      spec: {
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        containers: [
          {name: 'frigate', image: IMAGE, imagePullPolicy: 'Never', command: ['sh', '-c', script], ...container},
        ],
        ...pod,
      },
    },
  };
  const own = {
    Deployment: {replicas: 1, strategy: {type: 'Recreate'}},
    StatefulSet: {replicas: 1, serviceName: name},
    DaemonSet: {},
  }[kind];
  return {apiVersion: 'apps/v1', kind, metadata: {name, namespace, labels}, spec: {...common, ...own, ...spec}};
};

export const realStage = (namespace: string): Stage => {
  let scenes = 0;
  let users = 0;
  const clusterRoles: string[] = [];
  const clusters: Cluster[] = [];

  const waitFor = async (condition: string, what: string): Promise<void> => {
    await kubectl(['wait', '-n', namespace, `--for=${condition}`, what, '--timeout=60s']);
  };

  const open = async (as: string | null): Promise<Cluster> => {
    const cluster = await connect({env: process.env, preferInCluster: false, as}, processTimers);
    assert.ok(!isConnectError(cluster), isConnectError(cluster) ? cluster.message : '');
    clusters.push(cluster);
    return cluster;
  };

  const settled = async (shape: Shape): Promise<Scene> => {
    const kind = shape.kind ?? 'Deployment';
    await apply(workload(namespace, shape));
    await kubectl(['rollout', 'status', '-n', namespace, `${kind.toLowerCase()}/${shape.name}`, '--timeout=90s']);
    return {kind, name: shape.name};
  };
  const begun = async (shape: Shape): Promise<Scene> => {
    await apply(workload(namespace, shape));
    return {kind: shape.kind ?? 'Deployment', name: shape.name};
  };

  return {
    name: 'a real cluster',
    namespace,
    async start() {
      await kubectl(['create', 'namespace', namespace]);
    },
    async stop() {
      for (const cluster of clusters) cluster.close();
      await Promise.all([
        kubectl(['delete', 'namespace', namespace, '--wait=false']),
        ...(clusterRoles.length === 0
          ? []
          : [
              kubectl(['delete', 'clusterrole', ...clusterRoles]),
              kubectl(['delete', 'clusterrolebinding', ...clusterRoles]),
            ]),
      ]);
    },
    async connect(rights) {
      if (rights === undefined) return open(null);
      users += 1;
      const user = `${namespace}-user-${users}`;
      const own = rights.filter((right) => right.namespace !== null);
      const shared = rights.filter((right) => right.namespace === null);
      const subject = {kind: 'User', name: user} as const;
      if (shared.length > 0) clusterRoles.push(user);
      await apply(
        ...grantManifests(user, subject, own, namespace),
        ...(shared.length === 0 ? [] : grantManifests(user, subject, shared, null)),
      );
      if (own[0] !== undefined) await untilGranted(user, own[0], namespace);
      return open(user);
    },
    apply: (manifest) => apply(manifest),
    async delete(kind, name) {
      await kubectl(['delete', kind, name, '-n', namespace, '--wait=true']);
    },

    async running(): Promise<RunningScene> {
      scenes += 1;
      const scene = await settled({name: `running-${scenes}`, script: SERVE});
      return {
        ...scene,
        commands: {
          succeeds: {command: ['echo', 'hello'], stdout: 'hello\n'},
          fails: {command: ['sh', '-c', 'echo trouble >&2; exit 7'], exitCode: 7, stderr: 'trouble\n'},
          large: {command: ['head', '-c', '3000000', '/dev/zero'], bytes: 3_000_000},
          hangs: ['sleep', '1000'],
          notThere: ['no-such-command'],
        },
        web: {port: 5000, path: '/api/stats', contains: '"0.17.2"', missingPath: '/api/none', closedPort: 5999},
        log: {first: 'first line', repeats: 'tick'},
      };
    },
    runningStatefulSet: () => settled({kind: 'StatefulSet', name: 'ordinal', script: SERVE}),
    runningDaemonSet: () => settled({kind: 'DaemonSet', name: 'everywhere', script: SERVE}),
    async restarted(): Promise<RestartedScene> {
      const scene = await begun({
        name: 'restarted',
        script: TWO_LIVES,
        container: {volumeMounts: [{name: 'life', mountPath: '/life'}]},
        pod: {volumes: [{name: 'life', emptyDir: {}}]},
      });
      for (;;) {
        const status = await kubectl([
          'get',
          'pods',
          '-n',
          namespace,
          '-l',
          'scene=restarted',
          '-o',
          'jsonpath={.items[*].status.containerStatuses[*].restartCount},{.items[*].status.containerStatuses[*].state.running.startedAt}',
        ]);
        if (/^1,.+/.test(status)) return {...scene, firstLife: 'first life', exitCode: 7};
      }
    },
    oomKilled: () => begun({name: 'oom', script: 'tail /dev/zero', container: {resources: {limits: {memory: '20Mi'}}}}),
    crashLoop: async () => ({...(await begun({name: 'crash', script: 'exit 3'})), exitCode: 3}),
    imagePullFailure: () =>
      begun({
        name: 'no-image',
        script: 'true',
        container: {image: 'localhost:1/frigate/none:1', imagePullPolicy: 'Always'},
      }),
    unschedulable: () =>
      begun({name: 'nowhere', script: 'true', pod: {nodeSelector: {'frigate-health.io/none': 'such'}}}),
    pausedRollout: () => begun({name: 'paused', script: SERVE, spec: {paused: true}}),
    // Not a container that exits: for a moment it counts as ready, and the rollout as done.
    stuckRollout: () =>
      begun({
        name: 'stuck',
        script: 'true',
        container: {image: 'localhost/none:1'},
        spec: {progressDeadlineSeconds: 2},
      }),
    async scaledToNothing() {
      const scene = await begun({name: 'nothing', script: SERVE, spec: {replicas: 0}});
      await waitFor('jsonpath={.status.observedGeneration}=1', 'deployment/nothing');
      return scene;
    },
  };
};
