import assert from 'node:assert/strict';
import type {Because} from '../../../src/core/because.js';
import {
  coolDownAfterLoss,
  countedRestarts,
  presentFault,
  restartsFromRevisions,
  viewBreaker,
  waitAfter,
} from '../../../src/core/decision/breaker.js';
import {clampToNow} from '../../../src/core/decision/clamp-to-now.js';
import {decide} from '../../../src/core/decide.js';
import {settleAttempts} from '../../../src/core/decision/settle-attempts.js';
import {advanceStreak} from '../../../src/core/decision/streak.js';
import type {CauseClass} from '../../../src/core/finding.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {State} from '../../../src/core/state/state.js';
import {days, hours, later, minutes, seconds} from '../../../src/core/time.js';
import {aFinding, anInput, aRestart, aState, aStreak, critical, hungDetector} from '../../support/decision.js';
import {ago, ahead, aPolicy, aWorkload, now} from '../../support/observation.js';

const policy = aPolicy();
const well = [aFinding('FRG-403')];
const phaseOf = (
  ...[restart, workload, findings]: [
    Parameters<typeof aRestart>[0],
    ReturnType<typeof aWorkload>,
    Parameters<typeof settleAttempts>[2],
  ]
) => settleAttempts([aRestart(restart)], workload, findings, now, policy)[0]?.phase;

