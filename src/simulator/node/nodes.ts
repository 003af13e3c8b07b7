/** The one node of a small site: healthy, cordoned, or down. */
import {randomUUID} from 'node:crypto';
import {later, rfc3339, seconds, type Instant} from '../../core/time.js';
import {markDeleted} from '../control-plane/deletion.js';
import {recordEvent} from '../control-plane/events.js';
import {asNode, asPod, type Condition, type KubeObject, type PodObject} from '../api/objects.js';
import {readyCondition} from './pod-status.js';
import type {ObjectStore} from '../api/store.js';

/** The node controller waits 40 s for a heartbeat, and evicts 300 s after that. */
const SILENT_FOR = seconds(40);
const EVICTED_AFTER = seconds(300);

const condition = (
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  at: Instant,
): Condition => ({type, status, lastHeartbeatTime: rfc3339(at), lastTransitionTime: rfc3339(at), reason, message});

export const createNode = (
  store: ObjectStore,
  name: string,
  devices: Readonly<Record<string, string>>,
  at: Instant,
  memoryMib: number,
): void => {
  const capacity = {
    cpu: '8',
    memory: `${memoryMib * 1024}Ki`,
    'ephemeral-storage': '264212084Ki',
    pods: '110',
    ...devices,
  };
  store.create(
    'nodes',
    {
      metadata: {
        name,
        labels: {'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux'},
      },
      spec: {},
      status: {
        capacity,
        allocatable: capacity,
        conditions: [
          condition(
            'MemoryPressure',
            'False',
            'KubeletHasSufficientMemory',
            'kubelet has sufficient memory available',
            at,
          ),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', at),
          condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', at),
          condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', at),
        ],
        addresses: [
          {type: 'InternalIP', address: '192.168.1.10'},
          {type: 'Hostname', address: name},
        ],
        daemonEndpoints: {kubeletEndpoint: {Port: 10250}},
        nodeInfo: {
          kubeletVersion: 'v1.34.4',
          osImage: 'Debian GNU/Linux 13 (trixie)',
          containerRuntimeVersion: 'containerd://2.1.4',
          kernelVersion: '6.12.48',
          architecture: 'amd64',
          operatingSystem: 'linux',
          machineID: '',
          systemUUID: '',
          bootID: randomUUID(),
          kubeProxyVersion: '',
        },
      },
    },
    at,
  );
};

/** Why the pod cannot run there, in the scheduler's words; `null`: it can. */
export const unplaceable = (store: ObjectStore, object: KubeObject, pod: PodObject): string | null => {
  const node = asNode(object);
  const tolerated = (taint: {readonly key: string; readonly effect: string}): boolean =>
    pod.spec.tolerations?.some(
      (one) =>
        (one.key === taint.key || (one.key === undefined && one.operator === 'Exists')) &&
        (one.effect === undefined || one.effect === taint.effect),
    ) === true;
  const taint = node.spec.taints?.find((one) => one.effect !== 'PreferNoSchedule' && !tolerated(one));
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (selector.some(([key, value]) => node.metadata.labels?.[key] !== value))
    return "node(s) didn't match Pod's node affinity/selector";
  for (const [device, count] of Object.entries(
    pod.spec.containers
      .flatMap((one) => Object.entries(one.resources?.limits ?? {}))
      .reduce<Record<string, number>>(
        (all, [name, value]) => (name.includes('/') ? {...all, [name]: (all[name] ?? 0) + Number(value)} : all),
        {},
      ),
  )) {
    const used = store
      .list('pods')
      .map(asPod)
      .filter((one) => one.spec.nodeName === node.metadata.name && one.metadata.uid !== pod.metadata.uid)
      .flatMap((one) => one.spec.containers)
      .reduce((sum, one) => sum + Number(one.resources?.limits?.[device] ?? 0), 0);
    if (Number(node.status.allocatable[device] ?? 0) - used < count) return `Insufficient ${device}`;
  }
  return null;
};

/** `kubectl cordon`. */
export const cordon = (store: ObjectStore, name: string, at: Instant): void => {
  store.update('nodes', null, name, (object) => {
    const node = asNode(object);
    node.spec.unschedulable = true;
    node.spec.taints = [
      ...(node.spec.taints ?? []),
      {key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: rfc3339(at)},
    ];
  });
};

