/** The events that concern the workload. */
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {ClusterEvent} from '../../core/observation/pod.js';
import type {Workload} from '../../core/observation/workload.js';
import type {Instant} from '../../core/time.js';
import {earlier, hours} from '../../core/time.js';
import type {ApiClient} from '../api/client.js';
import {listAll} from '../api/pages.js';
import {resources} from '../api/resources.js';
import {eventObject} from '../objects/event.js';

/** The letters of generated names (apimachinery, util/rand): no vowels, so that `frigate-notify` is no hash of `frigate`. */
const HASH = '[bcdfghjklmnpqrstvwxz2456789]';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const generatedNames = ({kind, name}: Workload): {readonly pod: RegExp; readonly replicaSet: RegExp} => {
  const base = escaped(name);
  const suffix = {Deployment: `${HASH}{1,10}-${HASH}{5}`, StatefulSet: '\\d+', DaemonSet: `${HASH}{5}`}[kind];
  return {pod: new RegExp(`^${base}-${suffix}$`), replicaSet: new RegExp(`^${base}-${HASH}{1,10}$`)};
};

/** Whether an event is about the workload, one of its revisions, pods or claims. */
export const concerns = (workload: Workload): ((event: ClusterEvent) => boolean) => {
  const names = generatedNames(workload);
  return ({object}) => {
    switch (object.kind) {
      case workload.kind:
        return object.name === workload.name;
      case 'Pod':
        return names.pod.test(object.name);
      case 'ReplicaSet':
        return workload.kind === 'Deployment' && names.replicaSet.test(object.name);
      case 'PersistentVolumeClaim':
        return workload.template.claims.includes(object.name);
      default:
        return false;
    }
  };
};

/** Those of the last hour before `now` (all that the API server still has, when its time is not known), oldest first. */
export const listEventsOf = async (
  client: ApiClient,
  workload: Workload,
  now: () => Instant | null,
  signal: AbortSignal,
): Promise<Known<readonly ClusterEvent[]>> => {
  const answer = await listAll(
    client,
    {
      ask: {verb: 'list', resource: resources.Event, namespace: workload.namespace, name: null},
      kinds: ['EventList'],
      item: eventObject,
      keep: concerns(workload),
    },
    signal,
  );
  if (!answer.ok) return {known: false, why: answer.failure.why};
  const at = now();
  const from = at === null ? null : earlier(at, hours(1));
  return known(
    answer.value
      .filter(({lastSeen}) => from === null || lastSeen === null || lastSeen >= from)
      .sort((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0)),
  );
};
