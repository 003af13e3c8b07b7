/**
 * The account of `serve` and what it may do. Frigates are found, so that most permissions can name no object; what the account may change
 * on a workload, and which ConfigMaps it may write, is narrowed by the admission policy (admission.ts).
 */
import type {Permission} from '../../../core/observation/observation.js';
import {transportPermissionsOf, WORKLOAD_RESOURCES} from '../../../pass/permissions.js';
import {LEASE_NAME} from '../../serve/leader.js';
import {RBAC, rulesOf} from '../access.js';
import type {Manifest, ManifestValue} from '../manifest.js';
import {clusterNameOf, serveLabels} from './serve-labels.js';
import type {ServePlan} from './serve-plan.js';

export type Grantable = Omit<Permission, 'namespace'>;

const permissions = (
  group: string,
  resource: string,
  verbs: readonly string[],
  name: string | null = null,
): Grantable[] => verbs.map((verb) => ({verb, group, resource, name}));

/** To find Frigates and to observe them, without a way into a pod. */
export const observing = (): readonly Grantable[] => [
  ...WORKLOAD_RESOURCES.flatMap((resource) => permissions('apps', resource, ['get', 'list', 'watch'])),
  ...permissions('apps', 'replicasets', ['list']),
  ...permissions('apps', 'controllerrevisions', ['list']),
  ...permissions('', 'pods', ['list', 'watch']),
  ...permissions('', 'pods/log', ['get']),
  ...permissions('', 'events', ['list', 'watch']),
  ...permissions('', 'persistentvolumeclaims', ['list']),
  // The working set of Frigate's container; a cluster without the metrics API ignores it.
  ...permissions('metrics.k8s.io', 'pods', ['get']),
];

/** Where it may repair: the second transport that R-05 asks for, the state, and the patch. */
export const repairing = ({via, mode}: Pick<ServePlan, 'via' | 'mode'>): readonly Grantable[] => [
  ...transportPermissionsOf(via).flatMap(({verbs, resource}) => permissions('', resource, verbs)),
  ...permissions('', 'configmaps', ['get', 'create', 'update']),
  ...(mode === 'active' ? WORKLOAD_RESOURCES.flatMap((resource) => permissions('apps', resource, ['patch'])) : []),
];

/** Of the whole cluster in any case: nodes, and whose a caller's token is and what that user may do. */
export const ofTheCluster: readonly Grantable[] = [
  ...permissions('', 'nodes', ['get', 'list', 'watch']),
  ...permissions('authentication.k8s.io', 'tokenreviews', ['create']),
  ...permissions('authorization.k8s.io', 'subjectaccessreviews', ['create']),
];

const leading: readonly Grantable[] = [
  ...permissions('coordination.k8s.io', 'leases', ['create']),
  ...permissions('coordination.k8s.io', 'leases', ['get', 'update'], LEASE_NAME),
];

export const rulesFrom = (given: readonly Grantable[]): readonly ManifestValue[] =>
  rulesOf(given.map((each) => ({...each, namespace: null}))).map((rule) => ({...rule}));

interface Grant {
  readonly name: string;
  /** `null`: cluster-wide. */
  readonly namespace: string | null;
}

const subjects = ({name, namespace}: ServePlan): ManifestValue => [{kind: 'ServiceAccount', name, namespace}];

const meta = (plan: ServePlan, {name, namespace}: Grant): Manifest['metadata'] => ({
  name,
  ...(namespace === null ? {} : {namespace}),
  labels: serveLabels(plan.name),
});

const role = (plan: ServePlan, grant: Grant, given: readonly Grantable[]): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: grant.namespace === null ? 'ClusterRole' : 'Role',
  metadata: meta(plan, grant),
  rules: rulesFrom(given),
});

const binding = (plan: ServePlan, grant: Grant, of: Pick<Manifest, 'kind'> & {readonly name: string}): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: grant.namespace === null ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: meta(plan, grant),
  roleRef: {apiGroup: RBAC, kind: of.kind, name: of.name},
  subjects: subjects(plan),
});

const bound = (plan: ServePlan, grant: Grant, given: readonly Grantable[]): readonly Manifest[] => [
  role(plan, grant, given),
  binding(plan, grant, {kind: grant.namespace === null ? 'ClusterRole' : 'Role', name: grant.name}),
];

/** What Kubernetes would be asked for in a namespace where it may repair. */
const inNamespaces = (plan: ServePlan): readonly Manifest[] => {
  if (!plan.fleet)
    return plan.namespaces.flatMap((namespace) =>
      bound(plan, {name: plan.name, namespace}, [...observing(), ...repairing(plan)]),
    );
  const repair = `${clusterNameOf(plan)}-repair`;
  return [
    role(plan, {name: repair, namespace: null}, repairing(plan)),
    ...plan.namespaces.map((namespace) =>
      binding(plan, {name: `${plan.name}-repair`, namespace}, {kind: 'ClusterRole', name: repair}),
    ),
  ];
};

/** In the order in which they have to be applied: a binding after what it binds. */
export const serveAccess = (plan: ServePlan): readonly Manifest[] => {
  const {name, namespace} = plan;
  return [
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(plan, {name, namespace})},
    ...bound(plan, {name: `${name}-leader`, namespace}, leading),
    ...bound(plan, {name: clusterNameOf(plan), namespace: null}, [...ofTheCluster, ...(plan.fleet ? observing() : [])]),
    ...inNamespaces(plan),
  ];
};
