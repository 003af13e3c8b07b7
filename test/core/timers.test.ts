/** What is made of the four functions of the port: deadlines, one thing later, one thing again and again, and the back-off. */
import assert from 'node:assert/strict';
import {backOff} from '../../src/core/back-off.js';
import {milliseconds, minutes, seconds} from '../../src/core/time.js';
import {after, every, within} from '../../src/core/timers.js';
import {FakeTimers} from '../support/fake-timers.js';

describe('a deadline', () => {
  it('ends with its own time and not before', async () => {
    const timers = new FakeTimers();
    const signal = within(timers, seconds(10), new AbortController().signal);
    await timers.advance(seconds(9.9));
    assert.equal(signal.aborted, false);
    await timers.advance(seconds(0.1));
    assert.equal(signal.aborted, true);
  });

  it('ends with whatever it hangs on', () => {
    const pass = new AbortController();
    const signal = within(new FakeTimers(), seconds(10), pass.signal);
    pass.abort();
    assert.equal(signal.aborted, true);
  });
});

describe('work for later', () => {
  it('is done once', async () => {
    const timers = new FakeTimers();
    const done: number[] = [];
    after(timers, seconds(5), () => done.push(timers.monotonic()));
    await timers.advance(minutes(1));
    assert.deepEqual(done, [5000]);
  });

  it('is not done once it is cancelled', async () => {
    const timers = new FakeTimers();
    const done: number[] = [];
    after(timers, seconds(5), () => done.push(timers.monotonic()))();
    await timers.advance(minutes(1));
    assert.deepEqual(done, []);
  });
});

describe('work again and again', () => {
  it('is done until it is ended, by itself too', async () => {
    const timers = new FakeTimers();
    const done: number[] = [];
    const end = every(timers, seconds(2), () => {
      if (done.push(timers.monotonic()) === 3) end();
    });
    await timers.advance(minutes(1));
    assert.deepEqual(done, [2000, 4000, 6000]);
  });
});

describe('the back-off', () => {
  const pauses = {first: milliseconds(500), longest: seconds(30)};

  it('doubles up to the longest pause, for ever', () => {
    assert.deepEqual(
      [1, 2, 3, 6, 7, 8, 5000].map((failures) => backOff(pauses, failures, () => 1)),
      [500, 1000, 2000, 16_000, 30_000, 30_000, 30_000],
    );
  });

  it('takes at least half of it, by chance', () => {
    assert.deepEqual(
      [0, 0.5].map((random) => backOff(pauses, 1, () => random)),
      [250, 375],
    );
  });

  it('begins with the first pause also before there was a failure', () => {
    assert.equal(
      backOff(pauses, 0, () => 1),
      500,
    );
  });
});
