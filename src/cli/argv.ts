/** What has to be known of the command line before oclif parses it, and what oclif cannot parse itself. Pure. */
import {FORMATS} from '../report/render.js';
import type {Format} from '../report/render.js';

/** A flag whose value may be left out, which oclif does not know. */
interface Optional {
  /** What then holds. A restart is followed for longer: a hung Frigate needs its grace period, a start its two minutes. */
  readonly value: (command: string) => string;
  /** Whether the next word is its value all the same: `--wait 10m` must never search a workload called 10m. */
  readonly takes: (next: string) => boolean;
}

const optionalValues: ReadonlyMap<string, Optional> = new Map([
  ['--wait', {value: (command) => (command === 'restart' ? '10m' : '5m'), takes: (next) => /^\d/.test(next)}],
  // A simulated cluster has no workloads that a person would have to name.
  ['--demo', {value: () => 'coral-stuck', takes: (next) => !next.startsWith('-')}],
]);

/** The words that may be flags: those before a bare `--`. */
export const beforeDashes = (argv: readonly string[]): readonly string[] => {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
};

const withValues = (words: readonly string[], command: string): readonly string[] =>
  words.flatMap((word, index) => {
    const next = words[index + 1];
    const optional = optionalValues.get(word);
    if (optional !== undefined)
      return [`${word}=${next !== undefined && optional.takes(next) ? next : optional.value(command)}`];
    const isTaken = optionalValues.get(words[index - 1] ?? '')?.takes(word) === true;
    return isTaken ? [] : [word];
  });

/** The same command line in the words that oclif knows: `--wait` → `--wait=5m`, `--wait 1m` → `--wait=1m`, `help check` → `check --help`. */
export const normalised = (argv: readonly string[]): readonly string[] => {
  if (argv[0] === 'help') return normalised([...argv.slice(1), '--help']);
  const flags = beforeDashes(argv);
  return [...withValues(flags, argv[0] ?? ''), ...argv.slice(flags.length)];
};

/**
 * The value of a flag, read without parsing: what an error before or while parsing needs to know (the format and the colours).
 * The last one counts; a flag without a value is not there.
 */
export const peek = (argv: readonly string[], long: string, short: string | null = null): string | null => {
  const words = beforeDashes(argv);
  let found: string | null = null;
  for (const [index, word] of words.entries()) {
    if (word === `--${long}` || (short !== null && word === `-${short}`)) found = words[index + 1] ?? null;
    else if (word.startsWith(`--${long}=`)) found = word.slice(long.length + 3);
    else if (short !== null && word.startsWith(`-${short}`) && !word.startsWith('--'))
      found = word.slice(2).replace(/^=/, '');
  }
  return found;
};

const isFormat = (text: string): text is Format => FORMATS.some((format) => format === text);

/** The output format that was requested; `text` if it cannot be determined. */
export const peekFormat = (argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Format => {
  const asked = peek(argv, 'output', 'o') ?? env['FRIGATE_HC_OUTPUT'] ?? 'text';
  return isFormat(asked) ? asked : 'text';
};
