/**
 * `--auth token-file`: YAML with the hash of each token, never the token itself:
 *
 *     tokens:
 *       - name: alice
 *         sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
 *         scope: write          # read or write
 *         namespaces: [nvr]     # optional: only Frigates of these
 */
import {createHash, timingSafeEqual} from 'node:crypto';
import {parse} from 'yaml';
import * as z from 'zod';
import {known} from '../../core/known.js';
import type {Access, Caller} from './access.js';

const entry = z.strictObject({
  name: z.string().min(1).max(253),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be the SHA-256 of the token in 64 hexadecimal digits')
    .transform((digits) => Buffer.from(digits, 'hex')),
  scope: z.enum(['read', 'write']),
  namespaces: z.array(z.string().min(1)).min(1).optional(),
});
const file = z.strictObject({tokens: z.array(entry).min(1).max(1000)});

export type TokenEntry = z.output<typeof entry>;

export type TokenFile =
  {readonly kind: 'read'; readonly entries: readonly TokenEntry[]} | {readonly kind: 'wrong'; readonly message: string};

/** Never quotes a value: somebody may have put a token where its hash belongs. */
export const readTokenFile = (text: string): TokenFile => {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return {kind: 'wrong', message: 'it is not YAML'};
  }
  const parsed = file.safeParse(document);
  if (parsed.success) return {kind: 'read', entries: parsed.data.tokens};
  const [issue] = parsed.error.issues;
  return {kind: 'wrong', message: issue === undefined ? 'malformed' : `${issue.path.join('.')}: ${issue.message}`};
};

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** `entriesNow`: what the file holds at this moment; it may be read again while the program runs. */
export const tokenFileAccess = (entriesNow: () => readonly TokenEntry[]): Access => {
  const scopes = new WeakMap<Caller, TokenEntry['scope']>();
  return {
    anonymous: false,
    callerOf(token) {
      const given = hash(token);
      let found: TokenEntry | null = null;
      // Every entry is compared, in the same time whether or not it fits.
      for (const one of entriesNow()) if (timingSafeEqual(one.sha256, given)) found = one;
      if (found === null) return Promise.resolve(known(null));
      const caller: Caller = {
        name: found.name,
        namespaces: found.namespaces === undefined ? null : new Set(found.namespaces),
      };
      scopes.set(caller, found.scope);
      return Promise.resolve(known(caller));
    },
    allows(caller, wanted) {
      const reads = wanted.kind === 'path' && wanted.method === 'GET';
      return Promise.resolve(known(reads ? scopes.has(caller) : scopes.get(caller) === 'write'));
    },
  };
};
