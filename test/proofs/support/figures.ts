/** The figures of the proofs that stand in README.md and docs/how-it-decides.md: kept in one file, written by the proofs themselves. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const file = join(import.meta.dirname, '..', 'figures.json');

/** One proof that held, as it ran last with `--write`. */
export interface Figures {
  /** The closing line, without the time that it took. */
  readonly told: string;
  /** Where chance is in it. */
  readonly seed?: number;
  /** The table for the README. */
  readonly table?: {readonly head: readonly string[]; readonly rows: ReadonlyArray<ReadonlyArray<string | number>>};
  /** Further sentences. */
  readonly notes?: readonly string[];
}

export type AllFigures = Readonly<Record<string, Figures>>;

export const readFigures = (): AllFigures => JSON.parse(readFileSync(file, 'utf8')) as AllFigures;

export const writeFigures = (name: string, figures: Figures): void => {
  const sorted = Object.entries({...readFigures(), [name]: figures}).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
};
