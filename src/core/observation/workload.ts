/** The Deployment, StatefulSet or DaemonSet that runs Frigate, in our own words. */
import type {Known} from '../known.js';
import type {Instant} from '../time.js';
import type {PauseAnnotation} from '../pause.js';

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** A status condition as Kubernetes reports it (Deployment, Pod and Node share the shape). */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string | null;
  readonly message: string | null;
  readonly lastTransition: Instant | null;
}

/** One probe of the Frigate container, with Kubernetes' defaults filled in. Times in seconds. */
export interface Probe {
  readonly path: string | null;
  readonly port: string | null;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** What the pod template says about the things that checks and guards need. */
export interface PodTemplate {
  readonly containerName: string;
  /** The containers beside it: where there are some, `kubectl logs` and `exec` may take one of them. */
  readonly sidecars: readonly string[];
  readonly image: string;
  /** Bytes; `null` when no limit is set. */
  readonly memoryLimit: number | null;
  /** CPU limit in cores; `null` when none is set. */
  readonly cpuLimit: number | null;
  readonly startupProbe: Probe | null;
  readonly livenessProbe: Probe | null;
  readonly readinessProbe: Probe | null;
  /** `null`: no volume stands on /dev/shm, so the runtime's 64 MiB hold. */
  readonly sharedMemory: {readonly medium: 'Memory' | 'disk'; readonly sizeLimit: number | null} | null;
  /** Extended resources that the container asks for, such as `gpu.intel.com/i915: 1`. */
  readonly devices: ReadonlyMap<string, number>;
  readonly claims: readonly string[];
  readonly hostPaths: readonly string[];
  readonly nodeSelector: ReadonlyMap<string, string>;
  readonly nodeName: string | null;
  readonly tolerations: readonly Toleration[];
  readonly hostNetwork: boolean;
}

export interface Toleration {
  readonly key: string | null;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string | null;
  readonly effect: string | null;
}

export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: Instant | null;
  readonly generation: number;
  readonly observedGeneration: number | null;
  /** For a DaemonSet `status.desiredNumberScheduled`. */
  readonly desiredReplicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  /** Pods of every revision that exist (`status.replicas`). */
  readonly currentReplicas: number;
  readonly paused: boolean;
  /** The annotations of a person's pause as they stand on its own metadata (pause.ts); `null`: none. */
  readonly pause: PauseAnnotation | null;
  readonly strategy: 'Recreate' | 'RollingUpdate' | 'OnDelete';
  /** For a Deployment: how many pods may be missing in a rollout, already resolved from a percentage; `null` otherwise. */
  readonly maxUnavailable: number | null;
  readonly selector: string;
  readonly conditions: readonly Condition[];
  /** `kubectl.kubernetes.io/restartedAt` on the pod template. */
  readonly restartedAt: Instant | null;
  /** `frigate-health.io/attempt` on the pod template: the fencing token of the last restart of ours (docs/how-it-decides.md, "The restart"). */
  readonly attempt: string | null;
  /** Whether the pod template has annotations at all: a JSON Patch adds into the map that is there, or makes it. */
  readonly annotated: boolean;
  /** Creation times of this workload's revisions (ReplicaSets, ControllerRevisions), newest first; empty when they were not readable. */
  readonly revisions: readonly Instant[];
  readonly template: PodTemplate;
}

/** What names a workload in a cluster. */
export interface WorkloadName {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/** A workload that could be the one that was searched for. */
export interface Candidate extends WorkloadName {
  /** Desired replicas; left out where nobody asked. One that is scaled to 0 is mostly what a move has left behind. */
  readonly replicas?: number;
}

/** The outcome of the search for the one workload (FRG-201). */
export type WorkloadSearch =
  | {readonly found: 'one'; readonly workload: Workload}
  | {readonly found: 'none'; readonly searchedFor: string}
  | {readonly found: 'several'; readonly candidates: readonly Candidate[]}
  /** The workload is there, but no container of it is recognisably Frigate's. */
  | {readonly found: 'no-container'; readonly candidate: Candidate; readonly containers: readonly string[]};

/** The one workload that a search found; `null` where it found none, several, or could not search. */
export const singleWorkload = (search: Known<WorkloadSearch>): Workload | null =>
  search.known && search.value.found === 'one' ? search.value.workload : null;

/** `deployment/frigate`, as kubectl takes it. */
export const kindAndName = ({kind, name}: Pick<WorkloadName, 'kind' | 'name'>): string =>
  `${kind.toLowerCase()}/${name}`;

/** `deployment/frigate in namespace nvr (0 replicas)`. */
export const candidateText = (candidate: Candidate): string =>
  `${kindAndName(candidate)} in namespace ${candidate.namespace}${candidate.replicas === 0 ? ' (0 replicas)' : ''}`;

/** By namespace, name and kind, for lists that people read. */
export const byNamespaceAndName = (a: WorkloadName, b: WorkloadName): number => {
  const [first, second] = [a, b].map(({namespace, name, kind}) => `${namespace}/${name}/${kind}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
};
