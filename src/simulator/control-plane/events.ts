/** Kubernetes events, folded as the recorders of Kubernetes fold them, kept for an hour. */
import {rfc3339, type Instant} from '../../core/time.js';
import type {KubeObject} from '../api/objects.js';
import type {ObjectStore} from '../api/store.js';

const KEPT = 3_600_000;

export interface EventOptions {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly source: string;
}

/** Nanoseconds in hexadecimal, as the recorders of Kubernetes name their events: too large for a number, in which events of one instant would share a name. */
const nameEnd = (at: Instant, version: number): string =>
  (BigInt(Math.floor(at)) * 1_000_000n + BigInt(version)).toString(16);

/** Writes the event, or counts it up when the same one stands already. */
export const recordEvent = (store: ObjectStore, object: KubeObject, event: EventOptions, at: Instant): void => {
  const namespace = object.metadata.namespace ?? 'default';
  const standing = store
    .list('events', namespace)
    .find(
      (one) =>
        one['reason'] === event.reason &&
        one['message'] === event.message &&
        (one['involvedObject'] as {uid: string}).uid === object.metadata.uid,
    );
  if (standing !== undefined) {
    store.update('events', namespace, standing.metadata.name, (one) => {
      one['count'] = Number(one['count']) + 1;
      one['lastTimestamp'] = rfc3339(at);
    });
    return;
  }
  store.create(
    'events',
    {
      metadata: {name: `${object.metadata.name}.${nameEnd(at, store.version)}`, namespace},
      involvedObject: {
        kind: object.kind,
        namespace: object.metadata.namespace ?? '',
        name: object.metadata.name,
        uid: object.metadata.uid,
        apiVersion: object.apiVersion,
        resourceVersion: object.metadata.resourceVersion,
      },
      reason: event.reason,
      message: event.message,
      source: {component: event.source},
      firstTimestamp: rfc3339(at),
      lastTimestamp: rfc3339(at),
      count: 1,
      type: event.type,
      eventTime: null,
      reportingComponent: event.source,
      reportingInstance: '',
    },
    at,
  );
};

/** Deletes what is older than an hour, as the API server does. */
export const forgetOldEvents = (store: ObjectStore, now: Instant): void => {
  for (const event of store.list('events')) {
    if (Date.parse(String(event['lastTimestamp'])) < now - KEPT)
      store.delete('events', event.metadata.namespace ?? null, event.metadata.name);
  }
};
