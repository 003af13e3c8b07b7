/** JSON Patch (RFC 6902), merge patch (RFC 7396) and as much of the strategic merge patch as kubectl's restart needs. */
import {isObject, sameJson, type Json, type JsonObject} from '../json.js';

/** `null`: the patch is rejected (a failed `test`, a path that is not there, a malformed operation). */
export type Patched = Json | null;

const pointer = (path: string): string[] | null => {
  if (path === '') return [];
  if (!path.startsWith('/')) return null;
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
};

type Edit = (container: Record<string, Json> | Json[], key: string) => boolean;

const arrayIndex = (array: readonly Json[], key: string, beyond: number): number | null => {
  const index = key === '-' ? array.length : Number(key);
  return /^(-|0|[1-9]\d*)$/.test(key) && index < array.length + beyond ? index : null;
};

const put = (container: Record<string, Json> | Json[], key: string, value: Json, insert: boolean): boolean => {
  if (!Array.isArray(container)) {
    if (!insert && !(key in container)) return false;
    container[key] = value;
    return true;
  }
  const index = arrayIndex(container, key, insert ? 1 : 0);
  if (index === null) return false;
  container.splice(index, insert ? 0 : 1, value);
  return true;
};

const take = (container: Record<string, Json> | Json[], key: string): boolean => {
  if (!Array.isArray(container)) {
    if (!(key in container)) return false;
    delete container[key];
    return true;
  }
  const index = arrayIndex(container, key, 0);
  if (index === null) return false;
  container.splice(index, 1);
  return true;
};

const valueAt = (container: Record<string, Json> | Json[], key: string): Json | undefined => {
  if (!Array.isArray(container)) return container[key];
  const index = arrayIndex(container, key, 0);
  return index === null ? undefined : container[index];
};

const isContainer = (value: Json | undefined): value is Record<string, Json> | Json[] =>
  typeof value === 'object' && value !== null;

/** Goes to the parent of the last part and edits there; false when a part on the way is not there. */
const within = (document: Json, parts: readonly string[], edit: Edit): boolean => {
  let at: Json | undefined = document;
  for (const part of parts.slice(0, -1)) at = isContainer(at) ? valueAt(at, part) : undefined;
  const last = parts.at(-1);
  return last !== undefined && isContainer(at) && edit(at, last);
};

const read = (document: Json, parts: readonly string[]): Json | undefined => {
  let at: Json | undefined = document;
  for (const part of parts) at = isContainer(at) ? valueAt(at, part) : undefined;
  return at;
};

/**
 * As the API server's library does it: a `test` for null holds where the last key is absent but its parent is there; below an
 * absent parent every operation fails.
 */
const applyOperation = (document: Json, operation: JsonObject): boolean => {
  const path = typeof operation['path'] === 'string' ? pointer(operation['path']) : null;
  const from = typeof operation['from'] === 'string' ? pointer(operation['from']) : null;
  if (path === null) return false;
  const value = operation['value'] ?? null;
  switch (operation['op']) {
    case 'test':
      return path.length === 0
        ? sameJson(document, value)
        : within(document, path, (container, key) => sameJson(valueAt(container, key) ?? null, value));
    case 'add':
      return within(document, path, (container, key) => put(container, key, structuredClone(value), true));
    case 'replace':
      return within(document, path, (container, key) => put(container, key, structuredClone(value), false));
    case 'remove':
      return within(document, path, take);
    case 'copy':
    case 'move': {
      const source = from === null ? undefined : read(document, from);
      if (from === null || source === undefined) return false;
      const copy = structuredClone(source);
      return (
        (operation['op'] === 'copy' || within(document, from, take)) &&
        within(document, path, (container, key) => put(container, key, copy, true))
      );
    }
    default:
      return false;
  }
};

/** All operations or none. */
export const jsonPatch = (document: Json, operations: Json): Patched => {
  if (!Array.isArray(operations)) return null;
  const copy = structuredClone(document);
  return operations.every((operation: Json) => isObject(operation) && applyOperation(copy, operation)) ? copy : null;
};

export const mergePatch = (target: Json | undefined, patch: Json): Json => {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? {...target} : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
};

const isNamed = (value: Json): value is JsonObject => isObject(value) && typeof value['name'] === 'string';

/** As a merge patch, but lists of named things (containers, volumes) are merged by name. */
export const strategicPatch = (target: Json | undefined, patch: Json): Json => {
  if (Array.isArray(patch) && Array.isArray(target) && patch.every(isNamed) && target.every(isNamed)) {
    const merged: Json[] = target.map((item: JsonObject) => {
      const change = patch.find((one: JsonObject) => one['name'] === item['name']);
      return change === undefined ? item : strategicPatch(item, change);
    });
    return [
      ...merged,
      ...patch.filter((item: JsonObject) => !target.some((one: JsonObject) => one['name'] === item['name'])),
    ];
  }
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? {...target} : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (!key.startsWith('$')) result[key] = strategicPatch(result[key], value);
  }
  return result;
};
