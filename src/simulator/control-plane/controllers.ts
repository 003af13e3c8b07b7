/** The controllers: workloads make revisions and pods, the scheduler places pods, each written as Kubernetes' own do. */
import {rfc3339, type Instant} from '../../core/time.js';
import {hashOf} from '../frigate.js';
import {recordEvent} from './events.js';
import {
  asPod,
  asWorkload,
  ownedBy,
  ownerReference,
  type Condition,
  type KubeObject,
  type PodObject,
  type WorkloadObject,
} from '../api/objects.js';
import {markDeleted} from './deletion.js';
import {unplaceable} from '../node/nodes.js';
import {alive, deploymentStatus, isReady} from './rollout.js';
import type {ObjectStore} from '../api/store.js';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** A name part as Kubernetes makes them, from a text. */
const safeHash = (text: string, length: number): string => {
  let value = hashOf(text);
  return Array.from({length}, () => {
    const letter = LETTERS[value % LETTERS.length] ?? 'b';
    value = Math.imul(value ^ (value >>> 7), 2_654_435_761) >>> 0;
    return letter;
  }).join('');
};

const podsOf = (store: ObjectStore, owner: KubeObject): PodObject[] =>
  store
    .list('pods', owner.metadata.namespace ?? null)
    .filter((pod) => ownedBy(pod, owner))
    .map(asPod);

const createPod = (
  store: ObjectStore,
  owner: WorkloadObject,
  labels: Readonly<Record<string, string>>,
  at: Instant,
  fixedName?: string,
): void => {
  const {template} = owner.spec;
  const name = fixedName ?? `${owner.metadata.name}-${safeHash(`${owner.metadata.name}${store.version}`, 5)}`;
  const pod = store.create(
    'pods',
    {
      metadata: {
        name,
        generateName: `${owner.metadata.name}-`,
        ...(owner.metadata.namespace === undefined ? {} : {namespace: owner.metadata.namespace}),
        labels: {...template.metadata.labels, ...labels},
        ...(template.metadata.annotations === undefined ? {} : {annotations: template.metadata.annotations}),
        ownerReferences: [ownerReference(owner)],
      },
      spec: structuredClone(template.spec),
      status: {phase: 'Pending', conditions: [], qosClass: 'Burstable'},
    },
    at,
  );
  recordEvent(
    store,
    owner,
    {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
      source: `${owner.kind.toLowerCase()}-controller`,
    },
    at,
  );
};

const setStatus = (store: ObjectStore, plural: string, object: KubeObject, status: Record<string, unknown>): void => {
  store.update(plural, object.metadata.namespace ?? null, object.metadata.name, (one) => {
    one['status'] = status;
  });
};

const replicaSet = (store: ObjectStore, set: WorkloadObject, at: Instant): void => {
  const pods = podsOf(store, set);
  const active = pods.filter(alive);
  const wanted = set.spec.replicas ?? 1;
  const hash = set.metadata.labels?.['pod-template-hash'] ?? '';
  for (let missing = wanted - active.length; missing > 0; missing -= 1)
    createPod(store, set, {'pod-template-hash': hash}, at);
  for (const pod of active.slice(wanted)) {
    markDeleted(store, pod, at);
    recordEvent(
      store,
      set,
      {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `Deleted pod: ${pod.metadata.name}`,
        source: 'replicaset-controller',
      },
      at,
    );
  }
  const now = podsOf(store, set).filter(alive);
  const ready = now.filter(isReady).length;
  setStatus(store, 'replicasets', set, {
    replicas: now.length,
    ...(now.length > 0 ? {fullyLabeledReplicas: now.length} : {}),
    ...(ready > 0 ? {readyReplicas: ready, availableReplicas: ready} : {}),
    observedGeneration: set.metadata.generation,
  });
};

const templateHash = (workload: WorkloadObject): string => safeHash(JSON.stringify(workload.spec.template), 10);

