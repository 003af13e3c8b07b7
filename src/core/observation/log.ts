/** What the log of Frigate's container said, counted by signature. The patterns themselves are data in `frigate/log`. */
import type {Instant} from '../time.js';

/** The signatures that checks ask for. Frigate's wordings differ by version; one id stands for all of them. */
export type Signature =
  | 'detector-stuck' // "Detection appears to be stuck. Restarting detection process..."
  | 'detector-force-kill' // "Detection process didn't exit. Force killing..."
  | 'detector-exited' // "Detection process has exited..."
  | 'detector-started' // "Starting detection process: …" (≤0.16), "TPU found"
  | 'detector-stopped' // "Detection appears to have stopped. Exiting Frigate..."
  | 'detector-device-missing' // "No EdgeTPU was detected", "No NPU was detected"
  | 'detector-driver' // HAILO_INVALID_DRIVER_VERSION, NVML, CUDA failures
  | 'camera-no-frames' // "No frames received from … in 20 seconds"
  | 'camera-crashed' // "Ffmpeg process crashed unexpectedly for …"
  | 'camera-unreachable' // Connection refused, No route to host, timed out, 401, 404 on an ffmpeg line
  | 'camera-fps-limit' // "… exceeded fps limit"
  | 'no-new-segments' // "No new (valid) recording segments were created for …"
  | 'backlog-slow-storage' // "Unable to keep up with recording segments in cache for …"
  | 'backlog-unprocessed' // "Too many unprocessed recording segments in cache for …"
  | 'no-space-left' // "No space left on device"
  | 'cache-full' // the same on a line about /tmp/cache or an ffmpeg.<camera>.detect line
  | 'could-not-clear' // "Could not clear … MB"
  | 'less-than-one-hour' // "Less than 1 hour of recording space left"
  | 'read-only' // "Read-only file system", "attempt to write a readonly database"
  | 'io-error' // Stale file handle, Input/output error, "Unable to convert … to /media"
  | 'database-locked' // "database is locked"
  | 'database-malformed' // "database disk image is malformed"
  | 'database-thread-died' // "Exception in thread …" that ends in a database error
  | 'database-thread-failed' // the same for what a new thread meets again: a full, read-only or damaged database
  | 'camera-process-failed' // "Process frigate.capture:…" that ended for a file that is missing, a permission, an executable …
  | 'recorder-process-failed' // the same of the process of the recorder
  | 'thread-died' // any other "Exception in thread …"
  | 'bus-error' // "Fatal Python error: Bus error"
  | 'killed-by-signal-9' // "[INFO] Service Frigate exited with code 256 (by signal 9)"
  | 'config-invalid' // "Your config file is not valid!"
  | 'services-not-started' // "s6-rc: warning: unable to start service …": what else is said of it stands in the line before
  | 'safe-mode' // "Starting Frigate in safe mode."
  | 'starting' // "Starting Frigate (…)"
  | 'migration' // "Starting migrations", "Running database vacuum", "Making backup of DB"
  | 'go2rtc-restarted' // "The go2rtc service is not responding to ping", "exited with code"
  | 'recording-switched-off' // "Turning off recordings for …"
  | 'detection-switched-off' // "Turning off detection for …"
  | 'camera-switched-off' // "Turning off camera …"
  | 'mqtt-disconnected'; // "MQTT disconnected", "Unable to connect to MQTT server"

/** How often one signature occurred in the window; a folded "Last message repeated N times" counts N. */
export interface Tally {
  readonly count: number;
  /** By the kubelet's timestamp. */
  readonly first: Instant;
  readonly last: Instant;
  /** The instants of the events, oldest first, at most the newest 50. */
  readonly instants: readonly Instant[];
  /** Per camera, where the line names one. Bounded to 500 names. */
  readonly cameras: ReadonlyMap<string, number>;
  /** The newest such line: masked, one line, at most 240 characters. */
  readonly sample: string;
}

/** Which part of Frigate wrote an error: by its logger, by the form of the line, or by the code in which it was raised. */
export type Component =
  | 'recorder'
  | 'detector'
  | 'database'
  | 'camera' // its ffmpeg, in the words of ffmpeg
  | 'capture' // what Frigate itself says of that ffmpeg and of its frames: watchdog, capture thread
  | 'go2rtc'
  | 'nginx'
  | 'mqtt'
  | 'config' // the code that reads the configuration
  | 's6' // the supervisor of the container and its scripts
  | 'frigate'; // any other part

/**
 * What an error line says, as far as its words are those of libc, SQLite or a driver. `unknown`: none of them; such a line is
 * quoted, and never read as something that a restart cures.
 */
