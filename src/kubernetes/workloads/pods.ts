/** The pods of a workload, in any phase: ghosts and evicted ones are facts too, and the core picks the live one. */
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {Pod} from '../../core/observation/pod.js';
import type {Workload} from '../../core/observation/workload.js';
import type {ApiClient} from '../api/client.js';
import {LIST_LIMIT} from '../api/client.js';
import {resources} from '../api/resources.js';
import {collection} from '../objects/metadata.js';
import {describePod, podObject} from '../objects/pod.js';
import type {Lineage} from './revisions.js';
import {belongs, isCurrent} from './revisions.js';

const podList = collection(podObject);

/** Lists by selector and keeps those of the lineage. The order is the server's and means nothing. */
export const listPodsOf = async (client: ApiClient, workload: Workload, lineage: Promise<Lineage>, signal: AbortSignal): Promise<Known<readonly Pod[]>> => {
  const ask = {verb: 'list', resource: resources.Pod, namespace: workload.namespace, name: null} as const;
  const question = {ask, query: {labelSelector: workload.selector}, kinds: ['PodList'], schema: podList, limit: LIST_LIMIT};
  const [answer, line] = await Promise.all([client.request(question, signal), lineage]);
  if (!answer.ok) return {known: false, why: answer.failure.why};
  return known(answer.value.items.filter(({metadata}) => belongs(line, metadata)).map((pod) => describePod(pod, isCurrent(line, pod.metadata))));
};