const scaleSet = (
  store: ObjectStore,
  deployment: WorkloadObject,
  set: KubeObject,
  replicas: number,
  at: Instant,
): void => {
  const standing = asWorkload(set).spec.replicas ?? 0;
  if (standing === replicas) return;
  store.update('replicasets', set.metadata.namespace ?? null, set.metadata.name, (one) => {
    asWorkload(one).spec.replicas = replicas;
  });
  recordEvent(
    store,
    deployment,
    {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled ${replicas > standing ? 'up' : 'down'} replica set ${set.metadata.name} from ${standing} to ${replicas}`,
      source: 'deployment-controller',
    },
    at,
  );
};

const newReplicaSet = (store: ObjectStore, deployment: WorkloadObject, hash: string, at: Instant): KubeObject => {
  const revision =
    1 +
    Math.max(
      0,
      ...store
        .list('replicasets', deployment.metadata.namespace ?? null)
        .filter((set) => ownedBy(set, deployment))
        .map((set) => Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)),
    );
  store.update('deployments', deployment.metadata.namespace ?? null, deployment.metadata.name, (one) => {
    one.metadata.annotations = {...one.metadata.annotations, 'deployment.kubernetes.io/revision': String(revision)};
  });
  const labels = {...deployment.spec.template.metadata.labels, 'pod-template-hash': hash};
  return store.create(
    'replicasets',
    {
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        ...(deployment.metadata.namespace === undefined ? {} : {namespace: deployment.metadata.namespace}),
        labels,
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(deployment.spec.replicas ?? 1),
          'deployment.kubernetes.io/max-replicas': '1',
          'deployment.kubernetes.io/revision': String(revision),
        },
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas: 0,
        selector: {matchLabels: labels},
        template: {...deployment.spec.template, metadata: {...deployment.spec.template.metadata, labels}},
      },
      status: {replicas: 0},
    },
    at,
  );
};

const deployment = (store: ObjectStore, workload: WorkloadObject, at: Instant): void => {
  const wanted = workload.spec.replicas ?? 1;
  const hash = templateHash(workload);
  const sets = store.list('replicasets', workload.metadata.namespace ?? null).filter((set) => ownedBy(set, workload));
  let current = sets.find((set) => set.metadata.labels?.['pod-template-hash'] === hash);
  const old = sets.filter((set) => set !== current);
  if (workload.spec.paused !== true) {
    if (workload.spec.strategy?.type === 'Recreate') {
      for (const set of old) scaleSet(store, workload, set, 0, at);
      const gone = old.every((set) =>
        podsOf(store, set).every((pod) => pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded'),
      );
      if (gone) {
        current ??= newReplicaSet(store, workload, hash, at);
        scaleSet(store, workload, current, wanted, at);
      }
    } else {
      current ??= newReplicaSet(store, workload, hash, at);
      scaleSet(store, workload, current, wanted, at);
      if (podsOf(store, current).filter(isReady).length >= wanted)
        for (const set of old) scaleSet(store, workload, set, 0, at);
    }
  }
  const pods = store
    .list('replicasets', workload.metadata.namespace ?? null)
    .filter((set) => ownedBy(set, workload))
    .flatMap((set) => podsOf(store, set))
    .filter(alive);
  const updated = pods.filter((pod) => current !== undefined && ownedBy(pod, current)).length;
  setStatus(
    store,
    'deployments',
    workload,
    deploymentStatus(
      workload,
      {pods: pods.length, updated, ready: pods.filter(isReady).length, current: current?.metadata.name ?? ''},
      at,
    ),
  );
};

/** StatefulSet and DaemonSet: a revision object, and pods that are deleted first and created again under it. */
const direct = (store: ObjectStore, plural: string, workload: WorkloadObject, at: Instant): void => {
  const hash = templateHash(workload);
  const revision = `${workload.metadata.name}-${hash}`;
  const namespace = workload.metadata.namespace ?? null;
  const isStateful = plural === 'statefulsets';
  const revisions = store.list('controllerrevisions', namespace).filter((one) => ownedBy(one, workload));
  if (!revisions.some((one) => one.metadata.name === revision)) {
    store.create(
      'controllerrevisions',
      {
        metadata: {
          name: revision,
          ...(namespace === null ? {} : {namespace}),
          labels: {
            ...workload.spec.template.metadata.labels,
            [isStateful ? 'controller.kubernetes.io/hash' : 'controller-revision-hash']: hash,
          },
          ownerReferences: [ownerReference(workload)],
        },
        revision: revisions.length + 1,
        data: {},
      },
      at,
    );
  }
  const wanted = isStateful ? (workload.spec.replicas ?? 1) : store.list('nodes').length;
  const label = isStateful ? revision : hash;
  const pods = podsOf(store, workload);
  const active = pods.filter(alive);
  const upToDate = (pod: PodObject): boolean => pod.metadata.labels?.['controller-revision-hash'] === label;
  for (const pod of active.slice(wanted)) markDeleted(store, pod, at);
  if (workload.spec.updateStrategy?.type !== 'OnDelete')
    for (const pod of active) if (!upToDate(pod)) markDeleted(store, pod, at);
  if (pods.length < wanted)
    createPod(
      store,
      workload,
      {'controller-revision-hash': label},
      at,
      isStateful ? `${workload.metadata.name}-${pods.length}` : undefined,
    );
  const now = podsOf(store, workload).filter(alive);
  const ready = now.filter(isReady).length;
  const updated = now.filter(upToDate).length;
  setStatus(
    store,
    plural,
    workload,
    isStateful
      ? {
          observedGeneration: workload.metadata.generation,
          replicas: now.length,
          readyReplicas: ready,
          availableReplicas: ready,
          updatedReplicas: updated,
          currentReplicas: now.length,
          currentRevision: revision,
          updateRevision: revision,
          collisionCount: 0,
        }
      : {
          observedGeneration: workload.metadata.generation,
          currentNumberScheduled: now.length,
          desiredNumberScheduled: wanted,
          numberReady: ready,
          numberAvailable: ready,
          numberMisscheduled: 0,
          updatedNumberScheduled: updated,
        },
  );
};

const schedule = (store: ObjectStore, pod: PodObject, at: Instant): void => {
  const nodes = store.list('nodes');
  const node = nodes.find((one) => unplaceable(store, one, pod) === null);
  const set = (status: 'True' | 'False', rest: Partial<Condition>): Condition[] => [
    ...pod.status.conditions.filter((condition) => condition.type !== 'PodScheduled'),
    {type: 'PodScheduled', status, lastTransitionTime: rfc3339(at), ...rest},
  ];
  if (node === undefined) {
    const reasons = nodes.map((one) => `1 ${unplaceable(store, one, pod) ?? ''}`).join(', ');
    const message = `0/${nodes.length} nodes are available: ${reasons}. preemption: 0/${nodes.length} nodes are available: ${nodes.length} Preemption is not helpful for scheduling.`;
    if (pod.status.conditions.some((condition) => condition.message === message)) return;
    store.update('pods', pod.metadata.namespace ?? null, pod.metadata.name, (one) => {
      asPod(one).status.conditions = set('False', {reason: 'Unschedulable', message});
    });
    recordEvent(store, pod, {type: 'Warning', reason: 'FailedScheduling', message, source: 'default-scheduler'}, at);
    return;
  }
  store.update('pods', pod.metadata.namespace ?? null, pod.metadata.name, (one) => {
    asPod(one).spec.nodeName = node.metadata.name;
    asPod(one).status.conditions = set('True', {});
  });
  recordEvent(
    store,
    pod,
    {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to ${node.metadata.name}`,
      source: 'default-scheduler',
    },
    at,
  );
};

/** One round of all controllers in one namespace. */
const round = (store: ObjectStore, namespace: string, at: Instant): void => {
  for (const one of store.list('deployments', namespace)) deployment(store, asWorkload(one), at);
  for (const one of store.list('replicasets', namespace)) replicaSet(store, asWorkload(one), at);
  for (const plural of ['statefulsets', 'daemonsets'])
    for (const one of store.list(plural, namespace)) direct(store, plural, asWorkload(one), at);
  for (const pod of store.list('pods', namespace).map(asPod))
    if (pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined) schedule(store, pod, at);
};

/** What the controllers read and write. */
export const CONTROLLED: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'controllerrevisions',
  'pods',
]);

/** Runs the controllers of a namespace until they have nothing more to do. */
export const reconcile = (store: ObjectStore, namespace: string, at: Instant): void => {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const before = store.version;
    round(store, namespace, at);
    if (store.version === before) return;
  }
};
