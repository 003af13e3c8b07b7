/**
 * What an error of a component comes to: its cause class and a plain word for it, by the kind of the error and the file that it
 * is about; and the few errors that a restart is known to cure. Any other error is a reason against a restart: a list of known bad
 * texts can never be whole.
 */
import type {CauseClass, CheckId} from '../../finding.js';
import type {Component, ErrorKind, ErrorReport} from '../../observation/log.js';

interface KindOfError {
  /** For a summary; `null`: the line itself is all that is known. */
  readonly what: string | null;
  /** `null`: the component's own. */
  readonly cause: CauseClass | null;
}

const storage = (what: string): KindOfError => ({what, cause: 'storage'});

const KINDS: Readonly<Record<ErrorKind, KindOfError>> = {
  permission: storage('permission denied'),
  'disk-full': storage('no space left'),
  quota: storage('disk quota exceeded'),
  'read-only': storage('read-only file system'),
  'stale-handle': storage('stale file handle'),
  io: storage('input/output error'),
  'mount-gone': storage('the mount is not connected to its server'),
  missing: storage('a file or directory is missing'),
  'no-device': storage('the device is missing'),
  'too-many-files': {what: 'too many open files', cause: null},
  'no-memory': {what: 'not enough memory', cause: 'memory'},
  'cross-device': storage('a file cannot be moved between file systems'),
  'database-locked': storage('the database is locked'),
  'database-schema': storage('the database is of another Frigate version (a downgrade?)'),
  'database-constraint': storage('the database rejects the row'),
  'database-corrupt': storage('the database file is damaged'),
  'database-open': storage('the database file cannot be opened'),
  'database-writer': storage('the database does not answer'),
  network: {what: 'a connection failed', cause: 'network'},
  authentication: {what: 'a login was rejected', cause: 'camera'},
  device: {what: 'the detector device reports an error', cause: 'node'},
  executable: {what: 'the program cannot be executed', cause: 'config'},
  // Of a file in one of Frigate's folders it is the storage's, by its path.
  file: {what: null, cause: null},
  decoder: {what: 'the hardware decoder cannot be used', cause: 'node'},
  'address-in-use': {what: 'the port is in use', cause: 'config'},
  crashed: {what: 'it crashed', cause: null},
  processor: {what: 'the processor lacks an instruction', cause: 'node'},
  unknown: {what: null, cause: null},
};

const COMPONENTS: Readonly<Record<Component, CauseClass>> = {
  recorder: 'recording',
  detector: 'detector',
  database: 'storage',
  camera: 'camera',
  capture: 'camera',
  go2rtc: 'process',
  nginx: 'process',
  mqtt: 'dependency',
  config: 'config',
  s6: 'config',
  frigate: 'process',
};

const DATA_FOLDERS = /^\/(?:media|tmp\/cache|config|db)(?:\/|$)/;
const DEVICES = /^\/dev\/(?!shm(?:\/|$))/;

/** The cause class of what a component reports. */
export const causeOfError = ({
  component,
  kind,
  path,
  fatal,
}: Pick<ErrorReport, 'component' | 'kind' | 'path' | 'fatal'>): CauseClass => {
  const own = KINDS[kind].cause;
  // What nginx does not start for is its configuration: a port, a certificate, an address family.
  if (fatal === true && component === 'nginx') return 'config';
  if (path !== null && DEVICES.test(path)) return 'node';
  // A timeout or a refused connection on a file is its server's: the file system is a network mount.
  if (path !== null && DATA_FOLDERS.test(path) && (own === 'network' || kind === 'file')) return 'storage';
  if (own === 'storage' && component === 'detector' && path === null) return kind === 'no-device' ? 'node' : 'detector';
  if (own === 'network' && component !== 'camera' && component !== 'go2rtc') return COMPONENTS[component];
  return own ?? COMPONENTS[component];
};

/** What kind of error it is, in words; `null` where only the line itself shows it. */
export const errorWords = (kind: ErrorKind): string | null => KINDS[kind].what;

const NAMES: Readonly<Record<Component, string>> = {
  recorder: 'the recorder',
  detector: 'the detector',
  database: 'the database',
  camera: 'ffmpeg',
  capture: 'the capture process',
  go2rtc: 'go2rtc',
  nginx: 'nginx',
  mqtt: 'the MQTT client',
  config: 'reading the configuration',
  s6: 'the supervisor of the container (s6)',
  frigate: 'Frigate',
};

export const componentName = (component: Component): string => NAMES[component];

/** An error after which a restart is known to have worked; `while`: a finding that must say so in the same pass. */
export interface CurableError {
  readonly kind: ErrorKind;
  /** The folder that it has to be about; `null`: any. */
  readonly path: string | null;
  readonly while: CheckId | null;
  readonly source: string;
}

export const CURABLE_ERRORS: readonly CurableError[] = [
  {
    kind: 'database-locked',
    path: null,
    while: 'FRG-605',
    source:
      'measured on 0.17.2 (db-lock-brief): the lock was released, the thread that it had ended stayed away; a restart cured it',
  },
  {
    kind: 'database-writer',
    path: null,
    while: null,
    source:
      'playhouse/sqliteq.py, as Frigate 0.12 to 0.18 use it: the thread that writes is terminated or blocked, and a new process has a new one',
  },
  {
    kind: 'disk-full',
    path: '/tmp/cache',
    while: 'FRG-603',
    source: 'measured on 0.17.2 (cache-full): a new pod has a new cache in memory',
  },
];

/** Whether a restart is known to cure this error. `cured`: whether the finding of that check is critical and asks for a restart. */
export const isCurable = (report: ErrorReport, cured: (id: CheckId) => boolean): boolean =>
  CURABLE_ERRORS.some(
    (known) =>
      known.kind === report.kind &&
      (known.path === null || report.path?.startsWith(known.path) === true) &&
      (known.while === null || cured(known.while)),
  );
