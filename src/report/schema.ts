/** The published schema of `check -o json`. Within v1 fields are only ever added; readers must tolerate unknown values of the enumerations. */
import * as z from 'zod';
import {isCheckId, type CheckId, type CustomId} from '../core/check-table.js';
import type {CheckReport} from '../outcome/check-report.js';

const statuses = ['ok', 'info', 'warning', 'critical', 'unknown', 'skipped'] as const;
const checkId = z.templateLiteral(['FRG-', z.int().min(100).max(999)]).refine((id): id is CheckId => isCheckId(id));
const customId = z
  .templateLiteral(['X-', z.string().min(1).max(32)])
  .refine((id): id is CustomId => id.startsWith('X-'));
const cause = z.enum([
  'cluster',
  'node',
  'workload',
  'process',
  'detector',
  'camera',
  'network',
  'recording',
  'storage',
  'memory',
  'config',
  'dependency',
  'checker',
  'mixed',
]);
const count = z.int().min(0);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const time = z.iso.datetime().describe('RFC 3339, UTC');

const evidence = z.strictObject({
  name: z.string(),
  value: scalar.nullable(),
  limit: scalar.exactOptional(),
  unit: z.string().exactOptional(),
});

const check = z.strictObject({
  id: z.union([checkId, customId]).describe('FRG-nnn, or X-… for a check of the file FRIGATE_HC_CHECKS_FILE'),
  category: z.enum([
    'cluster',
    'node',
    'workload',
    'frigate',
    'detectors',
    'cameras',
    'recording',
    'resources',
    'services',
    'alerts',
    'custom',
  ]),
  title: z.string(),
  status: z.enum(statuses),
  summary: z.string(),
  evidence: z.array(evidence),
  cause: cause.nullable(),
  cure: z.enum(['restart', 'none']),
  judged: z
    .literal(false)
    .exactOptional()
    .describe('Present while it is too early to say whether a restart cures it: then `cure` says nothing'),
  object: z.strictObject({kind: z.string(), name: z.string()}).nullable(),
  because: z.string().nullable().describe('For skipped and unknown: the check id or the reason'),
  fix: z.string().nullable().describe('The command or sentence to type next'),
  steps: z
    .array(z.union([z.strictObject({command: z.string()}), z.strictObject({text: z.string()})]))
    .describe('What to do next: commands to type and texts to read, in order'),
  docs: z.string(),
  durationMs: z.number().min(0),
});

const decision = z.strictObject({
  action: z.enum(['none', 'hold', 'alert', 'restart']),
  rule: z.enum(['R-01', 'R-02', 'R-03', 'R-04', 'R-05', 'R-06', 'R-07', 'R-08', 'R-09', 'R-10', 'R-11', 'R-12']),
  reason: z.string(),
  liftedBy: z.string().nullable(),
  breaker: z.strictObject({
    state: z.enum(['closed', 'open', 'half-open', 'locked', 'unknown']),
    used: count,
    limit: count,
    until: time.nullable(),
    why: z.string().nullable(),
  }),
  streak: z.strictObject({count, needed: count}),
});

const metadata = z.strictObject({
  generatedAt: time,
  durationMs: z.number().min(0),
  version: z.string(),
  context: z.string().nullable(),
  namespace: z.string().nullable(),
  target: z.strictObject({kind: z.string(), name: z.string(), uid: z.string()}).nullable(),
  frigateVersion: z.string().nullable(),
  via: z.enum(['direct', 'proxy', 'exec', 'port-forward', 'url']).nullable(),
});

/** Strict, so that our own tests see a field that was added without its schema. */
export const checkReportSchema = z.strictObject({
  apiVersion: z.literal('frigate-health.io/v1'),
  kind: z.literal('CheckReport'),
  metadata,
  summary: z.strictObject({
    health: z.enum(['healthy', 'degraded', 'unhealthy', 'starting', 'paused', 'unknown']),
    exitCode: z.int().min(0).max(255),
    counts: z.record(z.enum(statuses), count),
  }),
  diagnosis: z.strictObject({
    cause: cause.nullable(),
    summary: z.string(),
    primary: z.array(checkId),
    folded: z.array(z.strictObject({id: checkId, under: checkId})),
  }),
  checks: z.array(check),
  decision,
  settings: z.array(z.strictObject({name: z.string(), value: z.string(), origin: z.string()})),
  errors: z.array(
    z.strictObject({
      code: z.string(),
      message: z.string(),
      fix: z.string().nullable(),
      lastLines: z.array(z.string()).readonly().exactOptional(),
    }),
  ),
}) satisfies z.ZodType<CheckReport>;

const SCHEMA_ID = 'https://frigate-health.io/schemas/check-report.v1.json';

/**
 * The JSON Schema (draft 2020-12) that is published beside the program. Additional properties are allowed there:
 * fields may be added within v1.
 */
export const checkReportJsonSchema = (): object => {
  const schema = z.toJSONSchema(checkReportSchema, {
    override: ({jsonSchema}) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return {...schema, $id: SCHEMA_ID, title: 'CheckReport'};
};
