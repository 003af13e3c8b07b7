/** Delivery by several channels: each with tries of its own, and none that waits for another. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {due, failingChannels, markTried, settleDeliveries, type Addressee} from '../../../src/core/incident/outbox.js';
import {decodeState, freshState} from '../../../src/core/state/codec.js';
import {encodeState, LARGEST_DOCUMENT} from '../../../src/core/state/encode.js';
import type {OutboxEntry, State} from '../../../src/core/state/state.js';
import {days, instant, later, minutes, seconds} from '../../../src/core/time.js';

const now = instant(Date.UTC(2026, 10, 23, 3, 0, 0));
const interval = minutes(5);
const mail: Addressee = {name: 'mail', least: 'warning'};
const phone: Addressee = {name: 'phone', least: 'critical'};

const entry = (
  key: string,
  worst: OutboxEntry['incident']['worst'],
  changes: Partial<OutboxEntry> = {},
): OutboxEntry => ({
  key,
  kind: 'began',
  at: now,
  incident: {id: 'i1', since: now, cause: 'camera', summary: 's', worst, faults: []},
  health: 'degraded',
  action: 'alert',
  rule: 'R-04',
  reason: 'r',
  liftedBy: null,
  unblock: [],
  findings: [],
  attempt: null,
  deliveries: [],
  tries: 0,
  lastTry: null,
  lastError: null,
  deliveredAt: null,
  ...changes,
});

const stateWith = (...outbox: readonly OutboxEntry[]): State => ({...freshState, outbox});
const keysFor = (state: State, addressee: Addressee, at = now): readonly string[] =>
  due(state, addressee, at, interval).map(({key}) => key);

describe('the outbox of several channels', () => {
  it('a channel gets what its least severity asks for, and what it does not get does not hold the entry', () => {
    const state = stateWith(entry('a', 'warning'), entry('b', 'critical'));
    assert.deepEqual([keysFor(state, mail), keysFor(state, phone)], [['a', 'b'], ['b']]);
    const sent = settleDeliveries(markTried(state, 'a', 'mail', null, now), [mail, phone], now);
    assert.deepEqual(
      sent.outbox.map(({deliveredAt}) => deliveredAt),
      [now, null],
    );
  });

  it('the end of an incident goes to whom its worst went', () => {
    const state = stateWith(entry('end', 'critical', {kind: 'ended'}), entry('mild', 'warning', {kind: 'ended'}));
    assert.deepEqual(keysFor(state, phone), ['end']);
  });

  it('one that fails is tried again alone, and the other does not send twice', () => {
    let state = stateWith(entry('a', 'critical'));
    state = markTried(state, 'a', 'mail', null, now);
    state = settleDeliveries(markTried(state, 'a', 'phone', 'HTTP 500', now), [mail, phone], now);
    assert.deepEqual(
      state.outbox.map(({deliveredAt, lastError}) => [deliveredAt, lastError]),
      [[null, 'phone: HTTP 500']],
    );
    const next = later(now, interval);
    assert.deepEqual([keysFor(state, mail, next), keysFor(state, phone, next)], [[], ['a']]);
    assert.deepEqual(failingChannels(state), [{channel: 'phone', why: 'HTTP 500'}]);
    state = settleDeliveries(markTried(state, 'a', 'phone', null, next), [mail, phone], next);
    assert.deepEqual([state.outbox[0]?.deliveredAt, failingChannels(state)], [next, []]);
  });

  it('a channel rests after failures, by itself, and never longer than half an interval', () => {
    let state = stateWith(entry('a', 'critical'), entry('b', 'critical'));
    for (let tries = 0; tries < 12; tries += 1) state = markTried(state, 'a', 'phone', 'away', now);
    assert.deepEqual(keysFor(state, phone, later(now, seconds(149))), []);
    assert.deepEqual(keysFor(state, phone, later(now, seconds(150))), ['a', 'b']);
    assert.deepEqual(keysFor(state, mail, now), ['a', 'b']);
  });

  it('a channel that failed for a day is given up for what another delivered, and only then', () => {
    const failed = markTried(
      markTried(stateWith(entry('a', 'critical')), 'a', 'mail', null, now),
      'a',
      'phone',
      'x',
      now,
    );
    const after = later(now, days(1));
    assert.equal(settleDeliveries(failed, [mail, phone], later(after, seconds(-1))).outbox[0]?.deliveredAt, null);
    assert.equal(settleDeliveries(failed, [mail, phone], after).outbox[0]?.deliveredAt, after);
    const nobody = markTried(stateWith(entry('a', 'critical')), 'a', 'phone', 'x', now);
    assert.equal(settleDeliveries(nobody, [mail, phone], after).outbox[0]?.deliveredAt, null);
  });

  it('reads entries of before: no channel, no worst', () => {
    const old = {...entry('a', null), tries: 2, lastError: '535', deliveries: undefined};
    const document = JSON.stringify({
      ...freshState,
      outbox: [{...old, incident: {...old.incident, worst: undefined}}],
    });
    const {state, problems} = decodeState(document);
    assert.deepEqual(problems, []);
    assert.deepEqual([keysFor(state, mail), keysFor(state, phone)], [['a'], []]);
    assert.deepEqual(failingChannels(state), [{channel: 'mail', why: '535'}]);
  });

  it('without any channel nothing is settled', () => {
    const state = stateWith(entry('a', 'critical'));
    assert.equal(settleDeliveries(state, [], now), state);
  });

  it('never takes the document over its bound, whatever the channels say', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 600, unit: 'binary'}), fc.integer({min: 1, max: 40}), (why, channels) => {
        let state = stateWith(...Array.from({length: 32}, (_, index) => entry(`i-${String(index)}`, 'critical')));
        for (const {key} of state.outbox)
          for (let index = 0; index < channels; index += 1)
            state = markTried(state, key, `${why.slice(0, 80)}${String(index)}`, why, now);
        const document = encodeState(state);
        assert.ok(Buffer.byteLength(document) <= LARGEST_DOCUMENT, String(Buffer.byteLength(document)));
        assert.ok(decodeState(document).state.outbox.length >= 4);
      }),
      {numRuns: 40},
    );
  });
});
