/** The incident document v1: what the web hook sends and MQTT publishes. Fields are only ever added within v1. */
import * as z from 'zod';
import type {Notice} from '../../core/incident/notice.js';
import {textOf, titleOf} from '../../core/incident/notice.js';
import {timeOf} from './format.js';

const time = z.iso.datetime();

export const incidentDocument = z.strictObject({
  apiVersion: z.literal('frigate-health.io/v1'),
  kind: z.literal('IncidentNotification'),
  /** Stable over retries: the same key is the same notification. */
  key: z.string().min(1).max(120),
  event: z.enum(['began', 'worse', 'reminder', 'ended', 'test']),
  severity: z.enum(['critical', 'warning', 'resolved']),
  title: z.string().max(150),
  text: z.string(),
  frigate: z.strictObject({
    namespace: z.string(),
    name: z.string(),
    /** `deployment/frigate`. */
    workload: z.string(),
    /** The kubeconfig context; `null` inside the cluster. */
    cluster: z.string().nullable(),
  }),
  incident: z.strictObject({
    id: z.string(),
    since: time,
    /** `null` while it goes on. */
    resolvedAt: time.nullable(),
    cause: z.string(),
    fact: z.string().max(200),
    worst: z.enum(['critical', 'warning']),
  }),
  health: z.enum(['healthy', 'degraded', 'unhealthy', 'starting', 'paused', 'unknown']),
  /** What automatic repair did or will do. */
  repair: z.string().max(300),
  /** The command that shows all findings. */
  command: z.string().max(300),
  findings: z.array(z.strictObject({id: z.string(), status: z.string(), summary: z.string().max(200)})).max(8),
  decidedAt: time,
  sentAt: time,
  version: z.string(),
});

export type IncidentDocument = z.infer<typeof incidentDocument>;

export const documentOf = (notice: Notice): IncidentDocument => ({
  apiVersion: 'frigate-health.io/v1',
  kind: 'IncidentNotification',
  key: notice.key.slice(0, 120),
  event: notice.event,
  severity: notice.severity,
  title: titleOf(notice),
  text: textOf(notice),
  frigate: {...notice.frigate, cluster: notice.cluster},
  incident: {
    id: notice.incident.id,
    since: timeOf(notice.incident.since),
    resolvedAt: notice.event === 'ended' ? timeOf(notice.at) : null,
    cause: notice.incident.cause,
    fact: notice.fact,
    worst: notice.weight,
  },
  health: notice.health,
  repair: notice.repair,
  command: notice.command,
  findings: notice.findings.map((finding) => ({...finding})),
  decidedAt: timeOf(notice.at),
  sentAt: timeOf(notice.sentAt),
  version: notice.version,
});
