/**
 * A collection that is watched, not hammered: listed once, then followed by its changes. Supervised: listed anew on 410,
 * begun anew with growing pauses after any other error, and asked now and then where the right to watch is missing.
 */
import {setTimeout as wait} from 'node:timers/promises';
import * as z from 'zod';
import {unknown, type UnknownReason} from '../../core/known.js';
import {milliseconds, seconds, type Duration} from '../../core/time.js';
import type {ApiClient} from '../api/client.js';
import {LIST_LIMIT} from '../api/client.js';
import {wordsOf, type Resource} from '../api/resources.js';
import {listOf, optionalText} from '../objects/metadata.js';
import {watchOnce, type Taker, type WatchEnd} from './lines.js';

const LIST_TIMEOUT = seconds(10);
/** Between two lists where watching is not permitted. */
const ASK_EVERY = seconds(10);
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** A watch that ends sooner than this is not begun anew at once. */
const TOO_SHORT = 1000;

/** What is followed. */
export interface Subject<T> {
  readonly resource: Resource;
  /** `null`: cluster-scoped. */
  readonly namespace: string | null;
  /** `labelSelector`, `fieldSelector`. */
  readonly query: Readonly<Record<string, string>>;
  readonly item: z.ZodType<T>;
  /** The key of an object; its uid for most. */
  readonly keyOf: (item: T) => string;
}

/** What the follower is told. `value` is everything that stands, as of now. */
export type News<T> =
  /** `live`: changes arrive by themselves; otherwise it is asked every ten seconds, because the right to watch is missing. */
  | {readonly kind: 'seen'; readonly value: T; readonly live: boolean}
  /** Nothing new can be seen until the next try; what was seen before is getting old. */
  | {readonly kind: 'trouble'; readonly why: UnknownReason; readonly attempts: number; readonly retryIn: Duration};

export type Told<T> = (news: News<T>) => void;

/** Chance and pauses, handed in. */
export interface Supervision {
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly monotonic: () => number;
  /** Resolves after so long, or with the signal. */
  readonly pause: (length: Duration, signal: AbortSignal) => Promise<void>;
}

const listSchema = <T>(item: z.ZodType<T>): z.ZodType<{readonly version: string; readonly items: readonly T[]}> =>
  z
    .object({metadata: z.object({resourceVersion: optionalText}), items: listOf(item)})
    .transform(({metadata, items}) => ({version: metadata.resourceVersion ?? '', items}));

/** A pause of the process's own timers. */
export const realPause = (length: Duration, signal: AbortSignal): Promise<void> =>
  wait(length, undefined, {signal}).catch(() => undefined);

/** Doubles from half a second to half a minute, shortened at random so that many watches do not come back at once. */
const pauseAfter = (attempts: number, random: () => number): Duration =>
  milliseconds(Math.round(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1)) * (0.5 + random() / 2)));

/** Follows the subject until the signal ends it. Never throws. */
export const supervise = async <T>(
  client: ApiClient,
  subject: Subject<T>,
  told: Told<ReadonlyMap<string, T>>,
  {random, monotonic, pause}: Supervision,
  signal: AbortSignal,
): Promise<void> => {
  const {resource, namespace, query, item, keyOf} = subject;
  const watchAsk = {verb: 'watch', resource, namespace, name: null} as const;
  const schema = listSchema(item);
  let attempts = 0;

  const trouble = async (why: UnknownReason): Promise<void> => {
    attempts += 1;
    const retryIn = pauseAfter(attempts, random);
    told({kind: 'trouble', why, attempts, retryIn});
    await pause(retryIn, signal);
  };

  const list = async (live: boolean): Promise<{readonly items: Map<string, T>; readonly version: string} | null> => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT)]);
    const answer = await client.request(
      {ask: {...watchAsk, verb: 'list'}, query, kinds: [`${resource.kind}List`], schema, limit: LIST_LIMIT},
      limited,
    );
    if (signal.aborted) return null;
    if (!answer.ok) {
      await trouble(answer.failure.why);
      return null;
    }
    const items = new Map(answer.value.items.map((one) => [keyOf(one), one]));
    told({kind: 'seen', value: new Map(items), live});
    return {items, version: answer.value.version};
  };

  /** Follows the changes until they cannot be followed any more. */
  const follow = async (items: Map<string, T>, from: string): Promise<WatchEnd> => {
    let version = from;
    const apply: Taker = (event) => {
      version = event.resourceVersion;
      if (event.type === 'BOOKMARK') return null;
      const parsed = item.safeParse(event.object);
      if (!parsed.success) return unknown('garbled', `${wordsOf(watchAsk)}: an object that cannot be read`).why;
      if (event.type === 'DELETED') items.delete(keyOf(parsed.data));
      else items.set(keyOf(parsed.data), parsed.data);
      attempts = 0;
      told({kind: 'seen', value: new Map(items), live: true});
      return null;
    };
    for (;;) {
      const begun = monotonic();
      const end = await watchOnce(client, watchAsk, query, version, apply, signal);
      if (end.kind !== 'over') return end;
      attempts = 0;
      if (monotonic() - begun < TOO_SHORT) await pause(milliseconds(TOO_SHORT), signal);
    }
  };

  let permitted = true;
  while (!signal.aborted) {
    const listed = await list(permitted);
    if (listed === null) continue;
    const begun = monotonic();
    const end = await follow(listed.items, listed.version);
    permitted = end.kind !== 'refused';
    // A version that is forgotten as soon as it was listed must not become a loop of lists.
    if (end.kind === 'expired' && monotonic() - begun < TOO_SHORT) await pause(milliseconds(TOO_SHORT), signal);
    if (end.kind === 'broken') await trouble(end.why);
    if (end.kind === 'refused') {
      attempts = 0;
      told({kind: 'seen', value: new Map(listed.items), live: false});
      await pause(ASK_EVERY, signal);
    }
  }
};
