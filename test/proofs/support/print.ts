/** How every proof tells its figures: tables, and one last line that sums them up. */

import {writeFigures, type Figures} from './figures.js';

export type Cell = string | number;

/** A table in plain text; columns of numbers stand at the right. */
export const table = (head: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string => {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [first = [], ...rest] = cells;
  return [line(first), widths.map((width) => '-'.repeat(width)).join('  '), ...rest.map(line)].join('\n');
};

export const say = (text = ''): void => {
  process.stdout.write(`${text}\n`);
};

export interface Ending extends Omit<Figures, 'told'> {
  readonly name: string;
  /** The closing line: what was tried, without the time. */
  readonly told: string;
  /** `performance.now()` at the beginning. */
  readonly begun: number;
  readonly violations: readonly string[];
  /** Keep the figures for README.md and docs (`--write`). */
  readonly write: boolean;
}

/** Ends the proof: every violation, then the one line; the exit code says whether it holds. Only what holds is kept. */
export const conclude = ({name, begun, violations, write, ...figures}: Ending): void => {
  for (const violation of violations.slice(0, 20)) say(`VIOLATION ${violation}`);
  if (violations.length > 20) say(`… and ${violations.length - 20} more`);
  if (write && violations.length === 0) writeFigures(name, figures);
  say(
    `${name}: ${violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`}: ${figures.told}, ${secondsSince(begun)}`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
};

export const secondsSince = (begun: number): string => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
