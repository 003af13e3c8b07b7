/** The ports of a pass: narrow interfaces, passed in, so that a pass can run on a simulator, a real cluster or plain fakes. */
import type {Known} from '../core/known.js';
import type {LogEvidence} from '../core/observation/log.js';
import type {Timers} from '../core/timers.js';
import type {Expectation} from '../frigate/ahead.js';
import type {OpenedFrigate} from '../frigate/open.js';
import type {LogQuestion} from '../frigate/log/read.js';
import type {Cluster, ContainerAddress} from '../kubernetes/cluster.js';
import type {Channel} from '../notify/channel.js';
import type {Settings} from '../settings/settings.js';
import type {CustomProbes} from './custom-probes.js';

export interface FrigateAddress extends ContainerAddress {
  /** `null`: the pod has no address yet, or none that can be dialled. */
  readonly ip: string | null;
}

export interface PassPorts {
  readonly cluster: Cluster;
  /** `expected`: what to ask beside the first question, where the pass before left nothing to worry about. */
  openFrigate(address: FrigateAddress, signal: AbortSignal, expected?: Expectation | null): Promise<OpenedFrigate>;
  readLog(question: LogQuestion, signal: AbortSignal): Promise<Known<LogEvidence>>;
  /** Where notifications go; none: nobody is notified. */
  readonly channels: readonly Channel[];
  /** The time of these ports; what waits or has a deadline asks it too. */
  readonly clock: Timers;
  /** A fresh id, unguessable enough that two runners never make the same. */
  newId(): string;
  readonly settings: Settings;
  /** Checks of the user's own; absent: there are none. No step of the pass asks them. */
  readonly custom?: CustomProbes;
  /** Where a Frigate outside Kubernetes answers; absent: a workload. */
  readonly outside?: {readonly url: string};
  /** Where Frigate and the state live, already resolved from flags, settings, context and pod. */
  readonly namespace: string;
  /** Who runs this pass, for the record: `check by alice@laptop`, `cronjob pod frigate-health-2987`. */
  readonly runner: string;
  /** This program's version. */
  readonly version: string;
}
