/** Everything that one pass observed. Plain data: the input of `assess`. */
import type {ClusterContext} from '../cluster-context.js';
import type {Known} from '../known.js';
import type {Duration, Instant} from '../time.js';
import type {FrigateObservation, Via} from './frigate.js';
import type {LogEvidence} from './log.js';
import type {CpuUse} from './cpu-use.js';
import type {MemoryUse} from './memory-use.js';
import type {Node} from './node.js';
import type {ClusterEvent, Pod} from './pod.js';
import type {WorkloadSearch} from './workload.js';

/** One RBAC permission; `resource` with its subresource, such as `pods/log`. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** The environment of the installed checker's container, as its manifest has it. */
export interface InstalledEnvironment {
  /** Plain values; those whose names say that they are secrets are left out. */
  readonly values: ReadonlyMap<string, string>;
  /** Variables without a value in the manifest, and what they are taken from: `Secret smtp`, `ConfigMap checker`. */
  readonly references: ReadonlyMap<string, string>;
  /** Whole objects whose keys become variables (`envFrom`): `Secret smtp`. */
  readonly imports: readonly string[];
}

export interface CronJob {
  readonly name: string;
  /** Absent where the manifest has no container. */
  readonly environment?: InstalledEnvironment;
  readonly suspended: boolean;
  readonly schedule: string;
  /** Between two starts of the schedule; `null` where they are not equally far apart. */
  readonly interval: Duration | null;
  readonly lastScheduled: Instant | null;
  readonly lastSuccessful: Instant | null;
  readonly createdAt: Instant | null;
}

/** The Deployment of the daemon (`serve`) in the namespace of Frigate. */
export interface InstalledDaemon {
  readonly name: string;
  readonly environment: InstalledEnvironment;
}

/**
 * Who wrote over the state, as far as `managedFields` show: another installation of this program, whose own state knows the
 * restarts that ours does not; a named field manager (GitOps); nobody who left a name; or the ConfigMap is gone.
 */
export type Wiper =
  | {readonly by: 'another-checker'}
  | {readonly by: 'manager'; readonly name: string}
  | {readonly by: 'unknown'}
  | {readonly by: 'deletion'};

/** Whether the stored state could be read, for the checks (FRG-104); the state itself goes to `decide`. */
export interface StateSoundness {
  readonly name: string;
  /** Problems found while reading it, one line each; empty when it is sound. */
  readonly problems: readonly string[];
  /** Who wrote over it or deleted it; `null` where it is ours. */
  readonly wipedBy: Wiper | null;
  readonly missing: boolean;
  /** Written by a newer version of this tool: it must not be touched. */
  readonly newer: boolean;
  /** Somebody made the ConfigMap `immutable`: nothing new can be stored in it. */
  readonly immutable?: boolean;
}

export interface PersistentClaim {
  readonly name: string;
  readonly accessModes: readonly string[];
  readonly phase: string;
}

export interface Observation {
  /** The API server's time at the beginning of the pass (its `Date` header); the local clock where that is unknown. */
  readonly at: Instant;
  readonly localClock: Instant;
  /** How the cluster was reached, for the commands that a fix gives to type; `null` where that is not known. */
  readonly context?: ClusterContext | null;
  /** Where a Frigate outside Kubernetes answers: nothing of Kubernetes is asked about it, and it is never restarted. Absent: a workload. */
  readonly outside?: {readonly url: string};
  readonly apiServer: Known<{readonly date: Instant | null}>;
  /** The permissions that this command needs and does not have. */
  readonly missingPermissions: Known<readonly Permission[]>;
  readonly workload: Known<WorkloadSearch>;
  /** All pods of the workload by its own selector and owner chain, in any state. */
  readonly pods: Known<readonly Pod[]>;
  /** The node of the chosen pod, or of the template's `nodeName` / hostname selector while no pod has one. */
  readonly node: Known<Node | null>;
  readonly events: Known<readonly ClusterEvent[]>;
  readonly claims: Known<readonly PersistentClaim[]>;
  /** The path in use to Frigate; `null` when none worked or none was tried. */
  readonly via: Via | null;
  readonly frigate: FrigateObservation;
  readonly log: Known<LogEvidence>;
  /** Of Frigate's container; asked only where a memory limit is set. Absent: not asked. */
  readonly memoryUse?: Known<MemoryUse>;
  /** Of Frigate's container; asked only while its start lasts longer than the grace. Absent: not asked. */
  readonly cpuUse?: Known<CpuUse>;
  /** The log of the container before this one, read only after an exit. */
  readonly previousLog: Known<LogEvidence>;
  readonly state: Known<StateSoundness>;
  readonly cronJob: Known<CronJob | null>;
  /** The last pass of the daemon `serve`, as the state records it; absent or `null`: none within a day. */
  readonly servedAt?: Instant | null;
  /** The notification channels that are set, and those whose last delivery failed. */
  readonly alertChannels: {
    readonly names: readonly string[];
    readonly failures: ReadonlyArray<{readonly channel: string; readonly why: string}>;
  };
}
