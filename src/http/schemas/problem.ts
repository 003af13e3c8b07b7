import * as z from 'zod';
import {action, checkId, evidence, named, rule, step, time} from './common.js';

/** RFC 9457. The members after `instance` stand only in refusals of a recovery. */
export const problemSchema = named(
  'Problem',
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    action: action.optional(),
    rule: rule.optional(),
    reason: z.string().optional(),
    attempt: z.string().optional(),
    until: time.optional(),
    evidence: z
      .array(
        z.strictObject({
          id: checkId,
          summary: z.string(),
          evidence: z.array(evidence),
          steps: z.array(step),
        }),
      )
      .optional(),
    steps: z.array(step).optional().describe('What helps instead, or what ends the hold'),
  }),
);
