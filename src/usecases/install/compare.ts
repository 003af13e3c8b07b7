/** What stands in the cluster against what is needed. Pure. */
import * as z from 'zod';
import type {Permission} from '../../core/observation/observation.js';
import {permissionsIn, type PolicyRule} from './access.js';
import {titleOf, type Manifest} from './manifest.js';

/** `missing`: something that the tool needs is not there · `differs`: it is another than what is printed now · `surplus`: more is granted than is needed. */
export interface Difference {
  readonly kind: 'missing' | 'differs' | 'surplus';
  /** `Role/frigate-health-checker in frigate` */
  readonly object: string;
  readonly detail: string;
}

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const roleObject = z.looseObject({
  rules: z
    .array(z.object({apiGroups: texts, resources: texts, resourceNames: texts, verbs: texts}))
    .nullish()
    .transform((rules) => rules ?? []),
});

const isRole = ({kind}: Manifest): boolean => kind === 'Role' || kind === 'ClusterRole';

/** RBAC's own reading: a star is everything, a rule without names is for all. */
const covers = (granted: Permission, needed: Permission): boolean =>
  (granted.verb === '*' || granted.verb === needed.verb) &&
  (granted.group === '*' || granted.group === needed.group) &&
  (granted.resource === '*' || granted.resource === needed.resource) &&
  (granted.name === null || granted.name === needed.name);

/** `patch deployments.apps "frigate"` */
export const permissionInWords = ({verb, group, resource, name}: Permission): string => {
  const [kind = resource, ...sub] = resource.split('/');
  return `${verb} ${[group === '' ? kind : `${kind}.${group}`, ...sub].join('/')}${name === null ? '' : ` "${name}"`}`;
};

const compareRules = (wanted: Manifest, found: object): readonly Difference[] => {
  const parsed = roleObject.safeParse(found);
  const object = titleOf(wanted);
  const needed = permissionsIn(roleObject.parse(wanted).rules, null);
  const granted = parsed.success ? permissionsIn(parsed.data.rules satisfies readonly PolicyRule[], null) : [];
  return [
    ...needed
      .filter((right) => !granted.some((each) => covers(each, right)))
      .map((right): Difference => ({kind: 'missing', object, detail: permissionInWords(right)})),
    ...granted
      .filter((right) => !needed.some((each) => covers(each, right)))
      .map((right): Difference => ({kind: 'surplus', object, detail: permissionInWords(right)})),
  ];
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'nothing';
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
};

type Path = string;

/** Variables that somebody may have set by hand, against all advice. The name of a file is no secret. */
const SECRET_VARIABLE = /\benv\[[^\]]*(PASSWORD|TOKEN|SECRET)(?![^\]]*_FILE\])/;

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Items that have names are compared by them, so that one more variable is one difference and not all that follow it. */
const namesOf = (items: readonly unknown[]): readonly string[] | null => {
  const names = items.map((item) => (isFields(item) && typeof item['name'] === 'string' ? item['name'] : null));
  return names.length > 0 && names.every((name) => name !== null) && new Set(names).size === names.length
    ? names
    : null;
};

const byName = (items: readonly unknown[]): Readonly<Record<string, unknown>> | null => {
  const names = namesOf(items);
  return names === null ? null : Object.fromEntries(names.map((name, index) => [name, items[index]]));
};

interface Unequal {
  readonly path: Path;
  readonly wanted: unknown;
  readonly found: unknown;
}

/** What the API server adds by itself (defaults, status) is no difference; a list is compared whole. */
const unequal = (path: Path, wanted: unknown, found: unknown): readonly Unequal[] => {
  if (Array.isArray(wanted) && Array.isArray(found)) {
    const named = byName(wanted);
    const others = byName(found);
    if (named !== null && others !== null) {
      return [...new Set([...Object.keys(named), ...Object.keys(others)])].flatMap((name) =>
        named[name] === undefined
          ? [{path: `${path}[${name}]`, wanted: undefined, found: others[name]}]
          : unequal(`${path}[${name}]`, named[name], others[name]),
      );
    }
    if (wanted.length !== found.length) return [{path, wanted, found}];
    return wanted.flatMap((item: unknown, index) => unequal(`${path}[${index}]`, item, found[index]));
  }
  if (isFields(wanted)) {
    if (!isFields(found)) return [{path, wanted, found}];
    return Object.entries(wanted).flatMap(([name, value]) =>
      unequal(path === '' ? name : `${path}.${name}`, value, found[name]),
    );
  }
  return wanted === found ? [] : [{path, wanted, found}];
};

/** The differences of one object; `found: null`: there is none. */
export const compare = (wanted: Manifest, found: object | null): readonly Difference[] => {
  const object = titleOf(wanted);
  if (found === null) return [{kind: 'missing', object, detail: 'there is no such object'}];
  if (isRole(wanted)) return compareRules(wanted, found);
  const content = Object.fromEntries(
    Object.entries(wanted).filter(([field]) => !['apiVersion', 'kind', 'metadata'].includes(field)),
  );
  return unequal('', content, found).map(({path, wanted: needed, found: other}) => ({
    kind: 'differs',
    object,
    detail: `${path} is ${SECRET_VARIABLE.test(path) ? '***' : shown(other)}, printed now: ${shown(needed)}`,
  }));
};
