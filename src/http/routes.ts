/** Every route once: what it is called, who may ask it, what it takes and what it answers. The router and the OpenAPI document are made from it. */
import type * as z from 'zod';
import {checkReportSchema} from '../report/schema.js';
import {named} from './schemas/common.js';
import {
  debugFailureSchema,
  frigateDetailSchema,
  frigateListSchema,
  historySchema,
  incidentListSchema,
} from './schemas/frigates.js';
import {healthSchema} from './schemas/health.js';
import {discoveryInfoSchema, instanceListSchema, refreshSchema} from './schemas/instances.js';
import {
  deepHealthListSchema,
  deepHealthSchema,
  recoverAcceptedSchema,
  recoverBodySchema,
  recoveryStatusSchema,
} from './schemas/quality.js';

named('CheckReport', checkReportSchema);

/** `recover`: the caller must be permitted to patch the workload; the handler asks, because only it knows which. */
export type RouteAccess = 'open' | 'read' | 'write' | 'recover';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly access: RouteAccess;
  readonly body?: z.ZodType;
  /** JSON answers that are no problem, by status. `text/html` and event streams: a media type instead of a schema. */
  readonly answers: Readonly<
    Record<number, z.ZodType | 'text/html' | 'text/plain' | 'text/event-stream' | 'application/openapi+json'>
  >;
  /** Statuses of problem documents beside those that the access brings. */
  readonly problems?: readonly number[];
}

export const ROUTES = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Whether the daemon works; 503 only where a restart of it would help',
    access: 'open',
    answers: {200: healthSchema, 503: healthSchema},
  },
  ready: {
    method: 'GET',
    path: '/ready',
    summary: 'Whether the daemon has observed every Frigate once',
    access: 'open',
    answers: {200: healthSchema, 503: healthSchema},
  },
  startup: {
    method: 'GET',
    path: '/startup',
    summary: 'Whether the configuration is read and the listeners run',
    access: 'open',
    answers: {200: healthSchema},
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics of the daemon and of every Frigate in the text format of Prometheus',
    access: 'open',
    answers: {200: 'text/plain'},
    problems: [404],
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    access: 'read',
    answers: {200: 'application/openapi+json'},
  },
  instances: {
    method: 'GET',
    path: '/api/instances',
    summary: 'The Frigates that were found or are listed in a file',
    access: 'read',
    answers: {200: instanceListSchema},
  },
  discoveryInfo: {
    method: 'GET',
    path: '/api/instances/discovery-info',
    summary: 'How the Frigates were found',
    access: 'read',
    answers: {200: discoveryInfoSchema},
  },
  refresh: {
    method: 'POST',
    path: '/api/instances/refresh',
    summary: 'Search for Frigates now',
    access: 'write',
    answers: {202: refreshSchema},
  },
  deepHealthList: {
    method: 'GET',
    path: '/api/quality/deep-health',
    summary: 'Video, audio, performance and network of every Frigate',
    access: 'read',
    answers: {200: deepHealthListSchema},
  },
  deepHealth: {
    method: 'GET',
    path: '/api/quality/deep-health/:instanceId',
    summary: 'Video, audio, performance and network of one Frigate',
    access: 'read',
    answers: {200: deepHealthSchema},
    problems: [404],
  },
  recover: {
    method: 'POST',
    path: '/api/quality/recover/:instanceId',
    summary: 'Restart one Frigate, if a restart cures what is wrong and no rule refuses it',
    access: 'recover',
    body: recoverBodySchema,
    answers: {202: recoverAcceptedSchema},
    problems: [404, 409],
  },
  recoveryStatus: {
    method: 'GET',
    path: '/api/quality/recovery-status',
    summary: 'The restarts of the last 7 days and whether each helped',
    access: 'read',
    answers: {200: recoveryStatusSchema},
  },
  frigates: {
    method: 'GET',
    path: '/api/v1/frigates',
    summary: 'Every Frigate in one line',
    access: 'read',
    answers: {200: frigateListSchema},
  },
  frigate: {
    method: 'GET',
    path: '/api/v1/frigates/:namespace/:name',
    summary: 'One Frigate in full',
    access: 'read',
    answers: {200: frigateDetailSchema},
    problems: [404],
  },
  report: {
    method: 'GET',
    path: '/api/v1/frigates/:namespace/:name/report',
    summary: 'The report of `check -o json`',
    access: 'read',
    answers: {200: checkReportSchema},
    problems: [404, 409],
  },
  history: {
    method: 'GET',
    path: '/api/v1/frigates/:namespace/:name/history',
    summary: 'Status changes, restarts and the incident of one Frigate',
    access: 'read',
    answers: {200: historySchema},
    problems: [404],
  },
  incidents: {
    method: 'GET',
    path: '/api/v1/incidents',
    summary: 'Incidents of single Frigates and of the fleet',
    access: 'read',
    answers: {200: incidentListSchema},
  },
  events: {
    method: 'GET',
    path: '/api/v1/events',
    summary:
      'Changes as server-sent events: frigate (Frigate), removed, incidents (FleetIncident list), tick (Tick), resync',
    access: 'read',
    answers: {200: 'text/event-stream'},
    problems: [429],
  },
  debugFail: {
    method: 'POST',
    path: '/debug/fail',
    summary: 'Pretend a failure of the daemon for 60 s, to try an alert (only with --enable-debug)',
    access: 'write',
    answers: {202: debugFailureSchema},
    problems: [404],
  },
  overviewPage: {
    method: 'GET',
    path: '/',
    summary: 'The status page',
    access: 'read',
    answers: {200: 'text/html'},
    problems: [404],
  },
  frigatePage: {
    method: 'GET',
    path: '/frigates/:namespace/:name',
    summary: 'The status page of one Frigate',
    access: 'read',
    answers: {200: 'text/html', 404: 'text/html'},
    problems: [404],
  },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;
