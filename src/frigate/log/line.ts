/** The parts of one line as the kubelet gives it: its own timestamp, then what the container wrote. */
import {instant, type Instant} from '../../core/time.js';

/** RFC3339Nano of `kubectl logs --timestamps`, in the node's zone. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;
/** s6-log's stamp and two spaces (0.12+), then Frigate's bracket with logger and level. */
const S6_STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6,9} {2}/;
const LOGGER = /^(?:\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] )?([\w.-]+) +(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) *:/;

const SECOND_LENGTH = 'yyyy-mm-ddThh:mm:ss'.length;
const ZERO = 48;
const DOT = 46;

/** Reads kubelet timestamps, remembering the second it last parsed: in a busy log most lines share one. */
export class StampReader {
  #second = '';
  /** With the blank that follows. */
  #zone = '';
  #at = Number.NaN;

  /** `null` for a line without a stamp, such as the rest of one that was cut. */
  read(line: string): Instant | null {
    return this.#sameSecond(line) ?? this.#parse(line);
  }

  #sameSecond(line: string): Instant | null {
    if (this.#second === '' || !line.startsWith(this.#second)) return null;
    let at = SECOND_LENGTH;
    let fraction = 0;
    if (line.charCodeAt(at) === DOT) {
      at += 1;
      for (let scale = 100; at < SECOND_LENGTH + 11; at += 1) {
        const digit = line.charCodeAt(at) - ZERO;
        if (!(digit >= 0 && digit <= 9)) break;
        fraction += digit * scale;
        scale = scale > 1 ? scale / 10 : 0;
      }
    }
    return line.startsWith(this.#zone, at) ? instant(this.#at + fraction) : null;
  }

  #parse(line: string): Instant | null {
    const found = STAMP.exec(line);
    if (found === null) return null;
    const [, second = '', fraction = '', zone = ''] = found;
    this.#second = second;
    this.#zone = `${zone} `;
    this.#at = Date.parse(`${second}${zone}`);
    if (Number.isFinite(this.#at)) return instant(this.#at + Number(fraction.padEnd(3, '0').slice(0, 3)));
    this.#second = '';
    return null;
  }
}

/** The line without the stamps of kubelet and s6. */
export const withoutStamps = (line: string): string => line.replace(STAMP, '').replace(S6_STAMP, '');

/** Python's logger name; `null` for raw lines. */
export const loggerOf = (line: string): string | null => LOGGER.exec(withoutStamps(line))?.[1] ?? null;
