/** What the tests read out of answers: every field that some answer has, in one shape. */
import type {Condition, ContainerStatus, ManagedField, Metadata} from '../../src/simulator/api/objects.js';

export interface StatsShape {
  cameras: Record<string, {camera_fps: number; process_fps: number; skipped_fps: number}>;
  cpu_usages: Record<string, object>;
  processes: Record<string, {pid: number}>;
  service: {last_updated: number; storage: Record<string, {free: number; mount_type: string}>};
}

export interface ContainerShape extends Omit<ContainerStatus, 'state' | 'lastState'> {
  state: {waiting?: {reason: string; message?: string}; running?: {startedAt: string}};
  lastState: {terminated?: {reason: string; exitCode: number}};
}

/** A status is an object in objects and a word in a `Status`. */
type StatusShape = string & {
  phase: string;
  podIP: string;
  conditions: Array<Condition & {reason: string}>;
  containerStatuses: [ContainerShape, ...ContainerShape[]];
  allowed: boolean;
  resourceRules: object[];
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
};

export interface Answered extends StatsShape {
  kind: string;
  type: string;
  code: number;
  message: string;
  reason: string;
  details: {causes?: object[]};
  items: Answered[];
  object: Answered;
  data: Record<string, string>;
  metadata: Omit<Metadata, 'managedFields' | 'labels'> & {
    labels: Record<string, string>;
    managedFields: Array<ManagedField & {fieldsV1: {'f:data'?: object}}>;
    continue: string;
    remainingItemCount: number;
  };
  spec: {replicas: number; template: {metadata: {annotations: Record<string, string>}}};
  status: StatusShape;
}

/** The condition of that type; a failed assertion of the test where there is none. */
export const conditionOf = (object: Answered, type: string): Condition & {reason: string} => {
  const found = object.status.conditions.find((condition) => condition.type === type);
  if (found === undefined) throw new Error(`${object.metadata.name} has no condition ${type}`);
  return found;
};
