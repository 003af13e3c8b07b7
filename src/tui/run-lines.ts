/** The format without a screen: lines until the command ends. */
import {milliseconds} from '../core/time.js';
import {every} from '../core/timers.js';
import type {Context} from '../pass/context.js';
import type {WatchResult, WatchFlags} from './flags.js';
import {jsonFormat, runLines, textFormat} from './line-mode.js';
import {openWatching} from './open.js';

/** Writes lines until the command is interrupted. */
export const runLineMode = async (context: Context, flags: WatchFlags): Promise<WatchResult> => {
  const {watching, store, display} = await openWatching(context, flags);
  const ending = new AbortController();
  watching.done.catch(() => ending.abort());
  try {
    await runLines({
      store,
      format: flags.output === 'jsonl' ? jsonFormat() : textFormat(display),
      write: context.stdout,
      now: () => watching.now(),
      every: (work, length) => every(context.timers, milliseconds(length), work),
      signal: AbortSignal.any([context.signal, ending.signal]),
    });
    return {end: 'signal', healthCode: watching.report()?.summary.exitCode ?? null};
  } finally {
    store.close();
    await watching.close();
  }
};
