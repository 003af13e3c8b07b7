/** One watch connection: its events line by line, and how it ended. */
import {setTimeout as startTimer} from 'node:timers';
import * as z from 'zod';
import type {UnknownReason} from '../../core/known.js';
import {unknown} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import {oneLine} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {wordsOf} from '../api/resources.js';

/** Seconds that a watch is asked to last: a connection that died without a word is noticed when its end does not come. */
const WATCH_SECONDS = 60;
/** Milliseconds for the first byte of the answer, and beyond the end of the watch before it counts as dead. */
const OPEN_LIMIT = 10_000;
const GRACE = 10_000;
/** Bytes of one event; etcd takes objects of 1.5 MB. */
const LONGEST_LINE = 8 * 1024 * 1024;

const frame = z.object({type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']), object: z.unknown()});
const versioned = z.object({metadata: z.object({resourceVersion: z.string()})});
const status = z.object({code: z.number().nullish(), message: z.string().nullish(), reason: z.string().nullish()});

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
  readonly resourceVersion: string;
}

/**
 * `over`: the time asked for is up · `expired`: 410, the version is forgotten, list anew · `refused`: no right to watch ·
 * `broken`: anything else.
 */
export type WatchEnd =
  {readonly kind: 'over' | 'expired' | 'aborted'} | {readonly kind: 'refused' | 'broken'; readonly why: UnknownReason};

const GONE = 410;
const FORBIDDEN = 'forbidden';

type Reading = {readonly event: WatchEvent} | {readonly end: WatchEnd};

const garbled = (ask: Ask, detail: string): WatchEnd => ({
  kind: 'broken',
  why: unknown('garbled', `${wordsOf(ask)}: ${oneLine(detail)}`).why,
});

/** One line of the stream; anything that is no event of Kubernetes ends the watch, because changes may have been missed. */
const read = (ask: Ask, line: string): Reading => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return {end: garbled(ask, 'an event that is no JSON')};
  }
  const parsed = frame.safeParse(json);
  if (!parsed.success) return {end: garbled(ask, 'an event of another form')};
  const {type, object} = parsed.data;
  if (type === 'ERROR') {
    const error = status.safeParse(object);
    if (error.data?.code === GONE) return {end: {kind: 'expired'}};
    return {
      end: {
        kind: 'broken',
        why: unknown('failed', `${wordsOf(ask)}: ${oneLine(error.data?.message ?? 'an error without a message')}`).why,
      },
    };
  }
  const version = versioned.safeParse(object);
  if (!version.success) return {end: garbled(ask, 'an object without a resourceVersion')};
  return {event: {type, object, resourceVersion: version.data.metadata.resourceVersion}};
};

/** Ends with its own timer, which is set anew at each sign of life, or with the caller's signal. */
const watchdog = (
  signal: AbortSignal,
): {readonly signal: AbortSignal; readonly allow: (milliseconds: number) => void; readonly stop: () => void} => {
  const silent = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
  };
  return {
    signal: AbortSignal.any([signal, silent.signal]),
    allow: (milliseconds) => {
      stop();
      timer = startTimer(() => silent.abort(), milliseconds);
    },
    stop,
  };
};

/** Takes an event; a reason when it is of no use, which ends the watch. */
export type Taker = (event: WatchEvent) => UnknownReason | null;

/** Splits chunks into lines and hands them on; the end, when a line ends the watch. */
const lineReader = (ask: Ask, take: Taker): ((chunk: Buffer) => WatchEnd | null) => {
  let rest = '';
  const decoder = new TextDecoder();
  return (chunk) => {
    rest += decoder.decode(chunk, {stream: true});
    if (rest.length > LONGEST_LINE) return garbled(ask, 'an event without an end');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') continue;
      const reading = read(ask, line);
      if ('end' in reading) return reading.end;
      const useless = take(reading.event);
      if (useless !== null) return {kind: 'broken', why: useless};
    }
    return null;
  };
};

/** Watches once, from after `resourceVersion`. Never throws. */
export const watchOnce = async (
  client: ApiClient,
  ask: Ask,
  query: Readonly<Record<string, string>>,
  resourceVersion: string,
  taker: Taker,
  signal: AbortSignal,
): Promise<WatchEnd> => {
  const dog = watchdog(signal);
  dog.allow(OPEN_LIMIT);
  const search = new URLSearchParams({
    ...query,
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(WATCH_SECONDS),
    resourceVersion,
  });
  try {
    const opened = await client.stream(ask, search, dog.signal);
    if (!opened.ok) {
      if (signal.aborted) return {kind: 'aborted'};
      const {status: code, why} = opened.failure;
      return code === GONE ? {kind: 'expired'} : {kind: why.code === FORBIDDEN ? 'refused' : 'broken', why};
    }
    dog.allow(WATCH_SECONDS * 1000 + GRACE);
    const take = lineReader(ask, taker);
    for await (const chunk of opened.value as AsyncIterable<Buffer>) {
      const end = take(chunk);
      if (end !== null) return end;
    }
    return {kind: 'over'};
  } catch (error) {
    if (signal.aborted) return {kind: 'aborted'};
    const detail = dog.signal.aborted
      ? 'the connection went silent'
      : error instanceof Error
        ? error.message
        : String(error);
    return {
      kind: 'broken',
      why: unknown(dog.signal.aborted ? 'timeout' : 'unreachable', `${wordsOf(ask)}: ${oneLine(detail)}`).why,
    };
  } finally {
    dog.stop();
  }
};
