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
  | 'thread-died' // any other "Exception in thread …"
  | 'bus-error' // "Fatal Python error: Bus error"
  | 'killed-by-signal-9' // "[INFO] Service Frigate exited with code 256 (by signal 9)"
  | 'config-invalid' // "Your config file is not valid!"
  | 'safe-mode' // "Starting Frigate in safe mode."
  | 'starting' // "Starting Frigate (…)"
  | 'migration' // "Starting migrations", "Running database vacuum", "Making backup of DB"
  | 'go2rtc-restarted' // "The go2rtc service is not responding to ping", "exited with code"
  | 'mqtt-disconnected'; // "MQTT disconnected", "Unable to connect to MQTT server"

/** How often one signature was seen in the window; a folded "Last message repeated N times" counts N. */
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

export interface LogEvidence {
  /** The window that was read, by the kubelet's clock. */
  readonly from: Instant;
  readonly to: Instant;
  readonly bytes: number;
  /** False when reading ended at its deadline before the end of the log: what was not read proves nothing. */
  readonly complete: boolean;
  readonly tallies: ReadonlyMap<Signature, Tally>;
}
