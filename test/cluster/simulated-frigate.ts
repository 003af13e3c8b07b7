/** A simulated Frigate in a container of a real cluster: its image, its manifests, its faults. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {promisify} from 'node:util';
import type {Manifest} from '../contract/stage.js';
import {apply, kubectl, kubectlJson} from './kubectl.js';
import {built} from './program.js';

export const IMAGE = 'localhost/frigate-simulator:1';
export const PORT = 5000;

let loading: Promise<void> | null = null;

/**
 * Builds the image and loads it with the program that FRIGATE_HC_TEST_IMAGE_LOADER names (`LOADER NAME ROOTFS … -- COMMAND`).
 * Without that variable the image must be on the node already.
 */
export const imageLoaded = (): Promise<void> => {
  loading ??= (async () => {
    const loader = process.env['FRIGATE_HC_TEST_IMAGE_LOADER'];
    if (loader === undefined || loader === '') return;
    await built();
    await promisify(execFile)('bash', [path.join(import.meta.dirname, 'image', 'build.sh'), loader]);
  })();
  return loading;
};

export interface Shape {
  readonly namespace: string;
  readonly name: string;
  /** FRIGATE_SIM_… without that prefix (src/demo/frigate/main.ts). */
  readonly simulator?: Readonly<Record<string, string>>;
  readonly memoryLimit?: string;
}

/** Seconds from the start of the container until its API answers. */
const BOOT = '2';

export const frigateManifest = ({namespace, name, simulator = {}, memoryLimit = '512Mi'}: Shape): Manifest => {
  const labels = {app: 'frigate', scene: name};
  const env = Object.entries({BOOT, ...simulator}).map(([key, value]) => ({name: `FRIGATE_SIM_${key}`, value}));
  const container = {
    name: 'frigate', image: IMAGE, imagePullPolicy: 'Never', env,
    ports: [{containerPort: PORT}],
    resources: {limits: {memory: memoryLimit}, requests: {memory: '64Mi'}},
    volumeMounts: [{name: 'media', mountPath: '/media/frigate'}, {name: 'shm', mountPath: '/dev/shm'}],
  };
  const volumes = [{name: 'media', emptyDir: {}}, {name: 'shm', emptyDir: {medium: 'Memory', sizeLimit: '512Mi'}}];
  // A hung Frigate obeys no TERM (measured on a real one), so it is given no long grace.
  const spec = {terminationGracePeriodSeconds: 1, automountServiceAccountToken: false, containers: [container], volumes};
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name, namespace, labels},
    spec: {replicas: 1, strategy: {type: 'Recreate'}, selector: {matchLabels: labels}, template: {metadata: {labels}, spec}},
  };
};

interface ContainerStatus {
  readonly restartCount: number;
  readonly state?: {readonly waiting?: {readonly reason?: string}; readonly running?: {readonly startedAt: string}};
  readonly lastState?: {readonly terminated?: {readonly reason?: string; readonly exitCode: number}};
}

export interface PodNow {
  readonly metadata: {readonly name: string; readonly uid: string; readonly deletionTimestamp?: string};
  readonly status: {readonly phase: string; readonly podIP?: string; readonly containerStatuses?: readonly ContainerStatus[]};
}

export const podsOf = async ({namespace, name}: Pick<Shape, 'namespace' | 'name'>): Promise<readonly PodNow[]> =>
  (await kubectlJson<{readonly items: readonly PodNow[]}>('get', 'pods', '-n', namespace, '-l', `scene=${name}`)).items.filter(({metadata}) => metadata.deletionTimestamp === undefined);

/** Tries until it holds; what is still wrong stands in the message. */
export const eventually = async <T>(look: () => Promise<T>, holds: (value: T) => boolean, what: string, limit = 90_000): Promise<T> => {
  const deadline = Date.now() + limit;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    assert.ok(Date.now() < deadline, `${what} did not come about: ${JSON.stringify(value).slice(0, 600)}`);
    await wait(300);
  }
};

const imageIsMissing = (pod: PodNow): boolean => pod.status.containerStatuses?.some(({state}) => state?.waiting?.reason === 'ErrImageNeverPull') === true;

/** The one running pod of a Frigate, as soon as there is one. */
export const runningPod = async (shape: Pick<Shape, 'namespace' | 'name'>): Promise<PodNow> => {
  const pods = await eventually(() => podsOf(shape), (list) => {
    assert.ok(!list.some(imageIsMissing), `the node does not have the image ${IMAGE}: set FRIGATE_HC_TEST_IMAGE_LOADER to a program that loads it (docs/testing.md)`);
    return list.length === 1 && list[0]?.status.containerStatuses?.[0]?.state?.running !== undefined;
  }, `a running pod of ${shape.namespace}/${shape.name}`);
  assert.ok(pods[0]);
  return pods[0];
};

export const deployed = async (...shapes: readonly Shape[]): Promise<void> => {
  await imageLoaded();
  await apply(...shapes.map(frigateManifest));
};

const proxied = (namespace: string, pod: string, rest: string): string => `/api/v1/namespaces/${namespace}/pods/${pod}:${PORT}/proxy${rest}`;

/** Waits until the API of a Frigate answers. */
export const answering = async (shape: Pick<Shape, 'namespace' | 'name'>): Promise<PodNow> => {
  const pod = await runningPod(shape);
  await eventually(() => kubectl(['get', '--raw', proxied(shape.namespace, pod.metadata.name, '/api/stats')]).catch(() => ''), (stats) => stats.includes('"service"'), `the API of ${shape.name}`, 40_000);
  return pod;
};

/** Switches a fault on. It ends with the process, as the real one ends with a restart. */
export const fault = async (shape: Pick<Shape, 'namespace' | 'name'>, name: string): Promise<void> => {
  const pod = await runningPod(shape);
  await kubectl(['create', '--raw', proxied(shape.namespace, pod.metadata.name, `/sim/fault?name=${name}`), '-f', '-'], {});
};
