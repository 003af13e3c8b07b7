import assert from 'node:assert/strict';
import type {Signature} from '../../src/core/observation/log.js';
import {LEXICON} from '../../src/frigate/log/lexicon.js';
import {literals, readText} from '../../src/frigate/log/match.js';

const S6 = '2026-11-23T02:34:50.446674602Z 2026-11-23 02:34:50.446674602  ';
const bracket = (logger: string, level: string, message: string): string =>
  `${S6}[2026-11-23 02:34:50] ${logger.padEnd(30)} ${level.padEnd(8)}: ${message}`;
const raw = (text: string): string => `${S6}${text}`;

interface Example {
  readonly signature: Signature;
  readonly line: string;
  readonly camera?: string;
}
const example = (signature: Signature, line: string, camera?: string): Example =>
  camera === undefined ? {signature, line} : {signature, line, camera};

const said: readonly Example[] = [
  example(
    'detector-stuck',
    bracket('frigate.watchdog', 'INFO', 'Detection appears to be stuck. Restarting detection process...'),
  ),
  example('detector-force-kill', bracket('root', 'INFO', 'Detection process didnt exit. Force killing...')),
  example('detector-force-kill', bracket('root', 'INFO', "Detection process didn't exit. Force killing...")),
  example('detector-exited', bracket('root', 'INFO', 'Detection process has exited...')),
  example('detector-started', bracket('detector.coral', 'INFO', 'Starting detection process: 16801')),
  example('detector-started', bracket('frigate.detectors.plugins.edgetpu_tfl', 'INFO', 'TPU found')),
  example(
    'detector-stopped',
    bracket('frigate.watchdog', 'INFO', 'Detection appears to have stopped. Exiting frigate...'),
  ),
  example(
    'detector-stopped',
    bracket('frigate.watchdog', 'INFO', 'Detection appears to have stopped. Exiting Frigate...'),
  ),
  example(
    'detector-device-missing',
    bracket(
      'frigate.detectors.plugins.edgetpu_tfl',
      'ERROR',
      'No EdgeTPU was detected. If you do not have a Coral device yet, you must configure CPU detectors.',
    ),
  ),
  example(
    'detector-device-missing',
    bracket(
      'frigate.detectors.detector_utils',
      'ERROR',
      'No NPU was detected. If you do not have a TFLite device yet, you must configure CPU detectors.',
    ),
  ),
  example('detector-device-missing', raw('ValueError: Failed to load delegate from libedgetpu.so.1.0')),
  example(
    'detector-driver',
    raw('[HailoRT] [error] CHECK_SUCCESS failed with status=HAILO_INVALID_DRIVER_VERSION(76)'),
  ),
  example('detector-driver', raw('Driver version (4.19.0) is different from library version (4.20.0)')),
  example('detector-driver', raw('Failed to initialize NVML: Unknown Error')),
  example('detector-driver', raw('CUDA failure 999: unknown error')),
  example('detector-driver', raw('cu->cuInit(0) failed -> CUDA_ERROR_UNKNOWN: unknown error')),
  example('detector-driver', raw('cu->cuInit(0) failed -> CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected')),
  example('detector-driver', raw('F driver/usb/usb_driver.cc:857] transfer on tag 2 failed. Abort. Deadline exceeded')),
  example(
    'camera-no-frames',
    bracket('watchdog.back', 'INFO', 'No frames received from back in 20 seconds. Exiting ffmpeg...'),
    'back',
  ),
  example(
    'camera-crashed',
    bracket('watchdog.garage', 'ERROR', 'Ffmpeg process crashed unexpectedly for garage.'),
    'garage',
  ),
  ...[
    'rtsp://10.0.0.1:8563/cam: Connection refused',
    'rtsp://10.0.0.1:8563/cam: No route to host',
    'rtsp://10.0.0.1/cam: Network is unreachable',
    'rtsp://10.0.0.1:8563/cam: Connection timed out',
    'rtsp://10.0.0.1/cam: Operation timed out',
    '[in#0] Error during demuxing: Connection reset by peer',
    'method DESCRIBE failed: 401 Unauthorized',
    'Server returned 404 Not Found',
    'method PLAY failed: 454 Session Not Found',
    'Server returned 5XX Server Error reply',
    'Failed to resolve hostname cam.local: Name or service not known',
  ].map((words) => example('camera-unreachable', bracket('ffmpeg.back_yard.detect', 'ERROR', words), 'back_yard')),
  example('camera-fps-limit', bracket('watchdog.cam1', 'INFO', 'cam1 exceeded fps limit. Exiting ffmpeg...'), 'cam1'),
  example(
    'no-new-segments',
    bracket(
      'watchdog.cam1',
      'ERROR',
      'No new recording segments were created for cam1 in the last 120s. restarting the ffmpeg record process...',
    ),
    'cam1',
  ),
  example(
    'no-new-segments',
    bracket(
      'watchdog.cam1',
      'ERROR',
      'No new valid recording segments were created for cam1 in the last 150s. Restarting the ffmpeg record process...',
    ),
    'cam1',
  ),
  example(
    'no-new-segments',
    bracket(
      'watchdog.cam1',
      'ERROR',
      'No valid segments created since last invalid segment for cam1 in the last 120s. Restarting the ffmpeg record process...',
    ),
    'cam1',
  ),
  example(
    'backlog-slow-storage',
    bracket(
      'frigate.record',
      'WARNING',
      'Unable to keep up with recording segments in cache for cam1. Keeping the 5 most recent segments out of 10 and discarding the rest...',
    ),
    'cam1',
  ),
  example(
    'backlog-unprocessed',
    bracket(
      'frigate.record.maintainer',
      'WARNING',
      'Too many unprocessed recording segments in cache for cam-1. This likely indicates an issue with the detect stream, keeping the 6 most recent segments out of 7 and discarding the rest...',
    ),
    'cam-1',
  ),
  example(
    'no-space-left',
    bracket(
      'frigate.record.maintainer',
      'ERROR',
      "[Errno 28] No space left on device: '/media/frigate/recordings/2023-12-06/08/cam1'",
    ),
  ),
  example(
    'no-space-left',
    raw('Could not write header for output file #0 (incorrect codec parameters ?): No space left on device'),
  ),
  example(
    'no-space-left',
    bracket(
      'frigate.record.maintainer',
      'ERROR',
      "[Errno 28] No space left on device: '/tmp/cache/a.mp4' -> '/media/frigate/recordings/a.mp4'",
    ),
  ),
  example('no-space-left', raw('sqlite3.OperationalError: database or disk is full')),
  example(
    'cache-full',
    bracket('ffmpeg.front.detect', 'ERROR', 'av_interleaved_write_frame(): No space left on device'),
    'front',
  ),
  example(
    'cache-full',
    bracket(
      'ffmpeg.cam2.record',
      'ERROR',
      'Error writing trailer of /tmp/cache/cam2-%Y%m%d%H%M%S.mp4: No space left on device',
    ),
    'cam2',
  ),
  example('cache-full', raw("OSError: [Errno 28] No space left on device: '/tmp/cache/front.mp4'")),
  example(
    'could-not-clear',
    bracket(
      'frigate.storage',
      'ERROR',
      'Could not clear 1630.0 MB, currently 68.8 MB have been cleared. Retained recordings must be deleted.',
    ),
  ),
  example(
    'could-not-clear',
    bracket('frigate.storage', 'ERROR', 'Could not clear 1630.0 currently 68.8, retained recordings must be deleted.'),
  ),
  example(
    'less-than-one-hour',
    bracket('frigate.storage', 'INFO', 'Less than 1 hour of recording space left, running storage maintenance...'),
  ),
  example('read-only', raw('/media/frigate/recordings/2026-11-23/03/back/00.21.mp4: Read-only file system')),
  example('read-only', raw('peewee.OperationalError: attempt to write a readonly database')),
  example(
    'io-error',
    bracket('frigate.record.maintainer', 'ERROR', "[Errno 116] Stale file handle: '/media/frigate/recordings'"),
  ),
  example('io-error', bracket('frigate.record.maintainer', 'ERROR', '[Errno 5] Input/output error')),
  example(
    'io-error',
    bracket(
      'frigate.record.maintainer',
      'ERROR',
      'Unable to convert /tmp/cache/front@20261123021318+0000.mp4 to /media/frigate/recordings/2026-11-23/02/front/13.18.mp4',
    ),
  ),
  example('io-error', raw('peewee.OperationalError: disk I/O error')),
  example('database-locked', raw('sqlite3.OperationalError: database is locked')),
  example('database-malformed', raw('peewee.DatabaseError: database disk image is malformed')),
  example('bus-error', raw('Fatal Python error: Bus error')),
  example('killed-by-signal-9', raw('[INFO] Service Frigate exited with code 256 (by signal 9)')),
  example('config-invalid', raw('***    Your config file is not valid!                     ***')),
  example('services-not-started', 's6-rc: warning: unable to start service prepare: command exited 1'),
  example('safe-mode', raw('Starting Frigate in safe mode.')),
  example('starting', bracket('frigate.app', 'INFO', 'Starting Frigate (0.17.2-3d4dd3a)')),
  example('migration', bracket('peewee_migrate.logs', 'INFO', 'Starting migrations')),
  example('migration', bracket('frigate.app', 'INFO', 'Running database vacuum')),
  example('migration', bracket('frigate.app', 'INFO', 'Making backup of DB before migrations...')),
  example('go2rtc-restarted', raw('[ERROR] The go2rtc service is not responding to ping, restarting...')),
  example('go2rtc-restarted', raw('[INFO] The go2rtc service exited with code 1 (by signal 0)')),
  example('mqtt-disconnected', bracket('frigate.comms.mqtt', 'ERROR', 'MQTT disconnected')),
  example(
    'recording-switched-off',
    bracket('frigate.comms.dispatcher', 'INFO', 'Turning off recordings for garden'),
    'garden',
  ),
  example(
    'detection-switched-off',
    bracket('frigate.comms.dispatcher', 'INFO', 'Turning off detection for garden'),
    'garden',
  ),
  example('camera-switched-off', bracket('frigate.comms.dispatcher', 'INFO', 'Turning off camera garden'), 'garden'),
  example(
    'mqtt-disconnected',
    bracket('frigate.mqtt', 'ERROR', 'Unable to connect to MQTT server: MQTT Not authorized'),
  ),
];

