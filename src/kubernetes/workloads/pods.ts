/** The pods of a workload, in any phase: ghosts and evicted ones are facts too, and the core picks the live one. */
import * as z from 'zod';
import type {Known} from '../../core/known.js';
import {known, mapKnown} from '../../core/known.js';
import type {Pod} from '../../core/observation/pod.js';
import type {Workload} from '../../core/observation/workload.js';
import type {ApiClient} from '../api/client.js';
import {LIST_LIMIT} from '../api/client.js';
import {resources} from '../api/resources.js';
import type {LabelTest} from '../label-selector.js';
import {listOf, optionalText} from '../objects/metadata.js';
import type {PodObject} from '../objects/pod.js';
import {describePod, podObject} from '../objects/pod.js';
import type {Lineage} from './revisions.js';
import {belongs, isCurrent} from './revisions.js';

const podPage = z.object({metadata: z.object({continue: optionalText}).nullish(), items: listOf(podObject)});

type PodPage = z.output<typeof podPage>;

/** A namespace with more pods than this is not read whole for the one of Frigate. */
const WORTH_READING_WHOLE = 200;

const listPage = async (
  client: ApiClient,
  namespace: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Known<PodPage>> => {
  const answer = await client.request(
    {
      ask: {verb: 'list', resource: resources.Pod, namespace, name: null},
      query,
      kinds: ['PodList'],
      schema: podPage,
      limit: LIST_LIMIT,
    },
    signal,
  );
  return answer.ok ? known(answer.value) : {known: false, why: answer.failure.why};
};

/** Those of the lineage. The order is the server's and means nothing. `selected`: the workload's selector, where the list was not asked by it. */
export const podsOfLineage = (
  lineage: Lineage,
  pods: readonly PodObject[],
  selected: LabelTest | null = null,
): readonly Pod[] =>
  pods
    .filter(({metadata}) => (selected === null || selected(metadata.labels)) && belongs(lineage, metadata))
    .map((pod) => describePod(pod, isCurrent(lineage, pod.metadata)));

/** Lists by the workload's own selector and keeps those of the lineage. */
export const listPodsOf = async (
  client: ApiClient,
  workload: Workload,
  lineage: Promise<Lineage>,
  signal: AbortSignal,
): Promise<Known<readonly Pod[]>> => {
  const [page, line] = await Promise.all([
    listPage(client, workload.namespace, {labelSelector: workload.selector}, signal),
    lineage,
  ]);
  return mapKnown(page, ({items}) => podsOfLineage(line, items));
};

/**
 * Every pod of a namespace, asked before the workload is known; `null` where that is no way to its pods: there are too
 * many, or an unrelated one cannot be read.
 */
export const listNamespace = async (
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<Known<readonly PodObject[]> | null> => {
  const page = await listPage(client, namespace, {limit: String(WORTH_READING_WHOLE)}, signal);
  if (!page.known) return page.why.code === 'too-large' || page.why.code === 'garbled' ? null : page;
  return page.value.metadata?.continue ? null : known(page.value.items);
};
