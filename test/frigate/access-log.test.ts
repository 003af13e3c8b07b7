/** Which lines of nginx's access log show that Frigate's API answered. */
import assert from 'node:assert/strict';
import {instant, type Instant} from '../../src/core/time.js';
import {LogScanner} from '../../src/frigate/log/scan.js';

const BEGIN = Date.parse('2026-11-28T10:00:00Z');
const second = (at: number): Instant => instant(BEGIN + at * 1000);

const request = (asked: string, status: number, rest = '"-" "HomeAssistant/2026.11" "-"'): string =>
  `172.30.32.1 - - [28/Nov/2026:10:00:00 +0000] "${asked}" ${status} 5110 ${rest}`;

/** Each line a second after the one before. */
const shownIn = (
  lines: readonly string[],
  window = {since: null as Instant | null, to: second(3600)},
): number | null => {
  const scanner = new LogScanner(window);
  lines.forEach((line, at) =>
    scanner.push(Buffer.from(`${new Date(second(at)).toISOString()} 2026-11-28 10:00:00.100000000  ${line}\n`)),
  );
  const {startShown} = scanner.finish(true);
  return startShown === null ? null : (startShown - BEGIN) / 1000;
};

const answered = request('GET /api/events?limit=25 HTTP/1.1', 200);

describe('the access log of nginx', () => {
  for (const line of [
    answered,
    request('GET /api/front/latest.jpg?h=371 HTTP/2.0', 200),
    request('POST /api/login HTTP/1.1', 200),
    request(
      'GET /api/config HTTP/1.1',
      200,
      '"-" "Mozilla/5.0 \\x22q\\x22" "10.0.0.9" request_time="0.004" upstream_response_time="0.004"',
    ),
    answered.replace(' - - ', ' - alice '),
  ])
    it(`shows an answer of the API: ${line}`, () => {
      assert.equal(shownIn(['[INFO] Starting NGINX...', line, '[INFO] more']), 1);
    });

  for (const line of [
    request('GET /api/events HTTP/1.1', 499),
    request('GET /api/events HTTP/1.1', 502),
    request('GET /api/events HTTP/1.1', 500),
    request('GET /api/events HTTP/1.1', 401),
    request('GET / HTTP/1.1', 200),
    request('GET /clips/a.jpg?from=/api/events HTTP/1.1', 200),
    request('GET /vod/front/start/1/end/2/index.m3u8 HTTP/1.1', 200),
    request('POST /api/go2rtc/webrtc?src=front HTTP/1.1', 200),
    request('GET /api/go2rtc/streams HTTP/1.1', 200),
    request('GET /api/events HTTP/1.1', 200, '"-" "-" "-" request_time="0.000" upstream_response_time="-"'),
    request('GET /x HTTP/1.1', 404, '"-" "GET /api/events HTTP/1.1\\x22 200 " "-"'),
    `[2026-11-28 10:00:00] frigate.app ERROR   : said ${answered}`,
  ])
    it(`shows none: ${line}`, () => {
      assert.equal(shownIn([line]), null);
    });

  it('is read for its newest answer, whatever stands after it', () => {
    const lines = [answered, answered, request('GET / HTTP/1.1', 200), request('GET /api/events HTTP/1.1', 499)];
    assert.equal(shownIn(lines), 1);
    const block = lines
      .map((line, at) => `${new Date(second(at)).toISOString()} 2026-11-28 10:00:00.100000000  ${line}\n`)
      .join('');
    const scanner = new LogScanner({since: null, to: second(3600)});
    scanner.push(Buffer.from(block));
    assert.equal(scanner.finish(true).startShown, second(1));
  });

  it('is read within the window alone', () => {
    assert.equal(shownIn([answered, answered, answered], {since: second(1), to: second(2)}), 1);
    assert.equal(shownIn([answered], {since: second(1), to: second(2)}), null);
  });

  it('is searched no further where a flood of other answers fills it', () => {
    const others = Array.from({length: 64}, () => request('GET /vod/a HTTP/1.1', 200));
    const block = [answered, ...others].map((line) => `2026-11-28T10:00:00Z ${line}\n`).join('');
    const scanner = new LogScanner({since: null, to: second(3600)});
    scanner.push(Buffer.from(block));
    assert.equal(scanner.finish(true).startShown, null);
  });
});
