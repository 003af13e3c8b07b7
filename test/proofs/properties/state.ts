/** The remembered state: it comes back as it went, and corrupting it never weakens a limit. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {CauseClass} from '../../../src/core/finding.js';
import {decodeState} from '../../../src/core/state/codec.js';
import {encodeState, LARGEST_DOCUMENT} from '../../../src/core/state/encode.js';
import {decodeLegacy, encodeLegacy} from '../../../src/core/state/legacy.js';
import type {RestartPhase, RestartRecord, State} from '../../../src/core/state/state.js';
import {instant, type Instant} from '../../../src/core/time.js';
import {jsonMutation, mutated} from '../support/mutated.js';
import {property, type Property} from './property.js';
import {anySituation, decided, type Situation} from './situations.js';

const at: fc.Arbitrary<Instant> = fc.integer({min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1)}).map(instant);
const word = fc.string({maxLength: 40});
const causes: fc.Arbitrary<CauseClass> = fc.constantFrom('process', 'detector', 'recording', 'storage', 'memory');
const phases: fc.Arbitrary<RestartPhase> = fc.constantFrom(
  'intended',
  'acted',
  'helped',
  'did-not-help',
  'abandoned',
  'unjudged',
);

const restart: fc.Arbitrary<RestartRecord> = fc
  .record(
    {
      id: fc.string({minLength: 1, maxLength: 30}),
      at,
      cause: causes,
      rule: fc.constantFrom('R-12' as const, 'R-02' as const),
      who: word,
      reason: word,
      findings: fc.subarray(['FRG-301', 'FRG-302', 'FRG-403'] as const),
      phase: phases,
      settledAt: fc.option(at),
      faults: fc.subarray(['recorder', 'detector:coral', 'capture:front'] as const),
      worked: fc.subarray(['front', 'back'] as const),
      wellSince: fc.option(at),
      cameBackAt: fc.option(at),
    },
    {noNullPrototype: true},
  )
  .map((record) => record as RestartRecord);

/** A state that some pass could have left, with a history of its own. */
const anyState: fc.Arbitrary<State> = fc
  .tuple(
    anySituation,
    fc.array(restart, {maxLength: 12}),
    fc.constantFrom('closed' as const, 'open' as const, 'half-open' as const, 'locked' as const),
    fc.option(at),
    fc.nat(20),
  )
  .map(([{state}, restarts, breaker, until, failures]) => ({
    ...state,
    restarts: [...restarts].sort((a, b) => a.at - b.at),
    breaker: {...state.breaker, state: breaker, until, failures, coolDownUntil: until},
  }));

const breaks: fc.Arbitrary<(document: string) => string> = fc.oneof(
  fc
    .double({min: 0, max: 1, noNaN: true})
    .map((part) => (document: string) => document.slice(0, Math.floor(part * document.length))),
  fc
    .tuple(fc.double({min: 0, max: 0.999, noNaN: true}), fc.string({minLength: 1, maxLength: 8}))
    .map(([part, text]) => (document: string) => {
      const place = Math.floor(part * document.length);
      return document.slice(0, place) + text + document.slice(place + text.length);
    }),
  fc
    .array(jsonMutation, {minLength: 1, maxLength: 3})
    .map(
      (changes) => (document: string) =>
        JSON.stringify(changes.reduce<unknown>((so, change) => mutated(so, change), JSON.parse(document)) ?? null),
    ),
  fc
    .constantFrom('restarts', 'breaker', 'streak', 'schema', 'memory', 'target')
    .map((key) => (document: string) => JSON.stringify({...(JSON.parse(document) as object), [key]: undefined})),
  fc.string().map((text) => () => text),
);

/** What a limit rests on must not have become less: the restarts that count, and a lock. */
const weaker = (before: State, after: ReturnType<typeof decodeState>): boolean =>
  !after.lost &&
  (after.state.restarts.length < before.restarts.length ||
    (before.breaker.state === 'locked' && after.state.breaker.state !== 'locked' && after.problems.length > 0));

export const ofStates: readonly Property[] = [
  property(
    'the document comes back as it went, and is never too large',
    0.5,
    fc.property(anyState, (state) => {
      const document = encodeState(state);
      assert.deepEqual(decodeState(document), {state, problems: [], lost: false, newer: false});
      assert.ok(Buffer.byteLength(document) <= LARGEST_DOCUMENT);
    }),
  ),
  property(
    "the old tool's keys keep every restart",
    0.5,
    fc.property(anyState, (state) => {
      const {
        state: {restarts},
      } = decodeLegacy(encodeLegacy(state));
      assert.deepEqual(
        restarts.map((each) => each.at),
        state.restarts.map((each) => Math.floor(each.at / 1000) * 1000).sort((a, b) => a - b),
      );
    }),
  ),
  property(
    'a corrupt document is told, and never makes a restart out of another result',
    1,
    fc.property(anySituation, fc.array(restart, {maxLength: 4}), breaks, (situation: Situation, restarts, corrupt) => {
      const state = {...situation.state, restarts: [...restarts].sort((a, b) => a.at - b.at)};
      const before = decided({...situation, state, reading: 'sound'});
      const text = corrupt(encodeState(state));
      const decoded = decodeState(text);
      const after = decided({
        ...situation,
        state: decoded.state,
        reading: decoded.newer ? 'newer' : decoded.lost ? 'lost' : 'sound',
      });
      const changedOnly = decoded.problems.length === 0;
      assert.ok(
        after.action !== 'restart' || before.action === 'restart' || changedOnly,
        `${situation.name}: ${decoded.problems.join('; ')}`,
      );
      assert.ok(changedOnly || !weaker(state, decoded), decoded.problems.join('; '));
    }),
  ),
];
