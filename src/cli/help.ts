/**
 * Help that was rendered when the program was built (scripts/build/build.ts): the same text that oclif would make, without
 * loading oclif. It is 80 columns wide, so it is used wherever 80 columns fit.
 */
import type {BuiltFiles} from './built-files.js';

/** The width of all help: wider lines are harder to read, and a narrower terminal gets oclif's own. */
export const HELP_COLUMNS = 80;

const isHelpFlag = (word: string | undefined): boolean => word === '--help' || word === '-h';

/** The page that a command line asks for and nothing else: `root` or a command; `null` when it asks for more than help. */
export const helpPage = (argv: readonly string[]): string | null => {
  if (argv.length === 0 || (argv.length === 1 && isHelpFlag(argv[0]))) return 'root';
  const [command = '', flag, ...more] = argv;
  return more.length === 0 && isHelpFlag(flag) && /^[a-z-]+$/.test(command) && !command.startsWith('-')
    ? command
    : null;
};

/** The page as it was built; `null` when there is none, and then oclif renders it. */
export const builtHelp = (argv: readonly string[], columns: number | null, built: BuiltFiles): string | null => {
  const page = helpPage(argv);
  return page === null || (columns !== null && columns < HELP_COLUMNS) ? null : built(`help/${page}.txt`);
};
