/** Chooses one of several Frigates on a screen, with a short check of each, one after the other and again every half minute. */
import {render} from 'ink';
import {seconds} from '../core/time.js';
import {every} from '../core/timers.js';
import {CommandFailure} from '../outcome/failure.js';
import type {Context} from '../pass/context.js';
import {observeBriefly, type FoundFrigate} from '../usecases/watch/find-all.js';
import {Chooser} from './components/Chooser.js';
import type {WatchEnd, WatchFlags} from './flags.js';
import {asciiGlyphs, unicodeGlyphs} from './glyphs.js';
import type {ChooserRow} from './panels/chooser.js';
import {displayOf} from './panels/display.js';
import type {Terminal} from './terminal.js';
import {themeNamed} from './theme.js';

const CHECK_EVERY = seconds(30);

interface Overview {
  readonly rows: () => readonly ChooserRow[];
  readonly subscribe: (listener: () => void) => () => void;
  readonly refresh: () => Promise<void>;
}

/** One after the other, so that a list of twenty does not check twenty at once. */
const overviewOf = (context: Context, frigates: readonly FoundFrigate[]): Overview => {
  let rows: readonly ChooserRow[] = frigates.map((frigate) => ({frigate, observation: null, observedAt: null}));
  const listeners = new Set<() => void>();
  let busy = false;
  return {
    rows: () => rows,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refresh: async () => {
      if (busy) return;
      busy = true;
      for (const frigate of frigates) {
        if (context.signal.aborted) break;
        const observation = await observeBriefly(context, frigate).catch((error: unknown) => {
          if (error instanceof CommandFailure) return error.message;
          throw error;
        });
        rows = rows.map((row) =>
          row.frigate === frigate ? {frigate, observation, observedAt: context.timers.now()} : row,
        );
        for (const listener of listeners) listener();
      }
      busy = false;
    },
  };
};

/** What of the list outlives a visit to one of its Frigates. */
export interface ChooserMemory {
  /** The one that was chosen last. */
  readonly chosen: FoundFrigate | null;
  readonly contextName: string;
}

/** The chosen one, or how the list was left. */
export const chooseFrigate = async (
  context: Context,
  frigates: readonly FoundFrigate[],
  flags: WatchFlags,
  terminal: Terminal,
  {chosen: before, contextName}: ChooserMemory,
): Promise<FoundFrigate | WatchEnd> => {
  const ending = new AbortController();
  const own: Context = {...context, signal: AbortSignal.any([context.signal, ending.signal])};
  const overview = overviewOf(own, frigates);
  let settle: (choice: FoundFrigate | WatchEnd) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const chosen = new Promise<FoundFrigate | WatchEnd>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  const onAbort = (): void => settle('signal');
  context.signal.addEventListener('abort', onAbort, {once: true});
  const forget = terminal.onHangUp(() => settle('hang-up'));
  const refresh = (): void => void overview.refresh().catch(fail);
  const endChecks = every(context.timers, CHECK_EVERY, refresh);
  refresh();
  const {unmount, waitUntilExit} = render(
    <Chooser
      rows={overview.rows}
      subscribe={overview.subscribe}
      context={contextName}
      start={before === null ? 0 : Math.max(0, frigates.indexOf(before))}
      display={displayOf(flags.ascii ? asciiGlyphs : unicodeGlyphs, true)}
      styles={themeNamed(flags.colour ? flags.theme : 'mono')}
      refresh={refresh}
      choose={({frigate}) => settle(frigate)}
      leave={settle}
      stop={terminal.stop}
      onStop={terminal.onStop}
    />,
    {
      stdin: terminal.stdin,
      stdout: terminal.stdout,
      interactive: true,
      alternateScreen: flags.alternateScreen,
      incrementalRendering: true,
      maxFps: flags.maxFps,
      exitOnCtrlC: false,
      patchConsole: true,
      isScreenReaderEnabled: false,
    },
  );
  try {
    return await chosen;
  } finally {
    endChecks();
    ending.abort();
    unmount();
    await waitUntilExit().catch(() => undefined);
    context.signal.removeEventListener('abort', onAbort);
    forget();
  }
};
