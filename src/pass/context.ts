/** What a command passes to its use case: the settings in force, the connection to the cluster, and the process's own streams. */
import type {ReportedId} from '../core/check-table.js';
import type {WorkloadKind} from '../core/observation/workload.js';
import type {Duration} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import type {Cluster} from '../kubernetes/cluster.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {Opening} from '../kubernetes/connect.js';
import type {WaitProgress} from '../outcome/check-report.js';
import type {FailOn} from '../outcome/exit-code.js';
import type {Settings} from '../settings/settings.js';
import type {CustomProbes} from './custom-probes.js';

/** An opened connection: the cluster, the clock that goes with it (a simulated cluster has its own), and its end. */
export interface ClusterConnection {
  readonly cluster: Cluster;
  readonly clock: Timers;
  readonly close: () => Promise<void>;
}

export interface Context {
  readonly settings: Settings;
  /** Checks of the user's own; absent: there are none. */
  readonly custom?: CustomProbes;
  /** The connection to the cluster, real or simulated; opened by the use case, so that nothing is dialled for a bad flag. */
  readonly open: (opening?: Opening) => Promise<ClusterConnection | ConnectError>;
  /** The clocks and timers of the process, whatever ports it reads: connections depend on them. */
  readonly timers: Timers;
  /** Aborted by SIGINT or SIGTERM; its reason is the failure that the command ends with. */
  readonly signal: AbortSignal;
  /** The result, and nothing else. */
  readonly stdout: (text: string) => void;
  /** One line for people, on stderr. */
  readonly warn: (line: string) => void;
  /** This program's version. */
  readonly version: string;
}

export interface CheckOptions {
  /** The kind of the workload, where `kind/name` was given; its name stands in the settings. */
  readonly kind: WorkloadKind | null;
  /** Search for the workload in every namespace. */
  readonly allNamespaces: boolean;
  /** Only these checks (and those they need); empty: all. */
  readonly only: readonly ReportedId[];
  readonly skip: readonly ReportedId[];
  readonly failOn: FailOn;
  /** Observe again until the result is below `failOn` and no rollout or start is under way, for so long; `null`: once. */
  readonly wait: Duration | null;
  /** The progress of the waiting. */
  readonly onProgress: (progress: WaitProgress) => void;
}
