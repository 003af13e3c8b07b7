/** A pod that is deleted stays until its containers have ended. */
import {instant, rfc3339, type Instant} from '../../core/time.js';
import type {PodObject} from '../api/objects.js';
import type {ObjectStore} from '../api/store.js';

/** `deletionTimestamp` is the end of the grace period, as the API server writes it. */
export const markDeleted = (store: ObjectStore, pod: PodObject, at: Instant): void => {
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  store.update('pods', pod.metadata.namespace ?? null, pod.metadata.name, (object) => {
    object.metadata.deletionTimestamp ??= rfc3339(instant(at + grace * 1000));
    object.metadata.deletionGracePeriodSeconds ??= grace;
  });
};
