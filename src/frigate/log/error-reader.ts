/**
 * Collects what the components of Frigate say of their own errors, in bounded memory whatever the log is: of each logger the
 * newest lines are kept and only they are read closer, when the log has come to its end.
 */
import type {Component, ErrorKind, ErrorReport} from '../../core/observation/log.js';
import {earliest, earlier, seconds, type Instant} from '../../core/time.js';
import {componentOf, kindOf, pathOf} from './error-kinds.js';
import {quoted, withoutStamps} from './line.js';

/** Lines of one logger that are read closer. */
const KEPT_LINES = 24;
/** Different loggers: three for each of a hundred cameras and some more. */
const MOST_LOGGERS = 400;
const MOST_REPORTS = 40;
/** What follows within this time is said of the first line. */
const BURST = seconds(2);
/** Characters of a line that are read closer. */
const LONGEST = 2048;

/** Level and colon as Frigate pads them: `%(levelname)-8s: ` (log.py, 0.8 to 0.18). Nothing in Frigate logs as CRITICAL. */
const LEVEL = 'ERROR   : ';
const LEVEL_BYTES = Buffer.from(LEVEL, 'latin1');
const LINE_FEED = 10;

/** Where in a line the level stands; -1: it has another one, or none. */
export const levelIn = (line: string): number => line.indexOf(LEVEL);

/**
 * Where in a block of lines the next one of this level is. The level is short and full of blanks, which would slow the search
 * for the lexicon's literals down to half; the native search of one word, from a letter on, costs little.
 */
export class LevelSearch {
  readonly #bytes: Buffer;
  #next = -1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the first line begins, at or after `from`, in which the level stands; the length of the block: there is none. */
  lineFrom(from: number): number {
    if (this.#next < from) {
      const at = this.#bytes.indexOf(LEVEL_BYTES, from);
      this.#next = at < 0 ? this.#bytes.length : at;
    }
    return this.#next === this.#bytes.length ? this.#next : this.#bytes.lastIndexOf(LINE_FEED, this.#next) + 1;
  }
}

