/**
 * What an error line is about: which component wrote it, what kind of error it names, and which file. The words are those of
 * libc (strerror), SQLite, ffmpeg and the drivers, so they hold whatever Frigate's own sentence around them is.
 */
import type {Component, ErrorKind} from '../../core/observation/log.js';

/** Python's logger → component; the first that matches. Loggers of Frigate 0.8 to 0.18 (`logging.getLogger` of each module). */
const LOGGERS: ReadonlyArray<readonly [pattern: RegExp, component: Component]> = [
  [/^(?:ffmpeg|audio)\./, 'camera'],
  [/^watchdog\./, 'capture'],
  [/^frigate\.(?:video|camera|events\.audio)(?:\.|$)/, 'capture'],
  [/^frigate\.(?:record|storage)(?:\.|$)/, 'recorder'],
  [/^(?:recording_manager|frigate\.recording_manager)$/, 'recorder'],
  [/^(?:detector|frigate\.detectors|frigate\.object_detection|frigate\.edgetpu)(?:\.|$)/, 'detector'],
  [/^(?:peewee|playhouse|peewee_migrate|frigate\.db)(?:[._]|$)/, 'database'],
  [/^frigate\.(?:comms\.mqtt|mqtt)$/, 'mqtt'],
  [/^go2rtc(?:\.|-|$)/, 'go2rtc'],
];

/** The component of a logger, and the camera that a logger such as `ffmpeg.garden.detect` names. */
export const componentOf = (logger: string): {readonly component: Component; readonly camera: string | null} => {
  const component = LOGGERS.find(([pattern]) => pattern.test(logger))?.[1] ?? 'frigate';
  const named = /^(?:ffmpeg|watchdog|audio)\.([^.\s]+)/.exec(logger)?.[1] ?? null;
  return {component, camera: component === 'camera' || component === 'capture' ? named : null};
};

/** The component whose code a frame of a traceback stands in, such as `File "/opt/frigate/frigate/record/maintainer.py"`. */
export const componentOfFrame = (line: string): Component | null => {
  const module = /File "\/opt\/frigate\/frigate\/([\w/]+)\.py"/.exec(line)?.[1] ?? null;
  if (module === null && line.includes('File "/usr/local/go2rtc/')) return 'go2rtc';
  if (module === null) return /File ".*\/(?:peewee|playhouse\/\w+)\.py"/.test(line) ? 'database' : null;
  // Its loggers also write at each start of things that are no error (frigate/util/config.py); an exception in its code is one.
  if (/^(?:config\/|util\/config$)/.test(module)) return 'config';
  const {component} = componentOf(`frigate.${module.replaceAll('/', '.')}`);
  return component;
};

/** `[Errno N]` of Linux (asm-generic/errno.h), as Python writes it. */
const ERRNO: Readonly<Record<string, ErrorKind>> = {
  1: 'permission',
  2: 'missing',
  5: 'io',
  6: 'no-device',
  8: 'executable',
  12: 'no-memory',
  13: 'permission',
  18: 'cross-device',
  19: 'no-device',
  20: 'missing',
  23: 'too-many-files',
  24: 'too-many-files',
  28: 'disk-full',
  30: 'read-only',
  98: 'address-in-use',
  101: 'network',
  103: 'network',
  104: 'network',
  107: 'mount-gone',
  110: 'network',
  111: 'network',
  112: 'mount-gone',
  113: 'network',
  116: 'stale-handle',
  121: 'io',
  122: 'quota',
};

