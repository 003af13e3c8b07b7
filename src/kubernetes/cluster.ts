/**
 * The cluster as this program needs it: the narrow interface over the Kubernetes API, in our own words.
 * Every call ends within its signal; reads answer `Known`, writes answer an outcome; nothing throws but bugs.
 */
import type {Duplex} from 'node:stream';
import type {AccessReviews} from '../core/observation/access-review.js';
import type {Known, UnknownReason} from '../core/known.js';
import type {MemoryUse} from '../core/observation/memory-use.js';
import type {Node} from '../core/observation/node.js';
import type {CronJob, InstalledDaemon, PersistentClaim, Permission} from '../core/observation/observation.js';
import type {ClusterEvent, Pod} from '../core/observation/pod.js';
import type {Workload, WorkloadKind, WorkloadName, WorkloadSearch} from '../core/observation/workload.js';
import type {Duration, Instant} from '../core/time.js';
import type {OnNews} from './watch/supervise.js';

export interface ContainerAddress {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface WorkloadQuery {
  /** `null`: every namespace (-A). */
  readonly namespace: string | null;
  /** `null`: discover by labels, then image. */
  readonly name: string | null;
  readonly kind: WorkloadKind | null;
  /** A label selector of the old tool (`POD_LABEL_SELECTOR`) that narrows the discovery; `null` normally. */
  readonly podSelector: string | null;
  /** A person gave this name: no other workload will do. Otherwise a name without a hit (the default one) falls back to discovery. */
  readonly exact?: boolean;
}

/** The result of a query. */
export interface Located {
  readonly search: Known<WorkloadSearch>;
  /** The workload's pods by its selector and owner chain, any phase; not asked where there is not exactly one workload. */
  readonly pods: Known<readonly Pod[]>;
}

/** Each ends with its signal and never throws. `onNews` gets the complete current state, at once and after each change. */
export interface Watches {
  /** Every workload that runs Frigate (Cluster.listFrigates). */
  frigates(query: FrigatesQuery, onNews: OnNews<readonly FoundFrigate[]>, signal: AbortSignal): Promise<void>;
  /** The one workload with its pods. `none` when it is deleted: then the caller searches again. */
  target(workload: Workload, onNews: OnNews<Located>, signal: AbortSignal): Promise<void>;
  /** `unknown` (not-found) while there is no node of this name. */
  node(name: string, onNews: OnNews<Known<Node>>, signal: AbortSignal): Promise<void>;
  /** Those about the workload, oldest first. */
  events(workload: Workload, onNews: OnNews<readonly ClusterEvent[]>, signal: AbortSignal): Promise<void>;
}

export interface LogRequest extends ContainerAddress {
  /** Lines from this instant on, by the kubelet's clock. */
  readonly since: Instant | null;
  /** The log of the container before this one. */
  readonly previous: boolean;
  readonly follow: boolean;
  /** Only the last lines; `null`: all of the window. */
  readonly tailLines: number | null;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** An HTTP answer of any status, body bounded by the request's limit. */
export interface HttpReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface ConfigMap {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly data: ReadonlyMap<string, string>;
  /** Field managers with the time of their last write, newest last (`metadata.managedFields`). */
  readonly managers: ReadonlyArray<{readonly name: string; readonly operation: string; readonly at: Instant | null}>;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** What else stands in it and is not this tool's: put back as it was by a replacement. */
  readonly foreign?: ForeignParts;
}

/** Parts of a ConfigMap as the API has them; absent: it has none. */
export interface ForeignParts {
  readonly immutable?: boolean;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly unknown[];
}

/** What a Lease says: who leads, and how long that holds without a renewal. Stamps are for people; nobody counts by them. */
export interface LeaseRecord {
  /** `null`: nobody; it was released. */
  readonly holder: string | null;
  readonly durationSeconds: number | null;
  /** RFC 3339 with microseconds. */
  readonly acquiredAt: string | null;
  readonly renewedAt: string | null;
  /** How often the holder changed. */
  readonly transitions: number;
  /** Where the holder answers other replicas, such as `http://10.42.0.7:8080`; `null`: it does not say. */
  readonly address: string | null;
}

/** A Lease of coordination.k8s.io. */
export interface Lease extends LeaseRecord {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** A workload that runs Frigate: its pod template carries Frigate's labels, or only its image. */
export interface FoundFrigate extends WorkloadName {
  readonly uid: string;
  readonly by: 'labels' | 'image';
}

/** Which Frigates are searched for. */
export interface FrigatesQuery {
  /** `null`: all. */
  readonly namespace: string | null;
  /** Only those whose pod template has these labels; `null`: any. */
  readonly podSelector: string | null;
}

/** A pod that serves HTTP. */
export interface ServingPod {
  readonly name: string;
  readonly isReady: boolean;
  /** It is being deleted. */
  readonly isEnding: boolean;
  readonly ip: string | null;
  /** The container port with the name `http`; `null`: none has it. */
  readonly httpPort: number | null;
}

/** A token of a ServiceAccount. A secret. */
export interface AccountToken {
  readonly token: string;
  /** By the API server's clock; `null` where its stamp is none. */
  readonly expiresAt: Instant | null;
}

/** The bearer token with which this program asks the API server. A secret. */
export interface UserToken {
  /** `null`: the user has none (a client certificate, basic authentication), or another one is impersonated. */
  read(signal: AbortSignal): Promise<Known<string | null>>;
  /** It was refused: it is read again. */
  renew(): void;
}

export type WriteOutcome<T> =
  | {readonly kind: 'done'; readonly value: T}
  /** 409, or a failed precondition: another client changed it in the meantime. Not applied. */
  | {readonly kind: 'conflict'; readonly why: string}
  /** Certainly not applied: 4xx. */
  | {readonly kind: 'refused'; readonly why: UnknownReason}
  /** Not known whether it was applied: timeout, reset, 5xx, an answer that is none. */
  | {readonly kind: 'in-doubt'; readonly why: UnknownReason};

export interface RestartPatch {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The attempt id that stands on the workload now, as far as we know; part of the precondition. */
  readonly expectedAttempt: string | null;
  readonly attempt: string;
  readonly restartedAt: Instant;
  /** `metadata.generation` of what the decision was made on, part of the precondition: a later change of the spec, such as another rollout, was not observed. */
  readonly generation: number;
  /** Whether the pod template had annotations then. */
  readonly annotated: boolean;
  /** Server-side dry run: everything but the effect. */
  readonly dryRun: boolean;
}

/** Annotations on the workload's own metadata; `null` takes one away. */
export interface AnnotationPatch {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly annotations: ReadonlyMap<string, string | null>;
}

/** The kinds that `install` prints and compares. */
export type InstalledKind =
  | 'ServiceAccount'
  | 'Role'
  | 'RoleBinding'
  | 'ClusterRole'
  | 'ClusterRoleBinding'
  | 'CronJob'
  | 'Deployment'
  | 'Service'
  | 'PodDisruptionBudget'
  | 'NetworkPolicy'
  | 'ValidatingAdmissionPolicy'
  | 'ValidatingAdmissionPolicyBinding';

export interface ObjectName {
  readonly kind: InstalledKind | WorkloadKind | 'Pod';
  /** `null`: it belongs to the whole cluster. */
  readonly namespace: string | null;
  readonly name: string;
}

export interface Cluster {
  /** The name of the kubeconfig context, or `in-cluster`. */
  readonly context: string;
  readonly server: string;
  /** The namespace of the context, or the pod's own; `null` where there is none. */
  readonly defaultNamespace: string | null;
  /** True when this process runs in a pod of the cluster (so that pod addresses can be dialled). */
  readonly inCluster: boolean;
  /** The API server's clock now, from the newest `Date` header and a monotonic clock; `null` before the first answer. */
  serverTime(): Instant | null;

