/**
 * What there is to draw, outside of React: immutable snapshots. The store alone decides when the state of the watch is judged
 * and drawn: at most once in `gap`, at once where there is news, and seldom where everything was expected. Drawing never
 * waits for anything, and nothing that happens waits for the drawing.
 */
import type {Policy} from '../core/policy.js';
import {milliseconds, seconds, type Duration, type Instant} from '../core/time.js';
import type {LiveObservation} from '../usecases/watch/live.js';
import type {Urgency} from '../usecases/watch/watch-state.js';
import {paced, type Later} from './pace.js';
import {changeTracker} from './view/change-tracker.js';
import {earlierThan, type Change} from './view/changes.js';
import {freshnessOf, type Freshness} from './view/freshness.js';
import {viewOf, type View} from './view/view.js';

export interface Snapshot {
  /** `null`: nothing was observed yet. */
  readonly view: View | null;
  readonly freshness: Freshness;
  /** Newest last, at most {@link MOST_CHANGES}; before them what happened shortly before the watch started. */
  readonly changes: readonly Change[];
  /** How many there were in all since the watch started. */
  readonly changeCount: number;
  /** When the watch started, by the local clock. */
  readonly begun: Instant;
}

export const MOST_CHANGES = 200;

/**
 * Time alone changes a verdict too, and what was expected has to be judged in the end: after five seconds, or as seldom as
 * keeps a calm screen below half a percent of a core.
 */
const JUDGE_AT_LEAST_EVERY = seconds(5);
const JUDGE_AT_MOST_EVERY = seconds(15);
const REST_FOR_WORK = 200;

/** Where observations come from. */
export interface ObservationSource {
  /** Judges what is known now. */
  readonly observe: () => LiveObservation;
  /** The observation before, with how fresh its sources are now; judges nothing. */
  readonly refreshed: (before: LiveObservation) => LiveObservation;
}

export interface StoreOptions {
  readonly source: ObservationSource;
  readonly policy: Policy;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  /** The shortest time between two snapshots. */
  readonly gap: Duration;
  /** The local clock. */
  readonly now: () => Instant;
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: () => number;
  readonly later: Later;
}

export interface Store {
  readonly get: () => Snapshot;
  /** Returns the function that ends the subscription. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The state of the watch has changed: it is observed in its turn. */
  readonly update: (urgency: Urgency) => void;
  /** Time has passed: what is old says so. */
  readonly tick: () => void;
  /** Called with each change, as it comes. */
  readonly onChange: (listener: (change: Change) => void) => void;
  /** Records what a person did. */
  readonly note: (change: Change) => void;
  readonly close: () => void;
}

const sameFreshness = (a: Freshness, b: Freshness): boolean =>
  a.text === b.text && a.live === b.live && a.troubles.join('\n') === b.troubles.join('\n');

export const createStore = ({source, policy, interval, gap, now, monotonic, later}: StoreOptions): Store => {
  const listeners = new Set<() => void>();
  const changeListeners = new Set<(change: Change) => void>();
  const tracker = changeTracker();
  let snapshot: Snapshot = {
    view: null,
    freshness: {live: false, text: 'connecting', silentFor: null, troubles: []},
    changes: [],
    changeCount: 0,
    begun: now(),
  };
  let newest: View | null = null;
  /** What was published since the last observation; `null`: nothing. */
  let due: Urgency | null = null;
  let judgedAt = 0;
  let judgeAgainAfter: Duration = JUDGE_AT_LEAST_EVERY;
  /** Changes that no snapshot shows yet. */
  let pending: Change[] = [];
  /** What happened before the first observation was added: once, when the events of the cluster are known. */
  let earlierAdded = false;

  const record = (changes: readonly Change[]): void => {
    pending.push(...changes);
    for (const change of changes) for (const listener of changeListeners) listener(change);
  };

  const judge = (): void => {
    judgedAt = monotonic();
    const live = source.observe();
    newest = viewOf(live, policy);
    record(tracker.next(newest));
    if (!earlierAdded && live.complete && live.watchState.events.known) {
      earlierAdded = true;
      snapshot = {...snapshot, changes: [...earlierThan(live), ...snapshot.changes]};
    }
    const took = monotonic() - judgedAt;
    judgeAgainAfter = milliseconds(Math.min(JUDGE_AT_MOST_EVERY, Math.max(JUDGE_AT_LEAST_EVERY, took * REST_FOR_WORK)));
  };

  /** Whether a person would see a difference that no judgement made: an age, a lost source, an act. */
  const isOutdated = (): boolean =>
    pending.length > 0 ||
    (newest !== null && !sameFreshness(freshnessOf(newest.live, now(), interval), snapshot.freshness));

  const publish = (): void => {
    snapshot = {
      ...snapshot,
      freshness: newest === null ? snapshot.freshness : freshnessOf(newest.live, now(), interval),
      view: newest,
      changes: pending.length === 0 ? snapshot.changes : [...snapshot.changes, ...pending].slice(-MOST_CHANGES),
      changeCount: snapshot.changeCount + pending.length,
    };
    pending = [];
    for (const listener of [...listeners]) listener();
  };

  const pace = paced(
    () => {
      const urgency = due;
      due = null;
      const mayWait = urgency === 'expected' && monotonic() - judgedAt < judgeAgainAfter;
      const judged = urgency !== null && (newest?.live.complete !== true || !mayWait);
      if (judged) judge();
      else if (urgency !== null && newest !== null) {
        newest = {...newest, live: source.refreshed(newest.live)};
        record(tracker.sources(newest.live));
      }
      const draws = judged || isOutdated();
      if (draws) publish();
      return draws;
    },
    gap,
    later,
  );

  return {
    get: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    update: (urgency) => {
      if (due !== 'news') due = urgency;
      pace.request();
    },
    tick: () => {
      if (isOutdated()) pace.request();
    },
    onChange: (listener) => void changeListeners.add(listener),
    note: (change) => {
      record([change]);
      pace.request();
    },
    close: () => {
      pace.stop();
      listeners.clear();
    },
  };
};
