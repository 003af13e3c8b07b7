/**
 * What a user entry of a kubeconfig may hold and client-node 2 leaves out. Without it a token file would be nobody's token,
 * and an impersonation without its groups would be somebody with other rights.
 */
import path from 'node:path';
import {parse} from 'yaml';
import * as z from 'zod';

export interface UserExtras {
  /** Absolute; the token in it wins over the one in the entry, as in client-go. */
  readonly tokenFile: string | null;
  /** `as` itself the library knows. */
  readonly groups: readonly string[];
  readonly uid: string | null;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export const noExtras: UserExtras = {tokenFile: null, groups: [], uid: null, extra: {}};

/** Most files hold none of it, and are not parsed twice. */
const MENTIONED = /\b(?:tokenFile|as-groups|as-uid|as-user-extra)\b/;

const text = z.string().min(1).nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);

const entry = z.object({
  name: z.string(),
  user: z.object({
    tokenFile: text,
    'as-groups': texts,
    'as-uid': text,
    'as-user-extra': z.record(z.string(), z.array(z.string())).nullish().catch(null),
  }),
});
const file = z.object({users: z.array(entry.nullable().catch(null)).nullish().catch(null)});

/** By the name of the user; the text is one that the library could read. `folder`: what a relative path begins at. */
export const userExtrasIn = (kubeconfig: string, folder: string): ReadonlyMap<string, UserExtras> => {
  const extras = new Map<string, UserExtras>();
  if (!MENTIONED.test(kubeconfig)) return extras;
  const parsed = file.safeParse(parse(kubeconfig, {strict: false, uniqueKeys: false, logLevel: 'silent'}));
  for (const one of parsed.data?.users ?? []) {
    if (one === null || extras.has(one.name)) continue;
    const {tokenFile, 'as-groups': groups, 'as-uid': uid, 'as-user-extra': extra} = one.user;
    extras.set(one.name, {
      tokenFile: tokenFile ? path.resolve(folder, tokenFile) : null,
      groups: groups ?? [],
      uid: uid ?? null,
      extra: extra ?? {},
    });
  }
  return extras;
};
