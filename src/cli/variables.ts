/**
 * The variables of flags, judged before oclif reads them: it takes whatever it does not know for a no, so that
 * `FRIGATE_HC_DRY_RUN=on` would restart, and for an invalid value it names a flag that the user did not type.
 */
import {CommandFailure} from '../outcome/failure.js';
import {beforeDashes, peek} from './argv.js';
import type {Environment} from './colour.js';

/** The part of an oclif flag that is read. */
export interface VariableFlag {
  readonly type?: string | undefined;
  readonly char?: string | undefined;
  readonly env?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

const YES = ['1', 'true', 'y', 'yes'];
const NO = ['0', 'false', 'n', 'no'];

/** What the variable of a flag may be, in words; `null`: anything that the flag itself may be. */
const allowedBy = ({type, options}: VariableFlag, text: string): string | null => {
  if (type === 'boolean') return [...YES, ...NO].includes(text.toLowerCase()) ? null : 'true or false';
  return options === undefined || options.includes(text) ? null : `one of ${options.join(', ')}`;
};

/** A flag that was typed wins over its variable, whatever that says. */
const isTyped = (name: string, {char}: VariableFlag, argv: readonly string[]): boolean =>
  peek(argv, name, char ?? null) !== null || beforeDashes(argv).includes(`--${name}`);

/** Ends the command for a variable that says nothing its flag knows. A variable that is set to nothing counts as not set. */
export const checkVariables = (
  flags: Readonly<Record<string, VariableFlag>>,
  argv: readonly string[],
  env: Environment,
): void => {
  for (const [name, flag] of Object.entries(flags)) {
    const text = flag.env === undefined ? undefined : env[flag.env];
    if (flag.env === undefined || text === undefined || text === '' || isTyped(name, flag, argv)) continue;
    const allowed = allowedBy(flag, text);
    if (allowed !== null)
      throw new CommandFailure(
        'usage',
        `${flag.env}=${JSON.stringify(text)} is not allowed for this command: it must be ${allowed}.`,
        `set it to one of them, or unset ${flag.env}`,
      );
  }
};
