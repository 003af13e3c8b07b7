/** What has to be known of the command line before oclif parses it, and what oclif cannot parse itself. Pure. */
import {FORMATS} from '../report/render.js';
import type {Format} from '../report/render.js';

/** Flags whose value may be left out, with the value that then holds. oclif has no optional values. */
const optionalValues: ReadonlyMap<string, string> = new Map([['--wait', '5m'], ['--demo', 'coral-stuck']]);

const beforeDashes = (argv: readonly string[]): readonly string[] => {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
};

/** The same command line in the words that oclif knows: `--wait` → `--wait=5m`, `help check` → `check --help`. */
export const normalised = (argv: readonly string[]): readonly string[] => {
  if (argv[0] === 'help') return normalised([...argv.slice(1), '--help']);
  const flags = beforeDashes(argv);
  return [...flags.map((word) => (optionalValues.has(word) ? `${word}=${optionalValues.get(word) ?? ''}` : word)), ...argv.slice(flags.length)];
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
    else if (short !== null && word.startsWith(`-${short}`) && !word.startsWith('--')) found = word.slice(2).replace(/^=/, '');
  }
  return found;
};

const isFormat = (text: string): text is Format => FORMATS.some((format) => format === text);

/** The output format that is asked for, as far as it can be told; `text` otherwise. */
export const peekFormat = (argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Format => {
  const asked = peek(argv, 'output', 'o') ?? env['FRIGATE_HC_OUTPUT'] ?? 'text';
  return isFormat(asked) ? asked : 'text';
};
