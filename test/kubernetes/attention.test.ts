import assert from 'node:assert/strict';
import {seconds, milliseconds} from '../../src/core/time.js';
import {account, attend, withDeadline, type Account, type Moment} from '../../src/kubernetes/attention.js';
import {standStill} from '../frigate/unwell.js';

const BEGUN: Moment = {monotonic: 5000, wall: 1_795_000_000_000};

/** Beats until it is over, each `gaps(turn)` milliseconds after the one before; how many, and how long they took. */
const beats = (
  accounts: Account,
  gaps: (turn: number) => {readonly monotonic: number; readonly wall: number},
): {readonly turns: number; readonly took: number} => {
  let {monotonic, wall} = BEGUN;
  for (let turns = 1; turns < 10_000; turns += 1) {
    const gap = gaps(turns);
    monotonic += gap.monotonic;
    wall += gap.wall;
    if (accounts.beat({monotonic, wall})) return {turns, took: monotonic - BEGUN.monotonic};
  }
  throw new Error('it never ends');
};

const both = (gap: number): {readonly monotonic: number; readonly wall: number} => ({monotonic: gap, wall: gap});
const stalledAt = (turn: number, stall: number) => (now: number) => both(now === turn ? stall : 100);

describe('the account of a deadline of ten seconds', () => {
  const limit = seconds(10);
  const cases: ReadonlyArray<{
    readonly of: string;
    readonly gaps: (turn: number) => {readonly monotonic: number; readonly wall: number};
    readonly turns: number;
    readonly took: number;
    readonly starved: boolean;
  }> = [
    {of: 'a process that is awake', gaps: () => both(100), turns: 100, took: 10_000, starved: false},
    {
      of: 'timers that are a little late, as they are',
      gaps: () => both(101.5),
      turns: 99,
      took: 10_048.5,
      starved: false,
    },
    {of: 'a busy process', gaps: () => both(180), turns: 56, took: 10_080, starved: false},
    {of: 'a short stall', gaps: stalledAt(50, 1100), turns: 100, took: 11_000, starved: false},
    {
      of: 'a stall at its very end, after which a second is left to read what came',
      gaps: stalledAt(99, 3100),
      turns: 109,
      took: 13_900,
      starved: false,
    },
    {of: 'a stall longer than half of it', gaps: stalledAt(50, 6000), turns: 100, took: 15_900, starved: true},
    {of: 'a stall far beyond it', gaps: stalledAt(50, 600_000), turns: 100, took: 609_900, starved: true},
    {of: 'stalls without end', gaps: () => both(1000), turns: 200, took: 200_000, starved: true},
    {
      of: 'a machine that was suspended: only the wall clock went on',
      gaps: (turn) => ({monotonic: 100, wall: turn === 50 ? 60_000 : 100}),
      turns: 100,
      took: 10_000,
      starved: true,
    },
    {
      of: 'a wall clock that is set back',
      gaps: (turn) => ({monotonic: 100, wall: turn % 2 === 0 ? -3_600_000 : 100}),
      turns: 100,
      took: 10_000,
      starved: false,
    },
  ];
  for (const {of, gaps, turns, took, starved} of cases) {
    it(`${starved ? 'proves nothing' : 'holds'} over ${of}`, () => {
      const accounts = account(limit, BEGUN);
      assert.deepEqual([beats(accounts, gaps), accounts.starved() !== null], [{turns, took}, starved]);
    });
  }

  it('ends within twice the turns of a calm process, whatever happens', () => {
    for (const gap of [99, 201, 5000]) {
      for (const every of [1, 2, 7, 13]) {
        const {turns} = beats(account(limit, BEGUN), (turn) => both(turn % every === 0 ? gap : 100));
        assert.ok(turns <= 200, `${turns} turns with ${gap} ms every ${every}`);
      }
    }
  });
});

describe('attention', () => {
  it('is not over while this process does not run, but some time awake later', async () => {
    const begun = performance.now();
    const {promise: over, resolve} = Promise.withResolvers<null>();
    const attention = attend(400, () => resolve(null));
    setTimeout(() => standStill(600), 50);
    await over;
    const took = performance.now() - begun;
    assert.ok(took > 900, `over after ${Math.round(took)} ms`);
    assert.ok(attention.lost() > 450 && attention.starved() !== null, `lost ${attention.lost()} ms`);
  });

  it('is silent once it is stopped', async () => {
    let over = false;
    const attention = attend(30, () => (over = true));
    attention.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(over, false);
  });

  it('ends work that never ends, at its limit', async () => {
    const begun = performance.now();
    const {result} = await withDeadline(
      new AbortController().signal,
      milliseconds(200),
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended'))),
    );
    assert.equal(result, 'ended');
    assert.ok(performance.now() - begun >= 190);
  });

  it("ends with the caller's signal, without a limit of its own too, and measures all the same", async () => {
    const caller = new AbortController();
    setTimeout(() => {
      standStill(500);
      caller.abort();
    }, 20);
    const {result, lost, starved} = await withDeadline(
      caller.signal,
      null,
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended'))),
    );
    assert.equal(result, 'ended');
    assert.ok(lost > 300, `lost ${lost} ms`);
    assert.equal(starved, null);
  });
});
