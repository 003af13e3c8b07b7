/** What Frigate's components say of their own errors: component, kind, path and quote, read from logs as Frigate writes them. */
import assert from 'node:assert/strict';
import type {Component, ErrorKind, ErrorReport, LogEvidence} from '../../src/core/observation/log.js';
import {instant} from '../../src/core/time.js';
import {componentOfFrame} from '../../src/frigate/log/error-kinds.js';
import {mergeReports} from '../../src/frigate/log/error-reader.js';
import {LogScanner} from '../../src/frigate/log/scan.js';

const BEGIN = Date.parse('2026-11-28T10:00:00Z');

/** Lines one second apart, with the stamps of the kubelet and of s6. */
const logOf = (lines: readonly string[], chunk = 1 << 20): LogEvidence => {
  const scanner = new LogScanner({since: null, to: instant(BEGIN + 86_400_000)});
  const text = lines
    .map((line, at) => `${new Date(BEGIN + at * 1000).toISOString()} 2026-11-28 11:00:00.123456789  ${line}\n`)
    .join('');
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += chunk) scanner.push(bytes.subarray(from, from + chunk));
  return scanner.finish(true);
};

const logged = (logger: string, level: string, message: string): string =>
  `[2026-11-28 10:00:00] ${logger.padEnd(30)} ${level.padEnd(8)}: ${message}`;

const only = (lines: readonly string[]): ErrorReport => {
  const {errors} = logOf(lines);
  assert.equal(errors.length, 1, JSON.stringify(errors));
  return errors[0]!;
};

const maintainer = (message: string): string => logged('frigate.record.maintainer', 'ERROR', message);

