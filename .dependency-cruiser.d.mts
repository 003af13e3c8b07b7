/** The table of .dependency-cruiser.mjs, for the test that reads it. */
export const FOLDERS: Readonly<Record<string, readonly string[]>>;
export const CORE_FOLDERS: Readonly<Record<string, readonly string[]>>;
