/** The followed log: a window that slides, lines that are worth showing, and a stream that breaks and is taken up again. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {instant, later, minutes, rfc3339, seconds, type Instant} from '../../../src/core/time.js';
import {MOST_LINES} from '../../../src/usecases/watch/watch-state.js';
import {RollingLog} from '../../../src/usecases/watch/rolling-log.js';

const begun = instant(Date.UTC(2026, 10, 23, 2, 0, 0));
const WINDOW = minutes(10);

/** A line as the API server sends it: the kubelet's stamp before Frigate's own. */
const stamped = (at: Instant, text: string): string =>
  `${rfc3339(at).replace('Z', '.446674602Z')} 2026-11-23 02:34:50.446674602  [2026-11-23 02:34:50] ${text}\n`;
const refused = (at: Instant, camera = 'back'): string =>
  stamped(at, `ffmpeg.${camera}.detect             ERROR   : rtsp://admin:s3cr3t@10.0.0.1/cam: Connection refused`);
const stuck = (at: Instant): string =>
  stamped(
    at,
    'frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...',
  );
const calm = (at: Instant): string =>
  stamped(at, 'frigate.record.maintainer      DEBUG   : Copied a segment in 0.1 seconds.');
const after = (count: number): Instant => later(begun, seconds(count));

const counted = (log: RollingLog, now: Instant): Record<string, number> =>
  Object.fromEntries([...log.evidence(now).tallies].map(([signature, {count}]) => [signature, count]));
const pushed = (...texts: readonly string[]): RollingLog => {
  const log = new RollingLog(WINDOW, begun);
  log.push(Buffer.from(texts.join('')), null);
  return log;
};

describe('the rolling log', () => {
  it('counts what lies within the window and lets go of what is older', () => {
    const log = pushed(stuck(after(0)), refused(after(100)), refused(after(400)), stuck(after(590)));
    assert.deepEqual(counted(log, after(600)), {'detector-stuck': 2, 'camera-unreachable': 2});
    assert.deepEqual(counted(log, after(650)), {'detector-stuck': 1, 'camera-unreachable': 2});
    assert.deepEqual(counted(log, after(800)), {'detector-stuck': 1, 'camera-unreachable': 1});
    assert.deepEqual(counted(log, after(1200)), {});
  });

  it('says from when on it knows: the window, or since the reading began', () => {
    const log = pushed(calm(after(5)));
    assert.deepEqual(
      [log.evidence(after(60)).from, log.evidence(after(900)).from, log.evidence(after(900)).to],
      [begun, after(300), after(900)],
    );
  });

  it('masks secrets in the lines that it shows, and shows only those that say something', () => {
    const log = pushed(calm(after(1)), refused(after(2)), calm(after(3)));
    assert.deepEqual(
      log.lines.map(({signature, camera}) => [signature, camera]),
      [['camera-unreachable', 'back']],
    );
    assert.doesNotMatch(log.lines[0]?.text ?? '', /s3cr3t|admin/);
    assert.doesNotMatch(log.lines[0]?.text ?? '', /2026-11-23/, 'the time stands beside it');
  });

  it('keeps the newest 200 lines however many come', () => {
    const log = new RollingLog(WINDOW, begun);
    for (let index = 0; index < 1000; index += 1)
      log.push(Buffer.from(refused(after(index / 10), `cam${index}`)), null);
    assert.deepEqual(
      [log.lines.length, log.lines.at(-1)?.camera, log.lines[0]?.camera],
      [MOST_LINES, 'cam999', 'cam800'],
    );
  });

  it('comes to the same however the stream is cut', () => {
    const bytes = Buffer.from(
      [stuck(after(1)), refused(after(2), 'grün'), calm(after(40)), refused(after(70)), stuck(after(130))].join(''),
    );
    const whole = new RollingLog(WINDOW, begun);
    whole.push(bytes, null);
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 120}), {minLength: 1}), (sizes) => {
        const log = new RollingLog(WINDOW, begun);
        for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          log.push(bytes.subarray(from, from + size), null);
          from += size;
        }
        assert.deepEqual(log.lines, whole.lines);
        assert.deepEqual(counted(log, after(200)), counted(whole, after(200)));
        assert.equal(log.newest, whole.newest);
      }),
      {numRuns: 60},
    );
  });

  it('drops what it has read before when a broken stream is taken up again', () => {
    const log = pushed(stuck(after(1)), refused(after(2)));
    const from = log.newest;
    // `sinceTime` is whole seconds: the lines of the last second come again.
    log.push(Buffer.from([stuck(after(1)), refused(after(2)), refused(after(3))].join('')), from);
    assert.deepEqual(counted(log, after(10)), {'detector-stuck': 1, 'camera-unreachable': 2});
  });

  it('survives a line of 10 MB and a stream without a line feed', () => {
    const log = new RollingLog(WINDOW, begun);
    const block = Buffer.alloc(1024 * 1024, 'x');
    for (let index = 0; index < 10; index += 1) log.push(block, null);
    log.push(Buffer.from(`\n${stuck(after(9))}`), null);
    assert.deepEqual(counted(log, after(10)), {'detector-stuck': 1});
  });
});
