/** What a command needs of the process that it runs in; made once in main.ts, so that tests can hand in their own. */
import type {Clock} from '../pass/world.js';
import type {CommandFailure} from '../report/failure.js';
import type {Look} from '../report/look.js';
import type {ColourChoice, Environment} from './colour.js';
import type {ProgressLine} from './conversation.js';

export interface Surroundings {
  readonly env: Environment;
  readonly version: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly interruption: () => CommandFailure | null;
  readonly stdout: (text: string) => void;
  readonly warn: (line: string) => void;
  /** How text on stdout is to look, by the flags of the command. */
  readonly look: (choice: ColourChoice, ascii: boolean) => Look;
  readonly readFile: (path: string) => string | null;
  readonly setExitCode: (code: number) => void;
  /** A yes or no from a person; `null`: there is no terminal to ask on. */
  readonly ask: (question: string) => Promise<boolean | null>;
  readonly progressLine: () => ProgressLine;
}

let current: Surroundings | null = null;

/** oclif makes the commands itself and hands them nothing of ours, so they find their surroundings here. */
export const surround = (surroundings: Surroundings): void => {
  current = surroundings;
};

export const surroundings = (): Surroundings => {
  if (current === null) throw new Error('a command ran outside of main');
  return current;
};
