/** `/api/quality/…`: the blocks have the names of the health reports that this API follows; null where Frigate has no such source. */
import * as z from 'zod';
import {
  attempt,
  breakerState,
  cause,
  checkId,
  checkStatus,
  count,
  health,
  instanceId,
  kind,
  measure,
  named,
  step,
  time,
} from './common.js';

const observed = {
  observed_at: time.nullable().describe('When the newest source of the block was observed'),
  fresh: z.boolean().describe('Not older than a minute'),
};

const quality = z.enum(['good', 'reduced', 'none']).nullable();

const video = z.strictObject({
  ...observed,
  available: z.boolean().nullable(),
  estimated_frame_rate: measure.describe('Mean of the cameras that are switched on, frames per second'),
  cameras: z.array(
    z.strictObject({
      name: z.string(),
      status: checkStatus,
      frame_rate: measure,
      configured_frame_rate: measure,
      skipped_frame_rate: measure,
      last_segment: time.nullable().describe('End of the newest recording'),
      quality,
    }),
  ),
});

const audio = z.strictObject({
  ...observed,
  available: z.boolean().nullable(),
  estimated_level: measure.describe('Null: Frigate reports no level'),
});

const performance = z.strictObject({
  ...observed,
  cpu_usage: measure.describe('Of the host, percent'),
  memory_usage: measure.describe('Of the host, percent'),
  load_average: measure.describe('Null: there is no source'),
  frigate_cpu: measure.describe('Of all processes of the pod, percent of a core'),
  frigate_memory: measure.describe(
    'Working set of the container, percent of the memory limit; null: no limit is set, or the use is not known',
  ),
  processes: z.array(z.strictObject({name: z.string(), pid: z.int(), cpu: measure, memory: measure})),
  detectors: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string().nullable(),
      inference_ms: measure,
      busy_seconds: measure.describe('How long the inference under way has run; null: none is'),
    }),
  ),
  gpu: z
    .array(z.strictObject({name: z.string(), load: measure, memory: measure}))
    .nullable()
    .describe('Null: Frigate reports none'),
});

const network = z.strictObject({
  ...observed,
  transports: z.array(
    z.strictObject({
      via: z.enum(['direct', 'proxy', 'exec', 'port-forward', 'url']),
      status: z.enum(['alive', 'dead', 'unknown']),
      latency_ms: measure,
      detail: z.string().nullable(),
    }),
  ),
  reconnects_per_hour: measure.describe('Restarts of ffmpeg, from the log'),
  stalls_per_hour: measure.describe('Cameras without frames for 20 s, from the log'),
  go2rtc: z
    .strictObject({status: z.enum(['up', 'hung']), streams: count, connected: count, latency_ms: measure})
    .nullable(),
  mqtt: z.strictObject({enabled: z.boolean(), disconnects: count.nullable()}).nullable(),
});

export const failureType = z
  .enum(['network', 'process', 'client', 'mixed'])
  .nullable()
  .describe('Null: nothing is wrong, or it is not known');

export const deepHealthSchema = named(
  'DeepHealth',
  z.strictObject({
    instanceId,
    status: health,
    timestamp: time.nullable().describe('When it was judged; null: not yet'),
    summary: z.string(),
    cause: cause.nullable(),
    failureType,
    video,
    audio,
    performance,
    network,
    recommendations: z.array(z.strictObject({check: checkId, summary: z.string(), steps: z.array(step)})),
    kubernetes: z
      .strictObject({
        namespace: z.string(),
        workload: z.strictObject({kind, name: z.string()}),
        pod: z.string().nullable(),
        node: z.string().nullable(),
        owner: z.string().nullable(),
        restarts: count.nullable().describe('Of the container, by the kubelet'),
        last_exit: z.strictObject({code: z.int(), reason: z.string(), finished_at: time.nullable()}).nullable(),
      })
      .nullable()
      .describe('Null: it runs outside Kubernetes'),
  }),
);

export const deepHealthListSchema = named(
  'DeepHealthList',
  z.strictObject({
    status: health.describe('The worst of all'),
    timestamp: time,
    instances: z.array(deepHealthSchema),
  }),
);

export const recoverBodySchema = named(
  'RecoverRequest',
  z.strictObject({
    reason: z.string().trim().min(3).max(500).describe('Stands in the record of the restart'),
    force: z.boolean().default(false).describe('Overrides every rule but R-01 and R-02; it is counted all the same'),
  }),
);

export const recoverAcceptedSchema = named(
  'RecoverAccepted',
  z.strictObject({id: instanceId, action: z.literal('restart'), attempt: z.string()}),
);

export const recoveryStatusSchema = named(
  'RecoveryStatus',
  z.strictObject({
    timestamp: time,
    instances: z.array(
      z.strictObject({
        instanceId,
        attempts: z.array(attempt).describe('Of the last 7 days, newest first'),
        breaker: z
          .strictObject({state: breakerState, until: time.nullable(), why: z.string().nullable()})
          .nullable()
          .describe('Null: not judged yet'),
        budget: z
          .strictObject({
            limit_per_hour: count,
            used_last_hour: count,
            limit_per_day: count,
            used_last_day: count,
          })
          .nullable(),
      }),
    ),
  }),
);
