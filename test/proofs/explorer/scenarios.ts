/** Where the explorer begins: Frigate is dead in the second pass that sees it, and two runners (or a runner and a person) are at it. */
import {encodeState} from '../../../src/core/state/encode.js';
import type {State} from '../../../src/core/state/state.js';
import {minutes} from '../../../src/core/time.js';
import {DOCUMENT_KEY} from '../../../src/pass/state-store.js';
import {aRestart, aState, aStreak} from '../../support/decision.js';
import {aFrigate, ago, aPolicy} from '../../support/observation.js';
import type {Scenario} from './play.js';

/** One pass is enough to act and one restart an hour is allowed, so that every limit is reached within a few passes. */
const policy = aPolicy({consecutiveFailures: 1, restartsPerHour: 1, restartsPerDay: 2, startupGrace: minutes(1)});

const stored = (state: State): ReadonlyMap<string, string> => new Map([[DOCUMENT_KEY, encodeState(state)]]);

const target = {kind: 'Deployment', namespace: 'frigate', name: 'frigate', uid: 'workload-uid'} as const;
const counted = aState({target, streak: aStreak({count: 1})});

export const scenarios: readonly Scenario[] = [
  {
    name: 'two runners, Frigate dead',
    policy,
    state: stored(counted),
    rounds: [
      {at: 0, runners: ['a', 'b']},
      {at: minutes(7), runners: ['a']},
      {at: minutes(62), runners: ['b']},
    ],
  },
  {
    name: 'a runner and a person with --force',
    policy,
    state: stored(counted),
    rounds: [
      {at: 0, runners: ['a', 'p!']},
      {at: minutes(7), runners: ['b']},
    ],
  },
  {
    name: 'the breaker is full',
    policy,
    state: stored({
      ...counted,
      restarts: [
        aRestart({id: 'older', at: ago(minutes(20)), phase: 'helped', cause: 'process', findings: ['FRG-301']}),
      ],
    }),
    rounds: [
      {at: 0, runners: ['a', 'b']},
      {at: minutes(7), runners: ['a']},
    ],
  },
  {
    name: 'nothing is remembered yet',
    policy,
    state: null,
    rounds: [
      {at: 0, runners: ['a', 'b']},
      {at: minutes(7), runners: ['a']},
    ],
  },
  {
    name: 'one runner, three passes',
    policy,
    state: stored(counted),
    rounds: [
      {at: 0, runners: ['a']},
      {at: minutes(7), runners: ['b']},
      {at: minutes(13), runners: ['a']},
    ],
  },
  {
    name: 'Frigate is well',
    policy,
    state: stored(aState({target})),
    frigate: aFrigate(),
    rounds: [
      {at: 0, runners: ['a', 'b']},
      {at: minutes(7), runners: ['a']},
    ],
  },
];
