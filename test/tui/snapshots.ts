/** Snapshots and lines for the tests of the screen. */
import {milliseconds} from '../../src/core/time.js';
import {anObservation, now} from '../support/observation.js';
import type {FrameOptions} from '../../src/tui/frame.js';
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/glyphs.js';
import {displayOf, type Display} from '../../src/tui/panels/display.js';
import {createStore, type Snapshot, type Store, type StoreOptions} from '../../src/tui/store.js';
import type {Line} from '../../src/tui/text.js';
import {changeTracker} from '../../src/tui/view/change-tracker.js';
import type {Change} from '../../src/tui/view/changes.js';
import {freshnessOf} from '../../src/tui/view/freshness.js';
import {viewOf, type View} from '../../src/tui/view/view.js';
import type {LiveObservation} from '../../src/usecases/watch/live.js';
import type {Urgency} from '../../src/usecases/watch/watch-state.js';
import {aLook, clock, looks, target, policy} from './live.js';

export const INTERVAL = milliseconds(2000);
export const display: Display = displayOf(unicodeGlyphs, false);
export const asciiDisplay: Display = displayOf(asciiGlyphs, false);

/** What is told of two observations, one right after the other. */
export const changesBetween = (before: View, after: View): readonly Change[] => {
  const tracker = changeTracker();
  tracker.next(before);
  return tracker.next(after);
};

export interface FedStore {
  readonly store: Store;
  /** The next observation; only its sources where it was `expected` and the last judgement is young. */
  readonly show: (live: LiveObservation, urgency?: Urgency) => void;
}

/** A store that is handed its observations; it draws as soon as it is asked unless said otherwise. */
export const storeFedBy = (options: Partial<StoreOptions> = {}): FedStore => {
  let next: LiveObservation | null = null;
  const given = (): LiveObservation => {
    if (next === null) throw new Error('nothing was shown yet');
    return next;
  };
  const store = createStore({
    source: {
      observe: given,
      refreshed: (before) => ({...before, watchState: {...before.watchState, sources: given().watchState.sources}}),
    },
    policy,
    interval: INTERVAL,
    gap: milliseconds(0),
    now: clock,
    monotonic: () => performance.now(),
    later: (work, length) => {
      const timer = setTimeout(work, length);
      return () => clearTimeout(timer);
    },
    ...options,
  });
  return {
    store,
    show: (live, urgency = 'news') => {
      next = live;
      store.update(urgency);
    },
  };
};

export const aSnapshot = (live: LiveObservation | null, changes: readonly Change[] = []): Snapshot => ({
  view: live === null ? null : viewOf(live, policy),
  freshness:
    live === null ? {live: false, text: 'looking', silentFor: null, troubles: []} : freshnessOf(live, now, INTERVAL),
  changes,
  changeCount: changes.length,
  begun: now,
});

/** A look of the table, with what changed since all was well. */
export const snapshotOf = (name: string): Snapshot => {
  const live = looks[name]!();
  return aSnapshot(
    live,
    live.complete ? changesBetween(viewOf(aLook(anObservation()), policy), viewOf(live, policy)) : [],
  );
};

export const options: FrameOptions = {
  target,
  allowActions: true,
  severalFrigates: false,
  canType: true,
  workloadName: 'frigate',
};

export const textOf = (lines: readonly Line[]): string =>
  lines
    .map((spans) =>
      spans
        .map(({text}) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
