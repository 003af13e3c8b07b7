/** Every workload that runs Frigate, in one namespace or in all: by the labels of its pod template, or by its image. */
import * as z from 'zod';
import {known, type Known} from '../../core/known.js';
import {byNamespaceAndName, type WorkloadKind} from '../../core/observation/workload.js';
import type {ApiClient} from '../api/client.js';
import {listAll} from '../api/pages.js';
import {resources} from '../api/resources.js';
import type {FoundFrigate, FrigatesQuery} from '../cluster.js';
import {parseSelector, type LabelTest} from '../label-selector.js';
import {foundWorkload, workloadObject, type FoundWorkload} from '../objects/workload.js';
import {supervise, type OnNews, type Supervision} from '../watch/supervise.js';
import {asFrigate} from './discovery.js';

const KINDS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

interface Listed {
  readonly uid: string;
  /** `null`: it cannot be read, which concerns nobody but its owner: one odd object must not hide all others. */
  readonly found: FoundWorkload | null;
}

const named = z.looseObject({metadata: z.looseObject({uid: z.string().min(1)})});

const itemOf = (kind: WorkloadKind): z.ZodType<Listed> =>
  named.transform((object): Listed => {
    const parsed = workloadObject.safeParse(object);
    return {uid: object.metadata.uid, found: parsed.success ? foundWorkload(kind, parsed.data) : null};
  });

const selectorOf = (podSelector: string | null): LabelTest | null =>
  podSelector === null ? null : parseSelector(podSelector);

const frigatesAmong = (listed: Iterable<Listed>, narrowed: LabelTest | null): readonly FoundFrigate[] =>
  [...listed].flatMap(({found}) => (found === null ? [] : (asFrigate(found, narrowed) ?? []))).sort(byNamespaceAndName);

export const listFrigates = async (
  client: ApiClient,
  {namespace, podSelector}: FrigatesQuery,
  signal: AbortSignal,
): Promise<Known<readonly FoundFrigate[]>> => {
  const listed: Listed[] = [];
  for (const answer of await Promise.all(
    KINDS.map((kind) =>
      listAll(
        client,
        {
          ask: {verb: 'list', resource: resources[kind], namespace, name: null},
          kinds: [`${kind}List`],
          item: itemOf(kind),
        },
        signal,
      ),
    ),
  )) {
    // Who cannot see all of them does not know which are missing.
    if (!answer.ok) return {known: false, why: answer.failure.why};
    listed.push(...answer.value);
  }
  return known(frigatesAmong(listed, selectorOf(podSelector)));
};

/** The same, followed by watches, one of each kind; nothing is said before all three were listed. */
export const watchFrigates = async (
  client: ApiClient,
  {namespace, podSelector}: FrigatesQuery,
  onNews: OnNews<readonly FoundFrigate[]>,
  supervision: Supervision,
  signal: AbortSignal,
): Promise<void> => {
  const narrowed = selectorOf(podSelector);
  const byKind = new Map<WorkloadKind, ReadonlyMap<string, Listed>>();
  let said = '';
  await Promise.all(
    KINDS.map((kind) =>
      supervise(
        client,
        {resource: resources[kind], namespace, query: {}, item: itemOf(kind), keyOf: ({uid}) => uid},
        (news) => {
          if (news.kind === 'trouble') {
            onNews(news);
            return;
          }
          byKind.set(kind, news.value);
          if (byKind.size < KINDS.length) return;
          const frigates = frigatesAmong(
            [...byKind.values()].flatMap((listed) => [...listed.values()]),
            narrowed,
          );
          // Most changes of a workload's status change no name.
          const saying = `${news.live}${frigates.map(({kind: of, namespace: at, name, by}) => `${of}/${at}/${name}/${by}`).join()}`;
          if (saying === said) return;
          said = saying;
          onNews({...news, value: frigates});
        },
        supervision,
        signal,
      ),
    ),
  );
};
