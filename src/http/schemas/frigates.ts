/** `/api/v1/…`: the stable names. Fields are only ever added within v1. */
import * as z from 'zod';
import {
  action,
  attempt,
  breakerState,
  cause,
  checkId,
  checkStatus,
  count,
  decisionSummary,
  evidence,
  foundBy,
  health,
  instanceId,
  kind,
  measure,
  named,
  rule,
  step,
  time,
} from './common.js';

const row = z.strictObject({
  instanceId,
  namespace: z.string(),
  name: z.string(),
  kind,
  url: z.string().nullable(),
  foundBy,
  stale: z.boolean(),
  lastError: z.string().nullable(),
  health,
  cause: cause.nullable(),
  summary: z.string(),
  since: time,
  judgedAt: time.nullable(),
  decision: decisionSummary.nullable(),
  frigateVersion: z.string().nullable(),
  cameras: z
    .strictObject({on: count.describe('Switched on'), delivering: count})
    .nullable()
    .describe('Null: not known'),
});

export const frigateSchema = named('Frigate', row);

export const fleetIncidentSchema = named(
  'FleetIncident',
  z.strictObject({id: z.string(), since: time, cause, common: z.string(), instances: z.array(instanceId)}),
);

export const frigateListSchema = named(
  'FrigateList',
  z.strictObject({
    at: time,
    eventId: z.string().describe('Last-Event-ID for /api/v1/events: what happens after this answer'),
    version: z.string(),
    frigates: z.array(frigateSchema),
    fleetIncidents: z.array(fleetIncidentSchema),
  }),
);

const point = z.strictObject({at: time, fps: measure, skipped: measure});

const camera = z.strictObject({
  name: z.string(),
  status: checkStatus.describe('Skipped: it is switched off'),
  findings: z.array(checkId),
  fps: measure,
  configuredFps: measure,
  processedFps: measure,
  skippedFps: measure,
  detectionFps: measure,
  recording: z.enum(['continuous', 'motion', 'off', 'unknown']),
  newestSegment: time.nullable().describe('End of the newest recording; null: none within an hour, or not asked'),
  trend: z.array(point).describe('The last 20 minutes, oldest first'),
});

const problem = z.strictObject({
  id: z.union([checkId, z.string().regex(/^X-/)]).describe('FRG-nnn, or X-… for a check of your own'),
  title: z.string(),
  status: checkStatus,
  summary: z.string(),
  because: z.string().nullable(),
  evidence: z.array(evidence),
  steps: z.array(step),
  docs: z.string(),
  primary: z.boolean(),
  explains: z.array(checkId).describe('Findings that are consequences of this one'),
});

export const changeSchema = named(
  'StatusChange',
  z.strictObject({at: time, health, cause: cause.nullable(), summary: z.string()}),
);

export const incidentSchema = named(
  'Incident',
  z.strictObject({
    id: z.string(),
    instanceId,
    since: time,
    cause,
    worst: z.enum(['warning', 'critical']),
    stage: z.enum(['warning', 'critical', 'restart', 'breaker-open', 'locked']),
    summary: z.string(),
    findings: z.array(checkId),
    faults: z
      .array(z.strictObject({at: time, summary: z.string()}))
      .describe('What was wrong in its course, oldest first'),
    quietSince: time.nullable().describe('Since when nothing of it is observed any more'),
  }),
);

export const frigateDetailSchema = named(
  'FrigateDetail',
  z.strictObject({
    ...row.shape,
    at: time,
    eventId: z.string(),
    version: z.string(),
    may: z.strictObject({recover: z.boolean()}).describe('What the caller is permitted'),
    problems: z.array(problem).describe('Worst first'),
    repair: z
      .strictObject({
        action,
        rule,
        ruleTitle: z.string(),
        reason: z.string(),
        unblock: z.array(step),
        breaker: z.strictObject({
          state: breakerState,
          used: count,
          limit: count,
          usedToday: count,
          limitPerDay: count,
          until: time.nullable(),
          why: z.string().nullable(),
        }),
        failures: z.strictObject({count, needed: count}),
      })
      .nullable(),
    camerasInDetail: z.array(camera),
    detectors: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string().nullable(),
        status: checkStatus,
        inferenceMs: measure,
        busySeconds: measure,
      }),
    ),
    storage: z.array(
      z.strictObject({
        path: z.string(),
        type: z.string().nullable(),
        totalMiB: measure,
        freeMiB: measure,
        forecast: z.enum(['full', 'full-in', 'steady', 'unknown']),
        fullAt: time.nullable().describe('With the forecast full-in'),
      }),
    ),
    pod: z
      .strictObject({
        name: z.string(),
        phase: z.string(),
        node: z.string().nullable(),
        nodeReady: z.boolean().nullable(),
        startedAt: time.nullable(),
        restarts: count.nullable(),
        lastExit: z.strictObject({code: z.int(), reason: z.string(), finishedAt: time.nullable()}).nullable(),
      })
      .nullable(),
    restarts: z.array(attempt).describe('Newest first'),
    timeline: z.array(changeSchema).describe('Of the last 24 hours, oldest first'),
    incident: incidentSchema.nullable(),
  }),
);

export const historySchema = named(
  'History',
  z.strictObject({
    instanceId,
    changes: z.array(changeSchema).describe('Of the last 24 hours, oldest first'),
    restarts: z.array(attempt).describe('Of the last 7 days, newest first'),
    incident: incidentSchema.nullable(),
    decisions: z.array(z.strictObject({at: time, health, action, rule, reason: z.string()})),
  }),
);

export const incidentListSchema = named(
  'IncidentList',
  z.strictObject({at: time, incidents: z.array(incidentSchema), fleet: z.array(fleetIncidentSchema)}),
);

/** The data of a server-sent event `tick`. */
export const tickSchema = named(
  'Tick',
  z.strictObject({
    at: time,
    frigates: count,
    silent: z.array(instanceId).describe('Frigates that were not judged within the last minute'),
  }),
);

export const debugFailureSchema = named('DebugFailure', z.strictObject({status: z.literal('failing'), until: time}));