describe('an attempt', () => {
  it('is acted as soon as the workload carries its id, whatever the answer was', () => {
    assert.equal(phaseOf({phase: 'intended', at: ago(minutes(5))}, aWorkload({attempt: 'a1'}), well), 'acted');
  });

  it('is abandoned after two minutes when the workload does not carry its id', () => {
    assert.equal(phaseOf({phase: 'intended', at: ago(minutes(5))}, aWorkload(), well), 'abandoned');
    assert.equal(phaseOf({phase: 'intended', at: ago(minutes(1))}, aWorkload(), well), 'intended');
  });

  it('that was given up is acted after all when its PATCH arrives late: its runner was frozen in between', () => {
    assert.equal(phaseOf({phase: 'abandoned', at: ago(minutes(9))}, aWorkload({attempt: 'a1'}), well), 'acted');
  });

  it('is not judged while the workload cannot be seen', () => {
    assert.equal(
      settleAttempts([aRestart({phase: 'intended', at: ago(hours(5))})], null, well, now, policy)[0]?.phase,
      'intended',
    );
  });

  it('is not judged within the grace', () => {
    assert.equal(phaseOf({phase: 'acted', at: ago(minutes(9))}, aWorkload({attempt: 'a1'}), [hungDetector()]), 'acted');
  });

  it('did not help when its finding is back after the grace, and also within the hour after it', () => {
    assert.equal(phaseOf({phase: 'acted', at: ago(minutes(11))}, aWorkload(), [hungDetector()]), 'did-not-help');
    assert.equal(phaseOf({phase: 'acted', at: ago(minutes(69))}, aWorkload(), [hungDetector()]), 'did-not-help');
  });

  it('helped after a healthy span behind the grace, and not before', () => {
    const settled = (wellFor: number, findings = well) =>
      phaseOf({phase: 'acted', at: ago(minutes(40)), wellSince: ago(minutes(wellFor))}, aWorkload(), findings);

    assert.equal(phaseOf({phase: 'acted', at: ago(minutes(40))}, aWorkload(), well), 'acted', 'the first pass of it');
    assert.equal(settled(9), 'acted');
    assert.equal(settled(10), 'helped');
    assert.equal(settled(10, [aFinding('FRG-403', {status: 'unknown'})]), 'acted', 'what is not observed is not gone');
    assert.equal(settled(9, [hungDetector()]), 'did-not-help', 'gone for too short a time');
  });

  describe('is judged on what was down, not on the check that found it', () => {
    const dead = (...faults: string[]) => [critical('FRG-304', {cure: 'restart', faults})];
    const judged = (changes: Parameters<typeof aRestart>[0], findings: Parameters<typeof settleAttempts>[2]) =>
      settleAttempts(
        [
          aRestart({
            phase: 'acted',
            at: ago(minutes(25)),
            findings: ['FRG-304'],
            faults: ['capture:back'],
            ...changes,
          }),
        ],
        aWorkload(),
        findings,
        now,
        policy,
      )[0];

    it('another process that died is another fault', () => {
      assert.equal(judged({}, dead('recorder'))?.phase, 'acted');
      assert.equal(judged({wellSince: ago(minutes(10))}, dead('recorder'))?.phase, 'helped');
      assert.equal(judged({}, dead('capture:back', 'recorder'))?.phase, 'did-not-help');
    });

    it('the same detector that another check finds hung is the same fault', () => {
      const coral = {findings: ['FRG-402'], faults: ['detector:coral']} as const;
      assert.equal(judged(coral, [aFinding('FRG-402'), hungDetector()])?.phase, 'did-not-help');
      assert.equal(judged(coral, [aFinding('FRG-402'), hungDetector({faults: ['detector:usb2']})])?.phase, 'acted');
    });

    it('a record of an older version is judged by its checks', () => {
      assert.equal(judged({faults: []}, dead('recorder'))?.phase, 'did-not-help');
    });

    it('the same fault within the hour after it helped came back, and one after the hour is a new one', () => {
      const helped = {phase: 'helped', wellSince: null} as const;
      assert.deepEqual(
        [judged(helped, dead('capture:back'))].map((record) => [record?.phase, record?.cameBackAt]),
        [['helped', now]],
      );
      assert.equal(judged({...helped, at: ago(minutes(71))}, dead('capture:back'))?.cameBackAt ?? null, null);
      assert.equal(judged(helped, dead('recorder'))?.cameBackAt ?? null, null);
    });

    it('a terminated recorder is restarted for although a capture process had died before it in the same incident', () => {
      const {action, rule} = decide(
        anInput({
          findings: dead('recorder'),
          state: aState({
            streak: aStreak({cause: 'process'}),
            restarts: [
              aRestart({
                at: ago(minutes(40)),
                cause: 'process',
                findings: ['FRG-304'],
                faults: ['capture:back'],
                phase: 'acted',
              }),
            ],
          }),
        }),
      );
      assert.deepEqual([action, rule], ['restart', 'R-12']);
    });
  });

  it('for a hung go2rtc helped when nothing points at it any more, so that nobody asks', () => {
    const unasked = (because: Because) => [aFinding('FRG-801', {status: 'skipped', because})];
    const restart = {
      phase: 'acted',
      at: ago(minutes(71)),
      findings: ['FRG-801'],
      wellSince: ago(minutes(15)),
    } as const;

    assert.equal(
      phaseOf(
        restart,
        aWorkload(),
        unasked({kind: 'unknown', why: {code: 'not-asked', message: 'no camera through go2rtc is silent'}}),
      ),
      'helped',
    );
    assert.equal(phaseOf(restart, aWorkload(), unasked({kind: 'check', id: 'FRG-301'})), 'acted');
    assert.equal(phaseOf(restart, aWorkload(), unasked({kind: 'settling', age: seconds(30)})), 'acted');
  });

  it('that helped does not turn into one that did not when another fault of the same kind comes days later', () => {
    assert.equal(phaseOf({phase: 'helped', at: ago(days(2))}, aWorkload(), [hungDetector()]), 'helped');
  });

  it('stays known for a week, and the newest one for ever, as its id stands on the workload', () => {
    const old = [aRestart({id: 'x', at: ago(days(9))}), aRestart({id: 'y', at: ago(days(8))})];

    assert.deepEqual(
      settleAttempts(old, aWorkload(), well, now, policy).map(({id}) => id),
      ['y'],
    );
  });
});

