import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {LogEvidence, Signature} from '../../src/core/observation/log.js';
import {instant} from '../../src/core/time.js';
import {LogScanner} from '../../src/frigate/log/scan.js';
import {LiteralSearch} from '../../src/frigate/log/search.js';
import {at, fixtureNames, LOG_BEGIN, readFixture, stamped} from './fixtures.js';

const LATER = at('2026-11-24T00:00:00Z');

const scan = (
  log: Buffer,
  chunk = log.length,
  window = {since: null as ReturnType<typeof at> | null, to: LATER},
): LogEvidence => {
  const scanner = new LogScanner(window);
  for (let from = 0; from < log.length; from += Math.max(1, chunk))
    scanner.push(log.subarray(from, from + Math.max(1, chunk)));
  return scanner.finish(true);
};

const counts = (evidence: LogEvidence): Partial<Record<Signature, number>> =>
  Object.fromEntries([...evidence.tallies].map(([signature, {count}]) => [signature, count]));
const camerasOf = (evidence: LogEvidence, signature: Signature): Record<string, number> =>
  Object.fromEntries(evidence.tallies.get(signature)?.cameras ?? []);

const STUCK =
  '2026-11-23 02:34:50.446674602  [2026-11-23 02:34:50] frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...';
const REFUSED =
  '2026-11-23 02:34:50.446674602  [2026-11-23 02:34:50] ffmpeg.back.detect             ERROR   : rtsp://admin:s3cr3t@10.0.0.1/cam: Connection refused';
const CALM =
  '2026-11-23 02:34:50.446674602  [2026-11-23 02:34:50] frigate.record.maintainer      DEBUG   : Copied /media/frigate/recordings/x.mp4 in 0.1 seconds.';

/** What each recorded log says. */
const fixtures: Readonly<Record<string, Partial<Record<Signature, number>>>> = {
  'all-cams-ffmpeg-exit-0.11.log': {},
  'coral-kill-then-silence-0.11.log': {'detector-stuck': 1, 'detector-force-kill': 1},
  'coral-stuck-0.12-ha-timeout.log': {'detector-stuck': 1},
  'coral-stuck-loop-0.9.log': {'detector-stuck': 3, 'detector-force-kill': 2, 'detector-started': 4},
  'db-locked-api-500-0.12.log': {'database-locked': 1},
  'db-locked-event-cleanup-0.8.log': {'database-locked': 1, 'database-thread-died': 1},
  'db-migration-dup-column-0.10b.log': {migration: 1},
  'disk-full-0.13.log': {'no-space-left': 2, 'backlog-slow-storage': 2},
  'disk-full-precursor-0.13.log': {starting: 1, 'could-not-clear': 4},
  'edgetpu-missing-exit-0.12.log': {'detector-device-missing': 1, 'detector-stopped': 1},
  'fps-limit-0.14.log': {'camera-fps-limit': 1},
  'hailo-driver-mismatch-trace-0.15.log': {'detector-driver': 2},
  'measured-0.14.1-cap-kill.log': {'backlog-slow-storage': 19},
  'measured-0.17.2-bad-config.log': {'detector-exited': 1, 'config-invalid': 1, 'safe-mode': 1, starting: 1},
  'measured-0.17.2-cam-hang.log': {'camera-unreachable': 3, 'camera-crashed': 4},
  'measured-0.17.2-cams-gone.log': {'camera-crashed': 7, 'camera-unreachable': 12},
  'measured-0.17.2-cap-stop.log': {'backlog-unprocessed': 18},
  'measured-0.17.2-db-lock-brief.log': {'database-locked': 2, 'database-thread-died': 1},
  'measured-0.17.2-det-stop-busy.log': {'detector-stuck': 1, 'detector-force-kill': 1, 'detector-exited': 1},
  'measured-0.17.2-disk-full.log': {'io-error': 4, 'no-space-left': 3},
  'measured-0.17.2-disk-hang.log': {'no-new-segments': 5},
  'measured-0.17.2-oom.log': {'killed-by-signal-9': 2, starting: 1},
  'measured-0.17.2-rec-kill.log': {'no-new-segments': 5},
  'mqtt-duplicate-client-broker-view.log': {},
  'nginx-client-gave-up-0.13b.log': {},
  'no-new-segments-all-cams-0.12.log': {'no-new-segments': 3},
  'one-cam-no-frames-0.13.log': {'camera-no-frames': 1},
  'record-backlog-all-and-maintainer-error-0.13b.log': {'backlog-slow-storage': 5},
  'recording-copy-slow-0.12.log': {'backlog-slow-storage': 1},
  'reolink-reset-0.16.log': {'backlog-unprocessed': 1, 'camera-crashed': 1},
  's6-start-0.13-addon.log': {},
  's6-stop-crash-0.13.log': {},
  'shm-buserror-journal-0.10.log': {},
  'start-0.15-hailo.log': {starting: 1, 'detector-started': 1},
  'supervisor-blind-0.8.log': {'detector-started': 1},
  'tmpcache-full-0.12.log': {'backlog-slow-storage': 1, 'cache-full': 2},
  'vaapi-driver-init-fail-0.13.log': {'camera-crashed': 2},
  'zmq-false-ready-0.17.2.log': {'detector-stuck': 1, 'detector-force-kill': 1, 'detector-exited': 1},
};

