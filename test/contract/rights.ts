/** Every right that the calls of `Cluster` need, by call: what a Role must hold, and what the suite takes away one by one. */
import type {Permission} from '../../src/core/observation/observation.js';

const right = (verb: string, group: string, resource: string, namespace: string | null): Permission => ({
  verb,
  group,
  resource,
  namespace,
  name: null,
});

export const allRights = (namespace: string): readonly Permission[] => [
  ...['deployments', 'statefulsets', 'daemonsets'].flatMap((resource) =>
    ['get', 'list', 'patch'].map((verb) => right(verb, 'apps', resource, namespace)),
  ),
  right('list', 'apps', 'replicasets', namespace),
  right('list', 'apps', 'controllerrevisions', namespace),
  right('list', '', 'pods', namespace),
  right('get', '', 'pods/log', namespace),
  right('get', '', 'pods/proxy', namespace),
  // A WebSocket begins with a GET: `get` up to API server 1.34, `create` besides from 1.35 on.
  ...['pods/exec', 'pods/portforward'].flatMap((resource) =>
    ['get', 'create'].map((verb) => right(verb, '', resource, namespace)),
  ),
  right('list', '', 'events', namespace),
  right('list', '', 'persistentvolumeclaims', namespace),
  ...['get', 'create', 'update'].map((verb) => right(verb, '', 'configmaps', namespace)),
  right('get', 'batch', 'cronjobs', namespace),
  right('get', 'metrics.k8s.io', 'pods', namespace),
  right('get', '', 'nodes', null),
];
