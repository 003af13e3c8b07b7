/** `pods/log`: the lines of Frigate's container with the kubelet's stamps, whole, from an instant, the last ones, or on and on. */
import type {Instant} from '../../core/time.js';
import type {Clock} from '../clock.js';
import {type Run, kubeletStamp, logLines, printed, s6Stamp} from '../frigate.js';

export interface LogQuery {
  /** Unix seconds. */
  readonly from: number;
  readonly timestamps: boolean;
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
  readonly follow: boolean;
}

/** Noise that says nothing, for logs of any size: megabytes spread over the last ten minutes. */
export interface Chatter {
  readonly megabytes: number;
  readonly now: number;
}

const CHATTER_WINDOW = 600;
const BLOCK = 256 * 1024;
const CHATTER_TEXT =
  '172.30.32.1 - - [23/Nov/2026:02:24:01 +0000] "GET /api/front_door/latest.jpg?h=720&cache=1795400641 HTTP/1.1" 200 48211 "-" "HomeAssistant/2026.11" "-" request_time="0.004"';

/** Reads a query string as the API server does; `null` for a time that is none. */
export const logQuery = (query: URLSearchParams, now: Instant): LogQuery | null => {
  const sinceSeconds = query.get('sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const from =
    sinceSeconds !== null ? now / 1000 - Number(sinceSeconds) : sinceTime !== null ? Date.parse(sinceTime) / 1000 : 0;
  const count = (name: string): number | null => (query.has(name) ? Number(query.get(name)) : null);
  return Number.isNaN(from)
    ? null
    : {
        from,
        timestamps: query.get('timestamps') === 'true',
        tailLines: count('tailLines'),
        limitBytes: count('limitBytes'),
        follow: query.get('follow') === 'true',
      };
};

/** The chatter between two instants as ready text, many lines at a time: 100 MB must not take a minute. */
const chatterBetween = function* (
  chatter: Chatter | null,
  from: number,
  to: number,
  timestamps: boolean,
): Generator<string> {
  if (chatter === null || chatter.megabytes === 0) return;
  const begin = chatter.now - CHATTER_WINDOW;
  const perSecond = (chatter.megabytes * 1024 * 1024) / CHATTER_WINDOW / (CHATTER_TEXT.length + 64);
  const last = Math.min(to, chatter.now);
  for (let second = Math.max(begin, from); second < last; second = Math.floor(second) + 1) {
    const until = Math.min(last, Math.floor(second) + 1);
    const line = `${timestamps ? `${kubeletStamp(second)} ` : ''}${s6Stamp(second)}  ${CHATTER_TEXT}\n`;
    const wanted = Math.round(perSecond * (until - second));
    const perBlock = Math.max(1, Math.floor(BLOCK / line.length));
    for (let left = wanted; left > 0; left -= perBlock) yield line.repeat(Math.min(left, perBlock));
  }
};

const oneLine = (line: {readonly at: number; readonly text: string}, timestamps: boolean): string =>
  `${timestamps ? `${kubeletStamp(line.at)} ` : ''}${printed(line)}\n`;

const between = function* (
  run: Run,
  query: LogQuery,
  from: number,
  to: number,
  chatter: Chatter | null,
): Generator<string> {
  let reached = from;
  for (const line of logLines(run, {from, to})) {
    yield* chatterBetween(chatter, reached, line.at, query.timestamps);
    yield oneLine(line, query.timestamps);
    reached = line.at;
  }
  yield* chatterBetween(chatter, reached, to, query.timestamps);
};

const cutAt = function* (parts: Iterable<string>, bytes: number | null): Generator<string> {
  let left = bytes ?? Infinity;
  for (const part of parts) {
    if (left <= 0) return;
    yield part.length > left ? part.slice(0, left) : part;
    left -= part.length;
  }
};

const tail = (parts: Iterable<string>, lines: number): string => {
  const all = [...parts].join('').split('\n').slice(0, -1);
  return lines === 0
    ? ''
    : all
        .slice(-lines)
        .map((line) => `${line}\n`)
        .join('');
};

/** How often a followed log is checked for new lines (true time). */
const FOLLOW_EVERY = 100;

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, FOLLOW_EVERY);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      {once: true},
    );
  });

/**
 * The answer, piece by piece. `run` is called again while the log is followed, so that new faults are logged too; it ends when the
 * container does (`null`) or with the signal.
 */
export const streamLog = async function* (
  run: () => Run | null,
  query: LogQuery,
  chatter: Chatter | null,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const first = run();
  if (first === null) return;
  let reached = clock.now() / 1000;
  const standing = between(first, query, query.from, reached, chatter);
  if (query.tailLines !== null) yield tail(standing, query.tailLines);
  else yield* cutAt(standing, query.limitBytes);
  while (query.follow && !signal.aborted) {
    await pause(signal);
    const current = run();
    if (current === null || current.startedAt !== first.startedAt) return;
    const now = clock.now() / 1000;
    yield* between(current, query, reached, now, null);
    reached = now;
  }
};