/** Lines that are close to a signature and must not count as it. */
const unsaid: readonly Example[] = [
  example(
    'detector-stuck',
    raw('10.42.0.1 - - [23/Nov/2026:02:34:50 +0000] "GET /?q=Detection appears to be stuck HTTP/1.1" 200 5'),
  ),
  example('detector-force-kill', bracket('watchdog.back', 'INFO', "FFmpeg didn't exit. Force killing...")),
  example('detector-exited', bracket('watchdog.back', 'INFO', 'FFmpeg has exited')),
  example('detector-started', bracket('frigate.app', 'INFO', 'Recording process started: 400')),
  example(
    'detector-started',
    bracket('frigate.detectors.plugins.edgetpu_tfl', 'INFO', 'Attempting to load TPU as usb'),
  ),
  example('detector-stopped', bracket('frigate.app', 'INFO', 'Stopping...')),
  example('detector-device-missing', raw("    raise ValueError('Failed to load delegate from {}\\n{}'.format(")),
  example(
    'detector-driver',
    bracket(
      'frigate.util.services',
      'ERROR',
      'Unable to poll intel GPU stats: Failed to initialize PMU! (Permission denied)',
    ),
  ),
  example('camera-no-frames', bracket('frigate.video', 'ERROR', 'back: Unable to read frames from ffmpeg process.')),
  example(
    'camera-crashed',
    bracket('watchdog.back', 'ERROR', 'The following ffmpeg logs include the last 100 lines prior to exit.'),
  ),
  example(
    'camera-unreachable',
    raw(
      '2026/11/23 02:48:06 [error] 162#162: *2 connect() failed (111: Connection refused) while connecting to upstream, upstream: "http://127.0.0.1:5001/auth"',
    ),
  ),
  example(
    'camera-unreachable',
    raw('02:13:33.866 WRN [rtsp] error="streams: dial tcp 10.0.0.1:8561: connect: Connection refused" stream=front'),
  ),
  example('camera-fps-limit', bracket('watchdog.cam1', 'INFO', 'Terminating the existing ffmpeg process...')),
  example(
    'no-new-segments',
    bracket('watchdog.cam1', 'WARNING', 'Invalid recording segment detected for cam1 at 1795400000'),
  ),
  example(
    'backlog-slow-storage',
    bracket(
      'frigate.record',
      'DEBUG',
      'Copied /media/frigate/recordings/2023-07-18/00/cam2/39.51.mp4 in 4.631936073303223 seconds.',
    ),
  ),
  example('backlog-unprocessed', bracket('frigate.record.maintainer', 'WARNING', 'Skipping unexpected files in cache')),
  example(
    'no-space-left',
    bracket('ffmpeg.front.detect', 'ERROR', 'av_interleaved_write_frame(): No space left on device'),
  ),
  example(
    'cache-full',
    raw('Could not write header for output file #0 (incorrect codec parameters ?): No space left on device'),
  ),
  example(
    'cache-full',
    bracket(
      'frigate.record.maintainer',
      'ERROR',
      "[Errno 28] No space left on device: '/media/frigate/recordings/2023-12-06/08/cam1'",
    ),
  ),
  example('could-not-clear', bracket('frigate.app', 'ERROR', 'Could not clear the cache')),
  example('less-than-one-hour', bracket('frigate.storage', 'INFO', 'Cleaned up 1630.0 MB of recordings')),
  example(
    'read-only',
    bracket('frigate.util.config', 'ERROR', 'Config file is read-only, unable to migrate config file.'),
  ),
  example('read-only', raw("OSError: [Errno 30] Read-only file system: '/config/backup_config.yaml'")),
  example('io-error', bracket('ffmpeg.back.detect', 'ERROR', 'rtsp://10.0.0.1:554/cam: Input/output error')),
  example('database-locked', raw('sqlite3.OperationalError: no such table: event')),
  example('database-malformed', raw('malformed MIME header')),
  example('bus-error', raw('Fatal Python error: Aborted')),
  example('killed-by-signal-9', raw('[INFO] Service Frigate exited with code 0 (by signal 0)')),
  example('killed-by-signal-9', raw('[INFO] Service CERTSYNC exited with code 256 (by signal 9)')),
  example('config-invalid', raw('***    Config Validation Errors                           ***')),
  example('services-not-started', bracket('frigate.app', 'INFO', 'unable to start service prepare: command exited 1')),
  example('safe-mode', bracket('frigate.app', 'INFO', 'Starting Frigate (0.17.2-3d4dd3a)')),
  example('starting', raw('[INFO] Starting Frigate...')),
  example(
    'migration',
    raw('[2026-11-23 02:57:31] frigate.util.config            INFO    : Checking if frigate config needs migration...'),
  ),
  example('go2rtc-restarted', raw('[INFO] The go2rtc service exited with code 0 (by signal 0)')),
  example('go2rtc-restarted', raw('[INFO] The go2rtc-healthcheck service exited with code 256 (by signal 15)')),
  example('mqtt-disconnected', bracket('frigate.comms.mqtt', 'DEBUG', 'MQTT connected')),
  example('recording-switched-off', bracket('frigate.comms.dispatcher', 'INFO', 'Turning on recordings for garden')),
  example('detection-switched-off', bracket('frigate.comms.dispatcher', 'INFO', 'Turning on detection for garden')),
  example('camera-switched-off', bracket('frigate.comms.dispatcher', 'INFO', 'Turning on camera garden')),
];

