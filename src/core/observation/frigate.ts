/**
 * What Frigate says of itself. Every number was parsed on its own: `null` means absent, a sentinel or no number at all,
 * so that one bad value never voids the payload (unknown is a value, never sickness).
 */
import type {Known} from '../known.js';
import type {ErrorKind} from './log.js';
import type {Duration, Instant} from '../time.js';

/** How Frigate is reached. */
export type PodVia = 'direct' | 'proxy' | 'exec' | 'port-forward';
/** `url`: a Frigate outside Kubernetes. */
export type Via = PodVia | 'url';

/** Frames or detector runs per second, milliseconds, MiB … `null`: absent or not a finite number. */
export type Measure = number | null;

export interface CameraStats {
  readonly name: string;
  /** Frames per second that ffmpeg delivers, over 10 s. */
  readonly cameraFps: Measure;
  readonly processFps: Measure;
  /** Always 0.0 up to 0.12. */
  readonly skippedFps: Measure;
  readonly detectionFps: Measure;
  readonly detectionEnabled: boolean | null;
  readonly pid: number | null;
  readonly capturePid: number | null;
  /** No liveness sign: it comes and goes with every camera outage (measured on 0.17.2). */
  readonly ffmpegPid: number | null;
  /** `expected_fps`, from 0.18. */
  readonly expectedFps: Measure;
}

export interface DetectorStats {
  readonly name: string;
  /** Milliseconds, a moving average; exactly 10.0 before the first inference. */
  readonly inferenceSpeed: Measure;
  /** When the inference under way began, Unix seconds by Frigate's clock; 0 when none is. */
  readonly detectionStart: Measure;
  readonly pid: number | null;
  readonly temperature: Measure;
}

export interface Mount {
  readonly path: string;
  /** MiB (MB of 10^6 up to 0.12). `null` where statvfs failed. */
  readonly total: Measure;
  readonly used: Measure;
  readonly free: Measure;
  /** `ext4`, `nfs4`, `cifs`, `overlay`, `tmpfs` … */
  readonly type: string | null;
}

/** CPU and memory of one process of the pod, in percent of a core and of the memory limit. */
export interface ProcessUsage {
  readonly pid: number;
  readonly cpu: Measure;
  readonly memory: Measure;
  readonly command: string | null;
}

/** One row of `gpu_usages`; percent. `null`: not supported by the card, or it could not be read. */
export interface GpuUsage {
  /** As Frigate names it: `intel-vaapi`, a product name, `error-gpu`. */
  readonly name: string;
  readonly load: Measure;
  readonly memory: Measure;
  /** Frigate could not read the card (its error form); a number that the card does not have is no failure. */
  readonly failed: boolean;
}

/** One measurement of Frigate by itself. Two polls of one snapshot are one observation: `lastUpdated` distinguishes snapshots. */
export interface Snapshot {
  /** `service.last_updated`, by Frigate's clock; `null` before 0.12. */
  readonly lastUpdated: Instant | null;
  readonly uptime: Duration | null;
  /** `major.minor.patch-hash` as given. */
  readonly version: string | null;
  /** Sorted by name. */
  readonly cameras: readonly CameraStats[];
  readonly detectors: readonly DetectorStats[];
  /** `processes.*.pid`: go2rtc, recording, review_segment, … */
  readonly processes: ReadonlyMap<string, number>;
  /** Rows of `cpu_usages` whose key is a pid; `null` when Frigate gave none (history, before 0.12). */
  readonly usages: readonly ProcessUsage[] | null;
  /** `frigate.full_system` (0.14–0.17): the whole host, percent. */
  readonly systemCpu: Measure;
  /** The same of the memory. */
  readonly systemMemory: Measure;
  /** Empty where no hardware acceleration is configured, and in the history. */
  readonly gpus: readonly GpuUsage[];
  readonly mounts: readonly Mount[];
  /** Names of values that were set aside as unreadable, such as `detectors.ov.inference_speed`. */
  readonly unreadable: readonly string[];
}

export interface StatsReading {
  readonly snapshot: Snapshot;
  /** The `Date` header of the same reply: nginx on Frigate's host, so its age has no clock error of ours in it. */
  readonly date: Instant | null;
  readonly latency: Duration;
}

