/** FRG-102: may this account do what the command needs? */
import type {Right} from '../../observation/observation.js';
import type {Check, Verdict} from '../check.js';
import {inNamespace, onCluster, quoted} from '../kubectl.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';

export const permissions: Check = {
  id: 'FRG-102',
  title: 'permissions',
  category: 'cluster',
  cause: 'checker',
  needs: ['FRG-101'],
  docs: {
    what: 'Asks the API server whether this account has each right that the command needs. A right that is missing makes the checker blind or lame without a word: the Python checker before this one could neither restart nor alert for 34 days because one rule was missing.',
    limits:
      'Critical when a right is missing; each one is named, with the command that adds the rule. Unknown when the question itself is refused.',
    cure: "Nothing: it is the checker's trouble, not Frigate's.",
    next: 'Add the rule with the command given, and bind it to the account that `kubectl auth whoami` names. `kubectl frigate-health install` prints all rules at once.',
    source: 'Kubernetes, SelfSubjectAccessReview (authorization.k8s.io/v1).',
  },
  fix: ({observation}) =>
    `kubectl frigate-health install${inNamespace(observation)} | kubectl${onCluster(observation)} apply -f -`,
  judge: ({observation}) => {
    const {missingRights} = observation;
    if (!missingRights.known) {
      return missingRights.why.code === 'not-asked'
        ? notApplicable('Rights were not asked for', missingRights.why.message)
        : unseen(missingRights.why);
    }
    const missing = [...missingRights.value].sort((a, b) => (asWords(a) < asWords(b) ? -1 : 1));
    return missing.length === 0
      ? {status: 'ok', summary: 'Every right that this command needs is there'}
      : refused(missing, onCluster(observation));
  },
};

const refused = (missing: readonly Right[], flags: string): Verdict => ({
  status: 'critical',
  summary: `${plural(missing.length, 'right')} missing: ${listed(missing.map(asWords))}`,
  evidence: missing.slice(0, 20).map((right) => evidence('missing', asWords(right))),
  fix: [
    ...rules(missing).map((rule) => command(rule, flags)),
    '# then bind them to the account that kubectl auth whoami names: kubectl create rolebinding, clusterrolebinding',
  ].join('\n'),
});

/** `get pods/log in frigate`, `get nodes (cluster)` */
const asWords = (right: Right): string => {
  const name = right.name === null ? '' : ` "${right.name}"`;
  return `${right.verb} ${resourceOf(right)}${name} ${right.namespace === null ? '(cluster)' : `in ${right.namespace}`}`;
};

/** As `kubectl create role --resource` reads it: `deployments.apps/scale`, `pods/log`. */
const resourceOf = ({group, resource}: Right): string => {
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
const rules = (missing: readonly Right[]): readonly Rule[] => {
  const byResource = new Map<string, Rule>();
  for (const right of missing) {
    const resource = resourceOf(right);
    const key = JSON.stringify([right.namespace, right.name, resource]);
    const verbs = byResource.get(key)?.verbs ?? [];
    byResource.set(key, {namespace: right.namespace, name: right.name, resource, verbs: [...verbs, right.verb]});
  }
  return [...byResource.values()];
};

const command = ({namespace, name, resource, verbs}: Rule, flags: string): string => {
  const role = `frigate-health-${resource.replaceAll(/[^a-z0-9]+/g, '-')}`;
  const kind = namespace === null ? 'clusterrole' : 'role';
  const place = namespace === null ? '' : ` -n ${quoted(namespace)}`;
  const only = name === null ? '' : ` --resource-name=${quoted(name)}`;
  return `kubectl${flags}${place} create ${kind} ${role} --verb=${verbs.join(',')} --resource=${resource}${only}`;
};
