import assert from 'node:assert/strict';
import {FakeTimers} from '../support/fake-timers.js';
import {seconds, milliseconds} from '../../src/core/time.js';
import {account, attend, withDeadline, type Account, type Moment} from '../../src/kubernetes/attention.js';

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
  it('is silent once it is stopped', async () => {
    const timers = new FakeTimers();
    let over = false;
    const attention = attend(timers, 400, () => (over = true));
    await timers.advance(milliseconds(200));
    attention.stop();
    await timers.advance(seconds(10));
    assert.equal(over, false);
  });

  it('ends work that never ends, at its limit and not before', async () => {
    const timers = new FakeTimers();
    let ended = false;
    const working = withDeadline(
      timers,
      new AbortController().signal,
      seconds(10),
      (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            ended = true;
            resolve('ended');
          }),
        ),
    );
    await timers.advance(seconds(9.8));
    assert.equal(ended, false);
    await timers.advance(seconds(0.2));
    const {result, lost, starved} = await working;
    assert.deepEqual({result, lost, starved}, {result: 'ended', lost: 0, starved: null});
  });
});
