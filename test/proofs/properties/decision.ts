/** What holds for the middle of every pass: assess, diagnose, remember and decide over what was really seen. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {earlier, milliseconds} from '../../../src/core/time.js';
import {mutated, mutation} from '../support/mutated.js';
import {property, type Property} from './property.js';
import {anySituation, decided, judged, situations, type Situation} from './situations.js';
import {codes, inOtherOrder, renamed, sources, without} from './sources.js';

const restarting = new Set(
  situations.filter((situation) => decided(situation).action === 'restart').map(({name}) => name),
);

/** Other situations than those that restart anyway. */
const calm = situations.filter(({name}) => !restarting.has(name));
const anyCalm = fc.nat(calm.length - 1).map((index): Situation => calm[index] ?? situations[0]!);

/** A name for a name, one to one, in another order of the alphabet. */
const otherName =
  (salt: string) =>
  (name: string): string =>
    `${salt}${Array.from(name).reverse().join('')}`;

const outcome = (situation: Omit<Situation, 'name'>): readonly unknown[] => {
  const {diagnosis, decision, findings} = judged(situation);
  return [
    diagnosis.health,
    diagnosis.cause,
    diagnosis.primary,
    decision.action,
    decision.rule,
    findings.map(({id, status, cure}) => `${id} ${status} ${cure}`),
  ];
};

export const ofDecisions: readonly Property[] = [
  property(
    'total: no input makes a pass throw, and the next state can always be stored',
    1,
    fc.property(anySituation, fc.array(mutation, {minLength: 1, maxLength: 3}), (situation, changes) => {
      const spoilt = changes.reduce<unknown>(
        (so, change) => mutated(so, change),
        situation.observation,
      ) as Situation['observation'];
      const {next} = decided({
        ...situation,
        observation: {...situation.observation, ...spoilt, at: situation.observation.at},
      });
      assert.ok(JSON.stringify(next).length < 200_000);
    }),
  ),
  property(
    'deterministic: the same input gives the same decision and the same next state',
    0.3,
    fc.property(anySituation, (situation) => {
      assert.deepEqual(judged(situation), judged(situation));
    }),
  ),
  property(
    'monotone in ignorance: an unknown source never turns another result into a restart',
    1,
    fc.property(
      anyCalm,
      fc.uniqueArray(fc.constantFrom(...sources), {minLength: 1, maxLength: 5}),
      fc.constantFrom(...codes),
      (situation, blind, code) => {
        const observation = blind.reduce((seen, source) => without(seen, source, code), situation.observation);
        assert.notEqual(decided({...situation, observation}).action, 'restart', situation.name);
      },
    ),
  ),
  property(
    'the order of cameras, detectors, pods, events and pages does not matter',
    0.5,
    fc.property(anySituation, (situation) => {
      const {observation} = inOtherOrder({observation: situation.observation, memory: situation.state.memory});
      assert.deepEqual(outcome({...situation, observation}), outcome(situation), situation.name);
    }),
  ),
  property(
    'the names of cameras and pods do not matter',
    0.5,
    fc.property(anySituation, fc.constantFrom('a', 'z', 'ü', '0'), (situation, salt) => {
      const {observation, memory} = renamed(
        {observation: situation.observation, memory: situation.state.memory},
        otherName(salt),
      );
      assert.deepEqual(
        outcome({...situation, observation, state: {...situation.state, memory}}),
        outcome(situation),
        situation.name,
      );
    }),
  ),
  property(
    'a clock that goes back never hastens a restart',
    1,
    fc.property(anyCalm, fc.integer({min: 1, max: 7 * 86_400_000}), (situation, back) => {
      const {observation} = situation;
      const at = earlier(observation.at, milliseconds(back));
      const seen = {
        ...observation,
        at,
        localClock: at,
        apiServer: observation.apiServer.known ? {known: true as const, value: {date: at}} : observation.apiServer,
      };
      assert.notEqual(
        decided({...situation, observation: seen}).action,
        'restart',
        `${situation.name}, ${back} ms back`,
      );
    }),
  ),
];
