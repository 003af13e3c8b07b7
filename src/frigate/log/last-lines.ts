/** The end of a log: its last lines, and the newest one that shows that Frigate works on something. */
import type {QuotedLine} from '../../core/observation/log.js';
import type {Instant} from '../../core/time.js';
import {quoted, StampReader, withoutStamps} from './line.js';

/** Bytes of the end that are kept. */
const KEPT_BYTES = 32_768;
const MOST_LINES = 12;
const LONGEST_LINE = 4096;
const LINE_FEED = 10;

/** nginx's access log: the requests of this program stand there too, so it shows no work of Frigate's. */
const ACCESS_LOG = /"(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH) \S+ HTTP\/\d/;
/** Lines that repeat without any progress: errors, and services that supervise each other. */
const NO_WORK =
  /(?: ERROR   : |\[error\]|\[ERROR\]|is not responding to ping|Restarting go2rtc|^\s*$|^Traceback |^ {2}File |Last message repeated)/;

/** The end of a stream of whole lines, in bounded memory. */
export class LogEnd {
  /** The last blocks of lines; the blocks of a stream are not written to again, so they are kept as they are. */
  #blocks: Buffer[] = [];
  #bytes = 0;

  push(lines: Buffer): void {
    this.#blocks.push(lines);
    this.#bytes += lines.length;
    let first = this.#blocks[0];
    while (first !== undefined && this.#bytes - first.length >= KEPT_BYTES) {
      this.#blocks.shift();
      this.#bytes -= first.length;
      [first] = this.#blocks;
    }
  }

  /** `fallback`: stands in for a line without a stamp. */
  read(fallback: Instant): {readonly lastLines: readonly QuotedLine[]; readonly newestWork: QuotedLine | null} {
    const stamps = new StampReader();
    const lines: QuotedLine[] = [];
    let newestWork: QuotedLine | null = null;
    const bytes = this.#end();
    for (const {start, end} of backwards(bytes)) {
      const text = withoutStamps(bytes.toString('utf8', start, Math.min(end, start + LONGEST_LINE))).trimEnd();
      if (text === '' || ACCESS_LOG.test(text)) continue;
      const works = newestWork === null && !NO_WORK.test(text);
      if (!works && lines.length >= MOST_LINES) continue;
      const stamp = stamps.read(bytes, start, end);
      const line = {at: stamp ?? fallback, text: quoted(text)};
      // What has no stamp is no line of a container: the page of a proxy shows no work.
      if (works && stamp !== null) newestWork = line;
      if (lines.length < MOST_LINES) lines.push(line);
      if (newestWork !== null && lines.length >= MOST_LINES) break;
    }
    return {lastLines: lines.reverse(), newestWork};
  }

  /** A line that was put together from two pieces comes as a block without its line feed. */
  #end(): Buffer {
    const feed = Buffer.of(LINE_FEED);
    const whole = Buffer.concat(
      this.#blocks.flatMap((block) => (block.at(-1) === LINE_FEED ? [block] : [block, feed])),
    );
    if (whole.length <= KEPT_BYTES) return whole;
    const from = whole.indexOf(LINE_FEED, whole.length - KEPT_BYTES) + 1;
    return whole.subarray(from > 0 ? from : whole.length - KEPT_BYTES);
  }
}

/** The lines of these bytes, last first. */
function* backwards(bytes: Buffer): Generator<{readonly start: number; readonly end: number}> {
  let end = bytes.at(-1) === LINE_FEED ? bytes.length - 1 : bytes.length;
  while (end > 0) {
    const start = bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
    yield {start, end};
    end = start - 1;
  }
}
