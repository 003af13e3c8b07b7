/** Every workload that runs Frigate, in one namespace or in all: by the labels of its pod template, or by its image. */
import {known, type Known} from '../../core/known.js';
import {byNamespaceAndName, type WorkloadKind} from '../../core/observation/workload.js';
import type {Timers} from '../../core/timers.js';
import type {ApiClient} from '../api/client.js';
import {listAll} from '../api/pages.js';
import {resources} from '../api/resources.js';
import type {FoundFrigate, FrigatesQuery} from '../cluster.js';
import {parseSelector, type LabelTest} from '../label-selector.js';
import {listedWorkload, type ListedWorkload} from '../objects/workload.js';
import {gathered} from '../watch/gathered.js';
import type {Streams} from '../watch/streams.js';
import type {News, OnNews} from '../watch/supervise.js';
import {asFrigate} from './discovery.js';

const KINDS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

const selectorOf = (podSelector: string | null): LabelTest | null =>
  podSelector === null ? null : parseSelector(podSelector);

const frigatesAmong = (listed: Iterable<ListedWorkload>, narrowed: LabelTest | null): readonly FoundFrigate[] =>
  [...listed].flatMap(({found}) => (found === null ? [] : (asFrigate(found, narrowed) ?? []))).sort(byNamespaceAndName);

export const listFrigates = async (
  client: ApiClient,
  {namespace, podSelector}: FrigatesQuery,
  signal: AbortSignal,
): Promise<Known<readonly FoundFrigate[]>> => {
  const listed: ListedWorkload[] = [];
  for (const answer of await Promise.all(
    KINDS.map((kind) =>
      listAll(
        client,
        {
          ask: {verb: 'list', resource: resources[kind], namespace, name: null},
          kinds: [`${kind}List`],
          item: listedWorkload(kind),
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

/** The same, followed by watches, one of each kind; nothing is said before all three were listed. A burst of changes is one. */
export const watchFrigates = async (
  {workloads}: Streams,
  {namespace, podSelector}: FrigatesQuery,
  onNews: OnNews<readonly FoundFrigate[]>,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> => {
  const narrowed = selectorOf(podSelector);
  const byKind = new Map<WorkloadKind, ReadonlyMap<string, ListedWorkload>>();
  let said = '';
  const report = gathered(
    (news: News<null>) => {
      if (news.kind === 'trouble') {
        onNews(news);
        return;
      }
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
    timers,
    signal,
  );
  await Promise.all(
    KINDS.map((kind) =>
      workloads[kind].follow(
        {namespace, name: null, selector: null},
        (news) => {
          if (news.kind === 'observed') byKind.set(kind, news.value);
          if (news.kind === 'trouble') report(news);
          else if (byKind.size === KINDS.length) report({...news, value: null});
        },
        signal,
      ),
    ),
  );
};
