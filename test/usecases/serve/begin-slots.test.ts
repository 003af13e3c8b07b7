/** How many Frigates of a fleet begin at once. */
import assert from 'node:assert/strict';
import {seconds} from '../../../src/core/time.js';
import {BeginSlots} from '../../../src/usecases/serve/begin-slots.js';
import {FakeTimers, settled} from '../../support/fake-timers.js';

describe('the slots in which Frigates begin', () => {
  const never = new AbortController().signal;

  const taken = (slots: BeginSlots, count: number, signal = never): Array<() => void> => {
    const judged: Array<() => void> = [];
    for (let number = 0; number < count; number += 1) void slots.take(signal).then((isJudged) => judged.push(isJudged));
    return judged;
  };

  it('are 32, and the next one has its turn when one was judged', async () => {
    const judged = taken(new BeginSlots(new FakeTimers()), 40);
    await settled();
    assert.equal(judged.length, 32);
    judged[0]?.();
    judged[0]?.();
    await settled();
    assert.equal(judged.length, 33);
  });

  it('are free after three seconds, so that nobody waits for Frigates that do not answer', async () => {
    const timers = new FakeTimers();
    const judged = taken(new BeginSlots(timers), 100);
    await timers.advance(seconds(2.9));
    assert.equal(judged.length, 32);
    await timers.advance(seconds(0.2));
    assert.equal(judged.length, 64);
    await timers.advance(seconds(6));
    assert.equal(judged.length, 100);
  });

  it('hold nobody back at the end', async () => {
    const ending = new AbortController();
    const judged = taken(new BeginSlots(new FakeTimers()), 100, ending.signal);
    await settled();
    ending.abort();
    await settled();
    assert.equal(judged.length, 100);
  });
});
