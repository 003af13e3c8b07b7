/** The account of the CronJob and what it may do, from the one table of permissions. */
import type {Permission} from '../../core/observation/observation.js';
import {labelsOf, type Manifest, type ManifestValue} from './manifest.js';
import {permissionsOf, type InstallPlan} from './plan.js';

/** One rule of a Role as RBAC writes it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export const RBAC = 'rbac.authorization.k8s.io';

/** Permissions with the same group, resource and verb share a rule by their names; then rules that differ only in their verbs are one. */
export const rulesOf = (permissions: readonly Permission[]): readonly PolicyRule[] => {
  const byVerb = Map.groupBy(permissions, ({group, resource, verb, name}) =>
    JSON.stringify([group, resource, verb, name === null]),
  );
  const narrow = [...byVerb.values()].flatMap((same): readonly PolicyRule[] => {
    const [first] = same;
    if (first === undefined) return [];
    const names = same.flatMap(({name}) => (name === null ? [] : [name]));
    return [
      {
        apiGroups: [first.group],
        resources: [first.resource],
        ...(names.length === 0 ? {} : {resourceNames: names}),
        verbs: [first.verb],
      },
    ];
  });
  const byObject = Map.groupBy(narrow, ({apiGroups, resources, resourceNames}) =>
    JSON.stringify([apiGroups, resources, resourceNames]),
  );
  return [...byObject.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{...first, verbs: same.flatMap(({verbs}) => verbs).sort()}];
  });
};

/** The permissions that rules grant in a namespace; `null`: in the whole cluster. The opposite of {@link rulesOf}. */
export const permissionsIn = (rules: readonly PolicyRule[], namespace: string | null): readonly Permission[] =>
  rules.flatMap(({apiGroups, resources, resourceNames, verbs}) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          (resourceNames === undefined || resourceNames.length === 0 ? [null] : resourceNames).map((name) => ({
            verb,
            group,
            resource,
            namespace,
            name,
          })),
        ),
      ),
    ),
  );

/** The same in every namespace, so that two installations share it. */
const NODE_ROLE = 'frigate-health-nodes';

const serviceAccount = ({name, namespace}: InstallPlan): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {name, namespace, labels: labelsOf(name)},
});

const role = (plan: InstallPlan): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: {name: plan.name, namespace: plan.namespace, labels: labelsOf(plan.name)},
  rules: rulesOf(permissionsOf(plan).filter((right) => right.namespace !== null)).map((rule) => ({...rule})),
});

const clusterRole = (plan: InstallPlan): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: {name: NODE_ROLE, labels: labelsOf(NODE_ROLE)},
  rules: rulesOf(permissionsOf(plan).filter((right) => right.namespace === null)).map((rule) => ({...rule})),
});

const subjects = ({name, namespace}: InstallPlan): ManifestValue => [{kind: 'ServiceAccount', name, namespace}];

const roleBinding = (plan: InstallPlan): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: {name: plan.name, namespace: plan.namespace, labels: labelsOf(plan.name)},
  roleRef: {apiGroup: RBAC, kind: 'Role', name: plan.name},
  subjects: subjects(plan),
});

/** Named by the namespace: that of another installation must not be written over. */
const clusterRoleBinding = (plan: InstallPlan): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: {name: `${plan.name}-${plan.namespace}`, labels: labelsOf(plan.name)},
  roleRef: {apiGroup: RBAC, kind: 'ClusterRole', name: NODE_ROLE},
  subjects: subjects(plan),
});

/** In the order in which they have to be applied: a binding after what it binds. */
export const accessManifests = (plan: InstallPlan): readonly Manifest[] => [
  serviceAccount(plan),
  role(plan),
  roleBinding(plan),
  clusterRole(plan),
  clusterRoleBinding(plan),
];
