/** Reads a small text file; `null` when it cannot be read. */
export type ReadFile = (path: string) => string | null;
