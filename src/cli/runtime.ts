/** What a command needs of the process that it runs in; made once in main.ts, so that tests can hand in their own. */
import type {Timers} from '../core/timers.js';
import type {CommandFailure} from '../outcome/failure.js';
import type {Style} from '../report/style.js';
import type {BuiltFiles} from './built-files.js';
import type {ColourChoice, Environment} from './colour.js';
import type {ProgressLine} from './prompts.js';

export interface CommandRuntime {
  readonly env: Environment;
  readonly version: string;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly interruption: () => CommandFailure | null;
  readonly stdout: (text: string) => void;
  readonly warn: (line: string) => void;
  /** How text on stdout is rendered, according to the flags of the command. */
  readonly style: (choice: ColourChoice, ascii: boolean) => Style;
  /** The files that were built beside the program. */
  readonly built: BuiltFiles;
  readonly readFile: (path: string) => string | null;
  /** Of a file that `readFile` gave no text of, what a person has to correct: `it does not exist`. */
  readonly whyUnreadable: (path: string) => string;
  readonly setExitCode: (code: number) => void;
  /** A yes or no from a person; `null`: there is no terminal to ask on. */
  readonly ask: (question: string) => Promise<boolean | null>;
  /** A person can be asked: stdin and stderr are the terminal. */
  readonly isAtTerminal: boolean;
  readonly progressLine: () => ProgressLine;
}

let current: CommandRuntime | null = null;

/** oclif creates the commands itself and passes them no runtime, so they read it from here. */
export const setRuntime = (runtime: CommandRuntime): void => {
  current = runtime;
};

export const runtime = (): CommandRuntime => {
  if (current === null) throw new Error('a command ran outside of main');
  return current;
};
