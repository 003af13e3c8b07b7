/** Authorization: a list of rules per user, evaluated for every request and by the access reviews. */
/** One rule as RBAC has it; `*` stands for everything. Resources with their subresource: `pods/log`. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names?: readonly string[];
  /** Without it everywhere. */
  readonly namespaces?: readonly string[];
  /** Paths that are no resource (nonResourceURLs); a `*` at the end stands for anything. */
  readonly urls?: readonly string[];
}

export interface Action {
  readonly verb: string;
  readonly group: string;
  /** With its subresource. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

export const everything: readonly Rule[] = [{verbs: ['*'], groups: ['*'], resources: ['*'], urls: ['*']}];

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

  /** Denies an action, whatever the rules grant; `user` null: to everyone. Returns the function that grants it again. */
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

  /** A path that is no resource. */
  allowsPath(user: string, verb: string, path: string): boolean {
    return this.rulesOf(user).some(
      ({verbs, urls = []}) =>
        includes(verbs, verb) &&
        urls.some((url) => (url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url)),
    );
  }

  rulesOf(user: string): readonly Rule[] {
    return this.#rules.get(user) ?? everything;
  }
}
