/**
 * What Frigate's log says, as data: one wording for each text, with the Frigate versions in which it holds
 * (`to: null`: still so in the newest version that was read). All wordings are searched in every log:
 * the version that wrote it is not known for certain.
 */
import type {Component, Signature} from '../../core/observation/log.js';

/** The first line of the interpreter's report of a signal in native code, which ends its process (CPython, Modules/faulthandler.c). */
export const FATAL_ERROR = 'Fatal Python error: ';

export interface Wording {
  readonly signature: Signature;
  /** Stands in every line that the pattern matches; lines without any literal are skipped. The longer, the faster (search.ts). */
  readonly literal: string;
  /** The whole line as the kubelet gives it; the group `camera` is the camera's name. */
  readonly pattern: RegExp;
  readonly from: string;
  readonly to: string | null;
  /** `retracts`: the line takes back the newest event of its signature. */
  readonly effect?: 'retracts';
}

type Versions = readonly [from: string, to: string | null];

const EVER: Versions = ['0.8', null];
const wording = (signature: Signature, literal: string, pattern: RegExp, [from, to]: Versions = EVER): Wording => ({
  signature,
  literal,
  pattern,
  from,
  to,
});

/** A line that Frigate logs for ffmpeg: logger `ffmpeg.<camera>.<role>`, level ERROR whatever ffmpeg meant. */
const FFMPEG = '\\bffmpeg\\.(?<camera>[^\\s.]+)\\.\\w+\\s+ERROR\\s*:';
/** The same as a thing that a line must not have. */
const NO_FFMPEG = `(?!.*${FFMPEG.replace('?<camera>', '?:')})`;
/** The logs of s6 and the frames stand in /dev/shm (const.py, log-prepare/run), which holds no recording. */
const NO_SHARED_MEMORY = '(?!.*/dev/shm/)';
/** About the cache and not about moving a segment from there to /media. */
const CACHE_PATH = '(?!.*/media/).*/tmp/cache/';

const detector: readonly Wording[] = [
  wording(
    'detector-stuck',
    'Detection appears to be stuck',
    /: Detection appears to be stuck\. Restarting detection process/,
  ),
  wording('detector-force-kill', 'Detection process didnt exit', /: Detection process didnt exit\. Force killing/, [
    '0.8',
    '0.13',
  ]),
  wording('detector-force-kill', "Detection process didn't exit", /: Detection process didn't exit\. Force killing/, [
    '0.14',
    null,
  ]),
  wording('detector-exited', 'Detection process has exited', /: Detection process has exited/, ['0.12', null]),
  wording('detector-started', 'Starting detection process', /: Starting detection process: \d+/, ['0.8', '0.16']),
  wording('detector-started', 'INFO    : TPU found', / : TPU found$/),
  wording(
    'detector-stopped',
    'Detection appears to have stopped',
    /: Detection appears to have stopped\. Exiting [fF]rigate/,
  ),
  wording('detector-device-missing', 'No EdgeTPU was detected', /: No EdgeTPU was detected\./),
  wording('detector-device-missing', 'No NPU was detected', /: No NPU was detected\./, ['0.17', null]),
  // libedgetpu's own words, raised after the line above.
  wording(
    'detector-device-missing',
    'Failed to load delegate from lib',
    /ValueError: Failed to load delegate from libedgetpu/,
  ),
  wording('detector-driver', 'HAILO_INVALID_DRIVER_VERSION', /HAILO_INVALID_DRIVER_VERSION/, ['0.15', null]),
  wording(
    'detector-driver',
    'is different from library version',
    /Driver version \S+ is different from library version/,
    ['0.15', null],
  ),
  // Where ffmpeg says it, it is the decoder of a camera.
  ...(
    [
      ['Failed to initialize NVML', 'Failed to initialize NVML'],
      ['CUDA failure ', 'CUDA failure \\d+'],
      ['CUDA_ERROR_UNKNOWN', 'CUDA_ERROR_UNKNOWN'],
      ['CUDA_ERROR_NO_DEVICE', 'CUDA_ERROR_NO_DEVICE'],
    ] as const
  ).map(([literal, words]) => wording('detector-driver', literal, new RegExp(`^${NO_FFMPEG}.*${words}`))),
  wording(
    'detector-driver',
    'driver/usb/usb_driver.cc',
    /driver\/usb\/usb_driver\.cc:\d+\] transfer on tag \d+ failed/,
  ),
];

