/** `--as` and `--as-group`, as headers of every request. */

export interface Impersonation {
  readonly as: string | null;
  readonly asGroups: readonly string[];
}

/** Several groups are several header lines: a list joined by commas would be one group with a strange name (client-node #2474). */
export const impersonationHeaders = ({as, asGroups}: Impersonation): Record<string, string | readonly string[]> => ({
  ...(as === null ? {} : {'Impersonate-User': as}),
  ...(asGroups.length === 0 ? {} : {'Impersonate-Group': asGroups}),
});
