/** Deployments, StatefulSets and DaemonSets as one shape. */
import * as z from 'zod';
import {PAUSED_REASON, PAUSED_UNTIL, type PauseAnnotation} from '../../core/pause.js';
import type {Workload, WorkloadKind} from '../../core/observation/workload.js';
import type {Instant} from '../../core/time.js';
import {parseInstant} from '../../core/time.js';
import type {Labels} from '../label-selector.js';
import {selectorText} from '../label-selector.js';
import type {ContainerSpec} from '../workloads/frigate-container.js';
import {chooseContainer} from '../workloads/frigate-container.js';
import {condition, listOf, metadata, optionalCount, optionalText, textMap} from './metadata.js';
import type {PodSpec} from './template.js';
import {containerSpecs, podSpec, podTemplate} from './template.js';

/** The annotation that `kubectl rollout restart` sets on the pod template. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
/** The fencing token of the last restart of ours (docs/how-it-decides.md, "The restart"). */
export const ATTEMPT = 'frigate-health.io/attempt';

const intOrPercent = z.union([z.number(), z.string()]).nullish();

export const workloadObject = z.object({
  metadata,
  spec: z.object({
    replicas: z.number().nullish(),
    paused: z.boolean().nullish(),
    selector: z.object({
      matchLabels: textMap,
      matchExpressions: listOf(z.object({key: z.string(), operator: z.string(), values: listOf(z.string())})),
    }),
    strategy: z
      .object({type: optionalText, rollingUpdate: z.object({maxUnavailable: intOrPercent}).nullish()})
      .nullish(),
    updateStrategy: z.object({type: optionalText}).nullish(),
    volumeClaimTemplates: listOf(z.object({metadata: z.object({name: z.string()})})),
    template: z.object({metadata: z.object({labels: textMap, annotations: textMap}).nullish(), spec: podSpec}),
  }),
  status: z
    .object({
      observedGeneration: z.number().nullish(),
      replicas: optionalCount,
      updatedReplicas: optionalCount,
      readyReplicas: optionalCount,
      availableReplicas: optionalCount,
      desiredNumberScheduled: optionalCount,
      currentNumberScheduled: optionalCount,
      updatedNumberScheduled: optionalCount,
      numberReady: optionalCount,
      numberAvailable: optionalCount,
      updateRevision: optionalText,
      conditions: listOf(condition),
    })
    .prefault({}),
});

type WorkloadObject = z.output<typeof workloadObject>;

/** A workload with the fields that only src/kubernetes needs. */
export interface FoundWorkload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly desiredReplicas: number;
  /** Its own. */
  readonly annotations: Labels;
  /** The labels of its own and of its pods. */
  readonly labels: Labels;
  readonly podLabels: Labels;
  /** The pod template's. */
  readonly templateAnnotations: Labels;
  readonly containers: readonly ContainerSpec[];
  /** Frigate's container; `null` when none is recognisably Frigate's. */
  readonly container: ContainerSpec | null;
  /** `status.updateRevision` of a StatefulSet. */
  readonly updateRevision: string | null;
  /** The workload in our own words; `null` without a container. Its revisions are empty. */
  readonly workload: Workload | null;
}

interface Counts {
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly current: number;
}

/** A DaemonSet counts nodes where the other two count replicas. */
const countsOf = (kind: WorkloadKind, {spec, status}: WorkloadObject): Counts =>
  kind === 'DaemonSet'
    ? {
        desired: status.desiredNumberScheduled,
        updated: status.updatedNumberScheduled,
        ready: status.numberReady,
        available: status.numberAvailable,
        current: status.currentNumberScheduled,
      }
    : {
        desired: spec.replicas ?? 1,
        updated: status.updatedReplicas,
        ready: status.readyReplicas,
        available: status.availableReplicas,
        current: status.replicas,
      };

const strategyOf = (kind: WorkloadKind, {spec}: WorkloadObject): Workload['strategy'] => {
  const type = kind === 'Deployment' ? spec.strategy?.type : spec.updateStrategy?.type;
  return type === 'Recreate' || type === 'OnDelete' ? type : 'RollingUpdate';
};

