/** `metadata.managedFields`: who wrote which field last, as an update by the API server keeps it. */
import {isObject, sameJson, without, type Json} from '../json.js';
import type {KubeObject, ManagedField} from './objects.js';

const SEPARATOR = '\u0000';

/** Every leaf of the parts that a client owns; lists are leaves. */
const leaves = (value: Json | undefined, path: string, into: Map<string, Json>): Map<string, Json> => {
  if (isObject(value))
    for (const [key, item] of Object.entries(value)) leaves(item, `${path}${SEPARATOR}f:${key}`, into);
  else if (value !== undefined) into.set(path, value);
  return into;
};

const ownable = (object: KubeObject): Map<string, Json> => {
  const {metadata} = object;
  const owned = {
    ...without(object, 'apiVersion', 'kind', 'status'),
    metadata: {
      ...(metadata.labels === undefined ? {} : {labels: metadata.labels}),
      ...(metadata.annotations === undefined ? {} : {annotations: metadata.annotations}),
    },
  };
  return leaves(JSON.parse(JSON.stringify(owned)) as Json, '', new Map());
};

const pathsOf = (fields: Json, path = ''): string[] => {
  if (!isObject(fields) || Object.keys(fields).length === 0) return path === '' ? [] : [path];
  return Object.entries(fields).flatMap(([key, item]) => pathsOf(item, `${path}${SEPARATOR}${key}`));
};

const treeOf = (paths: Iterable<string>): Json => {
  const root: Record<string, Json> = {};
  for (const path of paths) {
    let at = root;
    for (const part of path.split(SEPARATOR).slice(1)) {
      const next = isObject(at[part]) ? {...at[part]} : {};
      at[part] = next;
      at = next;
    }
  }
  return root;
};

/** The new list after `manager` wrote `next` over `previous`. Entries are ordered by time, then by name; the newest is last. */
export const managedAfter = (
  previous: KubeObject | null,
  next: KubeObject,
  manager: string,
  time: string,
): ManagedField[] => {
  const before = previous === null ? new Map<string, Json>() : ownable(previous);
  const after = ownable(next);
  const changed = new Set(
    [...after].filter(([path, value]) => !sameJson(before.get(path), value)).map(([path]) => path),
  );
  const vanished = new Set([...before.keys()].filter((path) => !after.has(path)));
  const entries = previous?.metadata.managedFields ?? [];
  if (changed.size === 0 && vanished.size === 0) return entries;
  const others = entries
    .filter((entry) => entry.manager !== manager || entry.subresource !== undefined)
    .map((entry): ManagedField => ({
      ...entry,
      fieldsV1: treeOf(pathsOf(entry.fieldsV1).filter((path) => !changed.has(path) && !vanished.has(path))),
    }));
  const own = entries.find((entry) => entry.manager === manager && entry.subresource === undefined);
  const paths = new Set([
    ...(own === undefined ? [] : pathsOf(own.fieldsV1)).filter((path) => !vanished.has(path)),
    ...changed,
  ]);
  const written: ManagedField = {
    manager,
    operation: 'Update',
    apiVersion: next.apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: treeOf(paths),
  };
  return [...others, written].sort((a, b) =>
    a.time === b.time ? (a.manager < b.manager ? -1 : 1) : a.time < b.time ? -1 : 1,
  );
};

/** The `fieldManager` parameter, or the first word of the user agent up to its slash. */
export const managerOf = (parameter: string | null, userAgent: string | undefined): string =>
  parameter ?? (userAgent?.split('/')[0]?.split(' ')[0] || 'unknown');
