/** The parts of one line as the kubelet gives it: its own timestamp, then what the container wrote. */
import {maskedLine} from '../../core/mask.js';
import {instant, type Instant} from '../../core/time.js';

/** RFC3339Nano of `kubectl logs --timestamps`, in the node's zone. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;
/** s6-log's stamp and two spaces (0.12+), then Frigate's bracket with logger and level. */
const S6_STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6,9} {2}/;
const LOGGER = /^(?:\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] )?([\w.-]+) +(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) *:/;

const SECOND_LENGTH = 'yyyy-mm-ddThh:mm:ss'.length;
const MOST_DIGITS = 9;
/** The stamp with the longest fraction and zone, and its blank. */
const LONGEST_STAMP = SECOND_LENGTH + 1 + MOST_DIGITS + '+hh:mm '.length;
const ZERO = 48;
const DOT = 46;
const NOTHING = new Uint8Array();

const stands = (wanted: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean => {
  if (from + wanted.length > end) return false;
  for (let at = 0; at < wanted.length; at += 1) if (bytes[from + at] !== wanted[at]) return false;
  return true;
};

/** Reads kubelet timestamps and caches the last second it parsed: in a busy log most lines share one. */
export class StampReader {
  /** Empty: none yet. */
  #second = NOTHING;
  /** With the blank that follows. */
  #zone = NOTHING;
  #at = Number.NaN;

  /** Of the line that stands in [start, end); `null` for one without a stamp, such as the rest of one that was cut. */
  read(bytes: Buffer, start: number, end: number): Instant | null {
    return (
      this.#sameSecond(bytes, start, end) ??
      this.#parse(bytes.toString('latin1', start, Math.min(end, start + LONGEST_STAMP)))
    );
  }

  #sameSecond(bytes: Buffer, start: number, end: number): Instant | null {
    if (this.#second.length === 0 || !stands(this.#second, bytes, start, end)) return null;
    let at = start + SECOND_LENGTH;
    let fraction = 0;
    if (bytes[at] === DOT) {
      at += 1;
      const last = Math.min(end, at + MOST_DIGITS);
      for (let scale = 100; at < last; at += 1) {
        const digit = (bytes[at] ?? 0) - ZERO;
        if (digit < 0 || digit > 9) break;
        fraction += digit * scale;
        scale = scale > 1 ? scale / 10 : 0;
      }
    }
    return stands(this.#zone, bytes, at, end) ? instant(this.#at + fraction) : null;
  }

  #parse(stamp: string): Instant | null {
    const found = STAMP.exec(stamp);
    if (found === null) return null;
    const [, second = '', fraction = '', zone = ''] = found;
    this.#second = Buffer.from(second, 'latin1');
    this.#zone = Buffer.from(`${zone} `, 'latin1');
    this.#at = Date.parse(`${second}${zone}`);
    if (Number.isFinite(this.#at)) return instant(this.#at + Number(fraction.padEnd(3, '0').slice(0, 3)));
    this.#second = NOTHING;
    return null;
  }
}

/** The line without the stamps of kubelet and s6. */
export const withoutStamps = (line: string): string => line.replace(STAMP, '').replace(S6_STAMP, '');

/** Python's logger name; `null` for raw lines. */
export const loggerOf = (line: string): string | null => LOGGER.exec(withoutStamps(line))?.[1] ?? null;

const LONGEST_QUOTE = 240;
/** Frigate's own stamp, and nginx's, in a zone that is not known. */
const OWN_STAMP = /^(?:\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]|\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) /;

/** Where ffmpeg keeps what a line is about: `[h264 @ 0x5593bcf4f0c0]`. */
const ADDRESS = / @ 0x[0-9a-f]+(?=\])/g;

/** A line without its stamps as people are shown it: masked, on one line, at most 240 characters. */
export const quoted = (text: string): string =>
  maskedLine(text.replace(OWN_STAMP, '').replace(ADDRESS, '').replace(/ {2,}/g, ' '), LONGEST_QUOTE);
