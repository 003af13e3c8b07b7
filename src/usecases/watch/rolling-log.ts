/**
 * The followed log as evidence of a sliding window, and its notable lines for people. Counting stays with LogScanner: one
 * for each half minute, whose tallies are added up, so that old events fall out of the window.
 */
import {maskedLine} from '../../core/mask.js';
import type {LogEvidence, QuotedLine, Signature, StartStep, Tally} from '../../core/observation/log.js';
import {earlier, earliest, instant, latest, type Duration, type Instant} from '../../core/time.js';
import {mergeReports} from '../../frigate/log/error-reader.js';
import {StampReader, withoutStamps} from '../../frigate/log/line.js';
import {firstHit, readLine, type Hit} from '../../frigate/log/match.js';
import {LogScanner} from '../../frigate/log/scan.js';
import {MOST_LINES, type LogLine} from './watch-state.js';

const BUCKET = 30_000;
const LONGEST_LINE = 16_384;
const LONGEST_TEXT = 400;
const LINE_FEED = 10;
/** Frigate's own stamp, in a zone that is not known; the kubelet's is used instead. */
const OWN_STAMP = /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] /;
const NOTHING = Buffer.alloc(0);
const NEVER = instant(Number.MAX_SAFE_INTEGER);
/** As in a tally of one scan. */
const MOST_INSTANTS = 50;

interface Bucket {
  readonly at: Instant;
  readonly scanner: LogScanner;
}

const addCounts = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
  const sum = new Map(a);
  for (const [name, count] of b) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
};

const addTallies = (a: Tally, b: Tally): Tally => ({
  count: a.count + b.count,
  first: earliest(a.first, b.first),
  last: latest(a.last, b.last),
  instants: [...a.instants, ...b.instants].sort((x, y) => x - y).slice(-MOST_INSTANTS),
  cameras: addCounts(a.cameras, b.cameras),
  sample: b.sample,
});

/** What one half minute of the log held. */
type Part = Pick<LogEvidence, 'tallies' | 'errors' | 'startStep' | 'startShown' | 'newestWork' | 'lastLines'> & {
  readonly at: Instant;
};

const MOST_LAST_LINES = 12;

/** The part of a tally that is not older than `from`; exact as long as all of its instants were kept. */
const trimmed = (tally: Tally, from: Instant): Tally | null => {
  const kept = tally.instants.filter((at) => at >= from);
  const first = kept[0];
  if (first === undefined) return null;
  if (kept.length === tally.instants.length) return tally;
  return {...tally, first, instants: kept, count: Math.round((tally.count * kept.length) / tally.instants.length)};
};

export class RollingLog {
  readonly #window: Duration;
  readonly #stamps = new StampReader();
  readonly #begun: Instant;
  /** Tallies of finished half minutes, oldest first. */
  #finished: Part[] = [];
  #open: Bucket | null = null;
  #lines: readonly LogLine[] = [];
  #rest: Buffer = NOTHING;
  #newest: Instant | null = null;
  /** The newest line of work in a half minute that has left the window. */
  #work: QuotedLine | null = null;
  #step: StartStep | null = null;
  #startShown: Instant | null = null;
  #bytes = 0;

  /** `begun`: from where the log is read. */
  constructor(window: Duration, begun: Instant) {
    this.#window = window;
    this.#begun = begun;
  }

  /** The newest kubelet stamp that was read; where a broken stream is taken up again. */
  get newest(): Instant | null {
    return this.#newest;
  }