const fixtureLog = (name: string): Buffer =>
  stamped(
    readFixture('log', name)
      .toString()
      .split('\n')
      .filter((line) => line !== ''),
  );

describe('recorded logs', () => {
  it('has an expectation for each fixture', () => assert.deepEqual(Object.keys(fixtures).sort(), fixtureNames('log')));

  for (const [name, expected] of Object.entries(fixtures)) {
    it(`reads ${name}, in one piece and in small ones`, () => {
      const log = fixtureLog(name);
      assert.deepEqual(counts(scan(log)), expected);
      assert.deepEqual(counts(scan(log, 97)), expected);
      assert.deepEqual(counts(scan(log, 1)), expected);
    });
  }

  it('counts per camera', () => {
    assert.deepEqual(camerasOf(scan(fixtureLog('measured-0.17.2-cams-gone.log')), 'camera-crashed'), {
      garage: 4,
      back: 3,
    });
    assert.deepEqual(camerasOf(scan(fixtureLog('tmpcache-full-0.12.log')), 'cache-full'), {cam2: 2});
  });
});

describe('the window', () => {
  const log = stamped(
    Array.from({length: 10}, () => STUCK),
    LOG_BEGIN,
    1000,
  );

  it('counts from its begin on and up to, not including, its end', () => {
    const evidence = scan(log, 100, {since: instant(LOG_BEGIN + 2000), to: instant(LOG_BEGIN + 5000)});
    assert.equal(evidence.tallies.get('detector-stuck')?.count, 3);
    assert.equal(evidence.from, LOG_BEGIN + 2000);
  });

  it('counts each line once over windows that meet', () => {
    let sum = 0;
    for (let from = 0; from < 10_000; from += 700)
      sum +=
        scan(log, 100, {since: instant(LOG_BEGIN + from), to: instant(LOG_BEGIN + from + 700)}).tallies.get(
          'detector-stuck',
        )?.count ?? 0;
    assert.equal(sum, 10);
  });

  it("goes by the kubelet's timestamp in whatever zone, not by Frigate's", () => {
    const line = `2026-11-23T04:00:01.5+02:00 2031-01-01 00:00:00.000000000  [1999-01-01 00:00:00] frigate.watchdog INFO    : Detection appears to be stuck. Restarting detection process...\n`;
    assert.deepEqual(scan(Buffer.from(line)).tallies.get('detector-stuck')?.instants, [at('2026-11-23T02:00:01.500Z')]);
  });

  it('says when the log began where no begin was asked for', () => assert.equal(scan(log).from, LOG_BEGIN));
});

describe('repetitions', () => {
  const folded = (lines: readonly string[]): Partial<Record<Signature, number>> => counts(scan(stamped(lines)));
  const FFMPEG_FOLD = REFUSED.replace(/: rtsp.*/, ':     Last message repeated 3 times');

  it("count the line before, as ffmpeg's logger folds", () =>
    assert.deepEqual(folded([REFUSED, FFMPEG_FOLD]), {'camera-unreachable': 4}));
  it('count with [LOGGING] in front (0.16+)', () =>
    assert.deepEqual(folded([STUCK, '[LOGGING] Last message repeated 7 times']), {'detector-stuck': 8}));
  it('count across a chunk boundary', () =>
    assert.deepEqual(counts(scan(stamped([STUCK, '[LOGGING] Last message repeated 7 times']), 150)), {
      'detector-stuck': 8,
    }));
  it("do not count another logger's line", () => assert.deepEqual(folded([STUCK, FFMPEG_FOLD]), {'detector-stuck': 1}));
  it('do not count a calm line', () =>
    assert.deepEqual(folded([STUCK, CALM, '[LOGGING] Last message repeated 7 times']), {'detector-stuck': 1}));
  it('of absurd length stay bounded in memory', () => {
    const tally = scan(stamped([STUCK, '[LOGGING] Last message repeated 999999999 times'])).tallies.get(
      'detector-stuck',
    );
    assert.equal(tally?.count, 1_000_000_000);
    assert.equal(tally.instants.length, 50);
  });
});

