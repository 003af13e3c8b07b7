/**
 * `--discover consul:SERVICE`: Frigates that Consul knows. One whose meta data names its workload, in the words of our own
 * registrations, is observed as that; any other by its address, notified and never restarted.
 */
import {backOff} from '../core/back-off.js';
import {frigateUrl} from '../core/frigate-url.js';
import {seconds} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import {instanceId, type FrigateTarget} from '../outcome/fleet.js';
import {consulClient, type ConsulClient, type ServiceInstance} from './client.js';
import type {ConsulOptions} from './options.js';
import {MANAGED_BY, META_NAMESPACE, META_WORKLOAD, OURS} from './wanted.js';

/** How long one question waits for a change. */
const WAIT = seconds(60);
const AWAY = {first: seconds(1), longest: seconds(30)};
const NAMESPACE = 'static';
const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
/** A name or an address, and nothing else that a URL could hold. */
const HOST = /^[A-Za-z0-9.:_-]+$/;
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A name in the form of a Kubernetes name, so that the id can be taken apart again. */
const nameOf = (id: string): string =>
  id
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);

const urlOf = ({address, port, meta}: ServiceInstance): string => {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${meta['scheme'] === 'https' ? 'https' : 'http'}://${host}:${port}`;
};

/** The workload that the meta data names: `k8s-namespace` and `k8s-workload` (`deployment/frigate`); `null`: none. */
const workloadIn = (meta: ServiceInstance['meta']): Pick<FrigateTarget, 'kind' | 'namespace' | 'name'> | null => {
  const {[META_NAMESPACE]: namespace = '', [META_WORKLOAD]: workload = ''} = meta;
  const [, written = '', name = ''] = /^([a-z]+)\/(.+)$/.exec(workload) ?? [];
  const kind = WORKLOAD_KINDS.find((each) => each.toLowerCase() === written);
  return kind !== undefined && OBJECT_NAME.test(name) && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace)
    ? {kind, namespace, name}
    : null;
};

const outside = (instance: ServiceInstance): Pick<FrigateTarget, 'kind' | 'namespace' | 'name' | 'url'> | null => {
  const name = nameOf(instance.id);
  const isPlace = instance.port > 0 && HOST.test(instance.address);
  const url = isPlace ? frigateUrl(urlOf(instance)) : null;
  return name === '' || url === null ? null : {kind: 'url', namespace: NAMESPACE, name, url};
};

/** What this program registered itself is no source: a Frigate that is gone would keep itself in the list. */
export const targetsOf = (instances: readonly ServiceInstance[]): readonly FrigateTarget[] => {
  const targets = new Map<string, FrigateTarget>();
  for (const instance of instances) {
    if (instance.meta[MANAGED_BY] === OURS) continue;
    const workload = workloadIn(instance.meta);
    const place = workload === null ? outside(instance) : {...workload, url: null};
    if (place === null) continue;
    const id = instanceId(place.namespace, place.name);
    if (!targets.has(id)) targets.set(id, {id, ...place, foundBy: 'consul', stale: false, lastError: null});
  }
  return [...targets.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
};

const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** Called with each new list; `error`: why nothing newer is known, `null`: this is how it stands. */
export type OnTargets = (targets: readonly FrigateTarget[], error: string | null) => void;

/** Calls back with each new list. While Consul is away the last known list is kept and marked stale. */
export const followInstances = async (
  client: Pick<ConsulClient, 'instancesOf'>,
  service: string,
  onTargets: OnTargets,
  {timers, random, signal}: {readonly timers: Timers; readonly random: () => number; readonly signal: AbortSignal},
): Promise<void> => {
  let index: string | null = null;
  let known: readonly FrigateTarget[] = [];
  let failures = 0;
  while (!signal.aborted) {
    const answer = await client.instancesOf(service, index === null ? null : {index, wait: WAIT}, signal);
    if (answer.kind === 'done') {
      const {instances, index: next} = answer.value;
      // An index that goes back means that Consul was restored: the next question must not wait for the old one.
      const isBack: boolean = index !== null && Number(next) < Number(index);
      failures = 0;
      if (next !== index) {
        known = targetsOf(instances);
        onTargets(known, null);
      }
      index = isBack || Number(next) <= 0 ? null : next;
      if (index === null) await timers.sleep(seconds(1), signal);
      continue;
    }
    if (isOver(signal)) return;
    failures += 1;
    const lastError = answer.kind === 'not-found' ? 'Consul does not know this path' : answer.message;
    known = known.map((target) => ({...target, stale: true, lastError}));
    onTargets(known, lastError);
    index = null;
    await timers.sleep(backOff(AWAY, failures, random), signal);
  }
};

/** Follows the instances of a service until the signal. */
export const discoverConsul = (
  options: Pick<ConsulOptions, 'url' | 'token' | 'onRequest' | 'random'>,
  service: string,
  onTargets: OnTargets,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> =>
  followInstances(consulClient({...options, timers}), service, onTargets, {timers, random: options.random, signal});