/** What says nothing of its own: a heading, whose cause stands in the lines after it. */
const HEADINGS =
  /\[INFO\] The go2rtc service exited with|: (?:The following ffmpeg logs include|Error occurred when attempting to maintain recording cache|Unable to store recording segment|Unable to convert |fatal: child failed with exit code|\[emerg\] still could not bind|Input #\d|Output #\d|Stream |Duration:|Metadata:)/;

/** An address of the pod itself. */
const IN_THE_POD = /(?:^|[/@\s])(?:127\.0\.0\.1|localhost|\[::1\]):\d/;

/** What ended with the line: its writer, the main thread of Frigate, nothing. */
export type Ending = 'fatal' | 'of-main' | null;

interface LoggerLines {
  readonly component: Component;
  readonly camera: string | null;
  readonly ending: Ending;
  count: number;
  first: Instant;
  last: Instant;
  /** A ring of the newest lines, and of their instants. */
  readonly lines: string[];
  readonly instants: Instant[];
}

const asText = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

const BLANK = 32;
const LOGGER = /^[\w.-]+$/;

/** The word before the level. */
const wordBefore = (line: string, level: number): string => {
  let end = level;
  while (end > 0 && line.charCodeAt(end - 1) === BLANK) end -= 1;
  let start = end;
  while (start > 0 && line.charCodeAt(start - 1) !== BLANK) start -= 1;
  return line.slice(start, end);
};

export class ErrorReader {
  readonly #loggers = new Map<string, LoggerLines>();
  #latest: LoggerLines | null = null;
  /** The latest logger's name between blanks, and where it stood in its line. */
  #word = '';
  #place = 0;

  /** A line with one of the levels at `level`. */
  line(line: string, level: number, at: Instant): void {
    // In a flood mostly the same logger as before.
    if (this.#latest !== null && line.startsWith(this.#word, this.#place)) {
      keepLine(this.#latest, line, at);
      return;
    }
    const word = wordBefore(line, level);
    const logger = this.#loggers.get(word) ?? (LOGGER.test(word) ? this.#begin(word, componentOf(word), at) : null);
    if (logger === null) return;
    this.#latest = logger;
    this.#place = line.lastIndexOf(word, level) - 1;
    this.#word = ` ${word} `;
    keepLine(logger, line, at);
  }

  /**
   * An error without a logger: an exception that was not caught, a line of nginx or of a service.
   * @param ending What ended with it.
   */
  other(component: Component, line: string, at: Instant, ending: Ending = null): void {
    const key = `(${component} ${ending ?? ''})`;
    const logger = this.#loggers.get(key) ?? this.#begin(key, {component, camera: null}, at, ending);
    if (logger !== null) keepLine(logger, line, at);
  }

  reports(): readonly ErrorReport[] {
    return [...this.#loggers.values()]
      .flatMap(reportsOf)
      .sort((a, b) => b.last - a.last || b.count - a.count)
      .slice(0, MOST_REPORTS);
  }

  #begin(
    key: string,
    {component, camera}: Pick<LoggerLines, 'component' | 'camera'>,
    at: Instant,
    ending: Ending = null,
  ): LoggerLines | null {
    if (this.#loggers.size >= MOST_LOGGERS) return null;
    const named = camera === null ? null : asText(camera);
    const logger = {component, camera: named, ending, count: 0, first: at, last: at, lines: [], instants: []};
    // A copy: a slice would keep the whole line in memory.
    this.#loggers.set(Buffer.from(key, 'latin1').toString('latin1'), logger);
    return logger;
  }
}

const keepLine = (logger: LoggerLines, line: string, at: Instant): void => {
  if (at < logger.first) logger.first = at;
  if (at > logger.last) logger.last = at;
  const place = logger.count % KEPT_LINES;
  logger.lines[place] = line;
  logger.instants[place] = at;
  logger.count += 1;
};

const reportsOf = ({component, camera, ending, count, first, lines, instants}: LoggerLines): readonly ErrorReport[] => {
  const read = lines
    .map((line, index) => ({at: instants[index] ?? first, text: withoutStamps(asText(line.slice(0, LONGEST)))}))
    .sort((a, b) => a.at - b.at);
  const informative = read.filter(({text}) => !HEADINGS.test(text) || kindOf(text) !== 'unknown');
  // Where only headings were kept, they are all that there is to quote.
  const quotable = informative.length > 0 ? informative : read;
  const share = count / Math.max(1, lines.length);
  const kinds = Map.groupBy(quotable, ({text}): ErrorKind => kindOf(text));
  return [...kinds].map(([kind, each]) => {
    const newest = each.at(-1);
    const shown = ending === 'fatal' || component === 'camera' ? firstOfBurst(each) : newest;
    return {
      component,
      camera,
      kind,
      ...(shown !== undefined && IN_THE_POD.test(shown.text) ? {local: true as const} : {}),
      path: each.map(({text}) => pathOf(text)).findLast((path) => path !== null) ?? null,
      count: Math.max(1, Math.round(each.length * share)),
      first: lines.length < count ? first : (each[0]?.at ?? first),
      last: newest?.at ?? first,
      sample: quoted(shown?.text ?? ''),
      ...(ending === 'fatal' ? {fatal: true as const} : {}),
      ...(ending === 'of-main' ? {ofMain: true as const} : {}),
    };
  });
};

/** Of lines in their order. */
const firstOfBurst = <T extends {readonly at: Instant}>(lines: readonly T[]): T | undefined => {
  const newest = lines.at(-1);
  return newest === undefined ? undefined : lines.find(({at}) => at >= earlier(newest.at, BURST));
};

/** The reports of several scans of one log as one list: the same error of the same component is one. */
export const mergeReports = (parts: ReadonlyArray<readonly ErrorReport[]>): readonly ErrorReport[] => {
  const merged = new Map<string, ErrorReport>();
  for (const report of parts.flat()) {
    const key = `${report.component} ${report.camera ?? ''} ${report.kind} ${report.fatal === true} ${report.ofMain === true}`;
    const before = merged.get(key);
    if (before === undefined) {
      merged.set(key, report);
      continue;
    }
    const newer = before.last > report.last ? before : report;
    merged.set(key, {
      ...newer,
      path: newer.path ?? before.path ?? report.path,
      count: before.count + report.count,
      first: earliest(before.first, report.first),
    });
  }
  return [...merged.values()].sort((a, b) => b.last - a.last || b.count - a.count).slice(0, MOST_REPORTS);
};
