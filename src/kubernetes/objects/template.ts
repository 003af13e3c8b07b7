/** The pod template of a workload, or the spec of a pod. */
import * as z from 'zod';
import type {PodTemplate, Probe, Toleration} from '../../core/observation/workload.js';
import {parseQuantity} from '../quantity.js';
import type {ContainerSpec} from '../workloads/frigate-container.js';
import {listOf, optionalText, quantityMap, textMap} from './metadata.js';

const port = z.union([z.string(), z.number()]).transform(String);

const probe = z.object({
  httpGet: z.object({path: optionalText, port}).nullish(),
  tcpSocket: z.object({port}).nullish(),
  initialDelaySeconds: z.number().nullish(),
  periodSeconds: z.number().nullish(),
  timeoutSeconds: z.number().nullish(),
  failureThreshold: z.number().nullish(),
});

const container = z.object({
  name: z.string().min(1),
  image: z
    .string()
    .nullish()
    .transform((image) => image ?? ''),
  ports: listOf(z.object({containerPort: z.number()})),
  resources: z.object({limits: quantityMap, requests: quantityMap}).nullish(),
  volumeMounts: listOf(z.object({name: z.string(), mountPath: z.string()})),
  startupProbe: probe.nullish(),
  livenessProbe: probe.nullish(),
  readinessProbe: probe.nullish(),
});

const volume = z.object({
  name: z.string(),
  emptyDir: z.object({medium: optionalText, sizeLimit: z.union([z.string(), z.number()]).nullish()}).nullish(),
  hostPath: z.object({path: z.string()}).nullish(),
  persistentVolumeClaim: z.object({claimName: z.string()}).nullish(),
  ephemeral: z.looseObject({}).nullish(),
});

const toleration = z.object({key: optionalText, operator: optionalText, value: optionalText, effect: optionalText});

export const podSpec = z.object({
  containers: listOf(container),
  initContainers: listOf(z.object({name: z.string()})),
  volumes: listOf(volume),
  nodeSelector: textMap,
  nodeName: optionalText,
  tolerations: listOf(toleration),
  hostNetwork: z.boolean().nullish(),
});

export type PodSpec = z.output<typeof podSpec>;
type ContainerOutput = z.output<typeof container>;

export const containerSpecs = (spec: PodSpec): readonly ContainerSpec[] =>
  spec.containers.map(({name, image, ports}) => ({name, image, ports: ports.map(({containerPort}) => containerPort)}));

/** Kubernetes' own defaults of a probe (core/v1 Probe): every 10 s, 1 s to answer, 3 failures. */
const probeOf = (given: z.output<typeof probe> | null | undefined): Probe | null =>
  given
    ? {
        path: given.httpGet?.path ?? null,
        port: given.httpGet?.port ?? given.tcpSocket?.port ?? null,
        initialDelaySeconds: given.initialDelaySeconds ?? 0,
        periodSeconds: given.periodSeconds || 10,
        timeoutSeconds: given.timeoutSeconds || 1,
        failureThreshold: given.failureThreshold || 3,
      }
    : null;

const limitOf = (given: ContainerOutput, name: string): number | null => {
  const limit = given.resources?.limits[name];
  return limit === undefined ? null : parseQuantity(limit);
};

const sharedMemoryOf = (given: ContainerOutput, spec: PodSpec): PodTemplate['sharedMemory'] => {
  const mount = given.volumeMounts.find(({mountPath}) => mountPath.replace(/\/$/, '') === '/dev/shm');
  const source = spec.volumes.find(({name}) => name === mount?.name);
  if (source === undefined) return null;
  const sizeLimit = source.emptyDir?.sizeLimit ?? null;
  return {
    medium: source.emptyDir?.medium === 'Memory' ? 'Memory' : 'disk',
    sizeLimit: sizeLimit === null ? null : parseQuantity(sizeLimit),
  };
};

/** Extended resources have a domain in their name that is not Kubernetes' own: `gpu.intel.com/i915`. */
const devicesOf = (given: ContainerOutput): ReadonlyMap<string, number> => {
  const devices = new Map<string, number>();
  for (const [name, amount] of Object.entries({...given.resources?.requests, ...given.resources?.limits})) {
    const count = name.includes('/') && !name.startsWith('kubernetes.io/') ? parseQuantity(amount) : null;
    if (count !== null && count > 0) devices.set(name, count);
  }
  return devices;
};

const tolerationOf = ({key, operator, value, effect}: z.output<typeof toleration>): Toleration => ({
  key,
  operator: operator === 'Exists' ? 'Exists' : 'Equal',
  value,
  effect,
});

/** What checks need of a template whose Frigate container is named; `null` when there is no container of that name. */
export const podTemplate = (
  spec: PodSpec,
  containerName: string,
  claimTemplates: readonly string[],
): PodTemplate | null => {
  const given = spec.containers.find(({name}) => name === containerName);
  if (given === undefined) return null;
  return {
    containerName,
    sidecars: spec.containers.flatMap(({name}) => (name === containerName ? [] : [name])),
    image: given.image,
    memoryLimit: limitOf(given, 'memory'),
    cpuLimit: limitOf(given, 'cpu'),
    startupProbe: probeOf(given.startupProbe),
    livenessProbe: probeOf(given.livenessProbe),
    readinessProbe: probeOf(given.readinessProbe),
    sharedMemory: sharedMemoryOf(given, spec),
    devices: devicesOf(given),
    claims: [
      ...spec.volumes.flatMap(({persistentVolumeClaim}) =>
        persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [],
      ),
      ...claimTemplates,
    ],
    hostPaths: spec.volumes.flatMap(({hostPath}) => (hostPath ? [hostPath.path] : [])),
    nodeSelector: new Map(Object.entries(spec.nodeSelector)),
    nodeName: spec.nodeName,
    tolerations: spec.tolerations.map(tolerationOf),
    hostNetwork: spec.hostNetwork === true,
  };
};
