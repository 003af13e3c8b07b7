/** Everything that one pass saw. Plain data: the input of `assess`. */
import type {Known} from '../known.js';
import type {Instant} from '../time.js';
import type {FrigateObservation, Via} from './frigate.js';
import type {LogEvidence} from './log.js';
import type {Node} from './node.js';
import type {ClusterEvent, Pod} from './pod.js';
import type {WorkloadSearch} from './workload.js';

/** One right as RBAC knows it; `resource` with its subresource, such as `pods/log`. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

export interface CronJob {
  readonly name: string;
  readonly suspended: boolean;
  readonly schedule: string;
  readonly lastScheduled: Instant | null;
  readonly lastSuccessful: Instant | null;
  readonly createdAt: Instant | null;
}

/** Whether the remembered state could be read, seen from the checks (FRG-104); the state itself goes to `decide`. */
export interface StateSoundness {
  readonly name: string;
  /** Problems found while reading it, one line each; empty when it is sound. */
  readonly problems: readonly string[];
  /** Who wrote over it, where somebody else did (GitOps), from managedFields; `null` otherwise. */
  readonly wipedBy: string | null;
  readonly missing: boolean;
  /** Written by a newer version of this tool: it must not be touched. */
  readonly newer: boolean;
  /** Somebody made the ConfigMap `immutable`: nothing new can be remembered in it. */
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
  /** The kubeconfig context, for the commands that a fix gives to type; `null` or absent inside the cluster. */
  readonly context?: string | null;
  readonly apiServer: Known<{readonly date: Instant | null}>;
  /** The rights that this command needs and does not have. */
  readonly missingRights: Known<readonly Right[]>;
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
  /** The log of the container before this one, read only after an exit. */
  readonly previousLog: Known<LogEvidence>;
  readonly state: Known<StateSoundness>;
  readonly cronJob: Known<CronJob | null>;
  /** Whether mail is configured, and how the last delivery went. */
  readonly alertChannel: {readonly configured: boolean; readonly lastFailure: string | null};
}
