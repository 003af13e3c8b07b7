/**
 * Where a watch gets its objects from: a stream of its own, which the API server narrows down, or one stream that all of them share.
 * One Frigate is followed by streams of its own, a fleet by shared ones: six streams for a thousand Frigates, not six thousand.
 */
import type {ApiClient} from '../api/client.js';
import type {Selection} from './selection.js';
import {supervise, type Change, type Collection, type OnNews, type Supervision} from './supervise.js';

/** The objects of one collection. */
export interface Stream<T> {
  /**
   * Follows those of the selection until the signal ends it; rejects only with a bug of ours in `onNews`, which gets all of them at once and after each change, in a map
   * that goes on changing with them.
   */
  follow(selection: Selection, onNews: OnNews<ReadonlyMap<string, T>>, signal: AbortSignal): Promise<void>;
}

export const queryOf = ({name, selector}: Selection): Readonly<Record<string, string>> => ({
  ...(name === null ? {} : {fieldSelector: `metadata.name=${name}`}),
  ...(selector === null ? {} : {labelSelector: selector}),
});

/** Passes on the whole after each change. */
export const whole =
  <T>(onNews: OnNews<ReadonlyMap<string, T>>): ((change: Change<T>) => void) =>
  (change) => {
    if (change.kind === 'trouble') onNews(change);
    else onNews({kind: 'observed', value: change.items, live: change.kind === 'changed' || change.live});
  };

/** Each follower has a stream of its own, in which nothing comes that it did not ask for. */
export const ownStream = <T>(client: ApiClient, collection: Collection<T>, supervision: Supervision): Stream<T> => ({
  follow: (selection, onNews, signal) =>
    supervise(
      client,
      {...collection, namespace: selection.namespace, query: queryOf(selection)},
      whole(onNews),
      supervision,
      signal,
    ),
});