describe('tracebacks', () => {
  const s6 = (text: string): string => `2026-11-23 02:34:28.962046350  ${text}`;
  const head = s6('Exception in thread Thread-7 (read):');
  const frames = [
    s6('Traceback (most recent call last):'),
    s6('  File "/opt/frigate/frigate/comms/inter_process.py", line 47, in read'),
    s6('    cursor.execute(sql, params or ())'),
  ];
  const locked = s6('peewee.OperationalError: database is locked');
  const died = (lines: readonly string[]): Partial<Record<Signature, number>> => {
    const {['database-thread-died']: database, ['thread-died']: other} = counts(scan(stamped(lines)));
    return {
      ...(database === undefined ? {} : {'database-thread-died': database}),
      ...(other === undefined ? {} : {'thread-died': other}),
    };
  };

  it('that end in a database error are a dead database thread', () =>
    assert.deepEqual(died([head, ...frames, locked]), {'database-thread-died': 1}));
  it('that end in something else are a terminated thread', () =>
    assert.deepEqual(died([head, ...frames, s6("KeyError: 'front'")]), {'thread-died': 1}));
  it('of other modules are a terminated thread', () =>
    assert.deepEqual(died([head, ...frames, s6('zmq.error.Again: Resource temporarily unavailable')]), {
      'thread-died': 1,
    }));
  it('name the database anywhere in a chain', () => {
    assert.deepEqual(
      died([
        head,
        ...frames,
        s6('sqlite3.OperationalError: database is locked'),
        s6(''),
        s6('During handling of the above exception, another exception occurred:'),
        s6(''),
        ...frames,
        s6('TypeError: x'),
      ]),
      {'database-thread-died': 1},
    );
  });
  it("may be interleaved with other services' lines", () =>
    assert.deepEqual(
      died([head, frames[0] ?? '', CALM, s6('127.0.0.1 - - [23/Nov/2026:02:32:48 +0000] "" 400 0'), ...frames, locked]),
      {'database-thread-died': 1},
    ));
  it('are not blamed for a database error that comes after their end', () =>
    assert.deepEqual(died([head, ...frames, s6('ValueError: x'), CALM, ...frames, locked]), {'thread-died': 1}));
  it('are not blamed for one that comes much later', () =>
    assert.deepEqual(died([head, ...Array.from({length: 1100}, () => CALM), locked]), {'thread-died': 1}));
  it('that the log ends in count all the same', () => assert.deepEqual(died([head, ...frames]), {'thread-died': 1}));
  it('count each', () =>
    assert.deepEqual(died([head, ...frames, locked, head, ...frames, s6('ValueError: x'), head, ...frames, locked]), {
      'database-thread-died': 2,
      'thread-died': 1,
    }));
  it('of no thread (an API request) are no dead thread', () => assert.deepEqual(died([...frames, locked]), {}));
  it('tell in their sample which thread died of what', () => {
    const sample = scan(stamped([head, ...frames, locked])).tallies.get('database-thread-died')?.sample;
    assert.equal(sample, 'Exception in thread Thread-7 (read): peewee.OperationalError: database is locked');
  });
});

