/** Kubernetes objects as the simulated API server keeps them: plain JSON with typed metadata. */
import type {Json} from '../json.js';

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedField {
  manager: string;
  operation: string;
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Json;
  subresource?: string;
}

export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedField[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

/** An object before the server has completed its metadata. */
export type Draft = Omit<KubeObject, 'metadata' | 'apiVersion' | 'kind'> & {
  apiVersion?: string;
  kind?: string;
  metadata: Partial<Metadata>;
  [field: string]: unknown;
};

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime: string;
  [field: string]: unknown;
}

export interface HttpProbe {
  path: string;
  port: number;
}

export interface ContainerTemplate {
  name: string;
  image: string;
  ports?: Array<{name?: string; containerPort: number; protocol?: string}>;
  resources?: {limits?: Record<string, string>; requests?: Record<string, string>};
  volumeMounts?: Array<{name: string; mountPath: string; readOnly?: boolean}>;
  readinessProbe?: {httpGet?: HttpProbe; periodSeconds?: number};
  [field: string]: unknown;
}

export interface PodSpec {
  containers: ContainerTemplate[];
  initContainers?: ContainerTemplate[];
  volumes?: Array<{name: string; [field: string]: unknown}>;
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  tolerations?: Array<{key?: string; operator?: string; value?: string; effect?: string; tolerationSeconds?: number}>;
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface PodTemplate {
  metadata: {labels?: Record<string, string>; annotations?: Record<string, string>};
  spec: PodSpec;
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  containerID?: string;
  state: Record<string, Record<string, Json>>;
  lastState: Record<string, Record<string, Json>>;
}

export interface PodObject extends KubeObject {
  spec: PodSpec;
  status: {
    phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    reason?: string;
    message?: string;
    conditions: Condition[];
    podIP?: string;
    podIPs?: Array<{ip: string}>;
    hostIP?: string;
    startTime?: string;
    containerStatuses?: ContainerStatus[];
    qosClass?: string;
  };
}

export interface WorkloadObject extends KubeObject {
  spec: {
    replicas?: number;
    paused?: boolean;
    selector: {matchLabels: Record<string, string>};
    template: PodTemplate;
    strategy?: {type: 'Recreate' | 'RollingUpdate'; rollingUpdate?: Record<string, Json>};
    updateStrategy?: {type: 'RollingUpdate' | 'OnDelete'};
    progressDeadlineSeconds?: number;
    [field: string]: unknown;
  };
  status: Record<string, unknown>;
}

export interface NodeObject extends KubeObject {
  spec: {unschedulable?: boolean; taints?: Array<{key: string; value?: string; effect: string; timeAdded?: string}>};
  status: {
    conditions: Condition[];
    allocatable: Record<string, string>;
    capacity: Record<string, string>;
    [field: string]: unknown;
  };
}

// The store keeps what clients wrote; the controllers below are the only readers of the inner shapes, so the casts stand here alone.
export const asPod = (object: KubeObject): PodObject => object as PodObject;
export const asWorkload = (object: KubeObject): WorkloadObject => object as WorkloadObject;
export const asNode = (object: KubeObject): NodeObject => object as NodeObject;

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

export const ownedBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

export const ownerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** The container that runs Frigate: by image, never by index. */
export const frigateContainer = (spec: PodSpec): ContainerTemplate | undefined =>
  spec.containers.find((container) => /(^|\/)frigate(:|@|$)/.test(container.image));
