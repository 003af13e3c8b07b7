/** The rights that each face needs, least first: what FRG-102 reviews and what the manifests grant. One table for both. */
import type {Right} from '../core/observation/observation.js';
import type {Via} from '../core/observation/frigate.js';

export interface RightsFor {
  readonly namespace: string;
  readonly workload: {readonly resource: 'deployments' | 'statefulsets' | 'daemonsets'; readonly name: string};
  readonly stateName: string;
  readonly via: 'auto' | Via;
  /** `look`: check and watch · `act`: run-cron and restart. */
  readonly mode: 'look' | 'act';
}

/** Which right each way to Frigate needs; reaching the pod's address directly needs none. */
const wayRights: Readonly<Record<Exclude<Via, 'direct'>, {readonly verb: string; readonly resource: string}>> = {
  proxy: {verb: 'get', resource: 'pods/proxy'},
  exec: {verb: 'create', resource: 'pods/exec'},
  'port-forward': {verb: 'create', resource: 'pods/portforward'},
};

export const rightsFor = ({namespace, workload, stateName, via, mode}: RightsFor): readonly Right[] => {
  const here = (verb: string, group: string, resource: string, name: string | null = null): Right => ({verb, group, resource, namespace, name});
  const looking = [
    here('get', 'apps', workload.resource, workload.name),
    here('list', '', 'pods'),
    here('get', '', 'pods/log'),
    here('list', 'apps', 'replicasets'),
    here('list', '', 'events'),
    here('get', '', 'configmaps', stateName),
    {verb: 'get', group: '', resource: 'nodes', namespace: null, name: null},
    ...(via === 'auto' || via === 'direct' ? [] : [here(wayRights[via].verb, '', wayRights[via].resource)]),
  ];
  if (mode === 'look') return looking;
  return [...looking, here('patch', 'apps', workload.resource, workload.name), here('create', '', 'configmaps'), here('update', '', 'configmaps', stateName)];
};
