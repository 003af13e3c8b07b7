/** A simulated Frigate in a container of a real cluster: its image, its manifests, its faults. */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import type {Manifest} from '../contract/stage.js';
import {SIMULATOR_IMAGE} from './images.js';
import {apply, kubectl, kubectlJson} from './kubectl.js';

export const PORT = 5000;

export interface Shape {
  readonly namespace: string;
  readonly name: string;
  /** Default: a Deployment. */
  readonly kind?: WorkloadKind;
  /** FRIGATE_SIM_… without that prefix (src/simulator/frigate/main.ts). */
  readonly simulator?: Readonly<Record<string, string>>;
  readonly memoryLimit?: string;
  /** Of the volume for recordings: the kubelet evicts a pod that goes over it. */
  readonly mediaLimit?: string;
}

/** What differs by the kind of the workload. */
const strategies: Readonly<Record<WorkloadKind, object>> = {
  Deployment: {replicas: 1, strategy: {type: 'Recreate'}},
  StatefulSet: {replicas: 1, serviceName: 'frigate'},
  DaemonSet: {},
};

/** Seconds from the start of the container until its API answers. */
const BOOT = '2';

export const frigateManifest = ({
  namespace,
  name,
  kind = 'Deployment',
  simulator = {},
  memoryLimit = '512Mi',
  mediaLimit,
}: Shape): Manifest => {
  const labels = {app: 'frigate', scene: name};
  const env = Object.entries({BOOT, ...simulator}).map(([key, value]) => ({name: `FRIGATE_SIM_${key}`, value}));
  const container = {
    name: 'frigate',
    image: SIMULATOR_IMAGE,
    imagePullPolicy: 'Never',
    env,
    ports: [{containerPort: PORT}],
    resources: {limits: {memory: memoryLimit}, requests: {memory: '64Mi'}},
    volumeMounts: [
      {name: 'media', mountPath: '/media/frigate'},
      {name: 'shm', mountPath: '/dev/shm'},
    ],
  };
  const volumes = [
    {name: 'media', emptyDir: mediaLimit === undefined ? {} : {sizeLimit: mediaLimit}},
    {name: 'shm', emptyDir: {medium: 'Memory', sizeLimit: '512Mi'}},
  ];
  // A hung Frigate obeys no TERM (measured on a real one), so it is given no long grace.
  const spec = {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    containers: [container],
    volumes,
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: {name, namespace, labels},
    spec: {...strategies[kind], selector: {matchLabels: labels}, template: {metadata: {labels}, spec}},
  };
};

interface ContainerStatus {
  readonly restartCount: number;
  readonly state?: {readonly waiting?: {readonly reason?: string}; readonly running?: {readonly startedAt: string}};
  readonly lastState?: {readonly terminated?: {readonly reason?: string; readonly exitCode: number}};
}

export interface PodNow {
  readonly metadata: {readonly name: string; readonly uid: string; readonly deletionTimestamp?: string};
  readonly status: {
    readonly phase: string;
    readonly reason?: string;
    readonly podIP?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly conditions?: ReadonlyArray<{readonly type: string; readonly status: string; readonly reason?: string}>;
  };
}

/** With those that end. */
export const everyPodOf = async ({namespace, name}: Pick<Shape, 'namespace' | 'name'>): Promise<readonly PodNow[]> =>
  (await kubectlJson<{readonly items: readonly PodNow[]}>('get', 'pods', '-n', namespace, '-l', `scene=${name}`)).items;

export const podsOf = async (shape: Pick<Shape, 'namespace' | 'name'>): Promise<readonly PodNow[]> =>
  (await everyPodOf(shape)).filter(({metadata}) => metadata.deletionTimestamp === undefined);

/** Milliseconds between two looks: short at first, then not so that ten suites beside each other are busy with looking. */
const PAUSE = {first: 200, longest: 1500} as const;

