/** The start: `--version`, `--help` and the like against `node -e 0` (budgets: 1.6 times for what needs no command, twice for a page of a check). Prints; asserts nothing. */
import {figuresOf, program, ratio, run, told} from './support/measure.js';
import type {Run} from './support/measure.js';

const RUNS = 15;
const asked: ReadonlyArray<readonly string[]> = [
  ['--version'],
  ['--help'],
  ['check', '--help'],
  ['check', '--explain', 'FRG-401'],
  ['check', '--no-such-flag'],
];

/** Times of the wall clock of `node -e 0`; what loads a command has none. */
const budgetOf = (words: readonly string[]): string =>
  words.includes('--explain') ? '2' : words.includes('--no-such-flag') ? 'none' : '1.6';

const rows = new Map<string, Run[]>([['', []], ...asked.map((words): [string, Run[]] => [words.join(' '), []])]);
// In turn, so that whatever else the machine does falls on all of them.
for (let count = 0; count < RUNS; count += 1) {
  rows.get('')?.push(await run([process.execPath, '-e', '0']));
  for (const words of asked) rows.get(words.join(' '))?.push(await run([...program, ...words]));
}

const bare = figuresOf(rows.get('') ?? []);
console.log(`node -e 0: ${told(bare)}`);
for (const words of asked) {
  const figures = figuresOf(rows.get(words.join(' ')) ?? []);
  console.log(
    `${words.join(' ')}: ${told(figures)}; ${ratio(figures.wall, bare.wall)} × wall, ${ratio(figures.cpu, bare.cpu)} × CPU (budget ${budgetOf(words)})`,
  );
}
