/** A simulated cluster with many workloads, each with a Frigate and a fate of its own. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import {earlier, hours, instant, minutes, type Instant} from '../../src/core/time.js';
import {makeClock} from '../../src/simulator/clock.js';
import {startCluster, tokenOf, type SimulatedCluster} from '../../src/simulator/cluster.js';
import {Frigates} from '../../src/simulator/node/frigates.js';
import type {Draft, PodObject} from '../../src/simulator/api/objects.js';
import {resources} from '../../src/simulator/api/resources.js';
import type {FaultName} from '../../src/simulator/frigate/fault.js';
import {farmSite} from '../../src/simulator/frigate/site.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';

export const MISSING_IMAGE = 'ghcr.io/blakeblackshear/frigate:0.99.0';
const IMAGE = 'ghcr.io/blakeblackshear/frigate:0.17.2';

export interface Shape {
  readonly kind?: WorkloadKind;
  readonly name: string;
  /** What its Frigate suffers from: since before its first start, or since it had been well for half of its life. */
  readonly fault?: {readonly name: FaultName; readonly fromStart: boolean};
  readonly image?: string;
  readonly pod?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Every workload was made this long ago, so that it has settled when a suite begins. */
const AGE = minutes(6);

export const pluralOf = (kind: string): string => {
  const resource = resources.find((one) => one.kind === kind);
  assert.ok(resource, kind);
  return resource.plural;
};

const manifest = (namespace: string, {kind = 'Deployment', name, image = IMAGE, pod = {}, spec = {}}: Shape): Draft => {
  const labels = {app: 'frigate', scene: name};
  const containers = [{name: 'frigate', image, resources: {limits: {memory: '4Gi'}}}];
  const common = {
    selector: {matchLabels: labels},
    template: {metadata: {labels}, spec: {terminationGracePeriodSeconds: 0, containers, ...pod}},
  };
  const own = {
    Deployment: {replicas: 1, strategy: {type: 'Recreate'}},
    StatefulSet: {replicas: 1, serviceName: name},
    DaemonSet: {},
  }[kind];
  return {metadata: {name, namespace, labels}, spec: {...common, ...own, ...spec}, status: {}};
};

/** Somebody looks at a page of it all the time, so that its log goes on. */
const site = {...farmSite, viewedEvery: 1};

const frigateOf = ({fault}: Shape, made: Instant, now: Instant): Frigates => {
  const frigates = new Frigates(site, '0.17.2');
  if (fault !== undefined)
    frigates.add(fault.name, fault.fromStart ? earlier(made, minutes(1)) : earlier(now, minutes(3)), {stays: true});
  return frigates;
};

export const startWorkloads = (namespace: string, shapes: readonly Shape[]): Promise<SimulatedCluster> => {
  const now = instant(Date.now());
  const made = earlier(now, AGE);
  const healthy = new Frigates(site, '0.17.2');
  const frigates = new Map(shapes.map((shape) => [shape.name, frigateOf(shape, made, now)]));
  const frigatesOf = (pod: PodObject): Frigates => frigates.get(pod.metadata.labels?.['scene'] ?? '') ?? healthy;
  return startCluster(
    {
      clock: makeClock(now, 'flowing'),
      from: earlier(now, hours(1)),
      frigates: healthy,
      frigatesOf,
      devices: {},
      logMegabytes: 0,
    },
    [
      {
        at: made,
        act: (past) => {
          past.missingImage(/:0\.99\.0$/);
          past.create('namespaces', {
            metadata: {name: namespace},
            spec: {finalizers: ['kubernetes']},
            status: {phase: 'Active'},
          });
          for (const shape of shapes) past.create(pluralOf(shape.kind ?? 'Deployment'), manifest(namespace, shape));
        },
      },
    ],
  );
};

export const connectAs = async (simulated: SimulatedCluster, user: string): Promise<Cluster> => {
  const cluster = await connect(
    {server: simulated.url, token: tokenOf(user), env: {}, preferInCluster: false},
    processTimers,
  );
  assert.ok(!isConnectError(cluster), isConnectError(cluster) ? cluster.message : '');
  return cluster;
};
