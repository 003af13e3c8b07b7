/** The small objects: claims, CronJobs, ConfigMaps. */
import * as z from 'zod';
import type {CronJob, PersistentClaim} from '../../core/observation/observation.js';
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

export const cronJobObject = z
  .object({
    metadata,
    spec: z.object({schedule: z.string(), suspend: z.boolean().nullish()}),
    status: z.object({lastScheduleTime: optionalTime, lastSuccessfulTime: optionalTime}).nullish(),
  })
  .transform(({metadata: meta, spec, status}): CronJob => ({
    name: meta.name,
    suspended: spec.suspend === true,
    schedule: spec.schedule,
    lastScheduled: status?.lastScheduleTime ?? null,
    lastSuccessful: status?.lastSuccessfulTime ?? null,
    createdAt: meta.creationTimestamp,
  }));

const managed = z.object({
  manager: z.string().nullish(),
  operation: z.string().nullish(),
  time: optionalTime,
  subresource: optionalText,
});

/** Only what is there: an empty map or list would be something that nobody wrote. */
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
