/** Pods that serve HTTP, found by their labels: the replicas of the daemon. */
import * as z from 'zod';
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import {listAll} from '../api/pages.js';
import {resources} from '../api/resources.js';
import type {ServingPod} from '../cluster.js';
import {selectorText} from '../label-selector.js';
import {condition, listOf, metadata, optionalText} from '../objects/metadata.js';

const servingPod = z
  .object({
    metadata,
    spec: z.object({
      containers: listOf(z.object({ports: listOf(z.object({name: optionalText, containerPort: z.number()}))})),
    }),
    status: z.object({conditions: listOf(condition), podIP: optionalText}).nullish(),
  })
  .transform(({metadata: {name, deletionTimestamp}, spec, status}): ServingPod => ({
    name,
    isReady: (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True'),
    isEnding: deletionTimestamp !== null,
    ip: status?.podIP || null,
    httpPort: spec.containers.flatMap(({ports}) => ports).find((port) => port.name === 'http')?.containerPort ?? null,
  }));

export const listServingPods = async (
  client: ApiClient,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Known<readonly ServingPod[]>> => {
  const answer = await listAll(
    client,
    {
      ask: {verb: 'list', resource: resources.Pod, namespace, name: null},
      query: {labelSelector: selectorText({matchLabels: labels, matchExpressions: []})},
      kinds: ['PodList'],
      item: servingPod,
    },
    signal,
  );
  return answer.ok ? known(answer.value) : {known: false, why: answer.failure.why};
};