const camera: readonly Wording[] = [
  wording('camera-no-frames', 'No frames received from', /: No frames received from (?<camera>\S+) in \d+ seconds/),
  wording(
    'camera-crashed',
    'process crashed unexpectedly',
    /: Ffmpeg process crashed unexpectedly for (?<camera>[^\s.]+)/,
  ),
  wording('camera-fps-limit', 'exceeded fps limit', /: (?<camera>\S+) exceeded fps limit\. Exiting ffmpeg/, [
    '0.12',
    null,
  ]),
  // The words of libc and ffmpeg; the second half of a line may hold an address, never the camera's name.
  ...[
    'Connection refused',
    'No route to host',
    'Network is unreachable',
    'Connection timed out',
    'Operation timed out',
    'Connection reset by peer',
    '401 Unauthorized',
    '404 Not Found',
    '454 Session Not Found',
    'Server returned 5',
    'Name or service not known',
  ].map((words) => wording('camera-unreachable', words, new RegExp(`${FFMPEG}.*${words}`))),
];

const recording: readonly Wording[] = [
  wording(
    'no-new-segments',
    'No new recording segments were',
    /: No new recording segments were created for (?<camera>\S+) in the last \d+s/,
    ['0.12', null],
  ),
  wording(
    'no-new-segments',
    'No new valid recording segments',
    /: No new valid recording segments were created for (?<camera>\S+) in the last \d+s/,
    ['0.17', null],
  ),
  wording(
    'no-new-segments',
    'No valid segments created since',
    /: No valid segments created since last invalid segment for (?<camera>\S+) in the last \d+s/,
    ['0.17', null],
  ),
  // Up to 0.14 the same text also meant that detection did not process the frames.
  wording(
    'backlog-slow-storage',
    'Unable to keep up with recording',
    /: Unable to keep up with recording segments in cache for (?<camera>[^\s.]+)/,
    ['0.12', null],
  ),
  wording(
    'backlog-unprocessed',
    'Too many unprocessed recording',
    /: Too many unprocessed recording segments in cache for (?<camera>[^\s.]+)/,
    ['0.15', null],
  ),
];

