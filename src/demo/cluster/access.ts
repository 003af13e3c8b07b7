/** Who may do what: a list of rules per user, asked before every request and by the access reviews. */
import {isObject, type Json, type JsonObject} from '../json.js';

/** One rule as RBAC has it; `*` stands for everything. Resources with their subresource: `pods/log`. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names?: readonly string[];
  /** Without it everywhere. */
  readonly namespaces?: readonly string[];
}

export interface Action {
  readonly verb: string;
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

export const everything: readonly Rule[] = [{verbs: ['*'], groups: ['*'], resources: ['*']}];

const includes = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

const permits = (rule: Rule, action: Action): boolean =>
  includes(rule.verbs, action.verb) &&
  includes(rule.groups, action.group) &&
  includes(rule.resources, action.resource) &&
  (rule.names === undefined || (action.name !== null && rule.names.includes(action.name))) &&
  (rule.namespaces === undefined || (action.namespace !== null && rule.namespaces.includes(action.namespace)));

const same = (a: Action, b: Partial<Action>): boolean =>
  (b.verb === undefined || b.verb === a.verb) &&
  (b.resource === undefined || b.resource === a.resource) &&
  (b.group === undefined || b.group === a.group) &&
  (b.namespace === undefined || b.namespace === a.namespace);

export class Access {
  readonly #rules = new Map<string, readonly Rule[]>();
  readonly #denied: Array<{readonly user: string | null; readonly action: Partial<Action>}> = [];

  /** Without rules of its own a user may do everything. */
  grant(user: string, rules: readonly Rule[]): void {
    this.#rules.set(user, rules);
  }

  /** Takes a right away, whatever the rules say; `user` null: from everybody. Returns the way to give it back. */
  deny(action: Partial<Action>, user: string | null = null): () => void {
    const denial = {user, action};
    this.#denied.push(denial);
    return () => {
      const index = this.#denied.indexOf(denial);
      if (index >= 0) this.#denied.splice(index, 1);
    };
  }

  allows(user: string, action: Action): boolean {
    if (this.#denied.some((denial) => (denial.user === null || denial.user === user) && same(action, denial.action)))
      return false;
    return this.rulesOf(user).some((rule) => permits(rule, action));
  }

  rulesOf(user: string): readonly Rule[] {
    return this.#rules.get(user) ?? everything;
  }
}

const text = (object: JsonObject, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** The answer to a SelfSubjectAccessReview. */
export const reviewAccess = (access: Access, user: string, body: JsonObject): Json => {
  const spec = isObject(body['spec']) ? body['spec'] : {};
  const asked = isObject(spec['resourceAttributes']) ? spec['resourceAttributes'] : {};
  const subresource = text(asked, 'subresource');
  const allowed = access.allows(user, {
    verb: text(asked, 'verb') ?? '',
    group: text(asked, 'group') ?? '',
    resource: `${text(asked, 'resource') ?? ''}${subresource === null ? '' : `/${subresource}`}`,
    namespace: text(asked, 'namespace'),
    name: text(asked, 'name'),
  });
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: {allowed},
  };
};

/** The answer to a SelfSubjectRulesReview. */
export const reviewRules = (access: Access, user: string, body: JsonObject): Json => {
  const spec = isObject(body['spec']) ? body['spec'] : {};
  const namespace = text(spec, 'namespace');
  const rules = access
    .rulesOf(user)
    .filter((rule) => rule.namespaces === undefined || (namespace !== null && rule.namespaces.includes(namespace)));
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: {
      resourceRules: rules.map((rule) => ({
        verbs: [...rule.verbs],
        apiGroups: [...rule.groups],
        resources: [...rule.resources],
        ...(rule.names === undefined ? {} : {resourceNames: [...rule.names]}),
      })),
      nonResourceRules: [{verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version']}],
      incomplete: false,
    },
  };
};
