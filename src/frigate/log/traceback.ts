/**
 * A traceback, of a thread that it ended or of anything else, read line by line. The services share one stdout, so foreign lines may stand in
 * between; it ends when its exception has been named and no chained one follows. The interpreter's report of a signal names what happened
 * first and the frames after it: it ends with the first line that is none of its own.
 */
import type {Component} from '../../core/observation/log.js';
import {componentOfFrame} from './error-kinds.js';
import {DATABASE_EXCEPTION} from './lexicon.js';
import {withoutStamps} from './line.js';
import {seconds, since, type Instant} from '../../core/time.js';

/** A traceback is written at once; what comes later or further down does not belong to it. */
const LONGEST = seconds(10);
const MOST_LINES = 400;
const EXCEPTION =
  /^(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?=:|$)|(?:Base)?Exception(?:Group)?\b|Stop(?:Async)?Iteration\b|[A-Z]\w*(?:Error|Exception|Timeout|Interrupt|Exit|Warning)\b)/;
/** What follows the heading of a report of a signal: threads, their frames, the modules that are loaded. */
const OF_A_REPORT = /^(?:$|Thread 0x|Current thread 0x| {2}File "|Extension modules: )/;
/** `python3 -u -m frigate` (s6-rc.d/frigate/run, 0.12 to 0.18). */
const OF_MAIN = /^ {2}File "(?:<frozen runpy>|[^"]*\/runpy\.py)", line \d+, in _run_module_as_main$/;
const CHAINED = /^(?:During handling of the above exception|The above exception was the direct cause)/;

export class Traceback {
  /** The thread that ended; `null` where the traceback is not headed by one. */
  readonly thread: string | null;
  readonly begun: Instant;
  #lines = 0;
  /** Whether the frames have been closed by an exception. */
  #named = false;
  #exception: string | null = null;
  #database = false;
  #fatal = false;
  #ofMain = false;
  /** Of a report: the frames of the thread that got the signal have begun. */
  #current = false;
  #placed = false;
  #component: Component = 'frigate';

  /** The process of multiprocessing that ended; `null` where the traceback is not headed by one. */
  readonly process: string | null;

  constructor(thread: string | null, begun: Instant, process: string | null = null) {
    this.thread = thread;
    this.begun = begun;
    this.process = process;
  }

  /** The report of a signal that ended its process; `text`: its heading, such as `Fatal Python error: Segmentation fault`. */
  static ofSignal(text: string, begun: Instant): Traceback {
    const report = new Traceback(null, begun);
    report.#exception = text;
    report.#fatal = true;
    return report;
  }

  /**
   * Nobody below the entry point caught it: a traceback begins at the frame that catches, so one that is logged by a handler has no frame of
   * runpy or of `__main__`.
   */
  get ofMain(): boolean {
    return this.#ofMain && this.thread === null && this.process === null;
  }

  /** A signal ended the process. */
  get fatal(): boolean {
    return this.#fatal;
  }

  /** The last exception named, such as `peewee.OperationalError: database is locked`. */
  get exception(): string | null {
    return this.#exception;
  }

  /** Whether any exception of the chain is the database's. */
  get database(): boolean {
    return this.#database;
  }

  /** The component in whose code the exception was raised, as far as the frames say so. */
  get component(): Component {
    return this.#database ? 'database' : this.#component;
  }

  /** Takes one more line, written at the given instant; `false` when the traceback had ended before it. */
  take(line: string, at: Instant): boolean {
    this.#lines += 1;
    if (this.#lines > MOST_LINES || since(this.begun, at) > LONGEST) return false;
    const text = withoutStamps(line).trimEnd();
    if (this.#fatal) return this.#takeReport(text);
    if (this.#named) {
      if (CHAINED.test(text)) this.#named = false;
      return text === '' || !this.#named;
    }
    this.#component = componentOfFrame(text) ?? this.#component;
    this.#ofMain ||= OF_MAIN.test(text);
    if (EXCEPTION.test(text)) {
      this.#named = true;
      this.#exception = text;
      this.#database ||= DATABASE_EXCEPTION.test(text);
    }
    return true;
  }

  /** The innermost frame of Frigate's in the thread that got the signal says whose process it was. */
  #takeReport(text: string): boolean {
    if (!OF_A_REPORT.test(text)) return false;
    this.#current ||= text.startsWith('Current thread ');
    const component = this.#current && !this.#placed ? componentOfFrame(text) : null;
    if (component !== null) {
      this.#component = component;
      this.#placed = true;
    }
    return true;
  }
}
