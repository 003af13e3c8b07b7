/** The resources that the simulated API server knows, and the addresses that they have. */
import type {Json} from '../json.js';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
}

const core = (plural: string, kind: string, shortNames: readonly string[] = [], namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
  shortNames,
});
const named = (group: string, plural: string, kind: string, shortNames: readonly string[] = []): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced: true,
  shortNames,
});

export const resources: readonly Resource[] = [
  core('namespaces', 'Namespace', ['ns'], false),
  core('nodes', 'Node', ['no'], false),
  core('pods', 'Pod', ['po']),
  core('configmaps', 'ConfigMap', ['cm']),
  core('events', 'Event', ['ev']),
  core('persistentvolumeclaims', 'PersistentVolumeClaim', ['pvc']),
  core('services', 'Service', ['svc']),
  core('serviceaccounts', 'ServiceAccount', ['sa']),
  core('secrets', 'Secret'),
  named('apps', 'deployments', 'Deployment', ['deploy']),
  named('apps', 'statefulsets', 'StatefulSet', ['sts']),
  named('apps', 'daemonsets', 'DaemonSet', ['ds']),
  named('apps', 'replicasets', 'ReplicaSet', ['rs']),
  named('apps', 'controllerrevisions', 'ControllerRevision'),
  named('batch', 'jobs', 'Job'),
  named('batch', 'cronjobs', 'CronJob', ['cj']),
  named('coordination.k8s.io', 'leases', 'Lease'),
];

const podSubresources = ['log', 'exec', 'portforward', 'proxy', 'status'];

export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

/** `deployments.apps`, `pods`: how messages name a resource. */
export const qualified = (resource: Resource): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;

/** The resource with that plural; a bug of ours when there is none. */
export const resourceNamed = (plural: string): Resource => {
  const found = resources.find((resource) => resource.plural === plural);
  if (found === undefined) throw new Error(`no resource is called ${plural}`);
  return found;
};

export interface Address {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
  /** What follows the subresource, with its leading slash (`pods/x/proxy/api/stats` → `/api/stats`). */
  readonly rest: string;
}

/** Reads a path below /api or /apis; `null`: there is no such resource. */
export const parseAddress = (path: string): Address | null => {
  const match =
    /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?(?<rest>\/.*)?$/.exec(
      path,
    );
  const parts = match?.groups;
  if (parts === undefined) return null;
  const group = parts['group'] ?? '';
  const resource = resources.find(
    (one) => one.plural === parts['plural'] && one.group === group && one.version === parts['version'],
  );
  if (resource === undefined || (!resource.namespaced && parts['namespace'] !== undefined)) return null;
  const decoded = (part: string | undefined): string | null => (part === undefined ? null : decodeURIComponent(part));
  return {
    resource,
    namespace: decoded(parts['namespace']),
    name: decoded(parts['name']),
    subresource: parts['subresource'] ?? null,
    rest: parts['rest'] ?? '',
  };
};

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

const resourceList = (group: string, version: string): Json => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: group === '' ? version : `${group}/${version}`,
  resources: resources
    .filter((resource) => resource.group === group)
    .flatMap((resource): Json[] => [
      {
        name: resource.plural,
        singularName: resource.kind.toLowerCase(),
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs,
        shortNames: [...(resource.shortNames ?? [])],
      },
      ...(resource.plural === 'pods'
        ? podSubresources.map((name) => ({
            name: `pods/${name}`,
            singularName: '',
            namespaced: true,
            kind: 'Pod',
            verbs: ['create', 'get'],
          }))
        : []),
    ]),
});

const groups = [
  ...new Set(resources.map((resource) => resource.group).filter((group) => group !== '')),
  'authorization.k8s.io',
];

/** The discovery documents that kubectl asks for; `undefined` where the path is none. */
export const discovery = (path: string): Json | undefined => {
  if (path === '/version')
    return {
      major: '1',
      minor: '34',
      gitVersion: 'v1.34.4',
      gitCommit: 'simulated',
      gitTreeState: 'clean',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: 'none',
      compiler: 'none',
      platform: 'linux/amd64',
    };
  if (path === '/api') return {kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: []};
  if (path === '/apis') {
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups.map((name) => {
        const version = {groupVersion: `${name}/v1`, version: 'v1'};
        return {name, versions: [version], preferredVersion: version};
      }),
    };
  }
  if (path === '/api/v1') return resourceList('', 'v1');
  const group = /^\/apis\/([^/]+)\/v1$/.exec(path)?.[1];
  return group !== undefined && groups.includes(group) ? resourceList(group, 'v1') : undefined;
};