describe('the errors that Frigate logs', () => {
  const kinds: ReadonlyArray<readonly [message: string, kind: ErrorKind, path: string | null]> = [
    [
      "[Errno 13] Permission denied: '/media/frigate/recordings/2026-11-28'",
      'permission',
      '/media/frigate/recordings/2026-11-28',
    ],
    ["[Errno 116] Stale file handle: '/media/frigate/recordings'", 'stale-handle', '/media/frigate/recordings'],
    ["[Errno 107] Transport endpoint is not connected: '/media/frigate'", 'mount-gone', '/media/frigate'],
    ["[Errno 122] Disk quota exceeded: '/media/frigate/x.mp4'", 'quota', '/media/frigate/x.mp4'],
    ["[Errno 2] No such file or directory: '/media/frigate/recordings'", 'missing', '/media/frigate/recordings'],
    ["[Errno 19] No such device: '/media/frigate'", 'no-device', '/media/frigate'],
    ["[Errno 24] Too many open files: '/tmp/cache/a.mp4'", 'too-many-files', '/tmp/cache/a.mp4'],
    ["[Errno 112] Host is down: '/media/frigate'", 'mount-gone', '/media/frigate'],
    ["[Errno 121] Remote I/O error: '/media/frigate'", 'io', '/media/frigate'],
    ["[Errno 28] No space left on device: '/media/frigate/x'", 'disk-full', '/media/frigate/x'],
    ["[Errno 30] Read-only file system: '/media/frigate/x'", 'read-only', '/media/frigate/x'],
    [
      "[Errno 18] Invalid cross-device link: '/config/frigate.db' -> '/config/backup.db'",
      'cross-device',
      '/config/frigate.db',
    ],
    ['NOT NULL constraint failed: recordings.segment_size', 'database-schema', null],
    ['UNIQUE constraint failed: recordings.id', 'database-constraint', null],
    ['no such column: t1.motion_heatmap', 'database-schema', null],
    ['no such table: previews', 'database-schema', null],
    ['unable to open database file', 'database-open', null],
    ['database disk image is malformed', 'database-corrupt', null],
    ['database is locked', 'database-locked', null],
    ['cannot write /media/frigate/clips/a.jpg: Input/output error', 'io', '/media/frigate/clips/a.jpg'],
    ["[Errno 117] Structure needs cleaning: '/media/frigate/x.mp4'", 'file', '/media/frigate/x.mp4'],
    ['[Errno 117] Structure needs cleaning', 'unknown', null],
    ["[Errno 98] Address already in use: '/tmp/cache/x'", 'address-in-use', '/tmp/cache/x'],
    ["'back'", 'unknown', null],
    ['something that nobody has seen before', 'unknown', null],
  ];
  for (const [message, kind, path] of kinds) {
    it(`are of the kind ${kind}: ${message}`, () => {
      const report = only([maintainer(message)]);
      assert.deepEqual(
        [report.component, report.camera, report.kind, report.path, report.count],
        ['recorder', null, kind, path, 1],
      );
      assert.equal(report.sample, `frigate.record.maintainer ERROR : ${message}`);
    });
  }

  const loggers: ReadonlyArray<readonly [logger: string, component: Component, camera: string | null]> = [
    ['frigate.record', 'recorder', null],
    ['frigate.record.maintainer', 'recorder', null],
    ['ffmpeg.front.detect', 'camera', 'front'],
    ['watchdog.garden', 'capture', 'garden'],
    ['frigate.video.ffmpeg', 'capture', null],
    ['detector.coral', 'detector', null],
    ['frigate.detectors.plugins.hailo8l', 'detector', null],
    ['peewee.sqliteq', 'database', null],
    ['frigate.comms.mqtt', 'mqtt', null],
    ['frigate.storage', 'recorder', null],
    ['frigate.events.maintainer', 'frigate', null],
  ];
  for (const [logger, component, camera] of loggers) {
    it(`of ${logger} are those of ${component}`, () => {
      const report = only([logged(logger, 'ERROR', 'something')]);
      assert.deepEqual([report.component, report.camera], [component, camera]);
    });
  }

  it('are not lines of other levels, nor those that only speak of errors', () => {
    const lines = [
      logged('frigate.record.maintainer', 'WARNING', 'Unable to keep up with recording segments in cache for back.'),
      logged('frigate.app', 'INFO', 'no ERROR here'),
      '127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /api/stats HTTP/1.1" 200 1 "-" "ERROR"',
    ];
    assert.deepEqual(logOf(lines).errors, []);
  });

  it('are told by the line that says why, not by its heading', () => {
    const report = only([
      maintainer('Error occurred when attempting to maintain recording cache'),
      maintainer("[Errno 13] Permission denied: '/media/frigate/recordings'"),
      maintainer('Error occurred when attempting to maintain recording cache'),
    ]);
    assert.equal(report.kind, 'permission');
  });

  it('are quoted by a heading where there is nothing else', () => {
    assert.equal(only([maintainer('Error occurred when attempting to maintain recording cache')]).kind, 'unknown');
  });

  it('are an exception that was not caught, of the component in whose code it was raised', () => {
    const report = only([
      'Process frigate.recording_manager:',
      'Traceback (most recent call last):',
      '  File "/usr/lib/python3.11/multiprocessing/process.py", line 314, in _bootstrap',
      '  File "/opt/frigate/frigate/record/maintainer.py", line 123, in run',
      "OSError: [Errno 5] Input/output error: '/media/frigate/recordings'",
      logged('frigate.app', 'INFO', 'Stopping...'),
    ]);
    assert.deepEqual([report.component, report.kind, report.path], ['recorder', 'io', '/media/frigate/recordings']);
    assert.equal(componentOfFrame('  File "/opt/frigate/frigate/detectors/plugins/openvino.py", line 1'), 'detector');
    assert.equal(componentOfFrame('  File "/usr/lib/python3/threading.py", line 1'), null);
  });

  it('are those of nginx and go2rtc, which have no logger', () => {
    const {errors} = logOf([
      '2026/11/28 10:00:00 [error] 114#114: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1',
      '/usr/local/go2rtc/bin/go2rtc: cannot execute binary file: Exec format error',
      '[INFO] The go2rtc service exited with code 126 (by signal 0)',
    ]);
    const told = errors.map(({component, kind}) => `${component} ${kind}`).sort();
    assert.deepEqual(told, ['go2rtc executable', 'nginx network']);
  });

  it('are those that end their writer: nginx, s6, the first program of a container', () => {
    const {errors} = logOf([
      'nginx: [emerg] bind() to 0.0.0.0:5000 failed (98: Address already in use)',
      'nginx: [emerg] still could not bind()',
      "/package/admin/s6-overlay/libexec/preinit: fatal: /run belongs to uid 0 instead of 1000 and we're lacking the privileges to fix it.",
      's6-overlay-suexec: fatal: child failed with exit code 100',
      // What a reload of nginx rejects ends nothing.
      '2026/11/28 10:00:00 [emerg] 106#106: unexpected end of file in /usr/local/nginx/conf/nginx.conf:12',
    ]);
    assert.deepEqual(errors.map(({component, kind, fatal}) => [component, kind, fatal]).sort(), [
      ['nginx', 'address-in-use', true],
      ['s6', 'unknown', true],
    ]);
    assert.match(errors.find(({component}) => component === 's6')?.sample ?? '', /belongs to uid 0/);
    assert.equal(only(['exec /init: exec format error']).kind, 'executable');
  });

  const report = (signal: string, frame: string): readonly string[] => [
    `Fatal Python error: ${signal}`,
    '',
    'Thread 0x00001506c59ee6c0 (most recent call first):',
    '  File "/opt/frigate/frigate/record/maintainer.py", line 312 in wait',
    '',
    'Current thread 0x00001506ea62f740 (most recent call first):',
    `  File "/opt/frigate/frigate/${frame}", line 168 in <listcomp>`,
    '  File "/opt/frigate/frigate/app.py", line 12 in main',
    '',
    'Extension modules: numpy.core._multiarray_umath, cv2 (total: 92)',
    logged('frigate.watchdog', 'INFO', 'Detection appears to have stopped. Exiting Frigate...'),
  ];

  it("are the interpreter's report of a signal, of the process whose thread got it", () => {
    const crashed = only(report('Segmentation fault', 'detectors/plugins/tensorrt.py'));
    assert.deepEqual(
      [crashed.component, crashed.kind, crashed.fatal, crashed.sample],
      ['detector', 'crashed', true, 'Fatal Python error: Segmentation fault'],
    );
    const illegal = only(report('Illegal instruction', 'comms/dispatcher.py'));
    assert.deepEqual([illegal.component, illegal.kind, illegal.fatal], ['frigate', 'processor', true]);
    // A report without a frame of Frigate's, and one that is cut off.
    assert.equal(only(['Fatal Python error: Aborted']).component, 'frigate');
  });

  it('are those of the configuration where its code raised them, whatever library is below', () => {
    const {component} = only([
      'Traceback (most recent call last):',
      '  File "/opt/frigate/frigate/__main__.py", line 119, in <module>',
      '  File "/opt/frigate/frigate/config/config.py", line 41, in load',
      '  File "/usr/local/lib/python3.11/dist-packages/ruamel/yaml/main.py", line 434, in load',
      'ruamel.yaml.scanner.ScannerError: mapping values are not allowed here',
      '  in "<unicode string>", line 12, column 9:',
    ]);
    assert.equal(component, 'config');
  });

  it('are of the main thread where nobody below the entry point caught them', () => {
    const uncaught = (...frames: readonly string[]) =>
      only(['Traceback (most recent call last):', ...frames, "KeyError: 'detectors'"]).ofMain;
    const app = '  File "/opt/frigate/frigate/app.py", line 137, in start';
    assert.equal(uncaught('  File "<frozen runpy>", line 198, in _run_module_as_main', app), true);
    assert.equal(uncaught('  File "/usr/lib/python3.9/runpy.py", line 197, in _run_module_as_main', app), true);
    // What a handler logs begins at the frame that caught it.
    assert.equal(uncaught(app), undefined);
  });

  for (const exception of ['Exception: Make sure to run docker in privileged mode.', 'StopIteration', '_queue.Empty'])
    it(`name an exception of any class: ${exception}`, () => {
      const raised = only([
        'Traceback (most recent call last):',
        '  File "/opt/frigate/frigate/detectors/plugins/rknn.py", line 93, in __init__',
        exception,
      ]);
      assert.deepEqual([raised.component, raised.sample], ['detector', exception]);
    });

  it('are told by the first line of a burst of ffmpeg, without addresses of memory', () => {
    const {sample, kind} = only([
      logged(
        'ffmpeg.front.detect',
        'ERROR',
        '[AVHWDeviceContext @ 0x55ce91ae2240] No VA display found for device /dev/dri/renderD128.',
      ),
      logged('ffmpeg.front.detect', 'ERROR', 'Device creation failed: -22.'),
    ]);
    assert.equal(kind, 'decoder');
    assert.equal(
      sample,
      'ffmpeg.front.detect ERROR : [AVHWDeviceContext] No VA display found for device /dev/dri/renderD128.',
    );
  });

  it('tell of a service of s6 that did not start what was said before it', () => {
    const lines = [
      "mv: error writing '/config/frigate.db': No space left on device",
      's6-rc: warning: unable to start service prepare: command exited 1',
    ];
    for (const chunk of [1, 50, 1 << 20])
      assert.equal(logOf(lines, chunk).tallies.get('services-not-started')?.sample, `${lines[0]}; ${lines[1]}`);
  });

  it('hold no password', () => {
    const {sample} = only([
      logged('ffmpeg.front.detect', 'ERROR', 'rtsp://admin:hunter2@10.0.0.5:554/s: 401 Unauthorized'),
    ]);
    assert.ok(!sample.includes('hunter2'), sample);
  });

  it('are the same however the log is cut into pieces', () => {
    const lines = Array.from({length: 40}, (_, at) =>
      at % 2 === 0
        ? maintainer(`[Errno 13] Permission denied: '/media/${at}'`)
        : logged(`ffmpeg.c${at % 6}.record`, 'ERROR', 'i/o timeout'),
    );
    const whole = logOf(lines);
    for (const chunk of [1, 7, 113, 4096]) {
      const cut = logOf(lines, chunk);
      assert.deepEqual(cut.errors, whole.errors);
      assert.deepEqual(cut.lastLines, whole.lastLines);
    }
  });

  it('are counted in a flood, in bounded memory', () => {
    const {errors} = logOf(Array.from({length: 5000}, (_, at) => logged(`ffmpeg.cam${at % 900}.detect`, 'ERROR', 'x')));
    assert.ok(errors.length <= 40);
    assert.equal(only(Array.from({length: 300}, () => maintainer('[Errno 13] Permission denied'))).count, 300);
  });

  it('are one where two parts of a log have the same', () => {
    const parts = [
      logOf([maintainer('[Errno 13] a')]).errors,
      logOf([maintainer('[Errno 13] b'), maintainer('c')]).errors,
    ];
    const merged = mergeReports(parts);
    assert.deepEqual(merged.map(({kind, count}) => [kind, count]).sort(), [
      ['permission', 2],
      ['unknown', 1],
    ]);
  });
});

describe('the end of a log', () => {
  const access = '127.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /api/stats HTTP/1.1" 502 157 "-" "frigate-health"';

  it('is its last lines, without the access log of nginx', () => {
    const {lastLines} = logOf(['s6-rc: info: service trt-model-prepare: starting', access, access]);
    assert.deepEqual(
      lastLines.map(({text}) => text),
      ['s6-rc: info: service trt-model-prepare: starting'],
    );
  });

  it('shows work by its newest line that is neither an error nor a repeated health check', () => {
    const {newestWork} = logOf([
      'Generating yolov7-320.trt. This may take a few minutes.',
      access,
      logged('frigate.app', 'ERROR', 'something'),
      '[ERROR] The go2rtc service is not responding to ping, restarting...',
      access,
    ]);
    assert.equal(newestWork?.text, 'Generating yolov7-320.trt. This may take a few minutes.');
    assert.equal(newestWork.at, BEGIN);
  });

  it('shows none where nothing but requests and errors stands there', () => {
    assert.equal(logOf([access, access]).newestWork, null);
  });
});
