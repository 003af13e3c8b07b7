/** The parts that all Kubernetes objects share, parsed leniently: Go leaves out what is empty and writes `null` for nil. */
import * as z from 'zod';
import type {Condition} from '../../core/observation/workload.js';
import type {Instant} from '../../core/time.js';
import {parseInstant} from '../../core/time.js';

/** A list that may be absent or null. */
export const listOf = <T extends z.ZodType>(
  item: T,
): z.ZodPipe<
  z.ZodOptional<z.ZodNullable<z.ZodArray<T>>>,
  z.ZodTransform<z.output<T>[], z.output<T>[] | null | undefined>
> =>
  z
    .array(item)
    .nullish()
    .transform((items): z.output<T>[] => items ?? []);

/** A text that may be absent, null or empty, which all mean the same. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text || null);

export const optionalCount = z
  .number()
  .nullish()
  .transform((count) => count ?? 0);

export const optionalTime = z
  .string()
  .nullish()
  .transform((text): Instant | null => (text ? parseInstant(text) : null));

export const textMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map): Readonly<Record<string, string>> => map ?? {});

export const quantityMap = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .nullish()
  .transform((map) => map ?? {});

export const metadata = z.object({
  name: z.string().min(1),
  namespace: optionalText,
  uid: z.string().min(1),
  resourceVersion: optionalText,
  generation: optionalCount,
  creationTimestamp: optionalTime,
  deletionTimestamp: optionalTime,
  labels: textMap,
  annotations: textMap,
  ownerReferences: listOf(
    z.object({kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().nullish()}),
  ),
});

export type Metadata = z.output<typeof metadata>;

/** The owner that controls the object, if any. */
export const controllerOf = ({ownerReferences}: Metadata): Metadata['ownerReferences'][number] | null =>
  ownerReferences.find(({controller}) => controller === true) ?? null;

export const condition = z
  // Of nodes and pods the API server takes any text for a status; an unknown one must not make the object unreadable.
  .object({
    type: z.string(),
    status: z.enum(['True', 'False', 'Unknown']).catch('Unknown'),
    reason: optionalText,
    message: optionalText,
    lastTransitionTime: optionalTime,
  })
  .transform(({type, status, reason, message, lastTransitionTime}): Condition => ({
    type,
    status,
    reason,
    message,
    lastTransition: lastTransitionTime,
  }));