/** Words of libc, SQLite, ffmpeg, go2rtc and the drivers; the first that matches. */
const WORDS: ReadonlyArray<readonly [pattern: RegExp, kind: ErrorKind]> = [
  // CPython, Modules/faulthandler.c.
  [/Fatal Python error: Illegal instruction/, 'processor'],
  [/Fatal Python error: /, 'crashed'],
  // ffmpeg: libavutil/hwcontext_*.c, libavcodec/{cuviddec,rkmppdec,qsv}.c, fftools/ffmpeg_{hw,dec}.c.
  [
    /No VA display found|Failed to (?:sync surface|download frame|transfer data to output frame)|VAAPI connection|libva: |qsv_device|MFX session|cu->cuInit|hwaccel initialisation|MPP (?:context|decoder)|No device available for decoder|Device (?:creation|setup) failed|Error while opening decoder/,
    'decoder',
  ],
  [/Address already in use/, 'address-in-use'],
  [/database or disk is full|No space left on device/, 'disk-full'],
  [/database is locked|database table is locked|SQLITE_BUSY/, 'database-locked'],
  [/database disk image is malformed|file is not a database|SQLITE_CORRUPT/, 'database-corrupt'],
  [/unable to open database file/, 'database-open'],
  [/attempt to write a readonly database|Read-only file system/, 'read-only'],
  [/disk I\/O error|Input\/output error|Remote I\/O error/, 'io'],
  [/no such (?:column|table)|has no column named|duplicate column name|NOT NULL constraint failed/, 'database-schema'],
  [/(?:UNIQUE|FOREIGN KEY|CHECK|PRIMARY KEY) constraint failed|IntegrityError/, 'database-constraint'],
  [/ResultTimeout|results not ready, timed out/, 'database-writer'],
  [/Stale (?:NFS )?file handle/, 'stale-handle'],
  [/Disk quota exceeded/, 'quota'],
  [/Transport endpoint is not connected|Host is down/, 'mount-gone'],
  [/Permission denied|Operation not permitted/, 'permission'],
  [/Too many open files/, 'too-many-files'],
  [/Cannot allocate memory|can't start new thread|CUDA_ERROR_OUT_OF_MEMORY|std::bad_alloc/, 'no-memory'],
  [/Invalid cross-device link/, 'cross-device'],
  [/cannot execute binary file|[Ee]xec format error/, 'executable'],
  [/EdgeTPU|edgetpu|HAILO|Hailo|CUDA|NVML|OpenVINO|MemryX|RKNN|rknn|usb_driver\.cc|\bTPU\b|\bNPU\b/, 'device'],
  [/\b401\b|\b403 Forbidden|Unauthorized|Bad username or password|Not authorized/, 'authentication'],
  [
    /Connection (?:refused|reset|timed out|aborted)|No route to host|Network is unreachable|Name or service not known|Operation timed out|i\/o timeout|upstream timed out|Temporary failure in name resolution/,
    'network',
  ],
  [/No such device(?: or address)?/, 'no-device'],
  [/No such file or directory|Not a directory/, 'missing'],
];

/** What a new thread or process meets again, as far as the words show it: no restart changes the file, the disk, the program. */
const LASTING: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'permission',
  'disk-full',
  'quota',
  'read-only',
  'stale-handle',
  'io',
  'mount-gone',
  'missing',
  'no-device',
  'cross-device',
  'database-schema',
  'database-constraint',
  'database-corrupt',
  'database-open',
  'executable',
  'processor',
]);

/** Whether what ended a thread or process ends its successor as well; a full cache in memory does not: a new pod has a new one. */
export const isLasting = (text: string): boolean =>
  LASTING.has(kindOf(text)) && pathOf(text)?.startsWith('/tmp/cache') !== true;

/** The kind of error that the text names. */
export const kindOf = (text: string): ErrorKind => {
  const words = WORDS.find(([pattern]) => pattern.test(text))?.[1];
  const errno = /\[Errno (\d{1,3})\]/.exec(text)?.[1];
  if (errno === undefined) return words ?? 'unknown';
  return ERRNO[errno] ?? words ?? (pathOf(text) === null ? 'unknown' : 'file');
};

const LONGEST_PATH = 120;

/** The file that the text is about: what stands in quotation marks, else what begins like one of Frigate's folders or a device. */
export const pathOf = (text: string): string | null => {
  const found =
    /['"](\/[^'"\s]{1,400})['"]/.exec(text)?.[1] ??
    /(?:^|\s)(\/(?:media|tmp|config|db|dev|run)\/[^\s'",;:)]{1,400})/.exec(text)?.[1];
  return found === undefined ? null : found.slice(0, LONGEST_PATH);
};
