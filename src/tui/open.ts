/** A watch with the store that shows it; every way to show it starts so. */
import {milliseconds} from '../core/time.js';
import {after} from '../core/timers.js';
import type {Context} from '../pass/context.js';
import {watch, type Watching} from '../usecases/watch/watch.js';
import type {WatchFlags} from './flags.js';
import {asciiGlyphs, unicodeGlyphs} from './glyphs.js';
import {displayOf, type Display} from './panels/display.js';
import {createStore, type Store} from './store.js';

export interface Opened {
  readonly watching: Watching;
  readonly store: Store;
  readonly display: Display;
}

/** Throws CommandFailure where the cluster cannot be reached. */
export const openWatching = async (context: Context, flags: WatchFlags): Promise<Opened> => {
  const watching = await watch(context, {kind: flags.kind, interval: flags.interval, random: Math.random});
  const store = createStore({
    source: watching,
    policy: context.settings.policy,
    interval: flags.interval,
    gap: milliseconds(Math.max(flags.gap, 1000 / flags.maxFps)),
    now: watching.now,
    monotonic: () => context.timers.monotonic(),
    later: (work, length) => after(context.timers, milliseconds(length), work),
  });
  watching.subscribe(store.update);
  return {watching, store, display: displayOf(flags.ascii ? asciiGlyphs : unicodeGlyphs, flags.lowBandwidth)};
};
