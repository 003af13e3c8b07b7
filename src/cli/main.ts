/** The program: from the command line to an exit code. The only place that touches the process and runs oclif. */
import {readFileSync} from 'node:fs';
import type {PJSON} from '@oclif/core/interfaces';
import pjson from '../../package.json' with {type: 'json'};
import {seconds} from '../core/time.js';
import {EXIT} from '../outcome/exit-code.js';
import {normalised, peek, peekFormat} from './argv.js';
import {filesIn} from './built-files.js';
import type {BuiltFiles} from './built-files.js';
import {wantsAscii, wantsColour} from './colour.js';
import type {ColourChoice} from './colour.js';
import {explainedId, explanation} from './explain.js';
import {builtHelp, HELP_COLUMNS} from './help.js';
import {noShellLine} from './no-shell.js';
import {ask, progressOn} from './prompts.js';
import {interruption} from './interruption.js';
import {outputTo} from './output.js';
import type {Output} from './output.js';
import {setRuntime} from './runtime.js';
import {processTimers} from './timers.js';
import type {Style} from '../report/style.js';

/** The commands whose stdout is one JSON object a line. */
const JSON_LINES_COMMANDS: readonly (string | null)[] = ['run-cron', 'serve'];

/** Asked by shells at a TAB, never by people: it stands in no help. */
const COMPLETE = '__complete';

/** How long the process may go on after its work is done or a signal came, when something still holds it open. */
const LINGER = seconds(5);

const readFile = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Reads it once more for the error alone. */
const whyUnreadable = (path: string): string => {
  try {
    readFileSync(path, 'utf8');
    return 'it could not be read a moment ago';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return UNREADABLE.get(code) ?? `it cannot be read${code === '' ? '' : ` (${code})`}`;
  }
};

const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'a part of its path is no directory'],
  ['EISDIR', 'it is a directory, and a file is needed'],
  ['EACCES', 'permission to read it is denied'],
  ['EPERM', 'permission to read it is denied'],
  ['ELOOP', 'its symbolic links lead in a circle'],
]);

/** The first hint for a user who types only the name of the program. */
const BEGIN =
  'Start with `kubectl frigate-health check`: it changes nothing, and says what is wrong and what to type. Without a cluster: `kubectl frigate-health check --demo`. The command comes first, then its flags; each command explains its own with --help.';

/** oclif says its `bin` in every help text; people type the name that kubectl knows. */
const oclifOptions = (root: string): {readonly root: string; readonly pjson: PJSON} => {
  // The literal type of the file says more than oclif's own, and `strategy` less: a string.
  const described = pjson as unknown as PJSON;
  return {
    root,
    pjson: {
      ...described,
      oclif: {...described.oclif, bin: 'kubectl frigate-health', description: `${pjson.description}\n${BEGIN}`},
    },
  };
};

const isColourChoice = (text: string | null): text is ColourChoice => text === 'always' || text === 'never';

/**
 * One decision for libraries that read the environment themselves, such as oclif's help. Both variables
 * at once would make Node.js warn on stderr.
 */
const settleColours = (argv: readonly string[]): void => {
  const asked = peek(argv, 'color');
  const colour = wantsColour(isColourChoice(asked) ? asked : 'auto', process.env, process.stdout.isTTY);
  delete process.env['FORCE_COLOR'];
  if (colour) delete process.env['NO_COLOR'];
  else process.env['NO_COLOR'] = '1';
};

const endWith = (
  error: unknown,
  argv: readonly string[],
  stdout: Output,
  stderr: Output,
  interrupted: ReturnType<typeof interruption>,
  built: BuiltFiles,
): Promise<number> =>
  Promise.all([import('./errors.js'), import('./completion/run.js')]).then(
    async ([{failureOf, renderFailure}, {wordsIn}]) => {
      const commands = wordsIn(built)?.commands.map(({name}) => name) ?? [];
      const command = commands.find((name) => name === argv[0]) ?? null;
      const failure = failureOf(error, {command, commands, interruption: interrupted.failure()});
      if (typeof failure === 'number') return failure;
      const page = await renderFailure(failure, {
        format: peekFormat(argv, process.env),
        lines: JSON_LINES_COMMANDS.includes(command),
        ascii: wantsAscii(argv.includes('--ascii'), process.env),
        debug: Boolean(process.env['FRIGATE_HC_DEBUG']),
        version: pjson.version,
        at: processTimers.now(),
      });
      stdout.write(page.stdout);
      stderr.write(page.stderr);
      return failure.exitCode;
    },
  );

