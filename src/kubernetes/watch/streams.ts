/** The collections of a cluster that are followed, each as one stream. */
import * as z from 'zod';
import type {Node} from '../../core/observation/node.js';
import type {ClusterEvent} from '../../core/observation/pod.js';
import type {WorkloadKind} from '../../core/observation/workload.js';
import type {ApiClient} from '../api/client.js';
import {resources} from '../api/resources.js';
import {eventObject} from '../objects/event.js';
import {nodeObject} from '../objects/node.js';
import {podObject, type PodObject} from '../objects/pod.js';
import {listedWorkload, type ListedWorkload} from '../objects/workload.js';
import {sharedStream, type Breadth} from './shared-stream.js';
import {ownStream, type Stream} from './stream.js';
import type {Collection, Supervision} from './supervise.js';

export interface Streams {
  readonly pods: Stream<PodObject>;
  readonly nodes: Stream<Node>;
  readonly events: Stream<ClusterEvent>;
  readonly workloads: Readonly<Record<WorkloadKind, Stream<ListedWorkload>>>;
}

const eventWithUid = z.intersection(
  z
    .object({metadata: z.object({uid: z.string()})})
    .loose()
    .transform(({metadata: {uid}}) => ({uid})),
  eventObject,
);

const workloadsOf = (kind: WorkloadKind): Collection<ListedWorkload> => ({
  resource: resources[kind],
  item: listedWorkload(kind),
  keyOf: ({uid}) => uid,
});

/** `shared`: how wide the one stream of each collection is; `null`: each follower has a stream of its own. */
export const streamsOver = (client: ApiClient, supervision: Supervision, shared: Breadth | null): Streams => {
  const stream = <T>(collection: Collection<T>): Stream<T> =>
    shared === null
      ? ownStream(client, collection, supervision)
      : sharedStream(client, collection, supervision, shared);
  return {
    pods: stream({resource: resources.Pod, item: podObject, keyOf: ({metadata: {uid}}) => uid}),
    nodes: stream({resource: resources.Node, item: nodeObject, keyOf: ({uid}) => uid}),
    events: stream({resource: resources.Event, item: eventWithUid, keyOf: ({uid}) => uid}),
    workloads: {
      Deployment: stream(workloadsOf('Deployment')),
      StatefulSet: stream(workloadsOf('StatefulSet')),
      DaemonSet: stream(workloadsOf('DaemonSet')),
    },
  };
};