/** A device plugin that lost its device: nothing of it can be allocated any more. */
export const loseDevice = (store: ObjectStore, name: string, device: string): void => {
  store.update('nodes', null, name, (object) => {
    asNode(object).status.allocatable = {...asNode(object).status.allocatable, [device]: '0'};
  });
};

const declareDead = (store: ObjectStore, name: string, at: Instant): void => {
  const node = store.update('nodes', null, name, (object) => {
    const one = asNode(object);
    one.status.conditions = one.status.conditions.map((standing) => ({
      ...standing,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: rfc3339(at),
    }));
    one.spec.taints = ['NoSchedule', 'NoExecute'].map((effect) => ({
      key: 'node.kubernetes.io/unreachable',
      effect,
      timeAdded: rfc3339(at),
    }));
  });
  if (node !== undefined)
    recordEvent(
      store,
      node,
      {
        type: 'Normal',
        reason: 'NodeNotReady',
        message: `Node ${name} status is now: NodeNotReady`,
        source: 'node-controller',
      },
      at,
    );
  for (const pod of store
    .list('pods')
    .map(asPod)
    .filter((one) => one.spec.nodeName === name)) {
    store.update('pods', pod.metadata.namespace ?? null, pod.metadata.name, (object) => {
      asPod(object).status.conditions = readyCondition(asPod(object).status.conditions, false, at);
    });
    recordEvent(
      store,
      pod,
      {type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', source: 'node-controller'},
      at,
    );
  }
};

/** A node that is up again: another boot, and ready at once. */
const declareReady = (store: ObjectStore, name: string, at: Instant): void => {
  const bootID = randomUUID();
  const node = store.update('nodes', null, name, (object) => {
    const one = asNode(object);
    const well: Readonly<Record<string, readonly [Condition['status'], string, string]>> = {
      MemoryPressure: ['False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
      DiskPressure: ['False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
      PIDPressure: ['False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
      Ready: ['True', 'KubeletReady', 'kubelet is posting ready status'],
    };
    one.status.conditions = Object.entries(well).map(([type, [status, reason, message]]) =>
      condition(type, status, reason, message, at),
    );
    one.status['nodeInfo'] = {...(one.status['nodeInfo'] as Record<string, string>), bootID};
    const taints = (one.spec.taints ?? []).filter(({key}) => key !== 'node.kubernetes.io/unreachable');
    if (taints.length === 0) delete one.spec.taints;
    else one.spec.taints = taints;
  });
  if (node === undefined) return;
  const said = (type: 'Normal' | 'Warning', reason: string, message: string): void => {
    recordEvent(store, node, {type, reason, message, source: 'kubelet'}, at);
  };
  said('Normal', 'Starting', 'Starting kubelet.');
  said('Warning', 'Rebooted', `Node ${name} has been rebooted, boot id: ${bootID}`);
  said('Normal', 'NodeReady', `Node ${name} status is now: NodeReady`);
};

/**
 * The steps of a node's death: declared after 40 s, evicted after 300 s more, unless it is back by then (`backAt`). What was evicted
 * meanwhile is ended by the kubelet that came back.
 */
export class NodeDeath {
  readonly #name: string;
  readonly #store: ObjectStore;
  readonly #steps: Array<{readonly due: Instant; readonly act: (at: Instant) => void}>;

  constructor(
    store: ObjectStore,
    name: string,
    diedAt: Instant,
    back: {readonly at: Instant; readonly act: (at: Instant) => void} | null = null,
  ) {
    this.#store = store;
    this.#name = name;
    const declared = later(diedAt, SILENT_FOR);
    const death = [
      {due: declared, act: (at: Instant) => declareDead(store, name, at)},
      {due: later(declared, EVICTED_AFTER), act: (at: Instant) => this.#evict(at)},
    ];
    this.#steps =
      back === null
        ? death
        : [
            ...death.filter(({due}) => due < back.at),
            {
              due: back.at,
              act: (at) => {
                declareReady(store, name, at);
                back.act(at);
              },
            },
          ];
  }

  get nextDue(): Instant | null {
    return this.#steps[0]?.due ?? null;
  }

  step(at: Instant): void {
    while (this.#steps[0] !== undefined && this.#steps[0].due <= at) this.#steps.shift()?.act(at);
  }

  #evict(at: Instant): void {
    for (const pod of this.#store
      .list('pods')
      .map(asPod)
      .filter((one) => one.spec.nodeName === this.#name))
      markDeleted(this.#store, pod, at);
  }
}
