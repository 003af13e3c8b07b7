/** The world as a pass meets it: narrow ports, handed in, so that a pass can be played on a simulator, a real cluster or plain fakes. */
import type {Known} from '../core/known.js';
import type {FrigateObservation} from '../core/observation/frigate.js';
import type {LogEvidence} from '../core/observation/log.js';
import type {Instant} from '../core/time.js';
import type {FrigateReader} from '../frigate/frigate.js';
import type {Cluster, ContainerAddress, LogRequest} from '../kubernetes/cluster.js';
import type {Mailer} from '../mail/mailer.js';
import type {Settings} from '../settings/settings.js';

export interface Clock {
  /** The local wall clock. Persisted instants never come from it where the API server's clock is known. */
  now(): Instant;
  /** Milliseconds from an arbitrary origin; never steps. For deadlines. */
  monotonic(): number;
}

export interface FrigateAddress extends ContainerAddress {
  readonly ip: string | null;
}

/** An opened way to Frigate: what each path said of the API, the stats of the one in use, and a reader for the rest. */
export interface FrigateSight {
  readonly liveness: FrigateObservation['liveness'];
  readonly stats: FrigateObservation['stats'];
  /** `null` when no path reached an API that answers. */
  readonly reader: FrigateReader | null;
  /** For questions by exec that need no living API (the mount, /proc/mounts). */
  readonly inside: Pick<FrigateReader, 'mountProbe' | 'mounts'> | null;
}

export interface World {
  readonly cluster: Cluster;
  openFrigate(address: FrigateAddress, signal: AbortSignal): Promise<FrigateSight>;
  readLog(request: LogRequest, until: Instant, signal: AbortSignal): Promise<Known<LogEvidence>>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** A fresh id, unguessable enough that two runners never make the same. */
  newId(): string;
  readonly settings: Settings;
  /** Where Frigate and the state live, already resolved from flags, settings, context and pod. */
  readonly namespace: string;
  /** Who runs this pass, for the record: `check by alice@laptop`, `cronjob pod frigate-health-2987`. */
  readonly runner: string;
  /** This program's version. */
  readonly version: string;
}
