/**
 * What a fault is: one literal that says what it does to the numbers, the recordings, the log and the API of a Frigate,
 * as measured on real ones (0.17.2, 0.16.4, 0.14.1). All hooks are pure functions of the time since the fault began.
 */
import type {Instant} from '../../core/time.js';
import type {FrigateVersion, SimulatedCamera, SimulatedDetector, Site} from './site.js';

export type FaultName =
  | 'det-stop'
  | 'det-stop-busy'
  | 'coral-stuck'
  | 'det-slow'
  | 'det-kill'
  | 'det-kill-loop'
  | 'cap-stop'
  | 'cap-kill'
  | 'proc-stop'
  | 'proc-kill'
  | 'cam-hang'
  | 'cams-gone'
  | 'cams-net'
  | 'main-stop'
  | 'nginx-stop'
  | 'manager-stop'
  | 'rec-kill'
  | 'db-lock-brief'
  | 'go2rtc-stop'
  | 'disk-full'
  | 'disk-hang'
  | 'disk-ro'
  | 'cache-full'
  | 'oom'
  | 'mem-leak'
  | 'migration-fails'
  | 'bad-config'
  | 'clock'
  | 'clock-back'
  | 'starting'
  | 'model-build'
  | 'start-hangs'
  | 'port-moved'
  | 'first-snapshot'
  | 'record-error'
  | 'maintainer-error'
  | 'thread-crash'
  | 'crash-error'
  | 'record-off'
  | 'detect-off'
  | 'camera-off'
  | 'stale-mount'
  | 'go2rtc-dead'
  | 'det-device-lost'
  | 'det-replaced'
  | 'det-error'
  | 'broker-restarts'
  | 'embeddings-kill'
  | 'audio-kill';

/** An active fault. */
export interface FaultState {
  readonly name: FaultName;
  readonly since: Instant;
  /** The cameras concerned; without it the fault's own choice. */
  readonly cameras?: readonly string[];
  /** The parameter of the fault: the text of an error, the step that takes long, the address that is listened on. Without it the fault's own. */
  readonly detail?: string;
  /** Seconds between its repetitions; without it as measured or as the source has it. */
  readonly every?: number;
  /** Seconds that it lasts, of a fault that ends by itself. */
  readonly lasts?: number;
}

/** One life of Frigate: from the start of its container to its end. */
export interface Run {
  readonly site: Site;
  readonly version: FrigateVersion;
  readonly startedAt: Instant;
  readonly faults: readonly FaultState[];
  /** Unix seconds between which the cameras were recorded before this run: recordings outlive the pod. */
  readonly recordedBefore: ReadonlyMap<string, readonly Range[]>;
  /** MiB that the container may use; without it 4096, as the plain installation has it. */
  readonly memoryLimit?: number;
  /** When it was cut off from outside, as by a node that lost its power: nothing is said after that. */
  readonly endedAt?: Instant;
}

/** Unix seconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The four rates of a camera as stats show them, frames (or detector runs) per second. */
export interface Rates {
  readonly camera: number;
  readonly process: number;
  readonly skipped: number;
  readonly detection: number;
}

export interface DetectorSample {
  /** Milliseconds. */
  readonly inference: number;
  /** Unix seconds by Frigate's clock; 0: idle. */
  readonly detectionStart: number;
  /** How often the process was replaced since the start: the pid follows from it. */
  readonly generation: number;
  readonly alive: boolean;
}

export interface MountSample {
  /** MiB. */
  readonly total: number;
  readonly free: number;
  readonly type: string;
}

/** What can be switched off at run time, over MQTT or in the UI. */
export type Switch = 'recording' | 'detection' | 'camera';

/** The address that nginx listens on inside the pod; `local`: on 127.0.0.1 alone. */
export interface Listening {
  readonly port: number;
  readonly local: boolean;
}

/** `backend-down`: nginx answers 500 because nothing listens on 5001 (0.14+; 502 before). */
export type Door = 'open' | 'silent' | 'refused' | 'backend-down';

export interface FaultContext {
  readonly run: Run;
  readonly fault: FaultState;
  /** Unix seconds, true time: when it took effect in this run. */
  readonly since: number;
  /** Seconds since then, never negative. */
  readonly elapsed: number;
  /** Unix seconds, true time. */
  readonly at: number;
  /** It stood already when this container started, so nothing ever worked in it. */
  readonly fromStart: boolean;
  /** Number of the snapshot, from 0; the jitter of rates depends on it. */
  readonly index: number;
  /** The rates at the moment of the fault: what stands still later. */
  readonly frozenRates: (camera: SimulatedCamera) => Rates;
  readonly cameras: ReadonlySet<string>;
}

export interface LogLine {
  /** Unix seconds with fraction, true time (the kubelet's and s6's stamp). */
  readonly at: number;
  /** Everything after the s6 stamp and its two spaces. */
  readonly text: string;
}

