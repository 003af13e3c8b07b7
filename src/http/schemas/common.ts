/** The words that the answers share. `components` holds what has a name of its own in the OpenAPI document. */
import * as z from 'zod';
import {CHECK_IDS} from '../../core/check-table.js';
import type {CauseClass, Status} from '../../core/finding.js';
import type {HealthClass} from '../../core/diagnosis/diagnosis.js';
import type {FoundBy, FrigateTarget} from '../../outcome/fleet.js';

export const components = z.registry<{id: string}>();

/** Names a schema in the OpenAPI document. */
export const named = <T extends z.ZodType>(id: string, schema: T): T => {
  components.add(schema, {id});
  return schema;
};

const enumOf = <const T extends string>(id: string, members: Readonly<Record<T, true>>) =>
  named(id, z.enum(Object.keys(members) as [T, ...T[]]));

export const time = z.iso.datetime().describe('RFC 3339, UTC');
export const count = z.int().min(0);
export const measure = z.number().nullable();
export const instanceId = z
  .string()
  .regex(/^[^.]+\..+$/)
  .describe('<namespace>.<name>');

export const health = enumOf<HealthClass>('Health', {
  healthy: true,
  degraded: true,
  unhealthy: true,
  starting: true,
  paused: true,
  unknown: true,
});
export const cause = enumOf<CauseClass>('Cause', {
  cluster: true,
  node: true,
  workload: true,
  process: true,
  detector: true,
  camera: true,
  network: true,
  recording: true,
  storage: true,
  memory: true,
  config: true,
  dependency: true,
  checker: true,
  mixed: true,
});
export const checkStatus = enumOf<Status>('CheckStatus', {
  ok: true,
  info: true,
  warning: true,
  critical: true,
  unknown: true,
  skipped: true,
});
export const kind = enumOf<FrigateTarget['kind']>('TargetKind', {
  Deployment: true,
  StatefulSet: true,
  DaemonSet: true,
  url: true,
});
export const foundBy = enumOf<FoundBy>('FoundBy', {labels: true, image: true, 'targets-file': true, consul: true});
export const action = z.enum(['none', 'hold', 'alert', 'restart']);
export const rule = z.enum([
  'R-01',
  'R-02',
  'R-03',
  'R-04',
  'R-05',
  'R-06',
  'R-07',
  'R-08',
  'R-09',
  'R-10',
  'R-11',
  'R-12',
]);
export const checkId = z.enum(CHECK_IDS as [string, ...string[]]);
export const breakerState = z.enum(['closed', 'open', 'half-open', 'locked']);

export const step = named('Step', z.union([z.strictObject({command: z.string()}), z.strictObject({text: z.string()})]));

const scalar = z.union([z.string(), z.number(), z.boolean()]);
export const evidence = named(
  'Evidence',
  z.strictObject({
    name: z.string(),
    value: scalar.nullable(),
    limit: scalar.exactOptional(),
    unit: z.string().exactOptional(),
  }),
);

export const outcome = z
  .enum(['pending', 'helped', 'did not help', 'abandoned', 'unjudged'])
  .describe('pending: not known yet; abandoned: it never reached the workload; unjudged: nobody observed what it did');

export const attempt = named(
  'Attempt',
  z.strictObject({
    id: z.string(),
    at: time,
    outcome,
    settledAt: time.nullable(),
    cause,
    rule,
    who: z.string().describe('automatic, or the person who asked'),
    reason: z.string(),
    findings: z.array(checkId),
  }),
);

/** What automatic repair would do now. */
export const decisionSummary = named('DecisionSummary', z.strictObject({action, rule, reason: z.string()}));
