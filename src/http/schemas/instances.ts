import * as z from 'zod';
import {cause, count, foundBy, health, instanceId, kind, named, time} from './common.js';

export const instanceSchema = named(
  'Instance',
  z.strictObject({
    id: instanceId,
    namespace: z.string(),
    name: z.string(),
    kind,
    url: z.string().nullable().describe('Of a static Frigate outside Kubernetes'),
    foundBy,
    stale: z.boolean().describe('Its source has not answered since; the last known good entry is kept'),
    lastError: z.string().nullable(),
    status: health,
    cause: cause.nullable(),
    since: time,
  }),
);

export const instanceListSchema = named(
  'InstanceList',
  z.strictObject({timestamp: time, instances: z.array(instanceSchema)}),
);

export const discoveryInfoSchema = named(
  'DiscoveryInfo',
  z.strictObject({
    mode: z.enum(['auto', 'static', 'mixed']),
    namespaces: z.array(z.string()).describe('Empty: all namespaces'),
    services: z.array(
      z.strictObject({id: instanceId, namespace: z.string(), name: z.string(), kind, foundBy, stale: z.boolean()}),
    ),
    cache: z.strictObject({
      age_seconds: z.number().min(0).nullable().describe('Since the last relist; null: there was none yet'),
      ttl_seconds: z.number().min(0),
      last_relist: time.nullable(),
    }),
    lastError: z.string().nullable(),
    count,
  }),
);

export const refreshSchema = named(
  'RefreshAccepted',
  z.strictObject({status: z.literal('accepted'), timestamp: time, lastRelist: time.nullable()}),
);
