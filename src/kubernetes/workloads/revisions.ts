/** The revisions of a workload: when each was made, which is the newest, and which pods belong to it. */
import * as z from 'zod';
import type {WorkloadKind} from '../../core/observation/workload.js';
import type {Instant} from '../../core/time.js';
import type {Answer, ApiClient} from '../api/client.js';
import {listAll} from '../api/pages.js';
import {resources} from '../api/resources.js';
import type {Metadata} from '../objects/metadata.js';
import {controllerOf, metadata} from '../objects/metadata.js';

export interface Revision {
  readonly name: string;
  readonly uid: string;
  readonly createdAt: Instant | null;
  /** Grows with each rollout, also with one back to an old template. */
  readonly number: number;
  /** What its pods carry as `pod-template-hash` or `controller-revision-hash`. */
  readonly hash: string | null;
}

const revisionObject = z.object({metadata, revision: z.number().nullish()});

export type RevisionObject = z.output<typeof revisionObject>;

/** ReplicaSets without their pod templates: a tenth of the bytes. Servers that cannot do so send the whole. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

const HASH_LABELS = {
  Deployment: 'pod-template-hash',
  StatefulSet: 'controller-revision-hash',
  DaemonSet: 'controller-revision-hash',
} as const;

const revisionOf = (kind: WorkloadKind, {metadata: meta, revision}: z.output<typeof revisionObject>): Revision => ({
  name: meta.name,
  uid: meta.uid,
  createdAt: meta.creationTimestamp,
  number: revision ?? (Number(meta.annotations['deployment.kubernetes.io/revision']) || 0),
  hash: meta.labels[HASH_LABELS[kind]] ?? null,
});

/** The revisions that the workload of this uid controls, newest rollout first. */
export const revisionsOf = (kind: WorkloadKind, uid: string, items: readonly RevisionObject[]): readonly Revision[] =>
  items
    .filter(({metadata: meta}) => controllerOf(meta)?.uid === uid)
    .map((item) => revisionOf(kind, item))
    .sort((a, b) => b.number - a.number);

/** Lists ReplicaSets (for a Deployment) or ControllerRevisions; `selector`: the workload's own, where it is known already. */
export const listRevisions = async (
  client: ApiClient,
  kind: WorkloadKind,
  where: {readonly namespace: string | null; readonly selector: string | null},
  signal: AbortSignal,
): Promise<Answer<readonly RevisionObject[]>> => {
  const forDeployment = kind === 'Deployment';
  const resource = forDeployment ? resources.ReplicaSet : resources.ControllerRevision;
  return listAll(
    client,
    {
      ask: {verb: 'list', resource, namespace: where.namespace, name: null},
      ...(where.selector ? {query: {labelSelector: where.selector}} : {}),
      ...(forDeployment ? {accept: METADATA_ONLY} : {}),
      kinds: [`${resource.kind}List`, 'PartialObjectMetadataList'],
      item: revisionObject,
    },
    signal,
  );
};

/** What identifies the pods of a workload, and the current ones among them. */
export interface Lineage {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly uid: string;
  /** `null`: could not be listed. */
  readonly revisions: readonly Revision[] | null;
  /** The hash of the newest revision's pods; `null` while that is unknown. */
  readonly currentHash: string | null;
}

/**
 * Whether a pod belongs to the workload: a StatefulSet and a DaemonSet own their pods, a Deployment owns ReplicaSets that own them.
 * A ReplicaSet that was not listed (no permission, or created later) is identified by its name: Kubernetes calls it `<deployment>-<hash>`.
 */
export const belongs = ({kind, name, uid, revisions}: Lineage, pod: Metadata): boolean => {
  const owner = controllerOf(pod);
  if (owner === null) return false;
  if (kind !== 'Deployment') return owner.uid === uid;
  if (owner.kind !== 'ReplicaSet') return false;
  return (
    revisions?.some((revision) => revision.uid === owner.uid) === true ||
    owner.name === `${name}-${pod.labels[HASH_LABELS.Deployment] ?? ''}`
  );
};

/** `null` when it is unknown: also for a pod whose revision is newer than the list of them. */
export const isCurrent = ({kind, revisions, currentHash}: Lineage, pod: Metadata): boolean | null => {
  const hash = pod.labels[HASH_LABELS[kind]];
  if (currentHash === null || hash === undefined) return null;
  if (hash === currentHash) return true;
  return revisions?.some((revision) => revision.hash === hash) === true ? false : null;
};
