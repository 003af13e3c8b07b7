/** `--once`: the screen as it is when everything has answered, written to stdout as text. */
import chalk from 'chalk';
import {renderToString} from 'ink';
import {seconds} from '../core/time.js';
import {after} from '../core/timers.js';
import type {Context} from '../pass/context.js';
import {Lines} from './components/Lines.js';
import type {WatchResult, WatchFlags} from './flags.js';
import {frameLines} from './frame.js';
import {openWatching, type Opened} from './open.js';
import {themeNamed} from './theme.js';
import {firstUi} from './ui.js';

/** After which the screen is shown as it is. */
const LONGEST_WAIT = seconds(30);

const whenComplete = ({store, watching}: Opened, {signal, timers}: Context): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      stopTimer();
      leave();
      resolve();
    };
    const stopTimer = after(timers, LONGEST_WAIT, done);
    const check = (): void => {
      if (store.get().view?.live.complete === true) done();
    };
    const leave = store.subscribe(check);
    watching.done.catch(reject);
    signal.addEventListener('abort', done, {once: true});
    check();
  });

export const runOnce = async (
  context: Context,
  flags: WatchFlags,
  size: {readonly rows: number; readonly columns: number},
): Promise<WatchResult> => {
  const opened = await openWatching(context, flags);
  const {watching, store, display} = opened;
  try {
    await whenComplete(opened, context);
    chalk.level = flags.colour ? 1 : 0;
    const lines = frameLines(
      store.get(),
      firstUi,
      size.rows,
      size.columns,
      {target: watching.target, allowActions: false, severalFrigates: false, canType: true, workloadName: null},
      display,
    )
      // Without keys there is nothing to press.
      .slice(0, -1);
    const styles = themeNamed(flags.colour ? flags.theme : 'mono');
    context.stdout(
      `${renderToString(<Lines lines={lines} rows={lines.length} columns={size.columns} styles={styles} />, {columns: size.columns})}\n`,
    );
    return {end: 'quit', healthCode: watching.report()?.summary.exitCode ?? null};
  } finally {
    store.close();
    await watching.close();
  }
};
