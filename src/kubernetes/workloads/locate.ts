/**
 * The workload together with its pods. Nearly always in one round trip: the pods of the namespace are listed beside the
 * search and picked by selector and owner chain afterwards.
 */
import {mapKnown, notAsked} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import type {Located, WorkloadQuery} from '../cluster.js';
import {parseSelector} from '../label-selector.js';
import {searchWorkload} from './find.js';
import {listNamespace, listPodsOf, podsOfLineage} from './pods.js';

const NO_SINGLE_WORKLOAD = notAsked('there is not exactly one workload');

/** Two round trips where every namespace is searched, or the pods of the one are too many. */
export const locate = async (client: ApiClient, query: WorkloadQuery, signal: AbortSignal): Promise<Located> => {
  const [{result, lineage}, early] = await Promise.all([
    searchWorkload(client, query, signal),
    query.namespace === null ? null : listNamespace(client, query.namespace, signal),
  ]);
  if (!result.known) return {search: result, pods: result};
  if (result.value.found !== 'one' || lineage === null) return {search: result, pods: NO_SINGLE_WORKLOAD};
  const {workload} = result.value;
  const pods =
    early === null
      ? await listPodsOf(client, workload, Promise.resolve(lineage), signal)
      : mapKnown(early, (all) => podsOfLineage(lineage, all, parseSelector(workload.selector)));
  return {search: result, pods};
};
