import assert from 'node:assert/strict';
import {known} from '../../src/core/known.js';
import {freshState} from '../../src/core/state/codec.js';
import type {State} from '../../src/core/state/state.js';
import {later, minutes, seconds} from '../../src/core/time.js';
import {judge, type Judgement} from '../../src/pass/judge.js';
import {
  aContainer,
  ago,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  now,
  type ObservationChanges,
} from '../support/observation.js';

const judged = (changes: ObservationChanges, state: State = freshState): Judgement => {
  const observation = anObservation(changes);
  const recalledState = {
    state,
    reading: 'sound',
    soundness: observation.state,
    map: null,
    guard: null,
    setAside: null,
  } as const;
  return judge(
    {observation, recalledState, reading: 'sound', timings: new Map()},
    {policy: aPolicy(), attemptId: 'a', by: 'a test', request: null, alerting: true, wipeNotifiedAt: null, guard: null},
  );
};

/** A pod that was made this long ago and whose image is being pulled, five minutes of passes later too. */
const pulling = (age: Parameters<typeof ago>[0], passes = 0): ObservationChanges => ({
  at: later(now, minutes(5 * passes)),
  pods: known([
    aPod({
      phase: 'Pending',
      createdAt: ago(age),
      frigate: aContainer({
        id: null,
        ready: false,
        state: {phase: 'waiting', reason: 'ContainerCreating', message: null},
      }),
    }),
  ]),
  events: known([anEvent('Pulling', 'Pulling image', {type: 'Normal', lastSeen: later(now, minutes(5 * passes))})]),
});

describe('a Frigate whose pod is on its way', () => {
  it('is starting, and nobody is told, until the grace ends', () => {
    const first = judged(pulling(seconds(20)));
    assert.equal(first.diagnosis.health, 'starting');
    assert.match(first.diagnosis.summary, /Frigate is starting: .*its image is being pulled/);

    const second = judged(pulling(seconds(20), 1), first.decision.next);
    assert.deepEqual([second.diagnosis.health, second.decision.next.outbox], ['starting', []]);

    const late = judged(pulling(seconds(20), 3), judged(pulling(seconds(20), 2), second.decision.next).decision.next);
    assert.deepEqual(
      [late.diagnosis.health, late.decision.next.outbox.map(({kind}) => kind)],
      ['unhealthy', ['began']],
    );
  });

  it('is not starting when what holds its pod will not pass by itself', () => {
    const nowhere = aPod({
      phase: 'Pending',
      createdAt: ago(seconds(20)),
      frigate: null,
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available',
          lastTransition: null,
        },
      ],
    });

    assert.equal(judged({pods: known([nowhere])}).diagnosis.health, 'unhealthy');
  });
});
