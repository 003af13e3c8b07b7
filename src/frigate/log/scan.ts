/**
 * Reading a log of any size in constant memory: a search over the bytes finds the few lines that may matter, and only
 * these are decoded. Events count by the kubelet's timestamp; the zones of Frigate's own stamps are unknown.
 */
import type {LogEvidence, Signature, StartStep} from '../../core/observation/log.js';
import {latest, type Instant} from '../../core/time.js';
import {AccessLog} from './access-log.js';
import {isLasting} from './error-kinds.js';
import {ErrorReader, levelIn, LevelSearch, type Ending} from './error-reader.js';
import {LogEnd} from './last-lines.js';
import {loggerOf, quoted, StampReader, withoutStamps} from './line.js';
import {FATAL_ERROR} from './lexicon.js';
import {firstHit, readLine, readText, type Hit, type Match} from './match.js';
import {Counters} from './tally.js';
import {Traceback} from './traceback.js';

/** Bytes of a line that are scanned; the rest of a longer one is skipped. */
const LONGEST_LINE = 16_384;
const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

export interface LogWindow {
  /** Inclusive; `null`: from the beginning. */
  readonly since: Instant | null;
  /** Exclusive, so that windows that meet count each line once. */
  readonly to: Instant;
}

/** Where the line ends that begins at or goes on from here. */
const lineEnd = (bytes: Buffer, from: number): number => {
  const end = bytes.indexOf(LINE_FEED, from);
  return end < 0 ? bytes.length : end;
};

const lineStart = (bytes: Buffer, within: number): number =>
  within <= 0 ? 0 : bytes.lastIndexOf(LINE_FEED, within - 1) + 1;

const decode = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString('latin1', start, Math.min(end, start + LONGEST_LINE));

const newer = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || b === null ? (a ?? b) : latest(a, b);

/** What a script of s6 could not do stands before the line that says that it ended. */
const explainedBefore: ReadonlySet<Signature> = new Set<Signature>(['services-not-started']);

/** multiprocessing/process.py writes the name of the process before the traceback that ended it. */
const processIn = (line: string): string | null => /^Process (\S+):$/.exec(withoutStamps(line).trimEnd())?.[1] ?? null;

/** What ended with it. */
const endingOf = ({fatal, ofMain}: Traceback): Ending => (fatal ? 'fatal' : ofMain ? 'of-main' : null);

/** Which processes of Frigate are compared with the statistics (FRG-304), by the title that multiprocessing gives (0.8 to 0.18). */
const PROCESS_ROLES: ReadonlyArray<readonly [title: RegExp, signature: Signature]> = [
  [/^(?:frigate\.)?(?:capture|process|camera_capture|camera_processor):/, 'camera-process-failed'],
  [/^(?:frigate\.)?record(?:ing|ing_manager)?$/, 'recorder-process-failed'],
];

/** What a traceback says ended: a thread, or a process for something that its successor meets again. `null`: neither. */
const endedBy = ({thread, process, database, exception}: Traceback): Signature | null => {
  const lasting = exception !== null && isLasting(exception);
  if (thread !== null) return database ? (lasting ? 'database-thread-failed' : 'database-thread-died') : 'thread-died';
  if (process === null || !lasting) return null;
  return PROCESS_ROLES.find(([title]) => title.test(process))?.[1] ?? null;
};

export class LogScanner {
  readonly #window: LogWindow;
  readonly #counters = new Counters();
  readonly #errors = new ErrorReader();
  readonly #end = new LogEnd();
  readonly #access = new AccessLog((at) => this.#within(at));
  readonly #stamps = new StampReader();
  #bytes = 0;
  /** The unfinished last line; a copy of its own. */
  #rest: Buffer = NOTHING;
  /** Inside the skipped rest of a line that is too long. */
  #skipping = false;
  /** The last line of the block before: a repetition at the beginning of the next one refers to it. */
  #previous = '';
  #traceback: {readonly body: Traceback; readonly head: string} | null = null;
  #earliest: Instant | null = null;
  #step: StartStep | null = null;
  #startEnded: Instant | null = null;
  /** Of the newest scanned line; used for a line without a timestamp. */
  #at: Instant;

  constructor(window: LogWindow) {
    this.#window = window;
    this.#at = window.since ?? window.to;
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    let from = this.#skipping ? this.#skip(chunk) : 0;
    if (this.#rest.length > 0 && from < chunk.length) from = this.#join(chunk, from);
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > from) this.#block(chunk.subarray(from, end));
    const rest = chunk.subarray(Math.max(from, end));
    if (rest.length > 0) this.#keep(Buffer.from(rest.subarray(0, LONGEST_LINE + 1)));
  }

  /** The result. `complete`: whether the log was read to its end. */
  finish(complete: boolean): LogEvidence {
    if (this.#rest.length > 0) this.#block(this.#rest);
    this.#rest = NOTHING;
    this.#closeTraceback();
    const {since, to} = this.#window;
    return {
      from: since ?? this.#earliest ?? to,
      to,
      bytes: this.#bytes,
      complete,
      tallies: this.#counters.tallies(),
      errors: this.#errors.reports(),
      startStep: this.#step,
      startShown: newer(this.#access.answered, this.#startEnded),
      ...this.#end.read(this.#at),
    };
  }

  #within(at: Instant): boolean {
    return at < this.#window.to && (this.#window.since === null || at >= this.#window.since);
  }

  /** Passes over the rest of a too long line; where the next one begins. */
  #skip(chunk: Buffer): number {
    const end = chunk.indexOf(LINE_FEED);
    this.#skipping = end < 0;
    return end < 0 ? chunk.length : end + 1;
  }