export type ErrorKind =
  | 'permission' // EACCES, EPERM
  | 'disk-full' // ENOSPC, "database or disk is full"
  | 'quota' // EDQUOT
  | 'read-only' // EROFS, "attempt to write a readonly database"
  | 'stale-handle' // ESTALE
  | 'io' // EIO, EREMOTEIO, "disk I/O error"
  | 'mount-gone' // ENOTCONN, EHOSTDOWN: a mount whose server or helper process is away
  | 'missing' // ENOENT
  | 'no-device' // ENODEV, ENXIO
  | 'too-many-files' // EMFILE, ENFILE
  | 'no-memory' // ENOMEM, "can't start new thread"
  | 'cross-device' // EXDEV
  | 'database-locked' // SQLITE_BUSY
  | 'database-schema' // "no such column", "no such table", "duplicate column", NOT NULL of a column that this version does not write
  | 'database-constraint' // UNIQUE, FOREIGN KEY, CHECK
  | 'database-corrupt' // SQLITE_CORRUPT, SQLITE_NOTADB
  | 'database-open' // SQLITE_CANTOPEN
  | 'database-writer' // the write queue gave no answer (playhouse.sqliteq ResultTimeout)
  | 'network' // refused, unreachable, timed out, reset, names that do not resolve
  | 'authentication' // 401, 403, bad user name or password
  | 'device' // words of a detector's driver: EdgeTPU, Hailo, CUDA, NVML, OpenVINO, MemryX, RKNN
  | 'executable' // "cannot execute binary file", "Exec format error"
  | 'file' // any other errno of the operating system about a file
  | 'decoder' // hardware acceleration of ffmpeg: VA-API, QSV, CUDA, MPP
  | 'address-in-use' // EADDRINUSE
  | 'crashed' // a signal in native code, by the report of the interpreter: SIGSEGV, SIGABRT, SIGBUS, SIGFPE
  | 'processor' // SIGILL: an instruction that this processor lacks
  | 'unknown';

/** The errors of one kind that one component wrote in the window. */
export interface ErrorReport {
  readonly component: Component;
  /** Of `camera` and `capture`: whose ffmpeg or watchdog it is. */
  readonly camera: string | null;
  readonly kind: ErrorKind;
  /** The file that it is about, such as `/media/frigate/recordings/…`; `null` where the line names none. */
  readonly path: string | null;
  /** Lines of this kind; an estimate where there were more of that logger than are kept. */
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
  /**
   * The newest such line without its stamps: masked, at most 240 characters. Of ffmpeg, and of what ended its writer, the first line of
   * the newest burst: what follows is said of it.
   */
  readonly sample: string;
  /** The line names an address of the pod itself: nothing outside is at fault. */
  readonly local?: true;
  /** An exception that nobody caught in the main thread of Frigate: whatever goes on in the container, its API and its start do not. */
  readonly ofMain?: true;
  /** Whoever wrote it ended with it: nginx at the level emerg, s6, the interpreter's report of a signal. */
  readonly fatal?: true;
}

/**
 * A step of a start that may take minutes or hours. While one is the last thing that was logged, silence is no standstill.
 * The form of each line by version: frigate/log/start-steps.ts.
 */
export type StartStepKind =
  | 'migration' // of the database; killing it can destroy the database
  | 'vacuum'
  | 'backup' // of the database, before a migration
  | 'file-move' // data moved from an old folder to a new one
  | 'model-build' // TensorRT, MIGraphX, RKNN: a model is compiled for this device
  | 'model-download'
  | 'driver-install'; // packages that the conversion of a model needs

/** The newest such step in the log. */
export interface StartStep {
  readonly kind: StartStepKind;
  readonly at: Instant;
  /** Without its stamps: masked, at most 240 characters. */
  readonly text: string;
  /** The line says that the step has ended. */
  readonly ended: boolean;
}

/** A line of the log as people are shown it. */
export interface QuotedLine {
  readonly at: Instant;
  /** Without its stamps: masked, at most 240 characters. */
  readonly text: string;
}

export interface LogEvidence {
  /** The window that was read, by the kubelet's clock. */
  readonly from: Instant;
  readonly to: Instant;
  readonly bytes: number;
  /** False when reading ended at its deadline before the end of the log: what was not read proves nothing. */
  readonly complete: boolean;
  readonly tallies: ReadonlyMap<Signature, Tally>;
  /** What the components say of their own errors, newest first; at most 40. */
  readonly errors: readonly ErrorReport[];
  /** The newest long step of a start in the window; `null`: none. */
  readonly startStep: StartStep | null;
  /**
   * The newest line that shows work: no error, no access log of nginx (this program's own requests stand there), no
   * repeated health check. `null`: none among the last lines.
   */
  readonly newestWork: QuotedLine | null;
  /**
   * The newest line that shows that a start is over: what Frigate logs when it begins to serve (frigate/log/start-steps.ts), or an
   * answer of its API in nginx's access log, on whatever port (frigate/log/access-log.ts). `null`: none.
   */
  readonly startShown: Instant | null;
  /** The last lines of the log, oldest first, at most 12, without the access log of nginx. */
  readonly lastLines: readonly QuotedLine[];
}

/** A log in which nothing was written. */
export const silentLog = (from: Instant, to: Instant): LogEvidence => ({
  from,
  to,
  bytes: 0,
  complete: true,
  tallies: new Map(),
  errors: [],
  startStep: null,
  newestWork: null,
  startShown: null,
  lastLines: [],
});
