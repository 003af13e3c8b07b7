/** Nodes. */
import * as z from 'zod';
import type {Node} from '../../core/observation/node.js';
import {parseQuantity} from '../quantity.js';
import {condition, listOf, metadata, optionalText, quantityMap} from './metadata.js';

export const nodeObject = z
  .object({
    metadata,
    spec: z
      .object({
        unschedulable: z.boolean().nullish(),
        taints: listOf(
          z.object({
            key: z.string(),
            value: optionalText,
            effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
          }),
        ),
      })
      .nullish(),
    status: z.object({
      conditions: listOf(condition),
      allocatable: quantityMap,
      nodeInfo: z.object({bootID: optionalText}).nullish(),
    }),
  })
  .transform(({metadata: meta, spec, status}): Node => {
    const allocatable = new Map<string, number>();
    for (const [name, amount] of Object.entries(status.allocatable)) {
      const parsed = parseQuantity(amount);
      if (parsed !== null) allocatable.set(name, parsed);
    }
    return {
      name: meta.name,
      uid: meta.uid,
      bootId: status.nodeInfo?.bootID ?? null,
      unschedulable: spec?.unschedulable === true,
      conditions: status.conditions,
      taints: spec?.taints ?? [],
      allocatable,
    };
  });
