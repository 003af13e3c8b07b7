/** The store under chance: observations, ticks, clocks that step. What it shows is never older than it says, and never drawn more often than its gap. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {instant, milliseconds, type Instant} from '../../src/core/time.js';
import {known} from '../../src/core/known.js';
import {anEvent, anObservation, now} from '../support/observation.js';
import type {LiveObservation} from '../../src/usecases/watch/live.js';
import {MOST_CHANGES, type Snapshot} from '../../src/tui/store.js';
import type {Change} from '../../src/tui/view/changes.js';
import {aLook, lost} from './live.js';
import {INTERVAL, storeFedBy, type FedStore} from './snapshots.js';

/** A clock and timers that move only by hand. */
class Time {
  /** The wall clock; timers run by a clock of their own, as those of a process do. */
  now = 0;
  run = 0;
  #timers: Array<{readonly at: number; readonly work: () => void}> = [];

  readonly later = (work: () => void, length: number): (() => void) => {
    const timer = {at: this.run + length, work};
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** What becomes due on the way runs at its own time. */
  advance(length: number): void {
    const end = this.run + length;
    for (;;) {
      const [next] = this.#timers.filter(({at}) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#moveTo(Math.max(this.run, next.at));
      next.work();
    }
    this.#moveTo(end);
  }

  #moveTo(at: number): void {
    this.now += at - this.run;
    this.run = at;
  }
}

const GAP = 250;

interface Stage extends FedStore {
  readonly time: Time;
  readonly drawn: ReadonlyArray<{readonly at: number; readonly snapshot: Snapshot}>;
}

const stage = (): Stage => {
  const time = new Time();
  const fed = storeFedBy({
    gap: milliseconds(GAP),
    now: (): Instant => instant(now + time.now),
    monotonic: () => time.run,
    later: time.later,
  });
  const drawn: Array<{readonly at: number; readonly snapshot: Snapshot}> = [];
  fed.store.subscribe(() => drawn.push({at: time.run, snapshot: fed.store.get()}));
  return {...fed, time, drawn};
};

