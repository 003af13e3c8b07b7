/**
 * nginx's access log in Frigate's: which requests its API answered. Of `/api/stats` and `/api/version` nginx logs none
 * (docker/main/rootfs/usr/local/nginx/conf/nginx.conf, 0.12 to 0.18).
 */
import type {Instant} from '../../core/time.js';
import {StampReader, withoutStamps} from './line.js';

const ANSWERED = '" 200 ';
const LONGEST_LINE = 4096;
/** Of each block of a log; a flood of answers that are not the API's (`/vod/`, `/clips/`) is not worth more. */
const MOST_TRIED = 32;
const LINE_FEED = 10;

/**
 * `192.0.2.7 - - [23/Nov/2026:02:24:01 +0000] "GET /api/events HTTP/1.1" 200 5110 …`, answered by Frigate: `/api/go2rtc` may be passed on
 * to go2rtc, and a time of the upstream of `-` is an answer from nginx's own cache. nginx writes quotes of a client as `\x22`.
 */
const BY_THE_API =
  /^\S+ - .{1,256}? \[[^\]"]{1,64}\] "(?:GET|POST|PUT|DELETE|HEAD|PATCH) \/api\/(?!go2rtc)[^\s"]* HTTP\/[\d.]+" 200 (?!.*upstream_response_time="-")/;

/** The newest such line of a stream of whole lines, within a time. */
export class AccessLog {
  readonly #within: (at: Instant) => boolean;
  readonly #stamps = new StampReader();
  #answered: Instant | null = null;

  constructor(within: (at: Instant) => boolean) {
    this.#within = within;
  }

  get answered(): Instant | null {
    return this.#answered;
  }

  push(lines: Buffer): void {
    // Forwards 20 ms for 100 MB, backwards 400: most logs without such a line are passed over at once.
    if (lines.indexOf(ANSWERED, 0, 'latin1') < 0) return;
    let hit = lines.lastIndexOf(ANSWERED);
    for (let tried = 0; hit > 0 && tried < MOST_TRIED; tried += 1) {
      const start = lines.lastIndexOf(LINE_FEED, hit) + 1;
      const feed = lines.indexOf(LINE_FEED, hit);
      const end = Math.min(feed < 0 ? lines.length : feed, start + LONGEST_LINE);
      const at = this.#stamps.read(lines, start, end);
      if (at !== null && this.#within(at) && BY_THE_API.test(withoutStamps(lines.toString('latin1', start, end)))) {
        this.#answered = at;
        return;
      }
      hit = start === 0 ? -1 : lines.lastIndexOf(ANSWERED, start - 1);
    }
  }
}
