/** The face without a screen: lines until the command ends. */
import type {Context} from '../pass/context.js';
import {every} from './clock.js';
import type {FaceResult, WatchFlags} from './flags.js';
import {jsonFace, runLines, textFace} from './line-mode.js';
import {openWatching} from './open.js';

/** Writes lines until the command is interrupted. */
export const runLineFace = async (context: Context, flags: WatchFlags): Promise<FaceResult> => {
  const {watching, store, pen} = await openWatching(context, flags);
  const ending = new AbortController();
  watching.done.catch(() => ending.abort());
  try {
    await runLines({
      store,
      face: flags.output === 'jsonl' ? jsonFace() : textFace(pen),
      write: context.stdout,
      now: () => watching.now(),
      every,
      signal: AbortSignal.any([context.signal, ending.signal]),
    });
    return {end: 'signal', healthCode: watching.report()?.summary.exitCode ?? null};
  } finally {
    store.close();
    await watching.close();
  }
};
