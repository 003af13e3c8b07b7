/** `--as` and `--as-group`, and their kin in a kubeconfig, as headers of every request. */
import type {UserEntry} from './kubeconfig-file.js';

export interface Impersonation {
  readonly as: string | null;
  readonly asGroups: readonly string[];
}

/** Several groups are several header lines: a list joined by commas would be one group with a strange name (client-node #2474). */
export const impersonationHeaders = ({as, asGroups}: Impersonation): Record<string, string | readonly string[]> => ({
  ...(as === null ? {} : {'Impersonate-User': as}),
  ...(asGroups.length === 0 ? {} : {'Impersonate-Group': asGroups}),
});

/** What the entry of a user says; keys of `as-user-extra` are escaped for the name of a header (client-go, transport/round_trippers.go). */
export const impersonationOf = ({
  as,
  asGroups,
  asUid,
  asExtra,
}: Pick<UserEntry, 'as' | 'asGroups' | 'asUid' | 'asExtra'>): Record<string, string | readonly string[]> => ({
  ...impersonationHeaders({as, asGroups}),
  ...(asUid === null ? {} : {'Impersonate-Uid': asUid}),
  ...Object.fromEntries(
    Object.entries(asExtra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
  ),
});
