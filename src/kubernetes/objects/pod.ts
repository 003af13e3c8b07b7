/** Pods, and Frigate's container in each. */
import * as z from 'zod';
import type {Container, ContainerState, Pod, Terminated} from '../../core/observation/pod.js';
import {instant} from '../../core/time.js';
import {chooseContainer} from '../workloads/frigate-container.js';
import {condition, listOf, metadata, optionalCount, optionalText, optionalTime} from './metadata.js';
import {containerSpecs, podSpec} from './template.js';

const terminated = z.object({
  exitCode: z.number(),
  signal: optionalCount,
  reason: optionalText,
  message: optionalText,
  startedAt: optionalTime,
  finishedAt: optionalTime,
});

const state = z
  .object({
    running: z.object({startedAt: optionalTime}).nullish(),
    waiting: z.object({reason: optionalText, message: optionalText}).nullish(),
    terminated: terminated.nullish(),
  })
  .nullish();

const containerStatus = z.object({
  name: z.string(),
  image: optionalText,
  containerID: optionalText,
  ready: z.boolean().nullish(),
  restartCount: optionalCount,
  state,
  lastState: state,
});

export const podObject = z.object({
  metadata,
  spec: podSpec,
  status: z
    .object({
      phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).catch('Unknown'),
      reason: optionalText,
      message: optionalText,
      podIP: optionalText,
      conditions: listOf(condition),
      containerStatuses: listOf(containerStatus),
      initContainerStatuses: listOf(containerStatus),
    })
    .nullish(),
});

export type PodObject = z.output<typeof podObject>;

const terminatedOf = (given: z.output<typeof terminated>): Terminated => ({...given, reason: given.reason ?? 'Error'});

const stateOf = (given: z.output<typeof state>): ContainerState => {
  if (given?.running) return {phase: 'running', startedAt: given.running.startedAt};
  if (given?.terminated) return {phase: 'terminated', ...terminatedOf(given.terminated)};
  // Kubernetes: no member at all means waiting (core/v1 ContainerState).
  return {phase: 'waiting', reason: given?.waiting?.reason ?? 'Unknown', message: given?.waiting?.message ?? null};
};

const containerOf = (given: z.output<typeof containerStatus>, image: string): Container => ({
  name: given.name,
  image: given.image ?? image,
  id: given.containerID,
  ready: given.ready === true,
  restartCount: given.restartCount,
  state: stateOf(given.state),
  last: given.lastState?.terminated ? terminatedOf(given.lastState.terminated) : null,
});

/** Frigate's container in this very pod: an older revision may name it otherwise than the template of today. */
const frigateOf = ({spec, status}: PodObject): Container | null => {
  const chosen = chooseContainer(containerSpecs(spec));
  const reported = chosen === null ? undefined : status?.containerStatuses.find(({name}) => name === chosen.name);
  return chosen === null || reported === undefined ? null : containerOf(reported, chosen.image);
};

/** `current`: whether it belongs to the newest revision. */
export const describePod = (object: PodObject, current: boolean | null): Pod => {
  const {metadata: meta, spec, status} = object;
  return {
    name: meta.name,
    uid: meta.uid,
    phase: status?.phase ?? 'Unknown',
    reason: status?.reason ?? null,
    message: status?.message ?? null,
    createdAt: meta.creationTimestamp ?? instant(0),
    deletingSince: meta.deletionTimestamp,
    nodeName: spec.nodeName,
    ip: status?.podIP ?? null,
    current,
    conditions: status?.conditions ?? [],
    frigate: frigateOf(object),
    initContainers: (status?.initContainerStatuses ?? []).map((given) => containerOf(given, '')),
  };
};
