/** metrics.k8s.io as a metrics-server answers it: the working set and the CPU of each container. A cluster may well have none. */
import {rfc3339} from '../../core/time.js';
import {containerCpuSeconds, memoryUse} from '../frigate.js';
import type {Json} from '../json.js';
import type {PodLife} from '../node/kubelet.js';
import {denial, type ServerParts} from './caller.js';
import {asPod, frigateContainer} from './objects.js';
import type {Resource} from './resources.js';
import * as status from './status.js';

const podMetricsResource: Resource = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  plural: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
};

/** Seconds: the resolution of a metrics-server; a container has no metrics before its first two scrapes. */
const WINDOW = 15;

const metricsOf = (parts: ServerParts, life: PodLife): Json | null => {
  const run = parts.simulation.nodeIsDead ? null : parts.simulation.kubelet.currentRun(life);
  const pod = parts.store.get('pods', life.namespace, life.name);
  const at = Math.floor(parts.clock.now() / 1000 / WINDOW) * WINDOW;
  if (run === null || pod === undefined || at - run.startedAt / 1000 < WINDOW) return null;
  const cores = (containerCpuSeconds(run, at) - containerCpuSeconds(run, at - WINDOW)) / WINDOW;
  const frigate = frigateContainer(asPod(pod).spec)?.name;
  return {
    metadata: {
      name: life.name,
      namespace: life.namespace,
      creationTimestamp: rfc3339(parts.clock.now()),
      labels: {...(pod.metadata.labels ?? {})},
    },
    timestamp: new Date(at * 1000).toISOString().replace('.000Z', 'Z'),
    window: `${WINDOW}.0s`,
    containers: asPod(pod).spec.containers.map(({name}) => ({
      name,
      usage:
        name === frigate
          ? {cpu: `${Math.round(cores * 1e9)}n`, memory: `${Math.round(memoryUse(run, at).workingSet * 1024)}Ki`}
          : {cpu: '1000000n', memory: '12288Ki'},
    })),
  };
};

/** The answer to a request below /apis/metrics.k8s.io; `null`: it is none, or there is no such API here. */
export const podMetrics = (
  parts: ServerParts,
  user: string,
  method: string,
  path: string,
): {readonly code: number; readonly body: Json} | null => {
  const match = /^\/apis\/metrics\.k8s\.io\/v1beta1\/(?:namespaces\/([^/]+)\/)?pods(?:\/([^/]+))?$/.exec(path);
  if (match === null || parts.metrics() === 'absent') return null;
  const [, namespace = null, name = null] = match;
  const refuse = (body: status.StatusBody): {readonly code: number; readonly body: Json} => ({code: body.code, body});
  const denied = denial(
    parts,
    user,
    method,
    {resource: podMetricsResource, namespace, name, subresource: null, rest: ''},
    new URLSearchParams(),
  );
  if (denied !== null) return refuse(denied);
  if (parts.metrics() === 'unavailable') return refuse(status.serviceUnavailable());
  if (method !== 'GET') return refuse(status.methodNotAllowed());
  const kind = {kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1'};
  const running = [...parts.simulation.kubelet.pods.values()].filter(
    (life) => (namespace === null || life.namespace === namespace) && (name === null || life.name === name),
  );
  const found = running.flatMap((life) => metricsOf(parts, life) ?? []);
  if (name === null) return {code: 200, body: {...kind, kind: 'PodMetricsList', metadata: {}, items: found}};
  const [only] = found;
  return only === undefined
    ? refuse(status.notFound(podMetricsResource, name))
    : {code: 200, body: {...kind, ...(only as Record<string, Json>)}};
};

/** What discovery says of it. */
export const metricsDiscovery = (parts: ServerParts, path: string): Json | undefined =>
  path === '/apis/metrics.k8s.io/v1beta1' && parts.metrics() === 'present'
    ? {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: 'metrics.k8s.io/v1beta1',
        resources: [{name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list']}],
      }
    : undefined;
