/** The permissions that each command needs, least first: what FRG-102 reviews and what the manifests grant. One table for both. */
import type {Permission} from '../core/observation/observation.js';
import type {PodVia} from '../core/observation/frigate.js';
import type {Workload, WorkloadKind} from '../core/observation/workload.js';
import {hours, type Instant} from '../core/time.js';
import type {Settings} from '../settings/settings.js';
import {sentinelNameOf, type RecalledState} from './state-store.js';

export type WorkloadResource = 'deployments' | 'statefulsets' | 'daemonsets';

export interface PermissionsFor {
  readonly namespace: string;
  readonly workload: {readonly resource: WorkloadResource; readonly name: string};
  readonly stateName: string;
  /** The CronJob that runs the passes, for those who read it (FRG-105); `null`: the passes themselves, which do not. */
  readonly cronJobName: string | null;
  readonly via: 'auto' | PodVia;
  /** `view`: check and watch · `observe`: run-cron that never restarts · `act`: run-cron and restart. */
  readonly mode: 'view' | 'observe' | 'act';
}

const workloadResources: Readonly<Record<WorkloadKind, WorkloadResource>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

export const WORKLOAD_RESOURCES: readonly WorkloadResource[] = Object.values(workloadResources);

export const resourceOf = (kind: WorkloadKind): WorkloadResource => workloadResources[kind];

/** What Kubernetes keeps the revisions of a workload in. */
const revisionsOf = (resource: WorkloadResource): 'replicasets' | 'controllerrevisions' =>
  resource === 'deployments' ? 'replicasets' : 'controllerrevisions';

export interface TransportPermission {
  readonly verbs: readonly string[];
  readonly resource: string;
}

/** A WebSocket begins with a GET: API servers up to 1.34 ask for `get`, those from 1.35 on for `create`. */
const proxied: TransportPermission = {verbs: ['get'], resource: 'pods/proxy'};
const execed: TransportPermission = {verbs: ['create', 'get'], resource: 'pods/exec'};
const forwarded: TransportPermission = {verbs: ['create', 'get'], resource: 'pods/portforward'};

/**
 * What each transport needs; the pod's address is dialled without any. Each has the API server's proxy beside it, the
 * witness that is asked when Frigate's API is dead on the first transport (FRG-301): without a second one a hung Frigate is
 * never restarted. Exec is granted only where it is chosen: without it FRG-604 and FRG-606 are unknown.
 */
const transportPermissions: Readonly<Record<'auto' | PodVia, readonly TransportPermission[]>> = {
  auto: [proxied],
  direct: [proxied],
  proxy: [proxied],
  exec: [execed, proxied],
  'port-forward': [forwarded, proxied],
};

export const transportPermissionsOf = (via: 'auto' | PodVia): readonly TransportPermission[] =>
  transportPermissions[via];

/**
 * What the manifests grant beside what is needed: without it something is not known, and nothing is reported as missing. The working set
 * and, while it starts, the CPU time of Frigate's container by the metrics API (FRG-205, FRG-702, R-06); a cluster without that API ignores the rule.
 */
export const usefulPermissions = ({namespace}: Pick<PermissionsFor, 'namespace'>): readonly Permission[] => [
  {verb: 'get', group: 'metrics.k8s.io', resource: 'pods', namespace, name: null},
];

export const permissionsFor = ({
  namespace,
  workload,
  stateName,
  cronJobName,
  via,
  mode,
}: PermissionsFor): readonly Permission[] => {
  const here = (verb: string, group: string, resource: string, name: string | null = null): Permission => ({
    verb,
    group,
    resource,
    namespace,
    name,
  });
  const observing = [
    here('get', 'apps', workload.resource, workload.name),
    here('list', '', 'pods'),
    here('get', '', 'pods/log'),
    here('list', 'apps', revisionsOf(workload.resource)),
    here('list', '', 'events'),
    here('get', '', 'configmaps', stateName),
    ...(cronJobName === null ? [] : [here('get', 'batch', 'cronjobs', cronJobName)]),
    {verb: 'get', group: '', resource: 'nodes', namespace: null, name: null},
    ...transportPermissions[via].flatMap(({verbs, resource}) => verbs.map((verb) => here(verb, '', resource))),
  ];
  if (mode === 'view') return observing;
  const others = Object.values(workloadResources).filter((resource) => resource !== workload.resource);
  const guard = sentinelNameOf(stateName);
  return [
    ...observing,
    // By its name Frigate is searched as every kind: beside a Deployment that is gone or scaled to 0.
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
 * Deployment, which is searched first. How it was found needs no review: it was found.
 */
export const permissionsToObserve = (
  {workload, stateName, cronJobName, via}: Pick<Settings, 'workload' | 'stateName' | 'cronJobName' | 'via'>,
  namespace: string,
  kind: WorkloadKind | null,
  found: Pick<Workload, 'kind' | 'name'> | null,
): readonly Permission[] =>
  permissionsFor({
    namespace,
    workload: {resource: resourceOf(found?.kind ?? kind ?? 'Deployment'), name: found?.name ?? workload},
    stateName,
    cronJobName,
    via,
    mode: 'view',
  });

export interface PermissionsReviewed {
  readonly workload: Workload | null;
  readonly recalledState: RecalledState;
  readonly at: Instant;
}

/**
 * Whether a pass reviews its permissions beforehand. Most are proven by the pass itself; the one to restart is needed when it is
 * too late to ask for it (the Python checker before this one lacked it for 34 days), and a request in every pass is too much
 * (docs/testing.md, "Benchmarks": round-trips). So: in the first pass, in the first of each hour, as soon as something is wrong, and as long as one is missing.
 */
export const reviewIsDue = ({
  recalledState: {state, reading},
  at,
}: Pick<PermissionsReviewed, 'recalledState' | 'at'>): boolean => {
  const {lastPass, streak, incident, standing} = state;
  if (reading !== 'sound' || lastPass === null || streak !== null || incident !== null) return true;
  const hourOf = (instant: Instant): number => Math.floor(instant / hours(1));
  return hourOf(lastPass.at) !== hourOf(at) || standing.some(({what}) => what === 'FRG-102');
};
