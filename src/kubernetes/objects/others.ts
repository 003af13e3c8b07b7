/** The small objects: claims, CronJobs, ConfigMaps. */
import * as z from 'zod';
import {namesSecret} from '../../core/mask.js';
import type {
  CronJob,
  InstalledDaemon,
  InstalledEnvironment,
  PersistentClaim,
} from '../../core/observation/observation.js';
import type {ConfigMap, ForeignParts} from '../cluster.js';
import {listOf, metadata, optionalText, optionalTime, textMap} from './metadata.js';

export const claimObject = z
  .object({
    metadata,
    spec: z.object({accessModes: listOf(z.string())}),
    status: z.object({phase: optionalText}).nullish(),
  })
  .transform(({metadata: meta, spec, status}): PersistentClaim => ({
    name: meta.name,
    accessModes: spec.accessModes,
    phase: status?.phase ?? 'Pending',
  }));

const named = z.object({name: optionalText}).nullish();
const variable = z.object({
  name: z.string(),
  value: z.string().nullish(),
  valueFrom: z.object({secretKeyRef: named, configMapKeyRef: named}).nullish(),
});
const checkerContainer = z.object({
  args: listOf(z.string()),
  image: optionalText,
  env: listOf(variable),
  envFrom: listOf(z.object({secretRef: named, configMapRef: named})),
});
/** An environment that is not as Kubernetes has it hides no CronJob. */
const podContainers = z
  .object({
    template: z.object({spec: z.object({containers: listOf(checkerContainer)}).nullish()}).nullish(),
  })
  .nullish()
  .catch(null);

const objectNamed = (secret: z.output<typeof named>, map: z.output<typeof named>): string => {
  if (secret) return `Secret ${secret.name ?? ''}`.trim();
  return map ? `ConfigMap ${map.name ?? ''}`.trim() : 'the pod itself';
};

/** That of the container which runs the command; a sidecar has no say. */
const environmentOf = (
  containers: ReadonlyArray<z.output<typeof checkerContainer>>,
  command: 'run-cron' | 'serve',
): InstalledEnvironment | null => {
  const container =
    containers.find(({args, image}) => args.includes(command) || image?.includes('frigate-health') === true) ??
    containers[0];
  if (container === undefined) return null;
  const values = new Map<string, string>();
  const references = new Map<string, string>();
  for (const {name, value, valueFrom} of container.env)
    if (valueFrom) references.set(name, objectNamed(valueFrom.secretKeyRef, valueFrom.configMapKeyRef));
    else if (namesSecret(name)) references.set(name, 'the manifest');
    else values.set(name, value ?? '');
  return {
    values,
    references,
    imports: container.envFrom.map(({secretRef, configMapRef}) => objectNamed(secretRef, configMapRef)),
  };
};

export const cronJobObject = z
  .object({
    metadata,
    spec: z.object({
      schedule: z.string(),
      suspend: z.boolean().nullish(),
      jobTemplate: z.object({spec: podContainers}).nullish().catch(null),
    }),
    status: z.object({lastScheduleTime: optionalTime, lastSuccessfulTime: optionalTime}).nullish(),
  })
  .transform(({metadata: meta, spec, status}): Omit<CronJob, 'interval'> => {
    const environment = environmentOf(spec.jobTemplate?.spec?.template?.spec?.containers ?? [], 'run-cron');
    return {
      name: meta.name,
      ...(environment === null ? {} : {environment}),
      suspended: spec.suspend === true,
      schedule: spec.schedule,
      lastScheduled: status?.lastScheduleTime ?? null,
      lastSuccessful: status?.lastSuccessfulTime ?? null,
      createdAt: meta.creationTimestamp,
    };
  });

/** `null`: its pods have no container. */
export const daemonObject = z
  .object({metadata, spec: podContainers})
  .transform(({metadata: {name}, spec}): InstalledDaemon | null => {
    const environment = environmentOf(spec?.template?.spec?.containers ?? [], 'serve');
    return environment === null ? null : {name, environment};
  });

const managed = z.object({
  manager: z.string().nullish(),
  operation: z.string().nullish(),
  time: optionalTime,
  subresource: optionalText,
});

/** Only what is there: an empty map or list would not be in the manifest. */
const foreignParts = (
  immutable: boolean,
  binaryData: Readonly<Record<string, string>>,
  finalizers: readonly string[],
  ownerReferences: readonly unknown[],
): ForeignParts => ({
  ...(immutable ? {immutable} : {}),
  ...(Object.keys(binaryData).length === 0 ? {} : {binaryData}),
  ...(finalizers.length === 0 ? {} : {finalizers}),
  ...(ownerReferences.length === 0 ? {} : {ownerReferences}),
});

export const configMapObject = z
  .object({
    // The owners word by word, for they are written back.
    metadata: metadata.extend({
      managedFields: listOf(managed),
      finalizers: listOf(z.string()),
      ownerReferences: listOf(z.unknown()),
    }),
    data: textMap,
    binaryData: textMap,
    immutable: z.boolean().nullish(),
  })
  .transform(({metadata: meta, data, binaryData, immutable}): ConfigMap => ({
    name: meta.name,
    namespace: meta.namespace ?? '',
    uid: meta.uid,
    resourceVersion: meta.resourceVersion ?? '',
    data: new Map(Object.entries(data)),
    managers: meta.managedFields
      .map(({manager, operation, time}) => ({name: manager ?? '', operation: operation ?? '', at: time}))
      .sort((a, b) => (a.at ?? 0) - (b.at ?? 0)),
    labels: new Map(Object.entries(meta.labels)),
    annotations: new Map(Object.entries(meta.annotations)),
    foreign: foreignParts(immutable === true, binaryData, meta.finalizers, meta.ownerReferences),
  }));
