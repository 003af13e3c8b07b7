/** The small objects: claims, CronJobs, ConfigMaps. */
import * as z from 'zod';
import type {CronJob, PersistentClaim} from '../../core/observation/observation.js';
import type {ConfigMap} from '../cluster.js';
import {listOf, metadata, optionalText, optionalTime, textMap} from './metadata.js';

export const claimObject = z
  .object({
    metadata,
    spec: z.object({accessModes: listOf(z.string())}),
    status: z.object({phase: optionalText}).nullish(),
  })
  .transform(({metadata: meta, spec, status}): PersistentClaim => ({name: meta.name, accessModes: spec.accessModes, phase: status?.phase ?? 'Pending'}));

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

const managed = z.object({manager: z.string().nullish(), operation: z.string().nullish(), time: optionalTime, subresource: optionalText});

export const configMapObject = z
  .object({metadata: metadata.extend({managedFields: listOf(managed)}), data: textMap})
  .transform(({metadata: meta, data}): ConfigMap => ({
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
  }));
