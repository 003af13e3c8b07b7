/** FRG-102: may this account do what the command needs? */
import {note, run, type Step} from '../../fix.js';
import type {Permission} from '../../observation/observation.js';
import {defineCheck, type CheckResult} from '../check.js';
import {inNamespace, onCluster, quoted} from '../kubectl.js';
import {bySource, evidence, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';

export const permissions = defineCheck('FRG-102', {
  category: 'cluster',
  cause: 'checker',
  needs: ['FRG-101'],
  docs: {
    what: 'Asks the API server whether this account has each permission that the command needs. Without one of them the checker cannot observe or restart Frigate, and no error shows it: the Python checker before this one could neither restart nor alert for 34 days because one rule was missing.',
    limits:
      'Critical when a permission is missing; each one is named, with the command that adds it. Unknown when the access review itself is refused.',
    cure: 'Nothing: the fault is in the permissions of the checker, not in Frigate.',
    next: 'Add the permissions with the commands given, and bind them to the account that `kubectl auth whoami` names. `kubectl frigate-health install` prints all permissions at once.',
    source: 'Kubernetes, SelfSubjectAccessReview (authorization.k8s.io/v1).',
  },
  fix: ({observation}) => [
    run(`kubectl frigate-health install${inNamespace(observation)} | kubectl${onCluster(observation)} apply -f -`),
  ],
  judge: ({observation}) => {
    const {missingPermissions} = observation;
    if (!missingPermissions.known) {
      return missingPermissions.why.code === 'not-asked'
        ? notApplicable('Permissions not checked', bySource(missingPermissions.why))
        : unobserved(missingPermissions.why);
    }
    const missing = [...missingPermissions.value].sort((a, b) => (asWords(a) < asWords(b) ? -1 : 1));
    return missing.length === 0
      ? {status: 'ok', summary: 'All permissions that this command needs are granted'}
      : lacking(missing, onCluster(observation));
  },
});

const lacking = (missing: readonly Permission[], flags: string): CheckResult => ({
  status: 'critical',
  summary: `${plural(missing.length, 'permission')} missing: ${listed(missing.map(asWords))}`,
  evidence: missing.slice(0, 20).map((permission) => evidence('missing', asWords(permission))),
  fix: [
    ...rules(missing).map((rule) => creation(rule, flags)),
    note(
      'Then bind each role to the account that kubectl auth whoami names: kubectl create rolebinding, clusterrolebinding.',
    ),
  ],
});

/** `get pods/log in frigate`, `get nodes (cluster)` */
const asWords = (permission: Permission): string => {
  const {verb, name, namespace} = permission;
  return `${verb} ${resourceOf(permission)}${name === null ? '' : ` "${name}"`} ${namespace === null ? '(cluster)' : `in ${namespace}`}`;
};

/** As `kubectl create role --resource` reads it: `deployments.apps/scale`, `pods/log`. */
const resourceOf = ({group, resource}: Permission): string => {
  const [kind = resource, ...sub] = resource.split('/');
  return [group === '' ? kind : `${kind}.${group}`, ...sub].join('/');
};

interface Rule {
  readonly namespace: string | null;
  readonly name: string | null;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** One rule per resource: a rule of several resources and verbs would grant their product, more than is needed. */
const rules = (missing: readonly Permission[]): readonly Rule[] => {
  const byResource = new Map<string, Rule>();
  for (const permission of missing) {
    const {namespace, name, verb} = permission;
    const resource = resourceOf(permission);
    const key = JSON.stringify([namespace, name, resource]);
    const verbs = byResource.get(key)?.verbs ?? [];
    byResource.set(key, {namespace, name, resource, verbs: [...verbs, verb]});
  }
  return [...byResource.values()];
};

const creation = ({namespace, name, resource, verbs}: Rule, flags: string): Step => {
  const role = `frigate-health-${resource.replaceAll(/[^a-z0-9]+/g, '-')}`;
  const kind = namespace === null ? 'clusterrole' : 'role';
  const scope = namespace === null ? '' : ` -n ${quoted(namespace)}`;
  const only = name === null ? '' : ` --resource-name=${quoted(name)}`;
  return run(`kubectl${flags}${scope} create ${kind} ${role} --verb=${verbs.join(',')} --resource=${resource}${only}`);
};
