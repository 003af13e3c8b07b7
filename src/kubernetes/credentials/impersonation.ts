/** `--as` and `--as-group`, and their kin in a kubeconfig, as headers of every request. */
import type {UserExtras} from './user-entry.js';

export interface Impersonation {
  readonly as: string | null;
  readonly asGroups: readonly string[];
}

/** Several groups are several header lines: a list joined by commas would be one group with a strange name (client-node #2474). */
export const impersonationHeaders = ({as, asGroups}: Impersonation): Record<string, string | readonly string[]> => ({
  ...(as === null ? {} : {'Impersonate-User': as}),
  ...(asGroups.length === 0 ? {} : {'Impersonate-Group': asGroups}),
});

/** What a kubeconfig says beside `as`; keys of `as-user-extra` are escaped for the name of a header (client-go, transport/round_trippers.go). */
export const impersonationExtras = ({
  groups,
  uid,
  extra,
}: Pick<UserExtras, 'groups' | 'uid' | 'extra'>): Record<string, string | readonly string[]> => ({
  ...impersonationHeaders({as: null, asGroups: groups}),
  ...(uid === null ? {} : {'Impersonate-Uid': uid}),
  ...Object.fromEntries(
    Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
  ),
});
