/** What of a cluster can be watched, in our own words: the workload with its pods, its node, its events. */
import {known, unknown, type Known} from '../../core/known.js';
import type {Node} from '../../core/observation/node.js';
import type {ClusterEvent} from '../../core/observation/pod.js';
import type {Workload} from '../../core/observation/workload.js';
import {seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {ApiClient} from '../api/client.js';
import type {Located, Watches} from '../cluster.js';
import type {PodObject} from '../objects/pod.js';
import {concerns} from '../workloads/events.js';
import {searchWorkload, type Search} from '../workloads/find.js';
import {watchFrigates} from '../workloads/frigates.js';
import {podsOfLineage} from '../workloads/pods.js';
import {gathered} from './gathered.js';
import type {Streams} from './streams.js';
import type {News, OnNews, Trouble} from './supervise.js';

const SEARCH_LIMIT = seconds(10);
/** Between two searches of which the first was not answered: nothing may change for a long time that would cause another. */
const SEARCH_AGAIN = seconds(5);

const watchTarget = async (
  client: ApiClient,
  streams: Streams,
  workload: Workload,
  onNews: OnNews<Located>,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> => {
  const {kind, namespace, name} = workload;
  let search: Search | null = null;
  let pods: ReadonlyMap<string, PodObject> | null = null;
  let live = true;
  /** `again`: something changed while it was being read. */
  const reading = {now: false, again: false};

  const changedMeanwhile = (): boolean => reading.again;
  const isOver = (): boolean => signal.aborted;

  const publish = (): void => {
    if (search === null || pods === null) return;
    const {result, lineage} = search;
    const members =
      lineage === null
        ? unknown('not-asked', 'there is not exactly one workload')
        : known(podsOfLineage(lineage, [...pods.values()]));
    onNews({kind: 'observed', live, value: {search: result, pods: result.known ? members : result}});
  };
  const read = async (): Promise<void> => {
    if (reading.now) {
      reading.again = true;
      return;
    }
    reading.now = true;
    do {
      reading.again = false;
      search = await searchWorkload(
        client,
        {namespace, name, kind, podSelector: null, exact: true},
        within(timers, SEARCH_LIMIT, signal),
      );
      if (search.result.known || isOver()) continue;
      publish();
      await timers.sleep(SEARCH_AGAIN, signal);
      reading.again = true;
    } while (changedMeanwhile() && !isOver());
    reading.now = false;
    if (!isOver()) publish();
  };
  const troubled = (news: Trouble): void => onNews(news);

  await Promise.all([
    // Of the workload only the fact of a change matters here: it is then read again with its revisions, as the first time.
    streams.workloads[kind].follow(
      {namespace, name, selector: null},
      (news) => {
        if (news.kind === 'trouble') troubled(news);
        else void read();
      },
      signal,
    ),
    streams.pods.follow(
      {namespace, name: null, selector: workload.selector},
      (news) => {
        if (news.kind === 'trouble') {
          troubled(news);
          return;
        }
        ({live} = news);
        pods = news.value;
        publish();
        // A pod of a revision that was not listed yet: whether it is the newest has to be asked.
        if (
          search?.lineage !== undefined &&
          search.lineage !== null &&
          podsOfLineage(search.lineage, [...pods.values()]).some((pod) => pod.current === null)
        )
          void read();
      },
      signal,
    ),
  ]);
};

export const watchesOver = (client: ApiClient, streams: Streams, timers: Timers): Watches => ({
  frigates: (query, onNews, signal) => watchFrigates(streams, query, onNews, timers, signal),
  target: (workload, onNews, signal) => watchTarget(client, streams, workload, onNews, timers, signal),
  node: (name, onNews, signal) =>
    streams.nodes.follow(
      {namespace: null, name, selector: null},
      (news) => {
        if (news.kind === 'trouble') onNews(news);
        else onNews({...news, value: onlyNode(name, news.value)});
      },
      signal,
    ),
  events: (workload, onNews, signal) => {
    const concerned = concerns(workload);
    const report = gathered(
      (news: News<ReadonlyMap<string, ClusterEvent>>) => {
        if (news.kind === 'trouble') onNews(news);
        else
          onNews({
            ...news,
            value: [...news.value.values()].filter(concerned).sort((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0)),
          });
      },
      timers,
      signal,
    );
    return streams.events.follow({namespace: workload.namespace, name: null, selector: null}, report, signal);
  },
});

const onlyNode = (name: string, nodes: ReadonlyMap<string, Node>): Known<Node> => {
  const [node] = nodes.values();
  return node === undefined ? unknown('not-found', `there is no node ${name}`) : known(node);
};
