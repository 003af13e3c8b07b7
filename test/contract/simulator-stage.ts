/** The stage on the simulated API server: the same circumstances, made by the faults of simulated Frigates. */
import assert from 'node:assert/strict';
import type {Permission} from '../../src/core/observation/observation.js';
import type {Rule} from '../../src/simulator/api/access.js';
import {tokenOf, type SimulatedCluster} from '../../src/simulator/cluster.js';
import {resources} from '../../src/simulator/api/resources.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {connectAs, MISSING_IMAGE, startWorkloads, type Shape} from './simulated-workloads.js';
import type {Manifest, RunningScene, Scene, Stage} from './stage.js';

const shapes: readonly Shape[] = [
  {name: 'running-1'},
  {name: 'running-2'},
  {kind: 'StatefulSet', name: 'ordinal'},
  {kind: 'DaemonSet', name: 'everywhere'},
  {name: 'restarted', fault: {name: 'bad-config', fromStart: false}},
  {name: 'oom', fault: {name: 'oom', fromStart: true}},
  {name: 'crash', fault: {name: 'migration-fails', fromStart: true}},
  {name: 'no-image', image: MISSING_IMAGE},
  {name: 'nowhere', pod: {nodeSelector: {'frigate-health.io/none': 'such'}}},
  {name: 'paused', spec: {paused: true}},
  {name: 'stuck', image: MISSING_IMAGE, spec: {progressDeadlineSeconds: 2}},
  {name: 'nothing', spec: {replicas: 0}},
];

const ruleOf = ({verb, group, resource, name, namespace}: Permission): Rule => ({
  verbs: [verb],
  groups: [group],
  resources: [resource],
  ...(name === null ? {} : {names: [name]}),
  ...(namespace === null ? {} : {namespaces: [namespace]}),
});

export const simulatorStage = (namespace = 'contract'): Stage => {
  let simulated: SimulatedCluster | null = null;
  let scenes = 0;
  let users = 0;
  const clusters: Cluster[] = [];

  const world = (): SimulatedCluster => {
    assert.ok(simulated, 'the stage has begun');
    return simulated;
  };
  const scene = (name: string): Scene => ({
    kind: shapes.find((shape) => shape.name === name)?.kind ?? 'Deployment',
    name,
  });
  const standing = (name: string) => (): Promise<Scene> => Promise.resolve(scene(name));

  /** As an administrator with curl. */
  const request = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await fetch(`${world().url}${path}`, {
      method,
      headers: {Authorization: `Bearer ${tokenOf('administrator')}`, 'Content-Type': 'application/json'},
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    });
    assert.ok(answer.ok, `${method} ${path}: ${await answer.text()}`);
  };
  const folder = (kind: string): string => {
    const resource = resources.find((one) => one.kind === kind);
    assert.ok(resource, kind);
    return `${resource.group === '' ? '/api' : `/apis/${resource.group}`}/v1/namespaces/${namespace}/${resource.plural}`;
  };

  return {
    name: 'the simulator',
    namespace,
    async start() {
      simulated = await startWorkloads(namespace, shapes);
    },
    async stop() {
      for (const cluster of clusters) cluster.close();
      await simulated?.close();
    },
    async connect(rights) {
      users += 1;
      const user = `user-${users}`;
      if (rights !== undefined) world().access.grant(user, rights.map(ruleOf));
      const cluster = await connectAs(world(), user);
      clusters.push(cluster);
      return cluster;
    },
    apply: (manifest: Manifest) => request('POST', folder(manifest.kind), manifest),
    delete: (kind, name) => request('DELETE', `${folder(kind)}/${name}`),

    running(): Promise<RunningScene> {
      scenes += 1;
      return Promise.resolve({
        ...scene(`running-${scenes}`),
        commands: {
          succeeds: {command: ['echo', 'hello'], stdout: 'hello\n'},
          fails: {
            command: ['cat', '/no/such/file'],
            exitCode: 1,
            stderr: 'cat: /no/such/file: No such file or directory\n',
          },
          large: {command: ['head', '-c', '3000000', '/dev/zero'], bytes: 3_000_000},
          hangs: ['sleep', '1000'],
          notThere: ['no-such-command'],
        },
        web: {port: 5000, path: '/api/stats', contains: '"0.17.2', missingPath: '/api/none', closedPort: 5999},
        log: {first: '[INFO] Starting NGINX...', repeats: 'GET /api/events'},
      });
    },
    runningStatefulSet: standing('ordinal'),
    runningDaemonSet: standing('everywhere'),
    restarted: () => Promise.resolve({...scene('restarted'), firstLife: 'Camera processor started', exitCode: 0}),
    oomKilled: standing('oom'),
    crashLoop: () => Promise.resolve({...scene('crash'), exitCode: 1}),
    imagePullFailure: standing('no-image'),
    unschedulable: standing('nowhere'),
    pausedRollout: standing('paused'),
    stuckRollout: standing('stuck'),
    scaledToNothing: standing('nothing'),
  };
};