/** Tries until it holds; what is still wrong stands in the message. */
export const eventually = async <T>(
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  what: string,
  limit = 90_000,
): Promise<T> => {
  const deadline = Date.now() + limit;
  for (let pause: number = PAUSE.first; ; pause = Math.min(pause * 1.5, PAUSE.longest)) {
    const value = await look();
    if (holds(value)) return value;
    assert.ok(Date.now() < deadline, `${what} did not come about: ${JSON.stringify(value).slice(0, 600)}`);
    await wait(pause);
  }
};

const imageIsMissing = (pod: PodNow): boolean =>
  pod.status.containerStatuses?.some(({state}) => state?.waiting?.reason === 'ErrImageNeverPull') === true;

/** Not what is left of one that was evicted. */
const isRunning = ({status}: PodNow): boolean => status.containerStatuses?.[0]?.state?.running !== undefined;

/** The one running pod of a Frigate, as soon as there is one. */
export const runningPod = async (shape: Pick<Shape, 'namespace' | 'name'>): Promise<PodNow> => {
  const pods = await eventually(
    () => podsOf(shape),
    (list) => {
      assert.ok(
        !list.some(imageIsMissing),
        `the node does not have the image ${SIMULATOR_IMAGE}: set FRIGATE_HC_TEST_IMAGE_LOADER to a command that loads it (docs/testing.md)`,
      );
      return list.filter(isRunning).length === 1;
    },
    `a running pod of ${shape.namespace}/${shape.name}`,
  );
  const running = pods.find(isRunning);
  assert.ok(running);
  return running;
};

export const deployed = async (...shapes: readonly Shape[]): Promise<void> => {
  await apply(...shapes.map(frigateManifest));
};

const proxied = (namespace: string, pod: string, rest: string): string =>
  `/api/v1/namespaces/${namespace}/pods/${pod}:${PORT}/proxy${rest}`;

/** Waits until the API of a Frigate answers. */
export const answering = async (shape: Pick<Shape, 'namespace' | 'name'>): Promise<PodNow> => {
  const pod = await runningPod(shape);
  await eventually(
    () => kubectl(['get', '--raw', proxied(shape.namespace, pod.metadata.name, '/api/stats')]).catch(() => ''),
    (stats) => stats.includes('"service"'),
    `the API of ${shape.name}`,
    40_000,
  );
  return pod;
};

/** Switches a fault on. It ends with the process, as the real one ends with a restart. */
export const fault = async (shape: Pick<Shape, 'namespace' | 'name'>, name: string): Promise<void> => {
  const pod = await runningPod(shape);
  await kubectl(
    ['create', '--raw', proxied(shape.namespace, pod.metadata.name, `/sim/fault?name=${name}`), '-f', '-'],
    {},
  );
};

interface DeploymentNow {
  readonly metadata: {readonly generation: number};
  readonly status?: {readonly observedGeneration?: number};
}

/** The uids of the ReplicaSets, one for each rollout that there was: also for one that the controller learns of only now. */
export const replicaSetsOf = async ({
  namespace,
  name,
}: Pick<Shape, 'namespace' | 'name'>): Promise<readonly string[]> => {
  await eventually(
    () => kubectlJson<DeploymentNow>('get', 'deployment', name, '-n', namespace),
    ({metadata, status}) => (status?.observedGeneration ?? 0) >= metadata.generation,
    `a controller that has seen the newest ${namespace}/${name}`,
  );
  return (
    await kubectlJson<{readonly items: ReadonlyArray<{readonly metadata: {readonly uid: string}}>}>(
      'get',
      'replicasets',
      '-n',
      namespace,
      '-l',
      `scene=${name}`,
    )
  ).items.map(({metadata}) => metadata.uid);
};

/** Milliseconds since Frigate's container started. */
export const ageOf = async (shape: Pick<Shape, 'namespace' | 'name'>): Promise<number> => {
  const pod = await runningPod(shape);
  return Date.now() - Date.parse(pod.status.containerStatuses?.[0]?.state?.running?.startedAt ?? '');
};

export const containerAged = async (shape: Pick<Shape, 'namespace' | 'name'>, age: number): Promise<void> => {
  await wait(Math.max(0, age - (await ageOf(shape))));
};
