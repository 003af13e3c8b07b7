/** Watches: what stands, what changes, bookmarks, and 410 for a version that is forgotten. */
import type {KubeObject} from './objects.js';
import {apiVersionOf, type Address} from './resources.js';
import type {Matcher} from './selectors.js';
import * as status from './status.js';
import type {Change, ObjectStore} from './store.js';

export interface WatchQuery {
  readonly address: Address;
  readonly matches: Matcher;
  /** Empty or `0`: everything that stands comes first. */
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** Seconds of true time. */
  readonly timeoutSeconds: number;
}

const event = (type: string, object: unknown): string => `${JSON.stringify({type, object})}\n`;

/** An object that starts or stops matching the selector gives ADDED or DELETED, although it was neither created nor deleted. */
const eventFor = (change: Change, matches: Matcher, known: Set<string>): string | null => {
  const {uid} = change.object.metadata;
  if (change.type === 'DELETED' || !matches(change.object))
    return known.delete(uid) ? event('DELETED', change.object) : null;
  const type = known.has(uid) ? 'MODIFIED' : 'ADDED';
  known.add(uid);
  return event(type, change.object);
};

const bookmark = (query: WatchQuery, version: number): string =>
  event('BOOKMARK', {
    kind: query.address.resource.kind,
    apiVersion: apiVersionOf(query.address.resource),
    metadata: {resourceVersion: String(version), creationTimestamp: null},
  });

/** The lines of one watch, until its time is over or the signal comes. */
export const watchLines = async function* (
  store: ObjectStore,
  query: WatchQuery,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const {resource, namespace, name} = query.address;
  const concerns = (change: Change): boolean =>
    change.resource === resource &&
    (namespace === null || change.object.metadata.namespace === namespace) &&
    (name === null || change.object.metadata.name === name);
  const standing = (): KubeObject[] =>
    store
      .list(resource.plural, namespace)
      .filter((object) => (name === null || object.metadata.name === name) && query.matches(object));
  const fromNow = query.resourceVersion === '' || query.resourceVersion === '0';
  const missed = fromNow ? [] : store.since(Number(query.resourceVersion));
  if (missed === null) {
    yield event('ERROR', status.expired(query.resourceVersion, store.oldest));
    return;
  }
  const known = new Set<string>();
  const queue: string[] = [];
  let resume = (): void => undefined;
  const take = (change: Change): void => {
    if (!concerns(change)) return;
    const line = eventFor(change, query.matches, known);
    if (line !== null) queue.push(line);
    resume();
  };
  if (fromNow) {
    for (const object of standing()) {
      known.add(object.metadata.uid);
      queue.push(event('ADDED', object));
    }
  } else {
    // What stood at that version is what stands now, less what came since.
    const came = new Set(
      missed.filter((change) => change.type === 'ADDED').map((change) => change.object.metadata.uid),
    );
    for (const object of [...standing(), ...missed.map((change) => change.object).filter(query.matches)])
      if (!came.has(object.metadata.uid)) known.add(object.metadata.uid);
    for (const change of missed) take(change);
  }
  const leave = store.onChange(take);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(query.timeoutSeconds * 1000)]);
  deadline.addEventListener(
    'abort',
    () => {
      resume();
    },
    {once: true},
  );
  try {
    while (!deadline.aborted) {
      const lines = queue.splice(0).join('');
      if (lines !== '') yield lines;
      else
        await new Promise<void>((resolve) => {
          resume = resolve;
          if (queue.length > 0 || deadline.aborted) resolve();
        });
    }
    if (!signal.aborted && query.bookmarks) yield bookmark(query, store.version);
  } finally {
    leave();
  }
};