const well = aLook();
/** The same observation with a Frigate that answered, or failed, at another time. */
const answeredAt = (answeredAt: number, failing = false): LiveObservation => {
  const source = failing
    ? {...lost(), answeredAt: instant(now + answeredAt)}
    : {answeredAt: instant(now + answeredAt), askedAt: null, trouble: null, live: true};
  return {...well, watchState: {...well.watchState, sources: {...well.watchState.sources, frigate: source}}};
};

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
  it('never calls live what is older than three polls, and never draws twice within its gap', () => {
    const step = fc.oneof(
      fc.record({
        what: fc.constant('update' as const),
        urgency: fc.constantFrom('news' as const, 'expected' as const),
        failing: fc.boolean(),
      }),
      fc.record({what: fc.constant('wait' as const), milliseconds: fc.integer({min: 1, max: 20_000})}),
      fc.record({what: fc.constant('tick' as const)}),
    );
    fc.assert(
      fc.property(fc.array(step, {maxLength: 60}), (steps) => {
        const {time, store, show, drawn} = stage();
        let truth: {readonly answeredAt: number; readonly failing: boolean} | null = null;
        for (const one of steps) {
          if (one.what === 'wait') time.advance(one.milliseconds);
          if (one.what === 'tick') store.tick();
          if (one.what === 'update') {
            truth = {answeredAt: time.now, failing: one.failing};
            show(answeredAt(time.now, one.failing), one.urgency);
          }
          time.advance(GAP);
          store.tick();
          time.advance(GAP);
          const {freshness} = store.get();
          if (truth === null || truth.failing) assert.equal(freshness.live, false);
          else if (freshness.live)
            assert.ok(
              time.now - truth.answeredAt <= INTERVAL * 3 + 3000 + 2 * GAP,
              `${freshness.text} after ${time.now}`,
            );
        }
        for (const [index, {at}] of drawn.entries())
          if (index > 0) assert.ok(at - drawn[index - 1]!.at >= GAP, 'two pictures within the gap');
      }),
      {numRuns: 300},
    );
  });

  it('draws news at once, several at once as one, and the newest always', () => {
    const {time, show, drawn} = stage();
    show(answeredAt(0));
    show(answeredAt(1));
    time.advance(0);
    assert.deepEqual(
      drawn.map(({at, snapshot}) => ({at, answeredAt: snapshot.view?.live.watchState.sources.frigate.answeredAt})),
      [{at: 0, answeredAt: instant(now + 1)}],
    );
    for (let count = 2; count <= 1000; count += 1) {
      show(answeredAt(count));
      time.advance(1);
    }
    time.advance(GAP);
    assert.ok(drawn.length <= 1000 / GAP + 2, `${drawn.length} snapshots in a second`);
    assert.equal(drawn.at(-1)?.snapshot.view?.live.watchState.sources.frigate.answeredAt, instant(now + 1000));
  });

  it('judges what was expected after five seconds, not before', () => {
    const {time, store, show} = stage();
    show(well);
    time.advance(0);
    const judged = (): unknown => store.get().view?.live.judgement;
    const first = judged();
    const another = {...well, judgement: {...well.judgement}};
    for (const [after, isJudged] of [
      [4000, false],
      [1100, true],
    ] as const) {
      time.advance(after);
      show(another, 'expected');
      time.advance(GAP);
      assert.equal(judged() !== first, isJudged, `${time.run} ms`);
    }
  });

  it('draws nothing when the same numbers came again, and still knows how old they are and which source is lost', () => {
    const {time, store, show, drawn} = stage();
    show(answeredAt(0));
    time.advance(0);
    const {length} = drawn;
    for (let count = 0; count < 2; count += 1) {
      time.advance(2000);
      show(answeredAt(time.now), 'expected');
      time.advance(0);
      store.tick();
    }
    assert.equal(drawn.length, length);
    assert.equal(store.get().freshness.live, true);
    show(answeredAt(time.now, true), 'expected');
    time.advance(GAP);
    assert.equal(store.get().freshness.live, false);
    assert.deepEqual(
      store.get().changes.map(({kind, subject, to}) => ({kind, subject, to})),
      [{kind: 'source', subject: 'frigate', to: 'lost'}],
    );
  });

  it('keeps the newest 200 changes and counts them all', () => {
    const {time, store} = stage();
    for (let index = 0; index < 450; index += 1) store.note(change(String(index)));
    time.advance(GAP);
    const {changes, changeCount} = store.get();
    assert.deepEqual(
      {kept: changes.length, changeCount, newest: changes.at(-1)?.detail, oldest: changes[0]?.detail},
      {kept: MOST_CHANGES, changeCount: 450, newest: '449', oldest: '250'},
    );
  });

  it('gives immutable snapshots: what was taken stays as it was', () => {
    const {time, store, show} = stage();
    show(answeredAt(0));
    time.advance(GAP);
    const taken = store.get();
    const copy = {...taken};
    store.note(change('later'));
    show(answeredAt(0, true));
    time.advance(GAP);
    assert.deepEqual(Object.values(taken), Object.values(copy));
    assert.notEqual(store.get(), taken);
  });

  it('says that data is old when time passes and nothing comes', () => {
    const {time, store, show} = stage();
    show(answeredAt(0));
    for (let second = 0; second < 12; second += 1) {
      time.advance(1000);
      store.tick();
    }
    time.advance(GAP);
    assert.match(store.get().freshness.text, /^! old data, 1[12]s/);
  });

  it('does not stop when the clock is stepped back', () => {
    const {time, store, show} = stage();
    show(answeredAt(0));
    time.advance(GAP);
    time.now -= 3_600_000;
    show(answeredAt(time.now, true));
    time.advance(GAP);
    assert.equal(store.get().freshness.live, false);
  });

  it('tells changes only between observations that are complete', () => {
    const {time, store, show} = stage();
    for (const failing of [false, true]) {
      show({...answeredAt(0, failing), complete: false});
      time.advance(GAP);
    }
    assert.equal(store.get().changeCount, 0);
    for (const failing of [false, true]) {
      show(answeredAt(0, failing));
      time.advance(GAP);
    }
    assert.ok(store.get().changes.some(({kind, subject}) => kind === 'source' && subject === 'frigate'));
  });

  it('shows once what happened before, ahead of all changes and not as one of them', () => {
    const {time, store, show} = stage();
    const eventful = aLook(
      anObservation({events: known([anEvent('BackOff', 'Back-off restarting failed container')])}),
    );
    const lines: string[] = [];
    store.onChange(({to}) => lines.push(to));
    show(eventful);
    time.advance(GAP);
    store.note(change('a person'));
    show({...eventful});
    time.advance(2 * GAP);
    const {changes, changeCount} = store.get();
    assert.deepEqual(
      {changes: changes.map(({to}) => to), changeCount, lines},
      {changes: ['BackOff', 'y'], changeCount: 1, lines: ['y']},
    );
  });

  it('does nothing more once it is closed', () => {
    const {time, store, show, drawn} = stage();
    show(well);
    store.close();
    time.advance(GAP);
    show(well);
    time.advance(GAP);
    assert.equal(drawn.length, 0);
  });

  it('draws an observation in which the configuration is not known', () => {
    const {time, store, show} = stage();
    show(aLook(anObservation({frigate: {config: {known: false, why: {code: 'timeout', message: 'no answer'}}}})));
    time.advance(0);
    assert.equal(store.get().view?.cameras.length, 3);
  });
});
