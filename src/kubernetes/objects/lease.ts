/** A Lease of coordination.k8s.io: who leads, and how long that holds without a renewal. */
import * as z from 'zod';
import type {Lease} from '../cluster.js';
import {metadata, optionalCount, optionalText} from './metadata.js';

/** Where the holder answers; the API has no field for it. */
export const ADDRESS_ANNOTATION = 'frigate-health.io/address';

export const leaseObject = z
  .object({
    metadata,
    spec: z
      .object({
        holderIdentity: optionalText,
        leaseDurationSeconds: z.number().nullish(),
        acquireTime: optionalText,
        renewTime: optionalText,
        leaseTransitions: optionalCount,
      })
      .prefault({}),
  })
  .transform(({metadata: meta, spec}): Lease => ({
    name: meta.name,
    namespace: meta.namespace ?? '',
    uid: meta.uid,
    resourceVersion: meta.resourceVersion ?? '',
    holder: spec.holderIdentity,
    durationSeconds: spec.leaseDurationSeconds ?? null,
    acquiredAt: spec.acquireTime,
    renewedAt: spec.renewTime,
    transitions: spec.leaseTransitions,
    address: meta.annotations[ADDRESS_ANNOTATION] || null,
  }));