describe('the breaker', () => {
  it('waits twice as long after each restart that did not help', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((failures) => waitAfter(failures) / 60_000),
      [0, 30, 60, 120],
    );
  });

  it('counts the same restart in the log and on the workload once', () => {
    assert.equal(
      countedRestarts([aRestart({at: ago(minutes(10))})], aWorkload({restartedAt: ago(minutes(9))})).length,
      1,
    );
    assert.equal(
      countedRestarts([aRestart({at: ago(minutes(10))})], aWorkload({restartedAt: ago(minutes(5))})).length,
      2,
    );
  });

  it('opens again when the oldest of the newest restarts that fill it leaves the hour', () => {
    const view = viewBreaker(
      freshState,
      [aRestart({at: ago(minutes(50)), phase: 'helped'}), aRestart({at: ago(minutes(20)), phase: 'helped'})],
      null,
      presentFault(null),
      now,
      policy,
    );

    assert.deepEqual([view.state, view.used, view.until], ['open', 2, ahead(minutes(10))]);
  });

  it('is half-open while one more trial is allowed', () => {
    const view = viewBreaker(
      freshState,
      [aRestart({at: ago(minutes(95))})],
      null,
      presentFault('detector'),
      now,
      policy,
    );

    assert.equal(view.state, 'half-open');
  });

  it('lets a cause be restarted for once in an incident, until it is another, the incident is over, or a person resets', () => {
    const incident = {
      id: 'i1',
      since: ago(hours(5)),
      cause: 'detector',
      worst: 'critical',
      stage: 'restart',
      findings: ['FRG-403'],
      joined: [],
      cameras: [],
      quiet: [],
      faults: [],
      summary: '',
      told: true,
      lastAlertAt: null,
      quietSince: null,
      ack: null,
      alerts: 1,
    } as const;
    const failed = [aRestart({at: ago(hours(4))})];
    const view = (state: Partial<State>, cause: CauseClass = 'detector') =>
      viewBreaker({...freshState, incident, ...state}, failed, null, presentFault(cause), now, policy);

    assert.deepEqual([view({}).state, view({}).rule, view({}).until], ['open', 'R-10', null]);
    assert.equal(view({}, 'process').state, 'closed');
    assert.equal(view({incident: {...incident, since: ago(hours(3))}}).state, 'half-open');
    assert.equal(
      view({incident: {...incident, joined: [{id: 'FRG-403', at: ago(hours(3))}]}}).state,
      'half-open',
      'it had gone away in between',
    );
    assert.deepEqual(
      [view({incident: {...incident, joined: [{id: 'FRG-403', at: ago(minutes(210))}]}})].map(({state, rule}) => [
        state,
        rule,
      ]),
      [['open', 'R-10']],
      'half an hour after the restart it was not away: the container only started',
    );
    assert.equal(
      view({incident: {...incident, findings: ['FRG-205']}}).state,
      'half-open',
      'another trouble keeps the incident alive',
    );
    assert.equal(
      view({breaker: {...freshState.breaker, reset: {at: ago(minutes(5)), by: 'alice', reason: 'replugged'}}}).state,
      'closed',
    );
  });

  it('with a limit of no restarts is never closed', () => {
    assert.equal(
      viewBreaker(
        freshState,
        [aRestart({at: ago(minutes(95)), phase: 'helped'})],
        aWorkload({restartedAt: ago(minutes(30))}),
        presentFault(null),
        now,
        aPolicy({restartsPerHour: 1}),
      ).state,
      'open',
    );
  });
});