export interface CameraConfig {
  readonly name: string;
  /** The runtime state: false also when it was turned off in the UI (0.16+). */
  readonly enabled: boolean;
  readonly detectEnabled: boolean;
  /** Off at run time although `enabled_in_config` says on: recording (from 0.12), the whole camera (from 0.16). Absent: nothing. */
  readonly switchedOff?: ReadonlyArray<'recording' | 'camera'>;
  /** Frames per second that detection is configured for; the yardstick of FRG-501. */
  readonly detectFps: Measure;
  readonly recordEnabled: boolean;
  /** Whether every minute is kept: only then does an old newest segment prove a failure. */
  readonly continuous: boolean;
  /** Hosts that its inputs point to, without credentials, sorted; `127.0.0.1` stands for go2rtc in the pod. */
  readonly hosts: readonly string[];
  /** One of its detect or record inputs is restreamed by go2rtc inside the pod. */
  readonly throughGo2rtc: boolean;
  /** The name of that stream in go2rtc; `null` where none is, or its address does not say. */
  readonly go2rtcStream: string | null;
  /** It has an input with the role `record` that is not the one for `detect`. */
  readonly separateRecordInput: boolean;
}

export interface FrigateConfig {
  readonly safeMode: boolean;
  readonly cameras: readonly CameraConfig[];
  /** Name → type, such as `coral` → `edgetpu`. */
  readonly detectors: ReadonlyMap<string, string>;
  readonly go2rtcStreams: readonly string[];
  /** What the embeddings process is to do, in words; absent: not read. */
  readonly enrichments?: readonly string[];
  readonly mqttEnabled: boolean;
  /** The broker as the configuration names it; absent: it names none. */
  readonly mqttHost?: string;
}

/** The newest recording segment of one camera, from `/api/<camera>/recordings` with `after` and `before`. */
export interface Segment {
  readonly end: Instant;
  readonly length: Duration;
}

/** `none`: the last hour holds no segment of that camera. */
export type NewestSegment =
  {readonly found: 'one'; readonly segment: Segment} | {readonly found: 'none'; readonly after: Instant};

export interface Go2rtcStream {
  readonly name: string;
  /** A producer with medias or receivers: connected to its source. */
  readonly connected: boolean;
  /** How many ask for it now; absent: go2rtc does not say. It connects to a source only while somebody asks. */
  readonly consumers?: number;
}

/**
 * What `/api/stats` was on each path that was tried. `dead` and `alive` are said only where the path itself is proven
 * (an exec that runs, a proxy that reaches the pod): a path that fails on its own is `unknown`.
 */
export type ApiLiveness =
  | {readonly via: Via; readonly verdict: 'alive'; readonly latency: Duration}
  | {
      readonly via: Via;
      readonly verdict: 'dead';
      readonly how: 'refused' | 'silent' | 'http-status' | 'not-json';
      readonly detail: string;
    }
  /** `starved`: it was asked while this checker itself did not run. */
  | {readonly via: Via; readonly verdict: 'unknown'; readonly why: string; readonly starved?: true};

/**
 * FRG-606: `timeout 5 stat -f` on the recordings by exec. An error that comes at once is an answer: nothing hangs, and it names
 * what is wrong.
 */
export type MountProbe =
  | {readonly answered: true; readonly error?: {readonly kind: ErrorKind; readonly detail: string}}
  | {readonly answered: false; readonly detail: string};

/** One row of `/proc/mounts` for a path that Frigate writes to (FRG-604); reading it does not touch the mount. */
export interface MountEntry {
  readonly path: string;
  /** What is mounted there, such as `192.168.1.5:/media`, `//nas/media` or `/dev/sda1`; absent where the table was not read. */
  readonly source?: string;
  readonly type: string;
  readonly readOnly: boolean;
}

export interface FrigateObservation {
  /** When the question about its liveness began and ended, by the API server's clock; absent: in this very pass. */
  readonly asked?: {readonly from: Instant; readonly to: Instant};
  /** Every path tried, in order; the first `alive` one is in use. */
  readonly liveness: readonly ApiLiveness[];
  readonly stats: Known<StatsReading>;
  /**
   * Frigate's main process behind nginx, on 127.0.0.1:5001 inside the container: asked only where the port of the API refuses on
   * every transport. `answers`: Frigate runs, and the port is the wrong one.
   */
  readonly backend: Known<'answers' | 'refused' | 'silent'>;
  /** Up to 80 snapshots of 15 s, oldest first (0.14+). Without `usages`. */
  readonly history: Known<readonly Snapshot[]>;
  readonly config: Known<FrigateConfig>;
  readonly segments: ReadonlyMap<string, Known<NewestSegment>>;
  /** When `segments` were asked for, where that was before the observation: `watch` and `serve` ask for them rarely, which makes no recording old. */
  readonly segmentsAt?: Instant;
  readonly go2rtc: Known<
    | {readonly streams: readonly Go2rtcStream[]; readonly latency: Duration}
    | {readonly hung: true; readonly after: Duration}
  >;
  readonly mountProbe: Known<MountProbe>;
  readonly mounts: Known<readonly MountEntry[]>;
}