describe('any log', () => {
  it('hides secrets in samples and strips the stamps', () => {
    const sample = scan(stamped([REFUSED])).tallies.get('camera-unreachable')?.sample;
    assert.equal(
      sample,
      '[2026-11-23 02:34:50] ffmpeg.back.detect ERROR : rtsp://***@10.0.0.1/cam: Connection refused',
    );
  });

  it('keeps at most the newest 50 instants, oldest first, and 500 cameras', () => {
    const lines = Array.from(
      {length: 1200},
      (_, index) => `[x] watchdog.c ERROR   : Ffmpeg process crashed unexpectedly for cam${index}.`,
    );
    const tally = scan(stamped(lines), 1000).tallies.get('camera-crashed');
    assert.ok(tally);
    assert.equal(tally.count, 1200);
    assert.equal(tally.cameras.size, 500);
    assert.deepEqual(
      tally.instants,
      Array.from({length: 50}, (_, index) => LOG_BEGIN + (1150 + index) * 10),
    );
    assert.deepEqual([tally.first, tally.last], [LOG_BEGIN, LOG_BEGIN + 11_990]);
  });

  it('passes over the rest of a line of 50 MB and hears the next one', () => {
    const scanner = new LogScanner({since: null, to: LATER});
    scanner.push(stamped([STUCK]));
    scanner.push(Buffer.from('2026-11-23T02:00:00Z '));
    for (let count = 0; count < 50; count += 1) scanner.push(Buffer.alloc(1_000_000, 'x'));
    scanner.push(Buffer.from('\n'));
    scanner.push(stamped([STUCK]));
    const evidence = scanner.finish(true);
    assert.equal(evidence.bytes > 50_000_000, true);
    assert.equal(evidence.tallies.get('detector-stuck')?.count, 2);
  });

  it('hears the beginning of a line that is too long', () => {
    assert.deepEqual(counts(scan(stamped([`${STUCK}${'x'.repeat(100_000)}`, CALM, STUCK]), 4096)), {
      'detector-stuck': 2,
    });
  });

  it('hears the last line without a line feed, and lines with carriage returns', () => {
    assert.deepEqual(counts(scan(stamped([STUCK, `${STUCK}\r`]).subarray(0, -1))), {'detector-stuck': 2});
  });

  it('reads UTF-8 camera names and bytes that are none', () => {
    const evidence = scan(
      Buffer.concat([
        stamped([
          '[x] watchdog.c ERROR   : Ffmpeg process crashed unexpectedly for hintertür.',
          '[x] watchdog.c ERROR   : Ffmpeg process crashed unexpectedly for back.',
          '[x] watchdog.c ERROR   : Ffmpeg process crashed unexpectedly for hintertür.',
        ]),
        Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
      ]),
    );
    assert.deepEqual(camerasOf(evidence, 'camera-crashed'), {hintertür: 2, back: 1});
  });

  it('gives the same evidence however the bytes are cut', () => {
    const lines = [
      STUCK,
      CALM,
      REFUSED,
      '[LOGGING] Last message repeated 2 times',
      '',
      'Exception in thread a:',
      '  File',
      'KeyError: 1',
      CALM,
    ];
    const log = stamped(lines);
    const whole = scan(log);
    fc.assert(fc.property(fc.integer({min: 1, max: log.length}), (chunk) => assert.deepEqual(scan(log, chunk), whole)));
  });

  it('takes any bytes and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({maxLength: 60}),
            fc
              .constantFrom(STUCK, REFUSED, '\n', 'Exception in thread ', 'Last message repeated 9 times')
              .map((text) => Buffer.from(text)),
          ),
          {maxLength: 20},
        ),
        (pieces) => {
          assert.equal(typeof scan(Buffer.concat(pieces), 50).bytes, 'number');
        },
      ),
    );
  });

  it('grows by no more than a few megabytes over 100 MB', () => {
    const block = stamped(Array.from({length: 5000}, (_, index) => (index % 50 === 0 ? REFUSED : CALM)));
    const scanner = new LogScanner({since: null, to: LATER});
    scanner.push(block);
    const before = process.memoryUsage().rss;
    while (scanner.bytes < 100_000_000)
      for (let from = 0; from < block.length; from += 65_536) scanner.push(block.subarray(from, from + 65_536));
    assert.ok(scanner.finish(true).tallies.get('camera-unreachable'));
    const growth = (process.memoryUsage().rss - before) / 1_048_576;
    assert.ok(growth < 40, `${growth.toFixed(1)} MiB`);
  });
});

describe('the search for literals', () => {
  it('finds what indexOf finds', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), {minLength: 3, maxLength: 6}).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.array(letters, {minLength: 1, maxLength: 6}),
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), {maxLength: 80}),
        (literals, all) => {
          const text = all.join('');
          const found = new LiteralSearch(literals).next(Buffer.from(text), 0, text.length);
          const expected = literals.map((literal) => text.indexOf(literal)).filter((index) => index >= 0);
          assert.equal(found, expected.length === 0 ? -1 : Math.min(...expected));
        },
      ),
      {numRuns: 1000},
    );
  });

  it('keeps within the range it is given', () => {
    const search = new LiteralSearch(['needle']);
    const bytes = Buffer.from('needle needle needle');
    assert.equal(search.next(bytes, 1, bytes.length), 7);
    assert.equal(search.next(bytes, 8, 19), -1);
  });
});
