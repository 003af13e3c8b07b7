/** The working set and the CPU time of a container by the metrics API (metrics.k8s.io/v1beta1, PodMetrics), as `kubectl top` shows it. */
import * as z from 'zod';
import {note, run} from '../../core/fix.js';
import {known, unknown, type Known} from '../../core/known.js';
import type {MemoryUse} from '../../core/observation/memory-use.js';
import type {ApiClient} from '../api/client.js';
import {resources} from '../api/resources.js';
import type {ContainerAddress} from '../cluster.js';
import {listOf, optionalTime} from '../objects/metadata.js';
import {parseQuantity} from '../quantity.js';

const quantity = z.union([z.string(), z.number()]).nullish();
const usage = z.object({memory: quantity, cpu: quantity});

export const podMetricsObject = z.object({
  timestamp: optionalTime,
  containers: listOf(z.object({name: z.string(), usage: usage.nullish()})),
});

/** A metrics-server that does not have this pod says so by its name; without the API the whole path is not found. */
const KNOWS_THE_API = /\bmetrics\.k8s\.io "/;

export const readMemoryUse = async (
  client: ApiClient,
  {namespace, pod, container}: ContainerAddress,
  signal: AbortSignal,
): Promise<Known<MemoryUse>> => {
  const answer = await client.request(
    {
      ask: {verb: 'get', resource: resources.PodMetrics, namespace, name: pod},
      kinds: ['PodMetrics'],
      schema: podMetricsObject,
    },
    signal,
  );
  if (!answer.ok) {
    const {status, why} = answer.failure;
    if (status !== 404) return {known: false, why};
    return KNOWS_THE_API.test(why.message)
      ? unknown('not-found', `the metrics API has nothing of pod ${pod} yet`)
      : unknown('not-found', 'this cluster has no metrics API (metrics.k8s.io)', [
          note('Install metrics-server, then:'),
          run(`kubectl top pod ${pod} -n ${namespace} --containers`),
        ]);
  }
  const {timestamp, containers} = answer.value;
  const used = containers.find(({name}) => name === container)?.usage;
  const bytes = parseQuantity(used?.memory ?? '');
  const cores = parseQuantity(used?.cpu ?? '');
  return bytes === null || bytes <= 0
    ? unknown('garbled', `the metrics API says nothing of the memory of container ${container}`)
    : known({
        workingSet: bytes,
        source: 'metrics-api',
        at: timestamp,
        cores: cores === null || cores < 0 ? null : cores,
      });
};