/** Not a folder that others can write to: a kubeconfig planted there would be believed. */
const NO_HOME = '/nonexistent';

/**
 * oclif asks the system for the user's shell and home when the environment names none, and ends with an error where the
 * user id is in no list of users: the usual case in a container that does not run as root.
 */
const settleUser = (): void => {
  process.env['SHELL'] ??= 'sh';
  process.env['HOME'] ??= NO_HOME;
};

/** Answers that need no command and no oclif. */
const readyAnswer = async (
  words: readonly string[],
  argv: readonly string[],
  styleOf: (choice: ColourChoice, ascii: boolean) => Style,
  built: BuiltFiles,
): Promise<string | null> => {
  if (words[0] === COMPLETE) return (await import('./completion/run.js')).answer(words.slice(1), built, process.env);
  if (argv[0] === '--version' && argv.length === 1) return `frigate-health ${pjson.version}\n`;
  if (peek(argv, 'demo') === 'list') return (await import('./demo.js')).scenarioList();
  const id = explainedId(argv);
  // Some formats say nothing of a check: the command refuses them.
  const format = peekFormat(argv, process.env);
  if (id !== null && format === 'text') return explanation(id, format, styleOf('auto', false));
  return builtHelp(argv, styleOf('auto', false).columns, built);
};

/** Waits until everything has left. A result that did not arrive (a full disk) is no success, whatever it said. */
const settle = async (stdout: Output, stderr: Output): Promise<void> => {
  await stdout.drained();
  const lost = stdout.lost();
  if (lost !== null) {
    const {unwritten} = await import('./errors.js');
    const failure = unwritten(lost);
    stderr.write(failure.text);
    process.exitCode = failure.exitCode;
  }
  await stderr.drained();
};

/** Runs a command line. `root`: the folder with package.json and dist. `built`: what was made beside the program. The exit code is set on the process, and the streams are drained. */
export const main = async (
  words: readonly string[],
  root: string,
  built: BuiltFiles = filesIn(import.meta.dirname),
): Promise<void> => {
  const env = {...process.env};
  const argv = normalised(words);
  const stdout = outputTo(process.stdout);
  const stderr = outputTo(process.stderr);
  // A terminal that does not know its size says 0.
  const columns = process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : null;
  const style = (choice: ColourChoice, ascii: boolean): Style => ({
    colour: wantsColour(choice, env, process.stdout.isTTY),
    ascii: wantsAscii(ascii, env),
    columns,
  });
  const ready = await readyAnswer(words, argv, style, built);
  if (ready !== null) {
    stdout.write(ready);
    await settle(stdout, stderr);
    return;
  }
  const noShell = noShellLine(words, env, readFile);
  if (noShell !== null) {
    stderr.write(`${noShell}\n`);
    process.exitCode = EXIT.usage;
    await settle(stdout, stderr);
    return;
  }
  const endSoon = (): void => {
    // A hung request or a forgotten handle must not keep the process: every task got the signal, so this is the last resort.
    processTimers.timeout(LINGER).addEventListener('abort', () => process.exit());
  };
  const interrupted = interruption(process, () => {
    process.exitCode = interrupted.failure()?.exitCode ?? 0;
    endSoon();
  });
  setRuntime({
    env,
    version: pjson.version,
    timers: processTimers,
    signal: interrupted.signal,
    interruption: interrupted.failure,
    built,
    readFile,
    whyUnreadable,
    stdout: (text) => stdout.write(text),
    warn: (line) => stderr.write(`Warning: ${line}\n`),
    style,
    ask: (question) => ask(question, {input: process.stdin, output: process.stderr}, interrupted.signal),
    isAtTerminal: process.stdin.isTTY && process.stderr.isTTY,
    progressLine: () => progressOn(process.stderr),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  });
  settleColours(argv);
  settleUser();
  if (columns === null || columns >= HELP_COLUMNS) process.env['OCLIF_COLUMNS'] = String(HELP_COLUMNS);
  try {
    const {run} = await import('./oclif.js');
    stdout.alone();
    await run([...argv], oclifOptions(root));
  } catch (error) {
    process.exitCode = await endWith(error, argv, stdout, stderr, interrupted, built);
  }
  await settle(stdout, stderr);
  interrupted.dispose();
  endSoon();
};