describe('a lost state', () => {
  it('cools down for an hour from the newest rollout that the workload shows', () => {
    assert.equal(
      coolDownAfterLoss(aWorkload({restartedAt: ago(minutes(20)), revisions: [ago(minutes(50))]}), now),
      ahead(minutes(40)),
    );
    assert.equal(
      coolDownAfterLoss(aWorkload({restartedAt: null, revisions: [ago(minutes(50)), ago(days(3))]}), now),
      ahead(minutes(10)),
    );
    assert.equal(coolDownAfterLoss(aWorkload({restartedAt: ago(hours(2))}), now), null);
  });

  it('cools down from now on where the workload cannot be seen', () => {
    assert.equal(coolDownAfterLoss(null, now), ahead(hours(1)));
  });

  it('does not take the creation of the workload for a restart', () => {
    const created = ago(minutes(30));

    assert.equal(
      coolDownAfterLoss(aWorkload({createdAt: created, restartedAt: null, revisions: [created]}), now),
      null,
    );
  });

  it("finds the day's restarts in the workload's revisions, and knows the attempt on it from then on", () => {
    const workload = aWorkload({
      attempt: 'a9',
      restartedAt: ago(days(3)),
      revisions: [ago(hours(2)), ago(hours(5)), ago(days(3))],
    });
    const restored = restartsFromRevisions(workload, [], now);

    assert.deepEqual(
      restored.map(({id, phase}) => [id.replace(/\d{5,}/, 'n'), phase]),
      [
        ['a9', 'unjudged'],
        ['revision-n', 'unjudged'],
        ['revision-n', 'unjudged'],
      ],
    );
  });

  it('counts two rollouts within two minutes as two, and a record beside each as the same one', () => {
    const revisions = [ago(minutes(10)), ago(minutes(11))];
    const workload = aWorkload({attempt: 'a2', restartedAt: ago(minutes(10)), revisions});
    assert.equal(restartsFromRevisions(workload, [], now).length, 2);
    assert.equal(
      restartsFromRevisions(
        workload,
        [aRestart({id: 'a2', at: ago(minutes(10))}), aRestart({id: 'a1', at: ago(minutes(11))})],
        now,
      ).length,
      2,
    );
  });

  it('never leads to a restart, in that pass or within an hour of the last one', () => {
    const workload = {restartedAt: ago(minutes(30)), attempt: 'a1'};
    for (const reading of ['fresh', 'lost', 'wiped'] as const) {
      const first = decide(
        anInput({
          reading,
          state: aState({streak: aStreak({count: 9})}),
          observation: {
            ...anInput().observation,
            workload: {known: true, value: {found: 'one', workload: aWorkload(workload)}},
          },
        }),
      );
      assert.equal(first.rule, 'R-02');
      const at = later(now, minutes(5));
      const second = decide(
        anInput({
          state: first.next,
          now: at,
          findings: [hungDetector({evidenceAt: at})],
          observation: {
            ...anInput().observation,
            at,
            workload: {known: true, value: {found: 'one', workload: aWorkload(workload)}},
          },
        }),
      );
      assert.equal(second.rule, 'R-09', reading);
    }
  });
});

describe('the streak', () => {
  const sample = {
    candidates: [hungDetector()],
    blind: false,
    podUid: 'pod-uid',
    containerId: 'containerd://c1',
    cause: 'detector' as const,
  };

  it('is ended by one look that sees none of it, and only by a look that sees', () => {
    assert.equal(advanceStreak(aStreak(), {...sample, candidates: []}, now, policy), null);
    assert.deepEqual(advanceStreak(aStreak(), {...sample, candidates: [], blind: true}, now, policy), aStreak());
  });

  it('goes on when the fault changes its shape', () => {
    assert.equal(
      advanceStreak(
        aStreak(),
        {...sample, candidates: [critical('FRG-302', {cure: 'restart'})], cause: 'process'},
        now,
        policy,
      )?.count,
      2,
    );
  });

  it('counts from half an interval to three intervals, both included', () => {
    const after = (length: number): number | undefined =>
      advanceStreak(aStreak({last: ago(minutes(length))}), sample, now, policy)?.count;

    assert.deepEqual([2.4, 2.5, 15, 15.1].map(after), [1, 2, 2, 1]);
  });
});

describe('a clock that jumped', () => {
  it('puts nothing remembered into the future', () => {
    const future = ahead(days(400));
    const {state, ahead: by} = clampToNow(
      aState({
        streak: aStreak({last: future}),
        restarts: [aRestart({at: future})],
        lastPass: {at: future, by: 'x', result: 'y'},
      }),
      now,
    );

    assert.deepEqual([state.streak?.last, state.restarts[0]?.at, state.lastPass?.at, by], [now, now, now, days(400)]);
  });

  it('keeps no wait longer than a day', () => {
    const {state} = clampToNow(
      aState({
        breaker: {...freshState.breaker, state: 'open', until: ahead(days(400)), coolDownUntil: ahead(days(400))},
      }),
      now,
    );

    assert.deepEqual([state.breaker.until, state.breaker.coolDownUntil], [ahead(days(1)), ahead(days(1))]);
  });
});
