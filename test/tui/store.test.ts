/** The store under chance: looks in any order, ticks, clocks that step. What it shows is never older than it says. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {instant, type Instant} from '../../src/core/time.js';
import {known} from '../../src/core/known.js';
import {anEvent, anObservation, now} from '../support/observation.js';
import type {LiveSight} from '../../src/pass/watch/live.js';
import {createStore, MOST_CHANGES, type Snapshot, type Store} from '../../src/tui/store.js';
import type {Change} from '../../src/tui/view/changes.js';
import {aLook, lost, policy} from './live.js';
import {INTERVAL} from './snapshots.js';

/** A clock and timers that move only by hand. */
class Time {
  /** The wall clock; timers run by a clock of their own, as those of a process do. */
  now = 0;
  #run = 0;
  #timers: Array<{readonly at: number; readonly work: () => void}> = [];

  readonly later = (work: () => void, milliseconds: number): (() => void) => {
    const timer = {at: this.#run + milliseconds, work};
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  advance(milliseconds: number): void {
    this.now += milliseconds;
    this.#run += milliseconds;
    const due = this.#timers.filter(({at}) => at <= this.#run);
    this.#timers = this.#timers.filter(({at}) => at > this.#run);
    for (const {work} of due) work();
  }
}

const GAP = 250;

const stage = (): {readonly time: Time; readonly store: Store; readonly shown: Snapshot[]} => {
  const time = new Time();
  const store = createStore({
    policy,
    interval: INTERVAL,
    gap: GAP,
    now: (): Instant => instant(now + time.now),
    later: time.later,
  });
  const shown: Snapshot[] = [];
  store.subscribe(() => shown.push(store.get()));
  return {time, store, shown};
};

const well = aLook();
/** The same look with a Frigate that answered at another time; nothing was judged anew. */
const refresh = (serial: number, seenAt: number, failing: boolean): LiveSight => {
  const source = failing
    ? {...lost(), seenAt: instant(now + seenAt)}
    : {seenAt: instant(now + seenAt), askedAt: null, trouble: null, live: true};
  return {...well, serial, board: {...well.board, sources: {...well.board.sources, frigate: source}}};
};
const look = (serial: number, seenAt: number, failing: boolean): LiveSight => ({
  ...refresh(serial, seenAt, failing),
  judgement: {...well.judgement},
});

const change = (detail: string): Change => ({
  at: now,
  kind: 'person',
  subject: 'x',
  status: 'info',
  from: null,
  to: 'y',
  detail,
});

describe('the store', () => {
  it('never shows an older look after a newer one, and never calls live what is older than three polls', () => {
    const step = fc.oneof(
      fc.record({what: fc.constantFrom('look' as const, 'refresh' as const), back: fc.nat(3), failing: fc.boolean()}),
      fc.record({what: fc.constant('wait' as const), milliseconds: fc.integer({min: 1, max: 20_000})}),
      fc.record({what: fc.constant('tick' as const)}),
    );
    fc.assert(
      fc.property(fc.array(step, {maxLength: 60}), (steps) => {
        const {time, store} = stage();
        let made = 0;
        let newest = 0;
        let truth = {serial: 0, seenAt: 0, failing: false};
        for (const one of steps) {
          if (one.what === 'wait') time.advance(one.milliseconds);
          if (one.what === 'look' || one.what === 'refresh') {
            made += 1;
            // Late answers come with the number of the moment when they were made.
            const serial = Math.max(1, made - one.back);
            store.receive((one.what === 'look' ? look : refresh)(serial, time.now, one.failing));
            if (serial > truth.serial) truth = {serial, seenAt: now + time.now, failing: one.failing};
          }
          if (one.what === 'tick') store.tick();
          const {view} = store.get();
          assert.ok((view?.live.serial ?? 0) >= newest, 'an older look took the place of a newer one');
          newest = view?.live.serial ?? 0;
          store.tick();
          time.advance(GAP);
          const after = store.get();
          if (after.freshness.live)
            assert.ok(
              now + time.now - truth.seenAt <= INTERVAL * 3 + 3000 + GAP,
              `${after.freshness.text} after ${time.now}`,
            );
          if (truth.failing || truth.serial === 0) assert.equal(after.freshness.live, false);
        }
      }),
      {numRuns: 300},
    );
  });

  it('changes at most four times a second, and the last look always arrives', () => {
    const {time, store, shown} = stage();
    for (let serial = 1; serial <= 1000; serial += 1) {
      store.receive(look(serial, time.now, false));
      time.advance(1);
    }
    time.advance(GAP);
    assert.ok(shown.length <= 1000 / GAP + 2, `${shown.length} snapshots in a second`);
    assert.equal(store.get().view?.live.serial, 1000);
  });

  it('draws nothing when the same numbers came again, and still knows how old they are and which source is lost', () => {
    const {time, store, shown} = stage();
    store.receive(refresh(1, 0, false));
    for (let serial = 2; serial <= 100; serial += 1) {
      time.advance(2000);
      store.receive(refresh(serial, time.now, false));
      store.tick();
    }
    assert.equal(shown.length, 1);
    assert.equal(store.get().freshness.live, true);
    store.receive(refresh(101, time.now, true));
    time.advance(GAP);
    assert.equal(store.get().freshness.live, false);
    assert.deepEqual(
      store.get().changes.map(({kind, subject, to}) => `${kind} ${subject} ${to}`),
      ['source frigate lost'],
    );
  });

  it('keeps the newest 200 changes and counts them all', () => {
    const {time, store} = stage();
    for (let index = 0; index < 450; index += 1) store.note(change(String(index)));
    time.advance(GAP);
    const {changes, changeCount} = store.get();
    assert.deepEqual(
      [changes.length, changeCount, changes.at(-1)?.detail, changes[0]?.detail],
      [MOST_CHANGES, 450, '449', '250'],
    );
  });

  it('gives immutable snapshots: what was taken stays as it was', () => {
    const {time, store} = stage();
    store.receive(look(1, 0, false));
    const taken = store.get();
    const copy = {...taken};
    store.note(change('later'));
    store.receive(look(2, 0, true));
    time.advance(GAP);
    assert.deepEqual(Object.values(taken), Object.values(copy));
    assert.notEqual(store.get(), taken);
  });

  it('says that data is old when time passes and nothing comes', () => {
    const {time, store} = stage();
    store.receive(look(1, 0, false));
    for (let second = 0; second < 12; second += 1) {
      time.advance(1000);
      store.tick();
    }
    time.advance(GAP);
    assert.match(store.get().freshness.text, /^! old data, 1[12]s/);
  });

  it('does not stand still when the clock is stepped back', () => {
    const {time, store} = stage();
    store.receive(look(1, 0, false));
    time.now -= 3_600_000;
    store.receive(look(2, time.now, false));
    time.advance(GAP);
    time.advance(GAP);
    assert.equal(store.get().view?.live.serial, 2);
  });

  it('tells changes only between looks that are complete', () => {
    const {time, store} = stage();
    store.receive({...look(1, 0, false), complete: false});
    store.receive({...look(2, 0, true), complete: false});
    time.advance(GAP);
    assert.equal(store.get().changeCount, 0);
    store.receive(look(3, 0, false));
    store.receive(look(4, 0, true));
    time.advance(GAP);
    assert.ok(store.get().changes.some(({kind, subject}) => kind === 'source' && subject === 'frigate'));
  });

  it('tells once what happened before, ahead of all changes and not as one of them', () => {
    const {time, store} = stage();
    const eventful = aLook(
      anObservation({events: known([anEvent('BackOff', 'Back-off restarting failed container')])}),
    );
    const told: string[] = [];
    store.onChange(({to}) => told.push(to));
    store.receive({...eventful, serial: 1});
    store.note(change('a person'));
    store.receive({...eventful, serial: 2});
    time.advance(GAP);
    time.advance(GAP);
    const {changes, changeCount} = store.get();
    assert.deepEqual([changes.map(({to}) => to), changeCount, told], [['BackOff', 'y'], 1, ['y']]);
  });

  it('draws a look of a world that is empty', () => {
    const {store} = stage();
    assert.doesNotThrow(() =>
      store.receive({
        ...aLook(anObservation({frigate: {config: {known: false, why: {code: 'timeout', message: 'no answer'}}}})),
        serial: 1,
      }),
    );
  });
});
