/** What of a cluster can be watched, in our own words: the workload with its pods, its node, its events. */
import * as z from 'zod';
import {known, unknown, type Known} from '../../core/known.js';
import type {Node} from '../../core/observation/node.js';
import type {Workload} from '../../core/observation/workload.js';
import {milliseconds, seconds} from '../../core/time.js';
import type {ApiClient} from '../api/client.js';
import {resources} from '../api/resources.js';
import type {Located, Watches} from '../cluster.js';
import {eventObject} from '../objects/event.js';
import {metadata} from '../objects/metadata.js';
import {nodeObject} from '../objects/node.js';
import {podObject, type PodObject} from '../objects/pod.js';
import {concerns} from '../workloads/events.js';
import {searchWorkload, type Search} from '../workloads/find.js';
import {podsOfLineage} from '../workloads/pods.js';
import {supervise, type News, type Supervision, type Told} from './supervise.js';

const SEARCH_LIMIT = seconds(10);
/** Between two searches of which the first was not answered: nothing may change for a long time that would cause another. */
const SEARCH_AGAIN = seconds(5);

/** Of the workload only that it changed matters here: it is then read with its revisions, as at the first look. */
const changedObject = z.object({metadata});
const eventWithUid = z.object({metadata: z.object({uid: z.string()})}).loose();

const watchTarget = async (
  client: ApiClient,
  workload: Workload,
  told: Told<Located>,
  supervision: Supervision,
  signal: AbortSignal,
): Promise<void> => {
  const {kind, namespace, name} = workload;
  let search: Search | null = null;
  let pods: ReadonlyMap<string, PodObject> | null = null;
  let live = true;
  /** `again`: something changed while it was being looked at. */
  const looking = {now: false, again: false};

  const changedMeanwhile = (): boolean => looking.again;
  const isOver = (): boolean => signal.aborted;

  const tell = (): void => {
    if (search === null || pods === null) return;
    const {result, lineage} = search;
    const members =
      lineage === null
        ? unknown('not-asked', 'there is no single workload')
        : known(podsOfLineage(lineage, [...pods.values()]));
    told({kind: 'seen', live, value: {search: result, pods: result.known ? members : result}});
  };
  const look = async (): Promise<void> => {
    if (looking.now) {
      looking.again = true;
      return;
    }
    looking.now = true;
    do {
      looking.again = false;
      search = await searchWorkload(
        client,
        {namespace, name, kind, podSelector: null, exact: true},
        AbortSignal.any([signal, AbortSignal.timeout(SEARCH_LIMIT)]),
      );
      if (search.result.known || isOver()) continue;
      tell();
      await supervision.pause(SEARCH_AGAIN, signal);
      looking.again = true;
    } while (changedMeanwhile() && !isOver());
    looking.now = false;
    if (!isOver()) tell();
  };
  const troubled = (news: Extract<News<unknown>, {kind: 'trouble'}>): void => told(news);

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
        else void look();
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
        tell();
        // A pod of a revision that was not listed yet: whether it is the newest has to be asked.
        if (
          search?.lineage !== undefined &&
          search.lineage !== null &&
          podsOfLineage(search.lineage, [...pods.values()]).some((pod) => pod.current === null)
        )
          void look();
      },
      supervision,
      signal,
    ),
  ]);
};

/** A change is worth a redraw of its own, but a burst of events is one change. */
const BURST = milliseconds(200);

/** Hands on the newest of what comes within 200 ms. */
const gathered = <T>(told: Told<T>): Told<T> => {
  let waiting: NodeJS.Timeout | null = null;
  let newest: News<T> | null = null;
  return (news) => {
    newest = news;
    waiting ??= setTimeout(() => {
      waiting = null;
      if (newest !== null) told(newest);
    }, BURST).unref();
  };
};

export const watchesOver = (client: ApiClient, supervision: Supervision): Watches => ({
  target: (workload, told, signal) => watchTarget(client, workload, told, supervision, signal),
  node: (name, told, signal) =>
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
        if (news.kind === 'trouble') told(news);
        else told({...news, value: onlyNode(name, news.value)});
      },
      supervision,
      signal,
    ),
  events: (workload, told, signal) => {
    const concerned = concerns(workload);
    const gather = gathered(told);
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
