/** The ground that the properties stand on: every pass of every recorded fault at several distances, with the state that led there. */
import fc from 'fast-check';
import type {Decision} from '../../../src/core/decision/decision.js';
import type {StateReading} from '../../../src/core/decision/situation.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import type {Policy} from '../../../src/core/policy.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {State} from '../../../src/core/state/state.js';
import {judge, type Judgement} from '../../../src/pass/judge.js';
import {recordings} from '../../recordings/facts.js';
import {playback} from '../../recordings/playback.js';
import {readRecording} from '../../recordings/recording.js';
import {aPolicy} from '../../support/observation.js';

export interface Situation {
  /** For counter-examples: `0.17.2-det-stop, phase 60, pass 8`. */
  readonly name: string;
  readonly observation: Observation;
  readonly state: State;
  readonly reading: StateReading;
  readonly policy: Policy;
}

/** The middle of a pass over one observation, with everything else as a real pass has it. */
export const judged = ({observation, state, reading, policy}: Omit<Situation, 'name'>): Judgement => {
  const recalledState = {state, reading, soundness: observation.state, map: null, guard: null, setAside: null};
  return judge(
    {observation, recalledState, reading, timings: new Map()},
    {
      policy,
      attemptId: 'the next one',
      by: 'a proof',
      request: null,
      alerting: true,
      wipeNotifiedAt: null,
      guard: null,
    },
  );
};

export const decided = (situation: Omit<Situation, 'name'>): Decision => judged(situation).decision;

/** N of R-05 is 1 in every other playback, so that a single pass may restart there. */
const policies: readonly Policy[] = [aPolicy(), aPolicy({consecutiveFailures: 1})];
const phases = [0, 100, 200, 290];

const situationsOf = (name: string, phase: number, policy: Policy): readonly Situation[] => {
  const facts = recordings[name];
  if (facts === undefined) return [];
  let state: State = freshState;
  const situations: Situation[] = [];
  for (const [index, {observation}] of [
    ...playback(readRecording(name), facts, phase, {before: 4, after: 5}),
  ].entries()) {
    const situation: Situation = {
      name: `${name}, N ${policy.consecutiveFailures}, phase ${phase}, pass ${index}`,
      observation,
      state,
      reading: index === 0 ? 'fresh' : 'sound',
      policy,
    };
    situations.push(situation);
    const {action, next} = decided(situation);
    if (action === 'restart') break;
    state = next;
  }
  return situations;
};

/** All of them; made once. */
export const situations: readonly Situation[] = Object.keys(recordings).flatMap((name) =>
  phases.flatMap((phase) => policies.flatMap((policy) => situationsOf(name, phase, policy))),
);

export const anySituation = fc.nat(situations.length - 1).map((index): Situation => {
  const situation = situations[index];
  if (situation === undefined) throw new Error(`no situation ${index}`);
  return situation;
});
