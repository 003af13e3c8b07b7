/** Chooses one of several Frigates on a screen, with a short look at each, one after the other and again each half minute. */
import {render} from 'ink';
import {CommandFailure} from '../report/failure.js';
import type {Context} from '../pass/context.js';
import {glance, type FoundFrigate} from '../pass/watch/find-all.js';
import {localNow} from './clock.js';
import {Chooser} from './components/Chooser.js';
import type {FaceEnd, WatchFlags} from './flags.js';
import {asciiGlyphs, unicodeGlyphs} from './glyphs.js';
import type {ChooserRow} from './panels/chooser.js';
import {penOf} from './panels/pen.js';
import type {Terminal} from './terminal.js';
import {themeNamed} from './theme.js';

const LOOK_EVERY = 30_000;

interface Looks {
  readonly rows: () => readonly ChooserRow[];
  readonly subscribe: (listener: () => void) => () => void;
  readonly look: () => Promise<void>;
}

/** One after the other: a list of twenty is no reason to ask twenty at once. */
const looksAt = (context: Context, frigates: readonly FoundFrigate[]): Looks => {
  let rows: readonly ChooserRow[] = frigates.map((frigate) => ({frigate, glance: null, lookedAt: null}));
  const listeners = new Set<() => void>();
  let busy = false;
  return {
    rows: () => rows,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    look: async () => {
      if (busy) return;
      busy = true;
      for (const frigate of frigates) {
        if (context.signal.aborted) break;
        const seen = await glance(context, frigate).catch((error: unknown) => {
          if (error instanceof CommandFailure) return error.message;
          throw error;
        });
        rows = rows.map((row) => (row.frigate === frigate ? {frigate, glance: seen, lookedAt: localNow()} : row));
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
): Promise<FoundFrigate | FaceEnd> => {
  const ending = new AbortController();
  const own: Context = {...context, signal: AbortSignal.any([context.signal, ending.signal])};
  const looks = looksAt(own, frigates);
  let settle: (choice: FoundFrigate | FaceEnd) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const chosen = new Promise<FoundFrigate | FaceEnd>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  const onAbort = (): void => settle('signal');
  context.signal.addEventListener('abort', onAbort, {once: true});
  const forget = terminal.onHangUp(() => settle('hang-up'));
  const look = (): void => void looks.look().catch(fail);
  const timer = setInterval(look, LOOK_EVERY);
  look();
  const {unmount, waitUntilExit} = render(
    <Chooser
      rows={looks.rows}
      subscribe={looks.subscribe}
      context={contextName}
      start={before === null ? 0 : Math.max(0, frigates.indexOf(before))}
      pen={penOf(flags.ascii ? asciiGlyphs : unicodeGlyphs, true)}
      styles={themeNamed(flags.colour ? flags.theme : 'mono')}
      refresh={look}
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
    clearInterval(timer);
    ending.abort();
    unmount();
    await waitUntilExit().catch(() => undefined);
    context.signal.removeEventListener('abort', onAbort);
    forget();
  }
};
