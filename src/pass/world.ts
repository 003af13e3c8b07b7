/** The world as a pass meets it: narrow ports, handed in, so that a pass can be played on a simulator, a real cluster or plain fakes. */
import type {Known} from '../core/known.js';
import type {LogEvidence} from '../core/observation/log.js';
import type {Instant} from '../core/time.js';
import type {Expectation} from '../frigate/ahead.js';
import type {OpenedFrigate} from '../frigate/open.js';
import type {LogQuestion} from '../frigate/log/read.js';
import type {Cluster, ContainerAddress} from '../kubernetes/cluster.js';
import type {Mailer} from '../mail/mailer.js';
import type {Settings} from '../settings/settings.js';

export interface Clock {
  /** The local wall clock. Persisted instants never come from it where the API server's clock is known. */
  now(): Instant;
  /** Milliseconds from an arbitrary origin; never steps. For deadlines. */
  monotonic(): number;
}

export interface FrigateAddress extends ContainerAddress {
  /** `null`: the pod has no address yet, or none that can be dialled. */
  readonly ip: string | null;
}

export interface World {
  readonly cluster: Cluster;
  /** `expected`: what to ask beside the first question, where the pass before left nothing to worry about. */
  openFrigate(address: FrigateAddress, signal: AbortSignal, expected?: Expectation | null): Promise<OpenedFrigate>;
  readLog(question: LogQuestion, signal: AbortSignal): Promise<Known<LogEvidence>>;
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
