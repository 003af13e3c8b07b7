/** The life of a screen: begun, kept up to date, and left so that the terminal is as it was. */
import chalk from 'chalk';
import {render} from 'ink';
import {milliseconds} from '../core/time.js';
import {every} from '../core/timers.js';
import type {Context} from '../pass/context.js';
import {App} from './components/App.js';
import type {WatchEnd, WatchResult, WatchFlags} from './flags.js';
import {openWatching} from './open.js';
import {worstStatus} from './panels/verdict.js';
import {perform, type PerformedEffect, type Performing} from './perform.js';
import type {Store} from './store.js';
import {summaryOf} from './summary.js';
import {titleOf, type Terminal} from './terminal.js';
import {themeNamed} from './theme.js';
import type {ActionName} from './ui.js';

const TICK = milliseconds(500);
const BELL = '\u0007';

/** Rings when something that was well becomes critical. */
const announce = (store: Store, terminal: Terminal, {bell}: WatchFlags, name: string): (() => void) => {
  const title = titleOf(terminal);
  let before: string | null = null;
  const leave = store.subscribe(() => {
    const {view, freshness} = store.get();
    if (view === null || !view.live.complete) return;
    const status = worstStatus(view);
    const word = freshness.live ? view.live.judgement.diagnosis.health : 'old data';
    title.set(`${word} - ${name} - frigate-health`);
    if (bell && status === 'critical' && before !== null && before !== 'critical') terminal.stdout.write(BELL);
    before = status;
  });
  return () => {
    leave();
    title.restore();
  };
};

/** Shows the screen until it is left. Throws CommandFailure where there is no way to the cluster. */
export const runScreen = async (
  context: Context,
  flags: WatchFlags,
  terminal: Terminal,
  severalFrigates: boolean,
): Promise<WatchResult> => {
  const {watching, store, display} = await openWatching(context, flags);
  // Chalk's own guess ignores NO_COLOR on a terminal (no-color.org); bold and reverse are no colours and stay.
  chalk.level = 1;
  const styles = themeNamed(flags.colour ? flags.theme : 'mono');
  const canType = terminal.stdin.isTTY;

  let leave: (end: WatchEnd) => void = () => undefined;
  const left = new Promise<WatchEnd>((resolve) => {
    leave = resolve;
  });
  const onAbort = (): void => leave('signal');
  context.signal.addEventListener('abort', onAbort, {once: true});
  const forget = terminal.onHangUp(() => leave('hang-up'));
  const quiet = announce(store, terminal, flags, watching.target.namespace);
  const endTicks = every(context.timers, TICK, () => store.tick());
  const performing: Performing = {watching, store, terminal, who: flags.who, leave};
  const underWay = new Set<ActionName>();
  const performed = async (effect: PerformedEffect): Promise<string | null> => {
    if (effect.kind !== 'act') return perform(performing, effect);
    underWay.add(effect.action);
    return perform(performing, effect).finally(() => underWay.delete(effect.action));
  };

  const {unmount, waitUntilExit} = render(
    <App
      store={store}
      display={display}
      styles={styles}
      perform={performed}
      stop={terminal.stop}
      onStop={terminal.onStop}
      options={{target: watching.target, allowActions: flags.allowActions, severalFrigates, canType}}
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
    if (context.signal.aborted) onAbort();
    const end = await Promise.race([
      left,
      watching.done.then((): WatchEnd => 'signal'),
      waitUntilExit().then((): WatchEnd => 'quit'),
    ]);
    return {end, healthCode: watching.report()?.summary.exitCode ?? null};
  } finally {
    endTicks();
    quiet();
    unmount();
    await waitUntilExit().catch(() => undefined);
    context.signal.removeEventListener('abort', onAbort);
    const summary = summaryOf(store.get(), watching.target, watching.now(), [...underWay], display);
    terminal.stdout.write(`${summary.join('\n')}\n`);
    store.close();
    await watching.close();
    forget();
  }
};
