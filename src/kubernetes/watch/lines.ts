/** One watch connection: its events line by line, and how it ended. */
import * as z from 'zod';
import type {UnknownReason} from '../../core/known.js';
import {unknown} from '../../core/known.js';
import {seconds, type Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {ApiClient} from '../api/client.js';
import {oneLine} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {wordsOf} from '../api/resources.js';

/** Seconds that a watch is asked to last. A connection that was lost without notice is detected because the watch does not end in time. */
const WATCH_SECONDS = 60;
/** For the first byte of the answer, and until the watch counts as lost: its time and ten seconds more. */
const OPEN_LIMIT = seconds(10);
const WATCH_LIMIT = seconds(WATCH_SECONDS + 10);
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
 * `over`: the time asked for is up · `expired`: 410, the version expired, list again · `refused`: no permission to watch ·
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
    return {end: garbled(ask, 'an event that is not JSON')};
  }
  const parsed = frame.safeParse(json);
  if (!parsed.success) return {end: garbled(ask, 'an event of unexpected format')};
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

/** Ends with its own timer, which is reset by each received chunk, or with the caller's signal. */
const watchdog = (
  timers: Timers,
  signal: AbortSignal,
): {readonly signal: AbortSignal; readonly allow: (length: Duration) => void; readonly stop: () => void} => {
  const silent = new AbortController();
  /** The newest one counts. */
  let limit: AbortSignal | null = null;
  return {
    signal: AbortSignal.any([signal, silent.signal]),
    allow: (length) => {
      const own = timers.timeout(length);
      limit = own;
      own.addEventListener('abort', () => {
        if (limit === own) silent.abort();
      });
    },
    stop: () => {
      limit = null;
    },
  };
};

/** Takes an event; a reason when it is of no use, which ends the watch. */
export type Taker = (event: WatchEvent) => UnknownReason | null;

/** Splits chunks into lines and passes them on; ends when a line ends the watch. */
const lineReader = (ask: Ask, take: Taker): ((chunk: Buffer) => WatchEnd | null) => {
  let rest = '';
  const decoder = new TextDecoder();
  return (chunk) => {
    rest += decoder.decode(chunk, {stream: true});
    if (rest.length > LONGEST_LINE) return garbled(ask, 'an event that is too long');
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
  timers: Timers,
  ask: Ask,
  query: Readonly<Record<string, string>>,
  resourceVersion: string,
  taker: Taker,
  signal: AbortSignal,
): Promise<WatchEnd> => {
  const dog = watchdog(timers, signal);
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
    dog.allow(WATCH_LIMIT);
    const take = lineReader(ask, taker);
    for await (const chunk of opened.value as AsyncIterable<Buffer>) {
      const end = take(chunk);
      if (end !== null) return end;
    }
    return {kind: 'over'};
  } catch (error) {
    if (signal.aborted) return {kind: 'aborted'};
    const detail = dog.signal.aborted
      ? 'no data on the connection'
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