  /** Finishes the line that the chunk before left open; where the next one begins. */
  #join(chunk: Buffer, from: number): number {
    const end = lineEnd(chunk, from);
    const line = Buffer.concat([this.#rest, chunk.subarray(from, Math.min(end, from + LONGEST_LINE))]);
    this.#rest = NOTHING;
    if (end === chunk.length) this.#keep(line);
    else this.#block(line);
    return end + 1;
  }

  /** Keeps an unfinished line for the next chunk, or scans the beginning of one that has become too long. */
  #keep(line: Buffer): void {
    this.#skipping = line.length > LONGEST_LINE;
    if (this.#skipping) this.#block(line);
    else this.#rest = line;
  }

  /** Lines that are whole, but for the line feed of the last one. */
  #block(bytes: Buffer): void {
    this.#end.push(bytes);
    this.#access.push(bytes);
    this.#earliest ??= this.#stamps.read(bytes, 0, lineEnd(bytes, 0));
    const levels = new LevelSearch(bytes);
    let hit = firstHit(bytes, 0, bytes.length);
    for (let from = 0; from < bytes.length;) {
      if (hit !== null && hit.at < from) hit = firstHit(bytes, from, bytes.length);
      let start = hit === null ? bytes.length : lineStart(bytes, hit.at);
      // Within a traceback each line is scanned, otherwise only the next one with a literal or the level of an error.
      if (this.#traceback !== null) start = from;
      else if (start > from) start = Math.min(start, levels.lineFrom(from));
      if (start >= bytes.length) break;
      const end = lineEnd(bytes, start);
      this.#line(bytes, start, end, hit);
      from = end + 1;
    }
    const last = bytes.at(-1) === LINE_FEED ? bytes.length - 1 : bytes.length;
    this.#previous = decode(bytes, lineStart(bytes, last), last);
  }

  /** The line in [start, whole). `hit`: the next literal; it may lie behind the line. */
  #line(bytes: Buffer, start: number, whole: number, hit: Hit | null): void {
    const end = Math.min(whole, start + LONGEST_LINE);
    const line = decode(bytes, start, end);
    this.#at = this.#stamps.read(bytes, start, end) ?? this.#at;
    if (this.#traceback?.body.take(line, this.#at) === false) this.#closeTraceback();
    if (!this.#within(this.#at)) return;
    const reading = readLine(bytes, hit !== null && hit.at < end ? hit : null, end, line);
    if (reading.thread !== null) this.#openTraceback(reading.thread, line);
    else if (reading.fatal) this.#openReport(line);
    else if (reading.traceback && this.#traceback === null) {
      const before = this.#lineBefore(bytes, start);
      const process = processIn(before);
      if (process === null) this.#openTraceback(null, line);
      else this.#openTraceback(null, before, process);
    }
    const level = levelIn(line);
    if (level >= 0) this.#errors.line(line, level, this.#at);
    else if (reading.bareError !== null)
      this.#errors.other(
        reading.bareError.component,
        line,
        this.#at,
        reading.bareError.fatal === true ? 'fatal' : null,
      );
    this.#count(reading.matches, 1, line, () => this.#lineBefore(bytes, start));
    if (reading.startEnded) this.#startEnded = this.#at;
    if (reading.startStep !== null) {
      const text = quoted(withoutStamps(Buffer.from(line, 'latin1').toString('utf8')));
      this.#step = {kind: reading.startStep.kind, at: this.#at, text, ended: reading.startStep.ends === true};
    }
    if (reading.repeated > 0) this.#repeat(line, this.#lineBefore(bytes, start), reading.repeated);
  }

  #lineBefore(bytes: Buffer, start: number): string {
    return start > 0 ? decode(bytes, lineStart(bytes, start - 1), start - 1) : this.#previous;
  }

  /** @param before The line before, for the signatures that say nothing of their own cause. */
  #count(matches: readonly Match[], times: number, line: string, before: () => string = () => ''): void {
    for (const {signature, camera, retracts} of matches) {
      if (retracts) this.#counters.retract(signature);
      else
        this.#counters.add(signature, {
          at: this.#at,
          camera,
          times,
          line: explainedBefore.has(signature) ? `${withoutStamps(before()).trimEnd()}; ${withoutStamps(line)}` : line,
        });
    }
  }

  /** Counts the line before once more for each repetition, if it is the same logger's. */
  #repeat(line: string, before: string, times: number): void {
    if (!line.includes('[LOGGING]') && loggerOf(line) !== loggerOf(before)) return;
    this.#count(readText(before).matches, times, before);
  }

  #openTraceback(thread: string | null, head: string, process: string | null = null): void {
    this.#closeTraceback();
    this.#traceback = {body: new Traceback(thread, this.#at, process), head};
  }

  #openReport(line: string): void {
    this.#closeTraceback();
    const heading = withoutStamps(line);
    const text = heading.slice(Math.max(0, heading.indexOf(FATAL_ERROR))).trimEnd();
    this.#traceback = {body: Traceback.ofSignal(text, this.#at), head: line};
  }

  #closeTraceback(): void {
    if (this.#traceback === null) return;
    const {body, head} = this.#traceback;
    this.#traceback = null;
    if (body.exception !== null) this.#errors.other(body.component, body.exception, body.begun, endingOf(body));
    const ended = endedBy(body);
    if (ended === null) return;
    const line = body.exception === null ? head : `${head} ${body.exception}`;
    this.#counters.add(ended, {
      at: body.begun,
      camera: null,
      times: 1,
      line,
    });
  }
}
