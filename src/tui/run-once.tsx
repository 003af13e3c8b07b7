/** `--once`: the screen as it is when everything has answered, written to stdout as text. */
import chalk from 'chalk';
import {renderToString} from 'ink';
import type {Context} from '../pass/context.js';
import {Lines} from './components/Lines.js';
import type {FaceResult, WatchFlags} from './flags.js';
import {frameLines} from './frame.js';
import {openWatching, type Opened} from './open.js';
import {themeNamed} from './theme.js';
import {firstUi} from './ui.js';

/** Milliseconds after which the screen is shown as it is. */
const LONGEST_WAIT = 30_000;

const whenComplete = ({store, watching}: Opened, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      leave();
      resolve();
    };
    const timer = setTimeout(done, LONGEST_WAIT);
    const look = (): void => {
      if (store.get().view?.live.complete === true) done();
    };
    const leave = store.subscribe(look);
    watching.done.catch(reject);
    signal.addEventListener('abort', done, {once: true});
    look();
  });

export const runOnce = async (
  context: Context,
  flags: WatchFlags,
  size: {readonly rows: number; readonly columns: number},
): Promise<FaceResult> => {
  const opened = await openWatching(context, flags);
  const {watching, store, pen} = opened;
  try {
    await whenComplete(opened, context.signal);
    chalk.level = flags.colour ? 1 : 0;
    const lines = frameLines(
      store.get(),
      firstUi,
      size.rows,
      size.columns,
      {place: watching.place, allowActions: false, severalFrigates: false, canType: true, workloadName: null},
      pen,
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
