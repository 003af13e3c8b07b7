/** The rights that each face needs, least first: what FRG-102 reviews and what the manifests grant. One table for both. */
import type {Right} from '../core/observation/observation.js';
import type {Via} from '../core/observation/frigate.js';
import type {Workload, WorkloadKind} from '../core/observation/workload.js';
import {hours, type Instant} from '../core/time.js';
import type {Settings} from '../settings/settings.js';
import {guardNameOf, type Remembered} from './state-store.js';

export type WorkloadResource = 'deployments' | 'statefulsets' | 'daemonsets';

export interface RightsFor {
  readonly namespace: string;
  readonly workload: {readonly resource: WorkloadResource; readonly name: string};
  readonly stateName: string;
  /** The CronJob that runs the passes, for those who look at it (FRG-105); `null`: the passes themselves, which do not. */
  readonly cronJobName: string | null;
  readonly via: 'auto' | Via;
  /** `look`: check and watch · `observe`: run-cron that never restarts · `act`: run-cron and restart. */
  readonly mode: 'look' | 'observe' | 'act';
}

const workloadResources: Readonly<Record<WorkloadKind, WorkloadResource>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

export const resourceOf = (kind: WorkloadKind): WorkloadResource => workloadResources[kind];

/** What Kubernetes keeps the revisions of a workload in. */
const revisionsOf = (resource: WorkloadResource): 'replicasets' | 'controllerrevisions' =>
  resource === 'deployments' ? 'replicasets' : 'controllerrevisions';

interface WayRight {
  readonly verbs: readonly string[];
  readonly resource: string;
}

/** A WebSocket begins with a GET: API servers up to 1.34 ask for `get`, those from 1.35 on for `create`. */
const proxied: WayRight = {verbs: ['get'], resource: 'pods/proxy'};
const execed: WayRight = {verbs: ['create', 'get'], resource: 'pods/exec'};
const forwarded: WayRight = {verbs: ['create', 'get'], resource: 'pods/portforward'};

/**
 * What each way to Frigate needs; the pod's address is dialled without any. Each has the API server's proxy beside it, the
 * witness that is asked when Frigate's API is dead on the first way (FRG-301): without a second one a hung Frigate is
 * never restarted. Exec is granted only where it is chosen: without it FRG-604 and FRG-606 are unknown.
 */
const wayRights: Readonly<Record<'auto' | Via, readonly WayRight[]>> = {
  auto: [proxied],
  direct: [proxied],
  proxy: [proxied],
  exec: [execed, proxied],
  'port-forward': [forwarded, proxied],
};

export const rightsFor = ({namespace, workload, stateName, cronJobName, via, mode}: RightsFor): readonly Right[] => {
  const here = (verb: string, group: string, resource: string, name: string | null = null): Right => ({
    verb,
    group,
    resource,
    namespace,
    name,
  });
  const looking = [
    here('get', 'apps', workload.resource, workload.name),
    here('list', '', 'pods'),
    here('get', '', 'pods/log'),
    here('list', 'apps', revisionsOf(workload.resource)),
    here('list', '', 'events'),
    here('get', '', 'configmaps', stateName),
    ...(cronJobName === null ? [] : [here('get', 'batch', 'cronjobs', cronJobName)]),
    {verb: 'get', group: '', resource: 'nodes', namespace: null, name: null},
    ...wayRights[via].flatMap(({verbs, resource}) => verbs.map((verb) => here(verb, '', resource))),
  ];
  if (mode === 'look') return looking;
  const others = Object.values(workloadResources).filter((resource) => resource !== workload.resource);
  const guard = guardNameOf(stateName);
  return [
    ...looking,
    // By its name Frigate is looked for as every kind: beside a Deployment that is gone or scaled to nothing.
    ...others.map((resource) => here('get', 'apps', resource, workload.name)),
    here('list', 'apps', workload.resource === 'deployments' ? 'controllerrevisions' : 'replicasets'),
    // Only where the rollout could deadlock on a claim.
    here('list', '', 'persistentvolumeclaims'),
    here('get', '', 'configmaps', guard),
    here('create', '', 'configmaps'),
    here('update', '', 'configmaps', stateName),
    here('update', '', 'configmaps', guard),
    ...(mode === 'act' ? [here('patch', 'apps', workload.resource, workload.name)] : []),
  ];
};

/**
 * What `check` and `watch` need of the workload that they found. While none is found: of the kind that was asked for, or of a
 * Deployment, which is looked for first. How it was found needs no review: it was found.
 */
export const rightsToLook = (
  {workload, stateName, cronJobName, via}: Pick<Settings, 'workload' | 'stateName' | 'cronJobName' | 'via'>,
  namespace: string,
  kind: WorkloadKind | null,
  found: Pick<Workload, 'kind' | 'name'> | null,
): readonly Right[] =>
  rightsFor({
    namespace,
    workload: {resource: resourceOf(found?.kind ?? kind ?? 'Deployment'), name: found?.name ?? workload},
    stateName,
    cronJobName,
    via,
    mode: 'look',
  });

export interface Seen {
  readonly workload: Workload | null;
  readonly remembered: Remembered;
  readonly at: Instant;
}

/**
 * Whether a pass reviews its rights beforehand. Most are proven by the pass itself; the one to restart is needed when it is
 * too late to ask for it (the Python checker before this one lacked it for 34 days), and a request in every pass is too much
 * (budgets). So: in the first pass, in the first of each hour, as soon as something is wrong, and as long as one is missing.
 */
export const reviewIsDue = ({remembered: {state, reading}, at}: Pick<Seen, 'remembered' | 'at'>): boolean => {
  const {lastPass, streak, incident, standing} = state;
  if (reading !== 'sound' || lastPass === null || streak !== null || incident !== null) return true;
  const hourOf = (instant: Instant): number => Math.floor(instant / hours(1));
  return hourOf(lastPass.at) !== hourOf(at) || standing.some(({what}) => what === 'FRG-102');
};