/** Kubernetes rounds a percentage of unavailable pods down; 25 % is its default. */
const maxUnavailableOf = (kind: WorkloadKind, desired: number, {spec}: WorkloadObject): number | null => {
  if (kind !== 'Deployment' || strategyOf(kind, {spec} as WorkloadObject) !== 'RollingUpdate') return null;
  const given = spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%';
  if (typeof given === 'number') return given;
  const percent = /^(\d+)%$/.exec(given);
  return percent === null ? null : Math.floor((Number(percent[1]) * desired) / 100);
};

/** `data-frigate-0`: the claims that a StatefulSet makes for its first pod. */
const claimTemplates = ({metadata: {name}, spec}: WorkloadObject): readonly string[] =>
  spec.volumeClaimTemplates.map((claim) => `${claim.metadata.name}-${name}-0`);

const instantOf = (text: string | undefined): Instant | null => (text === undefined ? null : parseInstant(text));

const pauseOf = (annotations: Labels): PauseAnnotation | null => {
  const until = annotations[PAUSED_UNTIL];
  return until === undefined || until.trim() === '' ? null : {until, reason: annotations[PAUSED_REASON] ?? null};
};

const describeWorkload = (
  kind: WorkloadKind,
  object: WorkloadObject,
  container: ContainerSpec,
  spec: PodSpec,
): Workload | null => {
  const template = podTemplate(spec, container.name, claimTemplates(object));
  if (template === null) return null;
  const {metadata: meta, status} = object;
  const counts = countsOf(kind, object);
  const annotations = object.spec.template.metadata?.annotations ?? {};
  return {
    kind,
    namespace: meta.namespace ?? '',
    name: meta.name,
    uid: meta.uid,
    resourceVersion: meta.resourceVersion ?? '',
    createdAt: meta.creationTimestamp,
    generation: meta.generation,
    observedGeneration: status.observedGeneration ?? null,
    desiredReplicas: counts.desired,
    updatedReplicas: counts.updated,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    currentReplicas: counts.current,
    paused: object.spec.paused === true,
    pause: pauseOf(meta.annotations),
    strategy: strategyOf(kind, object),
    maxUnavailable: maxUnavailableOf(kind, counts.desired, object),
    selector: selectorText(object.spec.selector),
    conditions: status.conditions,
    restartedAt: instantOf(annotations[RESTARTED_AT]),
    attempt: annotations[ATTEMPT] ?? null,
    annotated: Object.keys(annotations).length > 0,
    revisions: [],
    template,
  };
};

/** Reads one object of the given kind. */
export const foundWorkload = (kind: WorkloadKind, object: WorkloadObject): FoundWorkload => {
  const {spec} = object.spec.template;
  const containers = containerSpecs(spec);
  const container = chooseContainer(containers);
  return {
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    uid: object.metadata.uid,
    generation: object.metadata.generation,
    desiredReplicas: countsOf(kind, object).desired,
    annotations: object.metadata.annotations,
    labels: object.metadata.labels,
    podLabels: object.spec.template.metadata?.labels ?? {},
    templateAnnotations: object.spec.template.metadata?.annotations ?? {},
    containers,
    container,
    updateRevision: object.status.updateRevision,
    workload: container === null ? null : describeWorkload(kind, object, container, spec),
  };
};

/** One of a list of any workloads. */
export interface ListedWorkload {
  readonly uid: string;
  /** `null`: it cannot be read, which concerns nobody but its owner: one odd object must not hide all others. */
  readonly found: FoundWorkload | null;
}

const identified = z.looseObject({metadata: z.looseObject({uid: z.string().min(1)})});

export const listedWorkload = (kind: WorkloadKind): z.ZodType<ListedWorkload> =>
  identified.transform((object): ListedWorkload => {
    const parsed = workloadObject.safeParse(object);
    return {uid: object.metadata.uid, found: parsed.success ? foundWorkload(kind, parsed.data) : null};
  });
