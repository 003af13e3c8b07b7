/** What of a cluster can be watched, in our own words: the workload with its pods, its node, its events. */
import * as z from 'zod';
import {known, unknown, type Known} from '../../core/known.js';
import type {Node} from '../../core/observation/node.js';
import type {Workload} from '../../core/observation/workload.js';
import {milliseconds, seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {ApiClient} from '../api/client.js';
import {resources} from '../api/resources.js';
import type {Located, Watches} from '../cluster.js';
import {eventObject} from '../objects/event.js';
import {metadata} from '../objects/metadata.js';
import {nodeObject} from '../objects/node.js';
import {podObject, type PodObject} from '../objects/pod.js';
import {concerns} from '../workloads/events.js';
import {searchWorkload, type Search} from '../workloads/find.js';
import {watchFrigates} from '../workloads/frigates.js';
import {podsOfLineage} from '../workloads/pods.js';
import {supervise, type News, type Supervision, type OnNews} from './supervise.js';

const SEARCH_LIMIT = seconds(10);
/** Between two searches of which the first was not answered: nothing may change for a long time that would cause another. */
const SEARCH_AGAIN = seconds(5);

/** Of the workload only the fact of a change matters here: it is then read again with its revisions, as the first time. */
const changedObject = z.object({metadata});
const eventWithUid = z.object({metadata: z.object({uid: z.string()})}).loose();

const watchTarget = async (
  client: ApiClient,
  workload: Workload,
  onNews: OnNews<Located>,
  supervision: Supervision,
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
        within(supervision.timers, SEARCH_LIMIT, signal),
      );
      if (search.result.known || isOver()) continue;
      publish();
      await supervision.timers.sleep(SEARCH_AGAIN, signal);
      reading.again = true;
    } while (changedMeanwhile() && !isOver());
    reading.now = false;
    if (!isOver()) publish();
  };
  const troubled = (news: Extract<News<unknown>, {kind: 'trouble'}>): void => onNews(news);

  await Promise.all([
    supervise(
      client,
      {
        resource: resources[kind],
        namespace,
        query: {fieldSelector: `metadata.name=${name}`},
        item: changedObject,
        keyOf: (item) => item.metadata.uid,
      },
      (news) => {
        if (news.kind === 'trouble') troubled(news);
        else void read();
      },
      supervision,
      signal,
    ),
    supervise(
      client,
      {
        resource: resources.Pod,
        namespace,
        query: {labelSelector: workload.selector},
        item: podObject,
        keyOf: (item) => item.metadata.uid,
      },
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
      supervision,
      signal,
    ),
  ]);
};

/** A change is worth a redraw of its own, but a burst of events is one change. */
const BURST = milliseconds(200);

/** Passes on only the newest of the updates within 200 ms. */
const gathered = <T>(onNews: OnNews<T>, timers: Timers, signal: AbortSignal): OnNews<T> => {
  let newest: News<T> | null = null;
  const publish = async (): Promise<void> => {
    await timers.sleep(BURST, signal);
    const news = newest;
    newest = null;
    if (news !== null && !signal.aborted) onNews(news);
  };
  return (news) => {
    const isFirst = newest === null;
    newest = news;
    if (isFirst) void publish();
  };
};

export const watchesOver = (client: ApiClient, supervision: Supervision): Watches => ({
  frigates: (query, onNews, signal) => watchFrigates(client, query, onNews, supervision, signal),
  target: (workload, onNews, signal) => watchTarget(client, workload, onNews, supervision, signal),
  node: (name, onNews, signal) =>
    supervise(
      client,
      {
        resource: resources.Node,
        namespace: null,
        query: {fieldSelector: `metadata.name=${name}`},
        item: nodeObject,
        keyOf: ({uid}) => uid,
      },
      (news) => {
        if (news.kind === 'trouble') onNews(news);
        else onNews({...news, value: onlyNode(name, news.value)});
      },
      supervision,
      signal,
    ),
  events: (workload, onNews, signal) => {
    const concerned = concerns(workload);
    const gather = gathered(onNews, supervision.timers, signal);
    const item = z.intersection(
      eventWithUid.transform(({metadata: {uid}}) => ({uid})),
      eventObject,
    );
    return supervise(
      client,
      {resource: resources.Event, namespace: workload.namespace, query: {}, item, keyOf: ({uid}) => uid},
      (news) => {
        if (news.kind === 'trouble') gather(news);
        else
          gather({
            ...news,
            value: [...news.value.values()].filter(concerned).sort((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0)),
          });
      },
      supervision,
      signal,
    );
  },
});

const onlyNode = (name: string, nodes: ReadonlyMap<string, Node>): Known<Node> => {
  const [node] = nodes.values();
  return node === undefined ? unknown('not-found', `there is no node ${name}`) : known(node);
};