const storage: readonly Wording[] = [
  // Frigate's ffmpeg processes write to /tmp/cache alone (const.py CACHE_DIR); the maintainer moves segments on to /media.
  wording('cache-full', 'No space left on device', new RegExp(`${FFMPEG}.*No space left on device`)),
  wording('cache-full', 'No space left on device', new RegExp(`^(?=${CACHE_PATH}).*No space left on device`)),
  wording(
    'no-space-left',
    'No space left on device',
    new RegExp(`^${NO_FFMPEG}${NO_SHARED_MEMORY}(?!${CACHE_PATH}).*No space left on device`),
  ),
  wording('no-space-left', 'database or disk is full', /database or disk is full/),
  wording('could-not-clear', 'Could not clear ', /: Could not clear [\d.]+ (?:MB, )?currently/, ['0.12', null]),
  wording('less-than-one-hour', 'Less than 1 hour of recording', /: Less than 1 hour of recording space left/, [
    '0.12',
    null,
  ]),
  // The root of a container, and /config where a ConfigMap is mounted, are read-only on purpose; a database there says so in words of its own.
  wording('read-only', 'Read-only file system', /^(?!.*(?:^|[\s'"(=])\/(?!media\/)[\w.-]+\/).*Read-only file system/),
  wording('read-only', 'attempt to write a readonly database', /attempt to write a readonly database/),
  wording('io-error', 'Stale file handle', /Stale file handle/),
  // On an ffmpeg line it is the camera's stream that failed.
  wording('io-error', 'Input/output error', new RegExp(`^${NO_FFMPEG}.*Input/output error`)),
  wording('io-error', 'Unable to convert /tmp/cache', /: Unable to convert \/tmp\/cache\/\S+ to \/media\//, [
    '0.12',
    null,
  ]),
  wording('io-error', 'disk I/O error', /Error: disk I\/O error/),
];

const process: readonly Wording[] = [
  wording('database-locked', 'database is locked', /database is locked/),
  wording('database-malformed', 'database disk image is malformed', /database disk image is malformed/),
  wording('bus-error', FATAL_ERROR, /Fatal Python error: Bus error/),
  wording('killed-by-signal-9', 'Service Frigate exited with', /Service Frigate exited with code 256 \(by signal 9\)/, [
    '0.12',
    null,
  ]),
  wording('config-invalid', 'Your config file is not valid', /\*\*\* +Your config file is not valid! +\*\*\*/),
  // s6-overlay goes on without the services that need it: the container runs, and Frigate never begins.
  wording('services-not-started', 'unable to start service', /(?:^|\s)s6-rc: warning: unable to start service \S+: /, [
    '0.12',
    null,
  ]),
  wording('safe-mode', 'Starting Frigate in safe mode', /Starting Frigate in safe mode/, ['0.17', null]),
  wording('starting', 'Starting Frigate (', /: Starting Frigate \(\d+\.\d+/),
  wording('migration', 'Starting migrations', /: Starting migrations/),
  // Each start says "Starting migrations"; this one says that there was none.
  {...wording('migration', 'There is nothing to migrate', /There is nothing to migrate/), effect: 'retracts'},
  wording('migration', 'Running database vacuum', /: Running database vacuum/, ['0.13', null]),
  wording('migration', 'Making backup of DB', /: Making backup of DB before migrations/, ['0.14', null]),
];

const services: readonly Wording[] = [
  wording(
    'go2rtc-restarted',
    'go2rtc service is not responding',
    /The go2rtc service is not responding to ping, restarting/,
    ['0.12', null],
  ),
  // Code 0 and signal 15 are an orderly stop of the container.
  wording(
    'go2rtc-restarted',
    'The go2rtc service exited with',
    /The go2rtc service exited with code (?!0 |256 \(by signal 15\))\d+/,
    ['0.12', null],
  ),
  wording('mqtt-disconnected', 'MQTT disconnected', /: MQTT disconnected/, ['0.12', null]),
  wording('mqtt-disconnected', 'Unable to connect to MQTT server', /: Unable to connect to MQTT server/),
];

/** frigate/comms/dispatcher.py, by MQTT or the UI. */
const switches: readonly Wording[] = [
  wording('recording-switched-off', 'Turning off recordings for', /: Turning off recordings for (?<camera>\S+)/),
  wording('detection-switched-off', 'Turning off detection for', /: Turning off detection for (?<camera>\S+)/),
  wording('camera-switched-off', 'Turning off camera ', /: Turning off camera (?<camera>\S+)/, ['0.16', null]),
];

export const LEXICON: readonly Wording[] = [
  ...switches,
  ...detector,
  ...camera,
  ...recording,
  ...storage,
  ...process,
  ...services,
];

/** The head of a traceback that ended a thread (threading.py); the exception is in the lines below it. */
export const THREAD_DIED = {
  literal: 'Exception in thread',
  pattern: /(?:^|\s)Exception in thread (?<thread>.+?):?$/,
} as const;

/** The first line of every traceback of Python's. */
export const TRACEBACK = 'Traceback (most recent call last)';

export interface BareError {
  readonly literal: string;
  readonly component: Component;
  /** The whole line; absent: every line with the literal. */
  readonly pattern?: RegExp;
  /** Whoever writes it ends with it. */
  readonly fatal?: true;
}

/** Errors of services that write no level of Python's: nginx's error log, s6, the runtime's first program, the shell about go2rtc. */
export const BARE_ERRORS: readonly BareError[] = [
  {literal: 'while connecting to upstream', component: 'nginx'},
  {literal: 'while reading response header from upstream', component: 'nginx'},
  {literal: 'cannot execute binary file', component: 'go2rtc'},
  {literal: 'The go2rtc service exited with', component: 'go2rtc'},
  // docker/main/rootfs/usr/local/go2rtc/create_config.py, 0.12 and, for restricted sources, 0.17 and later.
  {literal: '[ERROR] Invalid substitution found', component: 'go2rtc'},
  {literal: ' uses a restricted source (', component: 'go2rtc'},
  {literal: ' uses a dynamic source format which', component: 'go2rtc'},
  // At this level nginx does not start, and the container is taken down (s6-rc.d/nginx/finish); what a reload rejects has a stamp instead.
  {literal: 'nginx: [emerg] ', component: 'nginx', fatal: true},
  // skarnet's strerr_dief, by the programs of s6 and s6-overlay 3 that begin a container.
  ...[
    's6-overlay-suexec',
    '/libexec/preinit',
    's6-linux-init',
    's6-svscan',
    's6-supervise',
    's6-rc-init',
    's6-applyuidgid',
    's6-setuidgid',
    's6-chown',
  ].map((program) => ({literal: `${program}: fatal: `, component: 's6', fatal: true}) as const),
  {literal: 'exec format error', component: 's6', pattern: /(?:^| )exec \/\S+: exec format error/, fatal: true},
];

/** Repeated lines are folded: by ffmpeg (`    Last message repeated 1 times`), and by Frigate from 0.16 with `[LOGGING]` in front. */
export const REPETITION = {
  literal: 'Last message repeated',
  pattern: /Last message repeated (?<times>\d{1,9}) times/,
} as const;

/** Exceptions of the database: sqlite3's, peewee's, and the write queue's (`playhouse.sqliteq`). */
export const DATABASE_EXCEPTION =
  /^(?:sqlite3|peewee|playhouse\.sqliteq)\.\w+|database is locked|database disk image is malformed|readonly database/;
