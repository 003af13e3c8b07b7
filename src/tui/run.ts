/** `watch` from its flags to its exit code: which mode, which Frigate, and how it ended. Ink is loaded only for a screen. */
import {EXIT} from '../outcome/exit-code.js';
import {CommandFailure} from '../outcome/failure.js';
import type {Context} from '../pass/context.js';
import {contextOf, findAll, type FoundFrigate} from '../usecases/watch/find-all.js';
import {share} from '../usecases/watch/shared-connection.js';
import type {WatchEnd, WatchResult, WatchFlags} from './flags.js';
import {outputModeFor, type OutputMode} from './mode.js';
import {runLineMode} from './run-lines.js';
import type {Terminal} from './terminal.js';

/** 128 + SIGHUP. */
const HUNG_UP = 129;

/** For `--once` where there is no terminal to ask. */
const PAGE = {rows: 40, columns: 120};

const exitOf = ({end, healthCode}: WatchResult, flags: WatchFlags): number => {
  switch (end) {
    case 'interrupt':
      return EXIT.interrupted;
    case 'hang-up':
      return HUNG_UP;
    case 'quit':
    case 'signal':
      return flags.exitCode ? (healthCode ?? EXIT.unknown) : EXIT.ok;
  }
};

const showOne = async (
  context: Context,
  flags: WatchFlags,
  mode: OutputMode,
  terminal: Terminal,
  severalFrigates: boolean,
): Promise<WatchResult> => {
  switch (mode) {
    case 'lines':
    case 'jsonl':
      return runLineMode(context, flags);
    case 'once': {
      const {rows, columns} = terminal.stdout;
      const {runOnce} = await import('./run-once.js');
      return runOnce(context, flags, terminal.stdout.isTTY && rows > 0 && columns > 0 ? {rows, columns} : PAGE);
    }
    case 'screen':
      return (await import('./screen.js')).runScreen(context, flags, terminal, severalFrigates);
  }
};

/** The list, one of them, the list again, until it is left. */
const showSeveral = async (
  context: Context,
  frigates: readonly FoundFrigate[],
  flags: WatchFlags,
  terminal: Terminal,
  contextName: string,
): Promise<WatchResult> => {
  const {chooseFrigate} = await import('./choose.js');
  for (let chosen: FoundFrigate | null = null; ;) {
    const choice: FoundFrigate | WatchEnd = await chooseFrigate(context, frigates, flags, terminal, {
      chosen,
      contextName,
    });
    if (typeof choice === 'string') return {end: choice, healthCode: null};
    chosen = choice;
    const result = await showOne(contextOf(context, choice), {...flags, kind: choice.kind}, 'screen', terminal, true);
    if (result.end !== 'quit') return result;
  }
};

const names = (frigates: readonly FoundFrigate[]): string =>
  frigates.map(({kind, namespace, name}) => `${kind.toLowerCase()}/${name} in ${namespace}`).join(', ');

/** Watches until it is left; the exit code. Throws CommandFailure where nothing can be watched. */
export const runWatch = async (context: Context, flags: WatchFlags, terminal: Terminal): Promise<number> => {
  const {stdout, env} = terminal;
  const mode = outputModeFor({...flags, stdoutIsTerminal: stdout.isTTY, env});
  if (!flags.allNamespaces) return exitOf(await showOne(context, flags, mode, terminal, false), flags);
  const {context: shared, close, name} = await share(context);
  try {
    const frigates = await findAll(shared);
    const [first, ...others] = frigates;
    if (first !== undefined && others.length === 0)
      return exitOf(
        await showOne(contextOf(shared, first), {...flags, kind: first.kind}, mode, terminal, false),
        flags,
      );
    if (mode !== 'screen')
      throw new CommandFailure(
        'usage',
        `There are several Frigates: ${names(frigates)}`,
        'kubectl frigate-health watch NAME -n NAMESPACE',
      );
    return exitOf(await showSeveral(shared, frigates, flags, terminal, name), flags);
  } finally {
    await close();
  }
};
