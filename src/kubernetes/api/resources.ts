/** The resources that this program asks for, and how a question about one is put: as a path and in words. */

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

const resource = (group: string, plural: string, kind: string): Resource => ({group, version: 'v1', plural, kind});

export const resources = {
  Deployment: resource('apps', 'deployments', 'Deployment'),
  StatefulSet: resource('apps', 'statefulsets', 'StatefulSet'),
  DaemonSet: resource('apps', 'daemonsets', 'DaemonSet'),
  ReplicaSet: resource('apps', 'replicasets', 'ReplicaSet'),
  ControllerRevision: resource('apps', 'controllerrevisions', 'ControllerRevision'),
  Pod: resource('', 'pods', 'Pod'),
  Namespace: resource('', 'namespaces', 'Namespace'),
  Node: resource('', 'nodes', 'Node'),
  Event: resource('', 'events', 'Event'),
  ConfigMap: resource('', 'configmaps', 'ConfigMap'),
  PersistentVolumeClaim: resource('', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  CronJob: resource('batch', 'cronjobs', 'CronJob'),
  Lease: resource('coordination.k8s.io', 'leases', 'Lease'),
  ServiceAccount: resource('', 'serviceaccounts', 'ServiceAccount'),
  Role: resource('rbac.authorization.k8s.io', 'roles', 'Role'),
  RoleBinding: resource('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding'),
  ClusterRole: resource('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole'),
  ClusterRoleBinding: resource('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding'),
  Service: resource('', 'services', 'Service'),
  PodDisruptionBudget: resource('policy', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  NetworkPolicy: resource('networking.k8s.io', 'networkpolicies', 'NetworkPolicy'),
  ValidatingAdmissionPolicy: resource(
    'admissionregistration.k8s.io',
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
  ),
  ValidatingAdmissionPolicyBinding: resource(
    'admissionregistration.k8s.io',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
  ),
  PodMetrics: {...resource('metrics.k8s.io', 'pods', 'PodMetrics'), version: 'v1beta1'},
  TokenReview: resource('authentication.k8s.io', 'tokenreviews', 'TokenReview'),
  SubjectAccessReview: resource('authorization.k8s.io', 'subjectaccessreviews', 'SubjectAccessReview'),
  AccessReview: resource('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
  RulesReview: resource('authorization.k8s.io', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
} as const satisfies Record<string, Resource>;

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch';

/** One question to the API server in RBAC's terms. */
export interface Ask {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly subresource?: string;
  /** `null`: cluster-scoped, or all namespaces. */
  readonly namespace: string | null;
  /** `null`: the collection. */
  readonly name: string | null;
}

/** The path below the server's own (which may have one itself, behind Rancher for instance). Names are escaped. */
export const pathOf = (ask: Ask): string => {
  const {group, version, plural} = ask.resource;
  const parts = group === '' ? ['api', version] : ['apis', group, version];
  if (ask.namespace !== null) parts.push('namespaces', ask.namespace);
  parts.push(plural);
  if (ask.name !== null) parts.push(ask.name);
  if (ask.subresource !== undefined) parts.push(ask.subresource);
  return `/${parts.map(encodeURIComponent).join('/')}`;
};

const qualified = (ask: Ask): string =>
  ask.resource.group === '' ? ask.resource.plural : `${ask.resource.plural}.${ask.resource.group}`;

/** `get pods/log frigate-0 in namespace frigate`: the beginning of every message about this question. */
export const wordsOf = (ask: Ask): string => {
  const what = ask.subresource === undefined ? qualified(ask) : `${qualified(ask)}/${ask.subresource}`;
  const name = ask.name === null ? '' : ` ${ask.name}`;
  const where = ask.namespace === null ? '' : ` in namespace ${ask.namespace}`;
  return `${ask.verb} ${what}${name}${where}`;
};

/** The kubectl command that shows whether this request is permitted. */
export const canIOf = (ask: Ask, verb: string = ask.verb): string => {
  const name = ask.name === null || ask.verb === 'create' ? '' : `/${ask.name}`;
  const sub = ask.subresource === undefined ? '' : ` --subresource=${ask.subresource}`;
  const where = ask.namespace === null ? (ask.resource.kind === 'Node' ? '' : ' -A') : ` -n ${ask.namespace}`;
  return `kubectl auth can-i ${verb} ${qualified(ask)}${name}${sub}${where}`;
};
