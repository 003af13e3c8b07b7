/**
 * A watched collection: listed once, then updated by its changes. Supervised: listed again on 410,
 * restarted with growing pauses after any other error, and listed regularly without the permission to watch.
 */
import type * as z from 'zod';
import {backOff} from '../../core/back-off.js';
import {unknown, type UnknownReason} from '../../core/known.js';
import {milliseconds, seconds, type Duration} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {ApiClient} from '../api/client.js';
import {listWithVersion} from '../api/pages.js';
import {wordsOf, type Resource} from '../api/resources.js';
import {watchOnce, type Taker, type WatchEnd} from './lines.js';

const LIST_TIMEOUT = seconds(10);
/** Between two lists where watching is not permitted. */
const ASK_EVERY = seconds(10);
/** After an error. */
const PAUSES = {first: milliseconds(500), longest: seconds(30)};
/** A watch that ends sooner than this is not restarted at once. */
const TOO_SHORT = seconds(1);

/** Objects of one resource, and how one of them is read. */
export interface Collection<T> {
  readonly resource: Resource;
  readonly item: z.ZodType<T>;
  /** The key of an object; its uid for most. */
  readonly keyOf: (item: T) => string;
}

/** What is followed of a collection. */
export interface Subject<T> extends Collection<T> {
  /** `null`: cluster-scoped, or all of them. */
  readonly namespace: string | null;
  /** `labelSelector`, `fieldSelector`. */
  readonly query: Readonly<Record<string, string>>;
}

/** Nothing new is read until the next attempt; the last value is getting old. */
export interface Trouble {
  readonly kind: 'trouble';
  readonly why: UnknownReason;
  readonly attempts: number;
  readonly retryIn: Duration;
}

/** What the subscriber receives. `value` is the complete current state. */
export type News<T> =
  /** `live`: changes arrive by themselves; otherwise the list is read every ten seconds, because the permission to watch is missing. */
  {readonly kind: 'observed'; readonly value: T; readonly live: boolean} | Trouble;

export type OnNews<T> = (news: News<T>) => void;

/** What happens to a collection. `items` is the complete current state, in a map that goes on changing: nobody keeps it. */
export type Change<T> =
  | {readonly kind: 'listed'; readonly items: ReadonlyMap<string, T>; readonly live: boolean}
  /** `before`: `null`, it is new; `item`: `null`, it was deleted. */
  | {
      readonly kind: 'changed';
      readonly items: ReadonlyMap<string, T>;
      readonly before: T | null;
      readonly item: T | null;
    }
  | Trouble;

/** Chance and time, handed in. */
export interface Supervision {
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly timers: Timers;
}

/** Follows the subject until the signal ends it. Never throws. */
export const supervise = async <T>(
  client: ApiClient,
  subject: Subject<T>,
  onChange: (change: Change<T>) => void,
  {random, timers}: Supervision,
  signal: AbortSignal,
): Promise<void> => {
  const {resource, namespace, query, item, keyOf} = subject;
  const watchAsk = {verb: 'watch', resource, namespace, name: null} as const;
  let attempts = 0;

  const trouble = async (why: UnknownReason): Promise<void> => {
    attempts += 1;
    const retryIn = backOff(PAUSES, attempts, random);
    onChange({kind: 'trouble', why, attempts, retryIn});
    await timers.sleep(retryIn, signal);
  };

  const list = async (live: boolean): Promise<{readonly items: Map<string, T>; readonly version: string} | null> => {
    const limited = within(timers, LIST_TIMEOUT, signal);
    const answer = await listWithVersion(
      client,
      {ask: {...watchAsk, verb: 'list'}, query, kinds: [`${resource.kind}List`], item},
      limited,
    );
    if (signal.aborted) return null;
    if (!answer.ok) {
      await trouble(answer.failure.why);
      return null;
    }
    const items = new Map(answer.value.items.map((one) => [keyOf(one), one]));
    onChange({kind: 'listed', items, live});
    return {items, version: answer.value.version};
  };

  /** Follows the changes until they cannot be followed any more. */
  const follow = async (items: Map<string, T>, from: string): Promise<WatchEnd> => {
    let version = from;
    const apply: Taker = (event) => {
      version = event.resourceVersion;
      if (event.type === 'BOOKMARK') return null;
      const parsed = item.safeParse(event.object);
      if (!parsed.success) return unknown('garbled', `${wordsOf(watchAsk)}: an object of unexpected format`).why;
      const key = keyOf(parsed.data);
      const isGone = event.type === 'DELETED';
      const before = items.get(key) ?? null;
      if (isGone) items.delete(key);
      else items.set(key, parsed.data);
      attempts = 0;
      onChange({kind: 'changed', items, before, item: isGone ? null : parsed.data});
      return null;
    };
    for (;;) {
      const begun = timers.monotonic();
      const end = await watchOnce(client, timers, watchAsk, query, version, apply, signal);
      if (end.kind !== 'over') return end;
      attempts = 0;
      if (timers.monotonic() - begun < TOO_SHORT) await timers.sleep(TOO_SHORT, signal);
    }
  };

  let permitted = true;
  while (!signal.aborted) {
    const listed = await list(permitted);
    if (listed === null) continue;
    const begun = timers.monotonic();
    const end = await follow(listed.items, listed.version);
    permitted = end.kind !== 'refused';
    // A version that is forgotten as soon as it was listed must not become a loop of lists.
    if (end.kind === 'expired' && timers.monotonic() - begun < TOO_SHORT) await timers.sleep(TOO_SHORT, signal);
    if (end.kind === 'expired' || end.kind === 'broken') client.traffic.watchRestarted(resource.plural);
    if (end.kind === 'broken') await trouble(end.why);
    if (end.kind === 'refused') {
      attempts = 0;
      onChange({kind: 'listed', items: listed.items, live: false});
      await timers.sleep(ASK_EVERY, signal);
    }
  }
};
