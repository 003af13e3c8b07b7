/** Events of the core group, in both of their forms: counted by the old recorder, or as a series by the new one. */
import * as z from 'zod';
import type {ClusterEvent} from '../../core/observation/pod.js';
import {optionalText, optionalTime} from './metadata.js';

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? '');

export const eventObject = z
  .object({
    type: text,
    reason: text,
    message: text,
    count: z.number().nullish(),
    series: z.object({count: z.number().nullish(), lastObservedTime: optionalTime}).nullish(),
    lastTimestamp: optionalTime,
    eventTime: optionalTime,
    metadata: z.object({creationTimestamp: optionalTime}),
    involvedObject: z.object({kind: text, name: text, uid: optionalText}),
  })
  .transform((event): ClusterEvent => ({
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason,
    message: event.message,
    count: event.series?.count ?? event.count ?? 1,
    lastSeen:
      event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
    object: {kind: event.involvedObject.kind, name: event.involvedObject.name, uid: event.involvedObject.uid ?? ''},
  }));
