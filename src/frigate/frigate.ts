/** Frigate as this program needs it. One request at a time to a Frigate in trouble, cheap endpoints only (on 0.17.2 three that hung took every worker of its nginx). */
import type {Known, UnknownCode} from '../core/known.js';
import type {
  ApiLiveness,
  FrigateConfig,
  FrigateObservation,
  MountEntry,
  MountProbe,
  NewestSegment,
  Snapshot,
  StatsReading,
  Via,
} from '../core/observation/frigate.js';
import type {MemoryUse} from '../core/observation/memory-use.js';
import type {Duration, Instant} from '../core/time.js';

/** One way to ask Frigate over HTTP. Expected failures are values; every call ends within its signal. */
export interface Transport {
  readonly via: Via;
  /** How long this way may take to open and to close, beside the time that Frigate has. */
  readonly setUp: Duration;
  get(path: string, request: TransportRequest): Promise<TransportReply>;
  close(): void;
}

export interface TransportRequest {
  /** Ends everything, the way itself with it. */
  readonly signal: AbortSignal;
  /** The time that Frigate has once the way is open, in milliseconds. */
  readonly timeout: Duration;
  /** Of the answer's body, in bytes. */
  readonly limit: number;
}

/**
 * `reached` says whether this path got as far as Frigate's container: a refused connection inside an exec is Frigate's,
 * a 403 of the API server is the path's own.
 */
export type TransportReply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
      readonly body: Buffer;
      readonly latency: Duration;
    }
  /** `cut`: an answer began and broke off, or was no HTTP. `too-large`: an answer over the limit. `path`: this way itself failed, with `code` for why where it is known. */
  | {
      readonly kind: 'no-answer';
      readonly reached: boolean;
      readonly how: 'refused' | 'silent' | 'cut' | 'too-large' | 'path';
      readonly detail: string;
      readonly code?: UnknownCode;
    };

/** Where Frigate runs. */
export interface FrigateTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** `null` before the pod has one. */
  readonly podIP: string | null;
  /** The internal port, 5000 by default. */
  readonly port: number;
}

/** What a pass asks of Frigate; everything within the signal. */
export interface FrigateReader {
  readonly via: Via;
  stats(signal: AbortSignal): Promise<{readonly liveness: ApiLiveness; readonly stats: Known<StatsReading>}>;
  history(signal: AbortSignal): Promise<Known<readonly Snapshot[]>>;
  config(signal: AbortSignal): Promise<Known<FrigateConfig>>;
  newestSegment(camera: string, now: Instant, signal: AbortSignal): Promise<Known<NewestSegment>>;
  go2rtc(signal: AbortSignal): Promise<FrigateObservation['go2rtc']>;
  mountProbe(signal: AbortSignal): Promise<Known<MountProbe>>;
  mounts(signal: AbortSignal): Promise<Known<readonly MountEntry[]>>;
  /** The memory cgroup of the container, by exec. */
  memoryUse(signal: AbortSignal): Promise<Known<MemoryUse>>;
  /** Frigate's main process without nginx; by exec, whatever transport the reader has. */
  backend(signal: AbortSignal): Promise<FrigateObservation['backend']>;
  close(): void;
}
