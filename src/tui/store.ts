/**
 * What there is to draw, outside of React: immutable snapshots, gathered so that the screen changes at most a few times a
 * second. Drawing never waits for anything, and nothing that happens waits for the drawing.
 */
import type {Policy} from '../core/policy.js';
import type {Duration, Instant} from '../core/time.js';
import type {LiveSight} from '../pass/watch/live.js';
import {changesBetween, earlierThan, sourceChanges, type Change} from './view/changes.js';
import {freshnessOf, type Freshness} from './view/freshness.js';
import {viewOf, type View} from './view/view.js';

export interface Snapshot {
  /** `null`: nothing has been seen yet. */
  readonly view: View | null;
  readonly freshness: Freshness;
  /** Newest last, at most {@link MOST_CHANGES}; before them what happened shortly before the watching began. */
  readonly changes: readonly Change[];
  /** How many there were in all since the watching began. */
  readonly changeCount: number;
  /** When the watching began, by the local clock. */
  readonly begun: Instant;
}

export const MOST_CHANGES = 200;

export interface StoreOptions {
  readonly policy: Policy;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  /** The shortest time between two snapshots, in milliseconds. */
  readonly gap: number;
  /** The local clock. */
  readonly now: () => Instant;
  /** Runs the work after so many milliseconds; returns the way to stop it. */
  readonly later: (work: () => void, milliseconds: number) => () => void;
}

export interface Store {
  readonly get: () => Snapshot;
  /** Returns the way to leave. */
  readonly subscribe: (listener: () => void) => () => void;
  /** A new look at the world. */
  readonly receive: (live: LiveSight) => void;
  /** Time has passed: what is stale says so. */
  readonly tick: () => void;
  /** Told of every change, as it comes. */
  readonly onChange: (listener: (change: Change) => void) => void;
  /** Something that a person did, for the record. */
  readonly note: (change: Change) => void;
  readonly close: () => void;
}

const sameFreshness = (a: Freshness, b: Freshness): boolean =>
  a.text === b.text && a.live === b.live && a.troubles.join('\n') === b.troubles.join('\n');

export const createStore = ({policy, interval, gap, now, later}: StoreOptions): Store => {
  const listeners = new Set<() => void>();
  const changeListeners = new Set<(change: Change) => void>();
  let snapshot: Snapshot = {
    view: null,
    freshness: {live: false, text: 'looking', silentFor: null, troubles: []},
    changes: [],
    changeCount: 0,
    begun: now(),
  };
  let newest: View | null = null;
  /** Changes that no snapshot shows yet. */
  let pending: Change[] = [];
  /** What happened before the first look; told once, when the events of the cluster are known. */
  let earlier: readonly Change[] | null = null;
  let stopTimer: (() => void) | null = null;
  let due = false;

  const publish = (): void => {
    due = false;
    const freshness = newest === null ? snapshot.freshness : freshnessOf(newest.live, now(), interval);
    snapshot = {
      ...snapshot,
      freshness,
      view: newest,
      changes: pending.length === 0 ? snapshot.changes : [...snapshot.changes, ...pending].slice(-MOST_CHANGES),
      changeCount: snapshot.changeCount + pending.length,
    };
    pending = [];
    stopTimer = later(() => {
      stopTimer = null;
      if (due) publish();
    }, gap);
    for (const listener of [...listeners]) listener();
  };
  const schedule = (): void => {
    if (stopTimer === null) publish();
    else due = true;
  };
  const record = (changes: readonly Change[]): void => {
    pending.push(...changes);
    for (const change of changes) for (const listener of changeListeners) listener(change);
  };

  const passed = (): void => {
    if (
      newest !== null &&
      (pending.length > 0 || !sameFreshness(freshnessOf(newest.live, now(), interval), snapshot.freshness))
    )
      schedule();
  };

  return {
    get: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    receive: (live) => {
      // By their number, not by a clock that may step: an older look never takes the place of a newer one.
      if (newest !== null && live.serial <= newest.live.serial) return;
      if (newest?.live.judgement === live.judgement && newest.live.complete === live.complete) {
        // Sources have answered since, and nothing was judged anew: there is as little to draw as when time passes.
        record(sourceChanges(newest.live, live));
        newest = {...newest, live};
        passed();
        return;
      }
      const view = viewOf(live, policy);
      if (newest?.live.complete === true && live.complete) record(changesBetween(newest, view));
      if (earlier === null && live.complete && live.board.events.known) {
        earlier = earlierThan(live);
        snapshot = {...snapshot, changes: [...earlier, ...snapshot.changes]};
      }
      newest = view;
      schedule();
    },
    tick: passed,
    onChange: (listener) => void changeListeners.add(listener),
    note: (change) => {
      record([change]);
      schedule();
    },
    close: () => {
      stopTimer?.();
      listeners.clear();
    },
  };
};
