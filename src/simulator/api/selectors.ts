/** Label and field selectors. */
import {isObject} from '../json.js';
import type {KubeObject} from './objects.js';

export type Matcher = (object: KubeObject) => boolean;

export type Selector =
  {readonly kind: 'selector'; readonly matches: Matcher} | {readonly kind: 'malformed'; readonly message: string};

/** Commas that do not stand in the parentheses of `in (a,b)`. */
const requirements = (selector: string): string[] =>
  selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const labelRequirement = (text: string): ((labels: Readonly<Record<string, string>>) => boolean) | null => {
  const set = /^(?<key>[\w./-]+)\s+(?<operator>in|notin)\s+\((?<values>[^)]*)\)$/.exec(text)?.groups;
  if (set !== undefined) {
    const values = (set['values'] ?? '').split(',').map((value) => value.trim());
    const key = set['key'] ?? '';
    return set['operator'] === 'in'
      ? (labels) => labels[key] !== undefined && values.includes(labels[key])
      : (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const equality = /^(?<key>[\w./-]+)\s*(?<operator>==|=|!=)\s*(?<value>[\w./-]*)$/.exec(text)?.groups;
  if (equality !== undefined) {
    const [key = '', value = ''] = [equality['key'], equality['value']];
    return equality['operator'] === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = /^(?<not>!)?\s*(?<key>[\w./-]+)$/.exec(text)?.groups;
  if (existence === undefined) return null;
  const key = existence['key'] ?? '';
  return existence['not'] === undefined ? (labels) => key in labels : (labels) => !(key in labels);
};

export const labelSelector = (selector: string): Selector => {
  const tests = requirements(selector).map((text) => ({text, test: labelRequirement(text)}));
  const wrong = tests.find(({test}) => test === null);
  if (wrong !== undefined)
    return {
      kind: 'malformed',
      message: `unable to parse requirement: found '${wrong.text.split(/\s+/)[1] ?? wrong.text}', expected: in, notin, =, ==, !=, gt, lt`,
    };
  return {
    kind: 'selector',
    matches: (object) => tests.every(({test}) => test?.(object.metadata.labels ?? {}) === true),
  };
};

const supported: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'status.phase', 'status.podIP', 'spec.restartPolicy'],
  Event: [
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
    'source',
  ],
  Node: ['spec.unschedulable'],
};

const fieldOf = (object: KubeObject, path: string): string => {
  let value: unknown = object;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

export const fieldSelector = (selector: string, kind: string): Selector => {
  const parts = requirements(selector).map(
    (text) => /^(?<path>[\w.]+)(?<operator>!=|==?)(?<value>.*)$/.exec(text)?.groups,
  );
  for (const part of parts) {
    if (part === undefined)
      return {kind: 'malformed', message: `invalid selector: '${selector}'; can't understand '${selector}'`};
    const path = part['path'] ?? '';
    if (!['metadata.name', 'metadata.namespace', ...(supported[kind] ?? [])].includes(path))
      return {kind: 'malformed', message: `field label not supported: ${path}`};
  }
  return {
    kind: 'selector',
    matches: (object) =>
      parts.every((part) => {
        const equal = fieldOf(object, part?.['path'] ?? '') === (part?.['value'] ?? '');
        return part?.['operator'] === '!=' ? !equal : equal;
      }),
  };
};
