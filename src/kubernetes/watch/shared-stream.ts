/** One stream for all followers of a collection: begun with the first of them, ended with the last, and passed on to each as far as it selects. */
import {known, unknown, type Known} from '../../core/known.js';
import {seconds} from '../../core/time.js';
import {aborted} from '../../core/timers.js';
import type {ApiClient} from '../api/client.js';
import {wordsOf} from '../api/resources.js';
import {markedItem, testOf, type Marked, type Marks, type Selection} from './selection.js';
import type {Stream} from './stream.js';
import {supervise, type Change, type Collection, type OnNews, type Supervision, type Trouble} from './supervise.js';

/** How wide a stream is: over the whole cluster, or over each namespace that somebody asks for. */
export type Breadth = 'cluster' | 'namespace';

/** An object that cannot be read is read again when it changes; the stream itself has no trouble. */
const READ_AGAIN = seconds(60);
/** As after two failed tries: what is known of the selection is not the whole. */
const IS_BLIND = 2;

class Follower<T> {
  readonly #selects: (marks: Marks) => boolean;
  readonly #onNews: OnNews<ReadonlyMap<string, T>>;
  readonly #words: string;
  readonly #items = new Map<string, T>();
  readonly #unreadable = new Set<string>();

  constructor(selects: (marks: Marks) => boolean, onNews: OnNews<ReadonlyMap<string, T>>, words: string) {
    this.#selects = selects;
    this.#onNews = onNews;
    this.#words = words;
  }

  listed(items: Iterable<Marked<T>>, live: boolean): void {
    this.#items.clear();
    this.#unreadable.clear();
    for (const marked of items) if (this.#selects(marked)) this.#put(marked);
    this.#report(live);
  }

  /** An object that no longer has the labels is gone from here, as for one who selects by them at the API server. */
  changed(marked: Marked<T>, isGone: boolean): void {
    const {uid} = marked;
    const had = this.#items.has(uid) || this.#unreadable.has(uid);
    const has = !isGone && this.#selects(marked);
    if (!had && !has) return;
    this.#items.delete(uid);
    this.#unreadable.delete(uid);
    if (has) this.#put(marked);
    this.#report(true);
  }

  troubled(trouble: Trouble): void {
    this.#onNews(trouble);
  }

  #put({uid, item}: Marked<T>): void {
    if (item === null) this.#unreadable.add(uid);
    else this.#items.set(uid, item);
  }

  #report(live: boolean): void {
    if (this.#unreadable.size === 0) this.#onNews({kind: 'observed', value: this.#items, live});
    else
      this.#onNews({
        kind: 'trouble',
        why: unknown('garbled', `${this.#words}: an object of unexpected format`).why,
        attempts: IS_BLIND,
        retryIn: READ_AGAIN,
      });
  }
}

/** One stream of the API server. */
class Source<T> {
  readonly #followers = new Map<string | null, Set<Follower<T>>>();
  /** `null`: nothing was listed yet. */
  #items: ReadonlyMap<string, Marked<T>> | null = null;
  readonly #byNamespace = new Map<string | null, Map<string, Marked<T>>>();
  #live = true;
  #trouble: Trouble | null = null;
  readonly ending = new AbortController();

  /** What is known is reported at once. */
  add(follower: Follower<T>, namespace: string | null): void {
    const among = this.#followers.get(namespace) ?? new Set();
    this.#followers.set(namespace, among.add(follower));
    if (this.#items !== null) follower.listed(this.#under(namespace), this.#live);
    if (this.#trouble !== null) follower.troubled(this.#trouble);
  }

  /** `true`: it was the last one. */
  remove(follower: Follower<T>, namespace: string | null): boolean {
    const among = this.#followers.get(namespace);
    among?.delete(follower);
    if (among?.size === 0) this.#followers.delete(namespace);
    return this.#followers.size === 0;
  }

  take(change: Change<Marked<T>>): void {
    switch (change.kind) {
      case 'trouble':
        this.#trouble = change;
        for (const follower of this.#all()) follower.troubled(change);
        return;
      case 'listed':
        this.#trouble = null;
        this.#items = change.items;
        this.#live = change.live;
        this.#index();
        for (const [namespace, among] of this.#followers)
          for (const follower of among) follower.listed(this.#under(namespace), change.live);
        return;
      case 'changed':
        this.#trouble = null;
        this.#changed(change.before, change.item);
    }
  }

  #changed(before: Marked<T> | null, after: Marked<T> | null): void {
    const marked = after ?? before;
    if (marked === null) return;
    const among = this.#byNamespace.get(marked.namespace) ?? new Map<string, Marked<T>>();
    if (after === null) among.delete(marked.uid);
    else among.set(marked.uid, marked);
    if (among.size === 0) this.#byNamespace.delete(marked.namespace);
    else this.#byNamespace.set(marked.namespace, among);
    for (const namespace of new Set([marked.namespace, null]))
      for (const follower of this.#followers.get(namespace) ?? []) follower.changed(marked, after === null);
  }

  #index(): void {
    this.#byNamespace.clear();
    for (const marked of this.#items?.values() ?? []) {
      const among = this.#byNamespace.get(marked.namespace) ?? new Map<string, Marked<T>>();
      this.#byNamespace.set(marked.namespace, among.set(marked.uid, marked));
    }
  }

  #under(namespace: string | null): Iterable<Marked<T>> {
    const items = namespace === null ? this.#items : this.#byNamespace.get(namespace);
    return items?.values() ?? [];
  }

  #all(): Iterable<Follower<T>> {
    return [...this.#followers.values()].flatMap((among) => [...among]);
  }
}

export const sharedStream = <T>(
  client: ApiClient,
  {resource, item}: Collection<T>,
  supervision: Supervision,
  breadth: Breadth,
): Stream<T> => {
  const shared: Collection<Marked<T>> = {resource, item: markedItem(item), keyOf: ({uid}) => uid};
  const sources = new Map<string | null, Source<T>>();
  const begin = (namespace: string | null): Source<T> => {
    const source = new Source<T>();
    void supervise(
      client,
      {...shared, namespace, query: {}},
      (change) => source.take(change),
      supervision,
      source.ending.signal,
    );
    return source;
  };
  return {
    follow: async (selection, onNews, signal) => {
      if (signal.aborted) return;
      const selects = selected(selection);
      if (!selects.known) {
        onNews({kind: 'trouble', why: selects.why, attempts: IS_BLIND, retryIn: READ_AGAIN});
        return aborted(signal);
      }
      const wide = breadth === 'cluster' ? null : selection.namespace;
      const source = sources.get(wide) ?? begin(wide);
      sources.set(wide, source);
      const words = wordsOf({verb: 'watch', resource, namespace: selection.namespace, name: selection.name});
      // A bug of ours in what one follower does with its news ends that follower, never the stream of the others.
      const bug = Promise.withResolvers<never>();
      const isolated: typeof onNews = (news) => {
        try {
          onNews(news);
        } catch (error) {
          bug.reject(error);
        }
      };
      const follower = new Follower(selects.value, isolated, words);
      source.add(follower, selection.namespace);
      try {
        await Promise.race([aborted(signal), bug.promise]);
      } finally {
        if (source.remove(follower, selection.namespace)) {
          sources.delete(wide);
          source.ending.abort();
        }
      }
    },
  };
};

const selected = (selection: Selection): Known<(marks: Marks) => boolean> => {
  const test = testOf(selection);
  return test === null ? unknown('failed', `the label selector "${selection.selector ?? ''}" is invalid`) : known(test);
};
