/**
 * Lists of any length: page by page, so that neither the API server nor this process ever holds the whole of a large cluster
 * at once (the pod of a pass has 192 MB). Short lists, nearly all, are one request as before.
 */
import * as z from 'zod';
import {listOf, optionalText} from '../objects/metadata.js';
import type {Answer, ApiClient, Question} from './client.js';
import {LIST_LIMIT} from './client.js';
import {wordsOf} from './resources.js';

/** Objects of one page, as kubectl and client-go ask for them. */
const PAGE = 500;
/** Objects that are read in total. If more of a kind exist, the query has to be narrowed. */
const MOST_ITEMS = 50_000;
const GONE = 410;

interface Page<T> {
  readonly next: string | null;
  readonly version: string;
  readonly items: readonly T[];
}

/** A whole list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** The `resourceVersion` from which a watch goes on; empty where the server gave none. */
  readonly version: string;
}

const pageOf = <T>(item: z.ZodType<T>): z.ZodType<Page<T>> =>
  z
    .object({
      metadata: z.object({continue: optionalText, resourceVersion: optionalText}).nullish(),
      items: listOf(item),
    })
    .transform(({metadata, items}) => ({
      next: metadata?.continue ?? null,
      version: metadata?.resourceVersion ?? '',
      items,
    }));

export type Listing<T> = Omit<Question<readonly T[]>, 'schema' | 'limit'> & {
  readonly item: z.ZodType<T>;
  /** Those that are kept of a page before the next one is read; all by default. */
  readonly keep?: (item: T) => boolean;
};

/** Every object of the list. */
export const listAll = async <T>(
  client: ApiClient,
  listing: Listing<T>,
  signal: AbortSignal,
): Promise<Answer<readonly T[]>> => {
  const answer = await listWithVersion(client, listing, signal);
  return answer.ok ? {ok: true, value: answer.value.items} : answer;
};

/**
 * Every object of the list, and where it stands. The token of a page is good for five minutes of etcd's history: should it be forgotten before the
 * last page, the whole is asked for at once, as client-go's pager does.
 */
export const listWithVersion = async <T>(
  client: ApiClient,
  {item, keep = () => true, ...asked}: Listing<T>,
  signal: AbortSignal,
): Promise<Answer<Listed<T>>> => {
  const schema = pageOf(item);
  const ask = (page: Readonly<Record<string, string>>): Promise<Answer<Page<T>>> =>
    client.request({...asked, query: {...asked.query, ...page}, schema, limit: LIST_LIMIT}, signal);
  const items: T[] = [];
  let count = 0;
  let version = '';
  let next: string | null = null;
  do {
    let answer: Answer<Page<T>> = await ask({limit: String(PAGE), ...(next === null ? {} : {continue: next})});
    if (!answer.ok && next !== null && answer.failure.status === GONE) {
      items.length = 0;
      count = 0;
      answer = await ask({});
    }
    if (!answer.ok) return answer;
    for (const one of answer.value.items) if (keep(one)) items.push(one);
    count += answer.value.items.length;
    ({next, version} = answer.value);
    if (count > MOST_ITEMS) {
      return {
        ok: false,
        failure: {
          why: {code: 'too-large', message: `${wordsOf(asked.ask)}: there are more than ${MOST_ITEMS} objects`},
          status: null,
          applied: 'no',
          passing: false,
        },
      };
    }
  } while (next !== null);
  return {ok: true, value: {items, version}};
};
