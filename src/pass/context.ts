/** What a command hands to its use case: the settings in force, the way to the cluster, and the process's own ends. */
import type {CheckId} from '../core/finding.js';
import type {WorkloadKind} from '../core/observation/workload.js';
import type {Duration} from '../core/time.js';
import type {Cluster} from '../kubernetes/cluster.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {FailOn} from '../report/exit-code.js';
import type {Settings} from '../settings/settings.js';
import type {Clock} from './world.js';

/** An opened way: the cluster, the clock that goes with it (a simulated cluster has its own), and its end. */
export interface Gate {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly close: () => Promise<void>;
}

export interface Context {
  readonly settings: Settings;
  /** The way to the cluster, real or simulated; opened by the use case, so that nothing is dialled for a bad flag. */
  readonly open: () => Promise<Gate | ConnectError>;
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
  /** Look for the workload in every namespace. */
  readonly allNamespaces: boolean;
  /** Only these checks (and those they need); empty: all. */
  readonly only: readonly CheckId[];
  readonly skip: readonly CheckId[];
  readonly failOn: FailOn;
  /** Look again until the result is below `failOn`, for so long; `null`: look once. */
  readonly wait: Duration | null;
  /** How the waiting goes, one line for people. */
  readonly told: (line: string) => void;
}