  /** The workload and its pods at once: one round trip where a Deployment is called as the query says. */
  locate(query: WorkloadQuery, signal: AbortSignal): Promise<Located>;
  findWorkload(query: WorkloadQuery, signal: AbortSignal): Promise<Known<WorkloadSearch>>;
  /** All pods of the workload by selector and owner chain, any phase. */
  listPods(workload: Workload, signal: AbortSignal): Promise<Known<readonly Pod[]>>;
  readNode(name: string, signal: AbortSignal): Promise<Known<Node>>;
  /** Events about the workload, its ReplicaSets, pods and claims of the last hour. */
  listEvents(workload: Workload, signal: AbortSignal): Promise<Known<readonly ClusterEvent[]>>;
  listClaims(
    namespace: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Known<readonly PersistentClaim[]>>;
  /** Which of the permissions are missing (SelfSubjectRulesReview, then SelfSubjectAccessReview). */
  missingPermissions(permissions: readonly Permission[], signal: AbortSignal): Promise<Known<readonly Permission[]>>;
  /** The names of all namespaces, for completion. */
  listNamespaces(signal: AbortSignal): Promise<Known<readonly string[]>>;
  /** An object as it stands there, unparsed; `null`: there is none. For comparing with a manifest. */
  readObject(object: ObjectName, signal: AbortSignal): Promise<Known<object | null>>;
  readCronJob(namespace: string, name: string, signal: AbortSignal): Promise<Known<CronJob | null>>;
  /** The Deployment of the daemon, found by the labels that `install --serve` and the chart give it. */
  readDaemon(namespace: string, signal: AbortSignal): Promise<Known<InstalledDaemon | null>>;

  /** The working set of a container, by the metrics API; `not-found` where there is none, or it does not know the pod yet. */
  readMemoryUse(address: ContainerAddress, signal: AbortSignal): Promise<Known<MemoryUse>>;
  /** Opens the log with kubelet timestamps. The stream may end early only by an error event or the signal. */
  openLog(request: LogRequest, signal: AbortSignal): Promise<Known<AsyncIterable<Buffer>>>;
  /** Runs a command; the status frame ends it, whether or not the socket is closed. Output over `limit` bytes is `too-large`. */
  exec(
    address: ContainerAddress,
    command: readonly string[],
    options: {readonly signal: AbortSignal; readonly limit: number},
  ): Promise<Known<ExecResult>>;
  /** GET through the API server's pod proxy. Any HTTP status of the pod is an answer; the proxy's own failure is unknown. */
  proxyGet(
    namespace: string,
    pod: string,
    port: number,
    path: string,
    options: {readonly signal: AbortSignal; readonly limit: number},
  ): Promise<Known<HttpReply>>;
  /** One forwarded TCP connection to the pod. Destroy it to end it. */
  forwardPort(namespace: string, pod: string, port: number, signal: AbortSignal): Promise<Known<Duplex>>;

  /** `null`: there is none. */
  readConfigMap(namespace: string, name: string, signal: AbortSignal): Promise<Known<ConfigMap | null>>;
  createConfigMap(
    namespace: string,
    name: string,
    data: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<WriteOutcome<ConfigMap>>;
  /** Replaces the data under the precondition that `resourceVersion` is still current. */
  replaceConfigMap(
    previous: ConfigMap,
    data: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<WriteOutcome<ConfigMap>>;
  /** The one write on the workload (docs/how-it-decides.md, "The restart"): two annotations of the pod template, under preconditions. Never retried. */
  restart(patch: RestartPatch, signal: AbortSignal): Promise<WriteOutcome<Workload>>;
  /** The other one, by a person's `pause` and `resume` alone: rolls nothing out. */
  annotate(patch: AnnotationPatch, signal: AbortSignal): Promise<WriteOutcome<Workload>>;

  /** `null`: there is none. */
  readLease(namespace: string, name: string, signal: AbortSignal): Promise<Known<Lease | null>>;
  createLease(namespace: string, name: string, record: LeaseRecord, signal: AbortSignal): Promise<WriteOutcome<Lease>>;
  /** Under the precondition that nobody wrote it since it was read. */
  replaceLease(previous: Lease, record: LeaseRecord, signal: AbortSignal): Promise<WriteOutcome<Lease>>;

  /** Every pod with these labels, in any phase. */
  listServingPods(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Known<readonly ServingPod[]>>;
  /** Asks for a token of that account (TokenRequest); nothing is stored in the cluster. */
  createAccountToken(
    request: {readonly namespace: string; readonly account: string; readonly length: Duration},
    signal: AbortSignal,
  ): Promise<Known<AccountToken>>;
  readonly userToken: UserToken;

  /** Every workload that runs Frigate and is not left out by its annotation `frigate-health.io/ignore`, sorted by name. */
  listFrigates(query: FrigatesQuery, signal: AbortSignal): Promise<Known<readonly FoundFrigate[]>>;

  /** What is followed instead of asked again and again. */
  readonly watches: Watches;

  /** Whose a token is and what that user may do; asked by `serve` about its callers. */
  readonly reviews: AccessReviews;

  /** Ends idle connections. */
  close(): void;
}
