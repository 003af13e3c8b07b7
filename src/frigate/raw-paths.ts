/** What `check --raw` can ask for, as it stands behind `/api/`. All are cheap, and change nothing. */
export const RAW_PATHS = ['stats', 'config', 'version', 'stats/history'] as const;
export type RawPath = (typeof RAW_PATHS)[number];
