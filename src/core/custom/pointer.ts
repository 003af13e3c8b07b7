/** JSON pointers (RFC 6901) of the checks of the user's own. */
import type {Scalar} from './custom-check.js';

/** The value at a pointer; `undefined`: there is none. */
export const atPointer = (document: unknown, pointer: string): unknown => {
  let value = document;
  for (const step of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
};

export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