/** Told by the lines below "Exception in thread", not by a wording: test/frigate/scan.test.ts. */
const byTraceback: readonly Signature[] = [
  'database-thread-died',
  'database-thread-failed',
  'camera-process-failed',
  'recorder-process-failed',
  'thread-died',
];

const everySignature: Readonly<Record<Signature, true>> = {
  'detector-stuck': true,
  'detector-force-kill': true,
  'detector-exited': true,
  'detector-started': true,
  'detector-stopped': true,
  'detector-device-missing': true,
  'detector-driver': true,
  'camera-no-frames': true,
  'camera-crashed': true,
  'camera-unreachable': true,
  'camera-fps-limit': true,
  'no-new-segments': true,
  'backlog-slow-storage': true,
  'backlog-unprocessed': true,
  'no-space-left': true,
  'cache-full': true,
  'could-not-clear': true,
  'less-than-one-hour': true,
  'read-only': true,
  'io-error': true,
  'database-locked': true,
  'database-malformed': true,
  'database-thread-died': true,
  'database-thread-failed': true,
  'camera-process-failed': true,
  'recorder-process-failed': true,
  'thread-died': true,
  'bus-error': true,
  'killed-by-signal-9': true,
  'config-invalid': true,
  'services-not-started': true,
  'safe-mode': true,
  starting: true,
  migration: true,
  'go2rtc-restarted': true,
  'mqtt-disconnected': true,
  'recording-switched-off': true,
  'detection-switched-off': true,
  'camera-switched-off': true,
};