  /** The newest lines that say something, newest last. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Takes a piece of the stream. `after`: lines up to this stamp were read before the stream broke. */
  push(chunk: Buffer, after: Instant | null): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    this.#rest = end === bytes.length ? NOTHING : Buffer.from(bytes.subarray(end, end + LONGEST_LINE));
    if (end === 0) return;
    const fresh = after === null ? bytes.subarray(0, end) : this.#without(bytes.subarray(0, end), after);
    if (fresh.length > 0) this.#take(fresh);
  }

  /** What the window holds. `now`: the API server's time. */
  evidence(now: Instant): LogEvidence {
    const from = earlier(now, this.#window);
    this.#finished = this.#finished.filter(({at}) => at + BUCKET >= from);
    const tallies = new Map<Signature, Tally>();
    const parts = this.#open === null ? this.#finished : [...this.#finished, this.#snapshot(this.#open)];
    for (const part of parts) {
      for (const [signature, whole] of part.tallies) {
        const tally = trimmed(whole, from);
        if (tally === null) continue;
        const before = tallies.get(signature);
        tallies.set(signature, before === undefined ? tally : addTallies(before, tally));
      }
    }
    return {
      from: latest(from, this.#begun),
      to: now,
      bytes: this.#bytes,
      complete: true,
      tallies,
      errors: mergeReports(parts.map(({errors}) => errors)).filter(({last}) => last >= from),
      startStep: parts.findLast(({startStep}) => startStep !== null)?.startStep ?? this.#step,
      startShown: parts.findLast(({startShown}) => startShown !== null)?.startShown ?? this.#startShown,
      newestWork: parts.findLast(({newestWork}) => newestWork !== null)?.newestWork ?? this.#work,
      lastLines: parts.flatMap(({lastLines}) => lastLines).slice(-MOST_LAST_LINES),
    };
  }

  #without(bytes: Buffer, after: Instant): Buffer {
    for (let from = 0; from < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, from);
      const at = this.#stamps.read(bytes, from, end);
      if (at !== null && at > after) return bytes.subarray(from);
      from = end + 1;
    }
    return NOTHING;
  }

  #take(bytes: Buffer): void {
    this.#bytes += bytes.length;
    const lastLine = bytes.lastIndexOf(LINE_FEED, bytes.length - 2) + 1;
    const at = this.#stamps.read(bytes, lastLine, bytes.length);
    if (at !== null) this.#newest = at;
    const bucket = this.#bucketAt(this.#newest ?? this.#begun);
    bucket.scanner.push(bytes);
    this.#collect(bytes);
  }

  #bucketAt(at: Instant): Bucket {
    if (this.#open !== null && at < this.#open.at + BUCKET) return this.#open;
    if (this.#open !== null) {
      const part = this.#snapshot(this.#open);
      this.#finished.push(part);
      this.#work = part.newestWork ?? this.#work;
      this.#step = part.startStep ?? this.#step;
      this.#startShown = part.startShown ?? this.#startShown;
    }
    this.#open = {at, scanner: new LogScanner({since: null, to: NEVER})};
    return this.#open;
  }

  /** All lines that were pushed are whole, so nothing is lost by reading; a traceback under way is counted as it stands. */
  #snapshot({at, scanner}: Bucket): Part {
    return {...scanner.finish(true), at};
  }

  #collect(bytes: Buffer): void {
    const found: LogLine[] = [];
    for (let from = 0; from < bytes.length;) {
      const hit = firstHit(bytes, from, bytes.length);
      if (hit === null) break;
      const start = bytes.lastIndexOf(LINE_FEED, hit.at) + 1;
      const end = bytes.indexOf(LINE_FEED, hit.at);
      const line = this.#lineOf(bytes, start, Math.min(end, start + LONGEST_LINE), hit);
      if (line !== null) found.push(line);
      from = end + 1;
    }
    if (found.length > 0) this.#lines = [...this.#lines, ...found].slice(-MOST_LINES);
  }

  #lineOf(bytes: Buffer, start: number, end: number, hit: Hit): LogLine | null {
    const latin = bytes.toString('latin1', start, end);
    const {matches, thread} = readLine(bytes, hit, end, latin);
    const signature = matches.find(({retracts}) => !retracts)?.signature ?? (thread === null ? null : 'thread-died');
    if (signature === null) return null;
    const at = this.#stamps.read(bytes, start, end) ?? this.#newest ?? this.#begun;
    const text = maskedLine(withoutStamps(bytes.toString('utf8', start, end)).replace(OWN_STAMP, ''), LONGEST_TEXT);
    return {at, signature, camera: matches.find(({camera}) => camera !== null)?.camera ?? null, text};
  }
}
