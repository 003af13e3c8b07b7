/**
 * What `serve` knows of all its Frigates at one instant: the only thing that the page, the API, the metrics and Consul read.
 * Immutable; each change makes a new one with a higher `sequence`. Facts only: each face renders them itself.
 */
import type {Decision} from '../core/decision/decision.js';
import type {Diagnosis, HealthClass} from '../core/diagnosis/diagnosis.js';
import type {CustomFinding} from '../core/custom/custom-check.js';
import type {CauseClass, Finding} from '../core/finding.js';
import type {Filling} from '../core/observation/fill-forecast.js';
import type {Snapshot} from '../core/observation/frigate.js';
import type {Observation} from '../core/observation/observation.js';
import type {State} from '../core/state/state.js';
import type {Duration, Instant} from '../core/time.js';
import type {CheckReport} from './check-report.js';

/** `<namespace>.<name>`; a namespace holds no dot, so it can be taken apart again. A Frigate outside Kubernetes has the namespace `static`. */
export type InstanceId = `${string}.${string}`;

export const instanceId = (namespace: string, name: string): InstanceId => `${namespace}.${name}`;

/** How a Frigate was found. */
export type FoundBy = 'labels' | 'image' | 'targets-file' | 'consul';

/** One Frigate as discovery knows it. */
export interface FrigateTarget {
  readonly id: InstanceId;
  readonly namespace: string;
  readonly name: string;
  /** `url`: outside Kubernetes; observed and notified, never restarted. */
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'url';
  /** Where a `url` target answers; `null` for a workload. */
  readonly url: string | null;
  readonly foundBy: FoundBy;
  /** The source that found it did not answer since; the last known good is kept. */
  readonly stale: boolean;
  readonly lastError: string | null;
}

/** A change of status. */
export interface StatusChange {
  readonly at: Instant;
  readonly health: HealthClass;
  readonly cause: CauseClass | null;
  readonly summary: string;
}

/** What was judged last of one Frigate. */
export interface JudgedFrigate {
  readonly at: Instant;
  readonly observation: Observation;
  readonly findings: readonly Finding[];
  /** What those checks of the user's own come to that are about this Frigate alone; absent: there are none. */
  readonly custom?: readonly CustomFinding[];
  readonly diagnosis: Diagnosis;
  readonly decision: Decision;
  /** The state as it is stored, restarts and incident included. */
  readonly state: State;
  /** How many notifications wait for each channel, by its name; absent: there is no channel. */
  readonly waiting?: ReadonlyMap<string, number>;
  /** The same report as `check -o json`; made when it is asked for. */
  report(): CheckReport;
}

export interface FrigateStatus {
  readonly target: FrigateTarget;
  /** `null`: not judged yet, its status is `unknown`. */
  readonly judged: JudgedFrigate | null;
  readonly health: HealthClass;
  /** Since when it has this health. */
  readonly since: Instant;
  /** Newest last; those of the last 24 hours, at most 500. */
  readonly changes: readonly StatusChange[];
  /** Snapshots of the last 20 minutes, oldest first, at most 80. */
  readonly trend: readonly Snapshot[];
  /** How full the mounts were, a minute apart, oldest first, at most two hours. */
  readonly filling: readonly Filling[];
}

/** Three or more Frigates with one common cause: one incident; nothing is restarted for it. It ends with the last of them. */
export interface FleetIncident {
  readonly id: string;
  readonly since: Instant;
  readonly cause: CauseClass;
  /** The common thing: a node's name, a subnet, a storage server, `MQTT broker HOST`, `API server`. */
  readonly common: string;
  readonly instances: readonly InstanceId[];
  /** The one that notifies for all, and since when it is well again; absent: the first. */
  readonly speaker?: {readonly id: InstanceId; readonly leftAt: Instant | null};
}

/** What the daemon knows of one part of itself. `degraded`: works in part, or a dependency is away; `unhealthy`: only a restart of the daemon would help. */
export interface ComponentHealth {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** `null` while it is healthy. */
  readonly error: string | null;
  /** When it last did its work; `null`: never yet. */
  readonly lastAt: Instant | null;
}

export const COMPONENTS = [
  'kubernetes_api',
  'discovery',
  'polls',
  'judge',
  'state',
  'notifications',
  'consul',
  'custom_checks',
  'token_file',
  'leader',
] as const;
export type ComponentName = (typeof COMPONENTS)[number];

/** One breaker of an outgoing dependency. */
export interface DependencyBreaker {
  /** `kubernetes`, `frigate <instanceId>`, `consul`, `notify <channel>`. */
  readonly name: string;
  readonly state: 'closed' | 'open' | 'half-open';
  readonly failures: number;
  readonly openedAt: Instant | null;
  readonly lastError: string | null;
}

export interface DaemonStatus {
  readonly version: string;
  readonly startedAt: Instant;
  /** Parts that are not in use (Consul without an address) are absent. */
  readonly components: Readonly<Partial<Record<ComponentName, ComponentHealth>>>;
  readonly breakers: readonly DependencyBreaker[];
  /** The checks of the user's own as the leader found them last; absent: there are none. */
  readonly custom?: readonly CustomFinding[];
  readonly leader: {readonly leads: boolean; readonly identity: string; readonly holder: string | null};
  /** Watches are synced and each target was observed once. */
  readonly ready: boolean;
  /** An invented failure of `POST /debug/fail` stands until then; never judged. */
  readonly debugFailureUntil: Instant | null;
}

export interface DiscoveryStatus {
  readonly mode: 'auto' | 'static' | 'mixed';
  /** Empty: all namespaces. */
  readonly namespaces: readonly string[];
  readonly lastRelistAt: Instant | null;
  readonly refreshEvery: Duration;
  readonly lastError: string | null;
}

export interface FleetSnapshot {
  /** Rises by one with each change; the id of a server-sent event. */
  readonly sequence: number;
  readonly at: Instant;
  /** Sorted by id. */
  readonly frigates: ReadonlyMap<InstanceId, FrigateStatus>;
  readonly incidents: readonly FleetIncident[];
  readonly discovery: DiscoveryStatus;
  readonly daemon: DaemonStatus;
}

/** Where a face reads the newest snapshot and hears of each new one. */
export interface FleetSource {
  readonly current: FleetSnapshot;
  /** Calls back with each new snapshot until the returned function is called. */
  subscribe(onUpdate: (snapshot: FleetSnapshot) => void): () => void;
}
