/** A watching with the store that it fills; every face begins so. */
import type {Context} from '../pass/context.js';
import {watch, type Watching} from '../pass/watch.js';
import {later, localNow} from './clock.js';
import type {WatchFlags} from './flags.js';
import {asciiGlyphs, unicodeGlyphs} from './glyphs.js';
import {penOf, type Pen} from './panels/pen.js';
import {createStore, type Store} from './store.js';

export interface Opened {
  readonly watching: Watching;
  readonly store: Store;
  readonly pen: Pen;
}

/** Throws CommandFailure where there is no way to the cluster. */
export const openWatching = async (context: Context, flags: WatchFlags): Promise<Opened> => {
  let now = localNow;
  const store = createStore({
    policy: context.settings.policy,
    interval: flags.interval,
    gap: flags.gap,
    now: () => now(),
    later,
  });
  const watching = await watch(context, {kind: flags.kind, interval: flags.interval, random: Math.random}, (live) =>
    store.receive(live),
  );
  now = () => watching.now();
  return {watching, store, pen: penOf(flags.ascii ? asciiGlyphs : unicodeGlyphs, flags.lowBandwidth)};
};
