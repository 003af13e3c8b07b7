/** `--discover consul:SERVICE`: Frigates outside of Kubernetes that Consul knows. They are observed and notified, never restarted. */
import {backOff} from '../core/back-off.js';
import {seconds} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import {instanceId, type FrigateTarget} from '../outcome/fleet.js';
import {consulClient, type ConsulClient, type ServiceInstance} from './client.js';
import type {ConsulOptions} from './options.js';
import {MANAGED_BY, OURS} from './wanted.js';

/** How long one question waits for a change. */
const WAIT = seconds(60);
const AWAY = {first: seconds(1), longest: seconds(30)};
const NAMESPACE = 'static';

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

/** What is registered by this program is found by Kubernetes already. */
export const targetsOf = (instances: readonly ServiceInstance[]): readonly FrigateTarget[] => {
  const targets = new Map<string, FrigateTarget>();
  for (const instance of instances) {
    const name = nameOf(instance.id);
    if (instance.meta[MANAGED_BY] === OURS || name === '' || instance.port === 0) continue;
    const id = instanceId(NAMESPACE, name);
    if (targets.has(id)) continue;
    targets.set(id, {
      id,
      namespace: NAMESPACE,
      name,
      kind: 'url',
      url: urlOf(instance),
      foundBy: 'consul',
      stale: false,
      lastError: null,
    });
  }
  return [...targets.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
};

const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** Calls back with each new list. While Consul is away the last known list is kept and marked stale. */
export const followInstances = async (
  client: Pick<ConsulClient, 'instancesOf'>,
  service: string,
  onTargets: (targets: readonly FrigateTarget[]) => void,
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
        onTargets(known);
      }
      index = isBack || Number(next) <= 0 ? null : next;
      if (index === null) await timers.sleep(seconds(1), signal);
      continue;
    }
    if (isOver(signal)) return;
    failures += 1;
    const lastError = answer.kind === 'not-found' ? 'Consul does not know this path' : answer.message;
    known = known.map((target) => ({...target, stale: true, lastError}));
    onTargets(known);
    index = null;
    await timers.sleep(backOff(AWAY, failures, random), signal);
  }
};

/** Follows the instances of a service until the signal. */
export const discoverConsul = (
  options: Pick<ConsulOptions, 'url' | 'token' | 'onRequest' | 'random'>,
  service: string,
  onTargets: (targets: readonly FrigateTarget[]) => void,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> =>
  followInstances(consulClient({...options, timers}), service, onTargets, {timers, random: options.random, signal});
