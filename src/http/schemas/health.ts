import * as z from 'zod';
import {named, time} from './common.js';

const status = z.enum(['healthy', 'degraded', 'unhealthy']);

/** The health check response of every service here: the daemon's own health, never a Frigate's. */
export const healthSchema = named(
  'ServiceHealth',
  z.strictObject({
    status,
    timestamp: time,
    service: z.literal('frigate-health'),
    version: z.string(),
    checks: z.record(z.string(), status),
    metadata: z.strictObject({uptime_seconds: z.int().min(0), last_error: z.string().nullable()}),
  }),
);
