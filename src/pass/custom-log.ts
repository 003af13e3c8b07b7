/** Counts the lines of one container's log that match the patterns of checks of the user's own, by the second. */
import type {CustomCheck, ReadProbe} from '../core/custom/custom-check.js';
import {compilePattern, type LinePattern} from '../settings/line-pattern.js';
import {earlier, hours, instant, latest, type Duration, type Instant} from '../core/time.js';
import {StampReader, withoutStamps} from '../frigate/log/line.js';

/** The longest window of a check, and a minute for clocks that differ. */
const KEPT = hours(1 + 1 / 60);
/** Bytes of a line that are read; the pattern reads fewer. */
const LONGEST_LINE = 16_384;
const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);
const BEGINNING = instant(0);

type LogProbe = Extract<ReadProbe, {kind: 'log'}>;
export type LogCheck = CustomCheck & {readonly probe: LogProbe};

export const isLogCheck = (check: CustomCheck): check is LogCheck => check.probe.kind === 'log';

export interface Count {
  readonly lines: number;
  /** The log was read from here on without a gap. */
  readonly from: Instant;
  /** The newest line that matches, without stamps. */
  readonly sample: string | null;
}

interface Counter {
  readonly pattern: LinePattern;
  /** Lines that match, by the second of the kubelet's stamp, oldest first. */
  readonly seconds: Map<number, number>;
  from: Instant;
  sample: string | null;
}

export class LogCounts {
  readonly #stamps = new StampReader();
  readonly #counters = new Map<string, Counter>();
  #checks: readonly LogCheck[] = [];
  #rest: Buffer = NOTHING;
  /** Inside the skipped rest of a line that is too long. */
  #skipping = false;
  #newest: Instant | null = null;
  /** Lines up to here were counted in the stream before. */
  #until: Instant | null = null;

  /** Another stream of the same container's log. What was read before is not counted again; `null`: it begins with the log. */
  begin(checks: readonly LogCheck[], since: Instant | null): void {
    this.#until = this.#newest;
    this.#rest = NOTHING;
    this.#skipping = false;
    const from = since ?? BEGINNING;
    const resumed = this.#newest !== null && from <= this.#newest;
    this.#take(checks, from);
    if (!resumed) for (const counter of this.#counters.values()) counter.from = latest(counter.from, from);
  }

  push(checks: readonly LogCheck[], chunk: Buffer): void {
    if (checks !== this.#checks) this.#take(checks, this.#newest ?? BEGINNING);
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const piece = chunk.subarray(from, end);
      if (!this.#skipping) this.#line(this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]));
      this.#skipping = false;
      this.#rest = NOTHING;
      from = end + 1;
    }
    if (this.#skipping || from === chunk.length) return;
    this.#rest = Buffer.concat([this.#rest, chunk.subarray(from)]);
    if (this.#rest.length <= LONGEST_LINE) return;
    this.#line(this.#rest);
    this.#rest = NOTHING;
    this.#skipping = true;
  }

  /** `null`: this check is not counted here. */
  count({id, probe: {window}}: LogCheck, now: Instant): Count | null {
    const counter = this.#counters.get(id);
    return counter === undefined
      ? null
      : {lines: linesIn(counter.seconds, earlier(now, window)), from: counter.from, sample: counter.sample};
  }

  #take(checks: readonly LogCheck[], from: Instant): void {
    const before = new Map(this.#checks.map((check) => [check.id as string, check]));
    this.#checks = checks;
    const wanted = new Map(checks.map((check) => [check.id as string, check]));
    for (const id of this.#counters.keys())
      if (wanted.get(id)?.probe.pattern !== before.get(id)?.probe.pattern) this.#counters.delete(id);
    for (const {id, probe} of checks) {
      if (this.#counters.has(id)) continue;
      const compiled = compilePattern(probe.pattern);
      // A pattern that is none was refused when its file was read.
      if (compiled.ok) this.#counters.set(id, {pattern: compiled.pattern, seconds: new Map(), from, sample: null});
    }
  }

  #line(bytes: Buffer): void {
    const at = this.#stamps.read(bytes, 0, bytes.length) ?? this.#newest;
    if (at === null || (this.#until !== null && at <= this.#until)) return;
    this.#newest = this.#newest === null ? at : latest(this.#newest, at);
    const text = withoutStamps(bytes.toString('utf8', 0, Math.min(bytes.length, LONGEST_LINE)));
    for (const counter of this.#counters.values()) {
      if (!counter.pattern.test(text)) continue;
      counter.sample = text;
      const second = Math.floor(at / 1000);
      counter.seconds.set(second, (counter.seconds.get(second) ?? 0) + 1);
      this.#forget(counter, at);
    }
  }

  #forget({seconds}: Counter, now: Instant): void {
    const oldest = Math.floor(earlier(now, KEPT) / 1000);
    for (const second of seconds.keys()) {
      if (second >= oldest) return;
      seconds.delete(second);
    }
  }
}

/** A window begins with a whole second. */
const linesIn = (seconds: ReadonlyMap<number, number>, from: Instant): number => {
  let lines = 0;
  for (const [second, count] of seconds) if (second * 1000 >= from - 999) lines += count;
  return lines;
};

/** Whether the log was read over the whole window, as far back as its container has run. */
export const isWhole = (
  {from}: Count,
  window: Duration,
  {now, started}: {readonly now: Instant; readonly started: Instant | null},
): boolean => from <= latest(earlier(now, window), started ?? BEGINNING);