/** The part of the log that is asked for, Unix seconds: from inclusive, to exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface ContainerEnd {
  /** Seconds after the fault (or, when it stood before, after the start of the container). */
  readonly after: number;
  readonly exitCode: number;
  readonly reason: 'OOMKilled' | 'Error' | 'Completed';
}

export interface Fault {
  readonly name: FaultName;
  /** One line for people. */
  readonly summary: string;
  /** What is left of it in a new pod, by experiment: `new-pod` = a new container in the same pod is not enough. */
  readonly cure: 'restart' | 'new-pod' | 'none' | 'itself';
  /** TERM is not enough: the grace period of the pod ends in SIGKILL, exit 137 (measured, item 26). */
  readonly ignoresTerm?: boolean;
  readonly cameras?: (site: Site) => readonly string[];
  /** Seconds after which the emitter of stats stands still; `undefined`: not in that version. */
  readonly frozenAfter?: number | ((version: FrigateVersion) => number | undefined);
  readonly rates?: (camera: SimulatedCamera, healthy: Rates, context: FaultContext) => Rates;
  readonly detector?: (detector: SimulatedDetector, healthy: DetectorSample, context: FaultContext) => DetectorSample;
  /** Process titles that are gone from cpu_usages, such as `frigate.capture:back`, `ffmpeg:back`. */
  readonly missing?: (context: FaultContext) => readonly string[];
  /** How often ffmpeg of a camera was replaced. */
  readonly ffmpegGeneration?: (camera: SimulatedCamera, context: FaultContext) => number;
  /** `null`: the path cannot be asked; stats show `{}` (0.15+). */
  readonly mount?: (path: string, healthy: MountSample, context: FaultContext) => MountSample | null;
  /** Percent of one core that the process of that title uses; `null`: what it always uses. */
  readonly cpu?: (title: string, context: FaultContext) => number | null;
  /** Degrees Celsius of the device of a detector. */
  readonly temperature?: (detector: SimulatedDetector, context: FaultContext) => number | null;
  /** Percent of the memory limit that Frigate's main process holds beyond what it should. */
  readonly leaked?: (context: FaultContext) => number;
  /** Seconds after the fault between which nothing of the camera reaches the disk; `null`: recording goes on. */
  readonly recordingStops?: (camera: SimulatedCamera, context: FaultContext) => Range | null;
  readonly log?: (context: FaultContext, span: Span) => Iterable<LogLine>;
  /** What a request for `path` meets at the door of port 5000. */
  readonly door?: (path: string, context: FaultContext) => Door;
  /** That door is nginx' own: the API behind it, on 127.0.0.1:5001, knows nothing of it. */
  readonly nginxAlone?: boolean;
  /** Seconds after which it is over by itself. */
  readonly over?: (state: FaultState) => number;
  readonly end?: (context: FaultContext) => ContainerEnd | null;
  /** Seconds that Frigate's clock (not nginx') is ahead. */
  readonly clockOffset?: number;
  /** Seconds that the API comes later than normal, behind an nginx that answers already. */
  readonly slowStart?: number | ((state: FaultState) => number);
  /** Seconds that s6 holds nginx, go2rtc and Frigate back: nothing listens until then. */
  readonly servicesLate?: (state: FaultState) => number;
  /** The process that s6 runs meanwhile. */
  readonly preparing?: (state: FaultState) => string;
  /** Where nginx listens instead of port 5000. */
  readonly listens?: (state: FaultState) => Listening;
  /** What is switched off at run time for the cameras concerned, though on in the configuration. */
  readonly switchesOff?: Switch;
  /** Frigate runs without a configuration. */
  readonly safeMode?: boolean;
  /** /proc/mounts shows the recordings read-only. */
  readonly readOnlyMedia?: boolean;
  /** Every access to the media mount hangs. */
  readonly hangingMedia?: boolean;
  /** What the kernel answers at once to every access to the media mount, such as `Stale file handle`. */
  readonly mediaError?: (state: FaultState) => string;
  /** go2rtc accepts and stays silent. */
  readonly hangingGo2rtc?: boolean;
  /** go2rtc does not run: nothing listens on its ports. */
  readonly deadGo2rtc?: boolean;
}

/** The instants `first, first + period, …` within the span; a number beyond `last` is not reached. */
export function* every(period: number, first: number, span: Span, last = Infinity): Generator<number> {
  const skipped = Math.max(0, Math.ceil((span.from - first) / period));
  for (let at = first + skipped * period; at < span.to && at <= last; at += period) yield at;
}

/** Lines that are said once: `[seconds after the fault, text]`. */
export const once = (since: number, lines: ReadonlyArray<readonly [number, string]>, span: Span): LogLine[] =>
  lines.map(([after, text]) => ({at: since + after, text})).filter((line) => line.at >= span.from && line.at < span.to);