describe('the lexicon', () => {
  for (const {signature, line, camera} of said) {
    it(`hears ${signature} in "${line.slice(S6.length).slice(0, 90)}"`, () => {
      const match = readText(line).matches.find((one) => one.signature === signature);
      assert.ok(match, 'no match');
      assert.equal(match.camera, camera ?? null);
    });
  }

  for (const {signature, line} of unsaid) {
    it(`does not hear ${signature} in "${line.slice(S6.length).slice(0, 90)}"`, () => {
      assert.equal(
        readText(line).matches.some((one) => one.signature === signature),
        false,
      );
    });
  }

  it('has a line and a near miss for every signature', () => {
    for (const signature of Object.keys(everySignature)) {
      if (byTraceback.some((one) => one === signature)) continue;
      assert.ok(
        said.some((one) => one.signature === signature),
        `${signature} is never said`,
      );
      assert.ok(
        unsaid.some((one) => one.signature === signature),
        `${signature} has no near miss`,
      );
    }
  });

  it('has an example for each wording, so that none is there in vain', () => {
    for (const wording of LEXICON.filter(({effect}) => effect === undefined)) {
      assert.ok(
        said.some(
          ({signature, line}) =>
            signature === wording.signature && line.includes(wording.literal) && wording.pattern.test(line),
        ),
        `${wording.signature}: ${wording.literal}`,
      );
    }
  });

  it('keeps its literals long, and none within another, for the search', () => {
    for (const literal of literals) {
      assert.ok(literal.length >= 13, literal);
      assert.deepEqual(
        literals.filter((other) => other !== literal && other.includes(literal)),
        [],
      );
    }
  });

  it('takes a migration back where there was nothing to migrate', () => {
    assert.deepEqual(readText(bracket('peewee_migrate.logs', 'INFO', 'There is nothing to migrate')).matches, [
      {signature: 'migration', camera: null, retracts: true},
    ]);
  });
});
