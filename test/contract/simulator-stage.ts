/** The stage on the simulated API server: the same circumstances, made by the faults of simulated Frigates. */
import assert from 'node:assert/strict';
import type {Right} from '../../src/core/observation/observation.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import {earlier, hours, instant, minutes} from '../../src/core/time.js';
import {makeClock} from '../../src/demo/clock.js';
import type {Rule} from '../../src/demo/cluster/access.js';
import {startCluster, tokenOf, type SimulatedCluster} from '../../src/demo/cluster/cluster.js';
import {Frigates} from '../../src/demo/cluster/frigates.js';
import type {Draft, PodObject} from '../../src/demo/cluster/objects.js';
import {resources} from '../../src/demo/cluster/resources.js';
import type {FaultName} from '../../src/demo/frigate/fault.js';
import {farmSite} from '../../src/demo/frigate/site.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import type {Manifest, RunningScene, Scene, Stage} from './stage.js';

const IMAGE = 'ghcr.io/blakeblackshear/frigate:0.17.2';
const MISSING_IMAGE = 'ghcr.io/blakeblackshear/frigate:0.99.0';

interface Shape {
  readonly kind?: WorkloadKind;
  readonly name: string;
  /** What its Frigate suffers from, since before its first start or since a while ago. */
  readonly fault?: {readonly name: FaultName; readonly fromStart: boolean};
  readonly image?: string;
  readonly pod?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

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

const pluralOf = (kind: string): string => {
  const resource = resources.find((one) => one.kind === kind);
  assert.ok(resource, kind);
  return resource.plural;
};

const workload = (namespace: string, {kind = 'Deployment', name, image = IMAGE, pod = {}, spec = {}}: Shape): Draft => {
  const labels = {app: 'frigate', scene: name};
  const containers = [{name: 'frigate', image, resources: {limits: {memory: '4Gi'}}}];
  const common = {selector: {matchLabels: labels}, template: {metadata: {labels}, spec: {terminationGracePeriodSeconds: 0, containers, ...pod}}};
  const own = {Deployment: {replicas: 1, strategy: {type: 'Recreate'}}, StatefulSet: {replicas: 1, serviceName: name}, DaemonSet: {}}[kind];
  return {metadata: {name, namespace, labels}, spec: {...common, ...own, ...spec}, status: {}};
};

const ruleOf = ({verb, group, resource, name, namespace}: Right): Rule => ({
  verbs: [verb], groups: [group], resources: [resource], ...(name === null ? {} : {names: [name]}), ...(namespace === null ? {} : {namespaces: [namespace]}),
});

/** Everything was made ten minutes ago, so that it has settled when the suite begins. */
const open = (namespace: string): Promise<SimulatedCluster> => {
  const now = instant(Date.now());
  const made = earlier(now, minutes(10));
  const site = {...farmSite, viewedEvery: 1};
  const frigates = new Map(shapes.map(({name, fault}) => {
    const own = new Frigates(site, '0.17.2');
    if (fault !== undefined) own.add(fault.name, fault.fromStart ? earlier(made, minutes(1)) : earlier(now, minutes(5)), {stays: true});
    return [name, own];
  }));
  const frigatesOf = (pod: PodObject): Frigates => frigates.get(pod.metadata.labels?.['scene'] ?? '') ?? new Frigates(site, '0.17.2');
  return startCluster({clock: makeClock(now, 'flowing'), from: earlier(now, hours(1)), frigates: new Frigates(site, '0.17.2'), frigatesOf, devices: {}, logMegabytes: 0}, [
    {at: made, act: (past) => {
      past.missingImage(/:0\.99\.0$/);
      past.create('namespaces', {metadata: {name: namespace}, spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}});
      for (const shape of shapes) past.create(pluralOf(shape.kind ?? 'Deployment'), workload(namespace, shape));
    }},
  ]);
};

export const simulatorStage = (namespace = 'contract'): Stage => {
  let simulated: SimulatedCluster | null = null;
  let scenes = 0;
  let users = 0;
  const clusters: Cluster[] = [];

  const world = (): SimulatedCluster => {
    assert.ok(simulated, 'the stage has begun');
    return simulated;
  };
  const scene = (name: string): Scene => ({kind: shapes.find((shape) => shape.name === name)?.kind ?? 'Deployment', name});
  const standing = (name: string) => (): Promise<Scene> => Promise.resolve(scene(name));

  /** As an administrator with curl. */
  const request = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await fetch(`${world().url}${path}`, {method, headers: {'Authorization': `Bearer ${tokenOf('administrator')}`, 'Content-Type': 'application/json'}, ...(body === undefined ? {} : {body: JSON.stringify(body)})});
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
      simulated = await open(namespace);
    },
    async stop() {
      for (const cluster of clusters) cluster.close();
      await simulated?.close();
    },
    async connect(rights) {
      users += 1;
      const user = `user-${users}`;
      if (rights !== undefined) world().access.grant(user, rights.map(ruleOf));
      const cluster = await connect({server: world().url, token: tokenOf(user), env: {}, preferInCluster: false});
      assert.ok(!isConnectError(cluster), isConnectError(cluster) ? cluster.message : '');
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
          fails: {command: ['cat', '/no/such/file'], exitCode: 1, stderr: 'cat: /no/such/file: No such file or directory\n'},
          large: {command: ['head', '-c', '3000000', '/dev/zero'], bytes: 3_000_000},
          hangs: ['sleep', '1000'],
          notThere: ['no-such-command'],
        },
        web: {port: 5000, path: '/api/stats', contains: '"0.17.2', missingPath: '/api/none', closedPort: 5999},
        log: {first: '[INFO] Starting NGINX...', repeats: 'GET /api/stats'},
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
