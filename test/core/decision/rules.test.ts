import assert from 'node:assert/strict';
import {decide} from '../../../src/core/decision/decide.js';
import type {Action, RuleId} from '../../../src/core/decision/rule-id.js';
import type {DecisionInput} from '../../../src/core/decision/situation.js';
import {rules} from '../../../src/core/decision/rules.js';
import {known, unknown} from '../../../src/core/known.js';
import {hours, minutes, seconds} from '../../../src/core/time.js';
import {aFinding, anInput, aRestart, aState, aStreak, critical, hungDetector} from '../../support/decision.js';
import {
  aContainer,
  ago,
  aMemory,
  ahead,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  aTemplate,
  withWorkload,
} from '../../support/observation.js';

interface Case {
  readonly name: string;
  readonly input: Partial<DecisionInput>;
  readonly rule: RuleId;
  readonly action: Action;
}

const streak = aStreak();
const restartsAgo = (...lengths: readonly number[]) =>
  aState({
    streak,
    restarts: lengths.map((length, index) =>
      aRestart({
        id: `a${index}`,
        at: ago(minutes(length)),
        phase: 'helped',
        cause: 'process',
        findings: ['FRG-301'],
        settledAt: null,
      }),
    ),
  });
const failedAgo = (...lengths: readonly number[]) =>
  aState({
    streak,
    restarts: lengths.map((length, index) =>
      aRestart({id: `a${index}`, at: ago(minutes(length)), phase: 'did-not-help'}),
    ),
  });
const forbidden = unknown('forbidden', 'GET was refused: 403');

const cases: readonly Case[] = [
  {name: 'a hung detector in the second pass, nothing in the way', input: {}, rule: 'R-12', action: 'restart'},

  {
    name: 'no workload',
    input: {observation: anObservation({workload: known({found: 'none', lookedFor: 'deployment/frigate'})})},
    rule: 'R-01',
    action: 'alert',
  },
  {
    name: 'two workloads',
    input: {observation: anObservation({workload: known({found: 'several', candidates: ['a/frigate', 'b/frigate']})})},
    rule: 'R-01',
    action: 'alert',
  },
  {
    name: 'a workload without a Frigate container',
    input: {
      observation: anObservation({workload: known({found: 'no-container', name: 'frigate', containers: ['web']})}),
    },
    rule: 'R-01',
    action: 'alert',
  },
  {
    name: 'scaled to zero (B-07)',
    input: {observation: withWorkload({desiredReplicas: 0})},
    rule: 'R-01',
    action: 'none',
  },
  {name: 'a paused rollout', input: {observation: withWorkload({paused: true})}, rule: 'R-01', action: 'none'},

  {name: 'an unreadable state (B-11)', input: {reading: 'unreadable'}, rule: 'R-02', action: 'hold'},
  {name: 'a state from the future', input: {reading: 'newer'}, rule: 'R-02', action: 'hold'},
  {name: 'a fresh state', input: {reading: 'fresh'}, rule: 'R-02', action: 'hold'},
  {name: 'a state of which a part was lost', input: {reading: 'lost'}, rule: 'R-02', action: 'hold'},
  {name: 'a state that somebody put back (B-10)', input: {reading: 'wiped'}, rule: 'R-02', action: 'hold'},

  {
    name: 'pods that could not be listed (B-06)',
    input: {observation: anObservation({pods: forbidden})},
    rule: 'R-03',
    action: 'hold',
  },
  {
    name: 'a node that could not be read (B-20)',
    input: {observation: anObservation({node: forbidden})},
    rule: 'R-03',
    action: 'hold',
  },
  {
    name: 'events that could not be read',
    input: {observation: anObservation({events: forbidden})},
    rule: 'R-03',
    action: 'hold',
  },
  {
    name: 'a log that could not be read (B-30)',
    input: {observation: anObservation({log: forbidden})},
    rule: 'R-03',
    action: 'hold',
  },
  {
    name: 'claims that could not be read where the strategy could deadlock on one',
    input: {observation: withWorkload({strategy: 'RollingUpdate'}, {claims: forbidden})},
    rule: 'R-03',
    action: 'hold',
  },
  {
    name: 'no right to patch (B-41)',
    input: {
      observation: anObservation({
        missingRights: known([
          {verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'frigate', name: 'frigate'},
        ]),
      }),
    },
    rule: 'R-03',
    action: 'hold',
  },
  {
    name: 'a Frigate that cannot be seen',
    input: {findings: [aFinding('FRG-301', {status: 'unknown', summary: 'one path only'})]},
    rule: 'R-03',
    action: 'hold',
  },

  {name: 'nothing wrong', input: {findings: [aFinding('FRG-403')]}, rule: 'R-04', action: 'none'},
  {
    name: 'a camera that is down',
    input: {findings: [critical('FRG-501', {cause: 'camera', cameras: ['front']})]},
    rule: 'R-04',
    action: 'alert',
  },
  {
    name: 'stopped recording under a full disk',
    input: {
      findings: [critical('FRG-601', {cause: 'recording', cure: 'restart'}), critical('FRG-603', {cause: 'storage'})],
    },
    rule: 'R-04',
    action: 'alert',
  },

  {name: 'the first pass that sees it', input: {state: aState()}, rule: 'R-05', action: 'hold'},
  {
    name: 'a second look too soon after the first',
    input: {state: aState({streak: aStreak({last: ago(minutes(2))})})},
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'a first look too long ago (B-16)',
    input: {state: aState({streak: aStreak({last: ago(minutes(16))})})},
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'a streak of another pod (B-03)',
    input: {state: aState({streak: aStreak({podUid: 'an older pod'})})},
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'a streak of another container',
    input: {state: aState({streak: aStreak({containerId: 'containerd://c0'})})},
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'a streak of a workload that was made anew',
    input: {
      state: aState({streak, target: {kind: 'Deployment', namespace: 'frigate', name: 'frigate', uid: 'an older one'}}),
    },
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'the same snapshot again (B-31)',
    input: {findings: [hungDetector({evidenceAt: streak.evidenceAt})]},
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'evidence that was counted long enough, and nothing new of it since: it may be over',
    input: {state: aState({streak: aStreak({count: 2})}), findings: [hungDetector({evidenceAt: streak.evidenceAt})]},
    rule: 'R-05',
    action: 'hold',
  },
  {
    name: 'a look right after the pass that counted it enough',
    input: {
      state: aState({streak: aStreak({count: 2, last: ago(minutes(1)), evidenceAt: ago(minutes(1))})}),
      findings: [hungDetector({evidenceAt: ago(minutes(1))})],
    },
    rule: 'R-12',
    action: 'restart',
  },
  {
    name: 'the same snapshot again, when the standstill is the evidence',
    input: {findings: [hungDetector({evidenceAt: streak.evidenceAt, persistence: 'standstill'})]},
    rule: 'R-12',
    action: 'restart',
  },
  {
    name: 'a thread that died and said so once',
    input: {findings: [hungDetector({evidenceAt: streak.evidenceAt, persistence: 'latched'})]},
    rule: 'R-12',
    action: 'restart',
  },

  {
    name: 'a container of nine minutes',
    input: {container: aContainer({state: {phase: 'running', startedAt: ago(minutes(9))}})},
    rule: 'R-06',
    action: 'hold',
  },
  {
    name: 'a container that is exactly as old as the grace',
    input: {container: aContainer({state: {phase: 'running', startedAt: ago(seconds(600))}})},
    rule: 'R-12',
    action: 'restart',
  },
  {
    name: 'a silent API while a migration runs',
    rule: 'R-06',
    action: 'hold',
    input: {
      findings: [critical('FRG-301', {cure: 'restart'})],
      container: aContainer({state: {phase: 'running', startedAt: ago(minutes(20))}}),
      memory: aMemory({
        latched: [
          {signature: 'migration', containerId: 'containerd://c1', at: ago(minutes(18)), sample: 'Starting migrations'},
        ],
      }),
    },
  },
  {
    name: 'a silent API an hour after a migration began',
    rule: 'R-12',
    action: 'restart',
    input: {
      findings: [critical('FRG-301', {cure: 'restart'})],
      container: aContainer({state: {phase: 'running', startedAt: ago(minutes(61))}}),
      memory: aMemory({
        latched: [
          {signature: 'migration', containerId: 'containerd://c1', at: ago(minutes(60)), sample: 'Starting migrations'},
        ],
      }),
    },
  },

  {
    name: 'a rollout that the controller has not seen',
    input: {observation: withWorkload({observedGeneration: 6})},
    rule: 'R-07',
    action: 'hold',
  },
  {
    name: 'a rollout under way (B-24)',
    input: {observation: withWorkload({updatedReplicas: 0})},
    rule: 'R-07',
    action: 'hold',
  },
  {
    name: 'an old pod that is still ending',
    input: {
      observation: anObservation({
        pods: known([aPod(), aPod({name: 'old', uid: 'old', deletingSince: ago(seconds(20))})]),
      }),
    },
    rule: 'R-07',
    action: 'hold',
  },
  {
    name: 'a crash loop',
    input: {container: aContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}})},
    rule: 'R-07',
    action: 'hold',
  },
  {
    name: 'liveness kills',
    input: {
      observation: anObservation({
        events: known([anEvent('Killing', 'Container frigate failed liveness probe, will be restarted')]),
      }),
    },
    rule: 'R-07',
    action: 'hold',
  },
  {
    name: 'an attempt of another runner, a minute old',
    input: {
      state: aState({
        streak,
        restarts: [aRestart({id: 'other', phase: 'intended', at: ago(minutes(1)), settledAt: null})],
      }),
    },
    rule: 'R-07',
    action: 'hold',
  },

  {
    name: 'a node that is not Ready',
    input: {findings: [hungDetector(), critical('FRG-151', {cause: 'node'})]},
    rule: 'R-04',
    action: 'alert',
  },
  {
    name: 'a cordoned node (B-22)',
    input: {findings: [hungDetector(), critical('FRG-152', {cause: 'node'})]},
    rule: 'R-08',
    action: 'hold',
  },
  {
    name: 'a rolling update with a volume that one pod holds',
    input: {observation: withWorkload({strategy: 'RollingUpdate', maxUnavailable: 0})},
    rule: 'R-08',
    action: 'hold',
  },
  {
    name: 'a rolling update with a device',
    input: {
      observation: withWorkload(
        {
          strategy: 'RollingUpdate',
          maxUnavailable: 0,
          template: aTemplate({claims: [], devices: new Map([['squat.ai/coral', 1]])}),
        },
        {claims: known([])},
      ),
    },
    rule: 'R-08',
    action: 'hold',
  },
  {
    name: 'a rolling update that may take the old pod away first',
    input: {observation: withWorkload({strategy: 'RollingUpdate', maxUnavailable: 1})},
    rule: 'R-12',
    action: 'restart',
  },
  {
    name: 'a StatefulSet that waits for a deletion',
    input: {observation: withWorkload({kind: 'StatefulSet', strategy: 'OnDelete'})},
    rule: 'R-08',
    action: 'hold',
  },

  {name: 'two restarts within the hour', input: {state: restartsAgo(50, 20)}, rule: 'R-09', action: 'hold'},
  {
    name: 'an abandoned and a manual one within the hour',
    input: {
      state: aState({
        streak,
        restarts: [
          aRestart({id: 'x', at: ago(minutes(40)), phase: 'abandoned'}),
          aRestart({id: 'y', at: ago(minutes(30)), who: 'alice', phase: 'unjudged'}),
        ],
      }),
    },
    rule: 'R-09',
    action: 'hold',
  },
  {
    name: 'one restart in the log and another on the workload',
    input: {state: restartsAgo(50), observation: withWorkload({restartedAt: ago(minutes(20))})},
    rule: 'R-09',
    action: 'hold',
  },
  {
    name: 'six within the day',
    input: {state: restartsAgo(1300, 1100, 900, 700, 500, 300)},
    rule: 'R-09',
    action: 'hold',
  },
  {
    name: 'two, one of them more than an hour ago',
    input: {state: restartsAgo(61, 20)},
    rule: 'R-12',
    action: 'restart',
  },
  {
    name: 'restarts in the future of a clock that jumped (B-18)',
    input: {
      state: aState({
        streak,
        restarts: [
          aRestart({id: 'x', at: ahead(hours(9000)), phase: 'helped'}),
          aRestart({id: 'y', at: ahead(hours(9000)), phase: 'helped'}),
        ],
      }),
    },
    rule: 'R-09',
    action: 'hold',
  },
  {
    name: 'a lost state that cools down',
    input: {state: aState({streak, breaker: {...aState().breaker, coolDownUntil: ahead(minutes(10))}})},
    rule: 'R-09',
    action: 'hold',
  },

  {name: 'a restart that did not help, 20 minutes ago', input: {state: failedAgo(20)}, rule: 'R-10', action: 'hold'},
  {name: 'a restart that did not help, 31 minutes ago', input: {state: failedAgo(31)}, rule: 'R-12', action: 'restart'},
  {
    name: 'two that did not help, the last 61 minutes ago',
    input: {state: failedAgo(100, 61)},
    rule: 'R-12',
    action: 'restart',
  },
  {
    name: 'two that did not help, the last 59 minutes ago',
    input: {state: failedAgo(100, 59)},
    rule: 'R-10',
    action: 'hold',
  },
  {
    name: 'three in a row that did not help, however long ago',
    input: {state: failedAgo(1400, 1300, 1200)},
    rule: 'R-10',
    action: 'hold',
  },
  {
    name: 'a locked breaker whose log is empty',
    input: {state: aState({streak, breaker: {...aState().breaker, state: 'locked', failures: 3}})},
    rule: 'R-10',
    action: 'hold',
  },
  {
    name: 'three failures before a person reset the breaker',
    input: {
      state: {
        ...failedAgo(400, 300, 200),
        breaker: {...aState().breaker, reset: {at: ago(minutes(100)), by: 'alice', reason: 'new Coral'}},
      },
    },
    rule: 'R-12',
    action: 'restart',
  },

  {name: 'a dry run', input: {policy: aPolicy({mode: 'dry-run'})}, rule: 'R-11', action: 'hold'},
  {name: 'the mode observe', input: {policy: aPolicy({mode: 'observe'})}, rule: 'R-11', action: 'hold'},
];

describe('the rules', () => {
  for (const {name, input, rule, action} of cases) {
    it(`${action} by ${rule}: ${name}`, () => {
      const decision = decide(anInput(input));

      assert.deepEqual([decision.rule, decision.action], [rule, action], decision.reason);
    });
  }

  it('have a case each in which they speak', () => {
    assert.deepEqual(new Set(cases.map(({rule}) => rule)), new Set(rules.map(({id}) => id)));
  });

  it('say what would lift every hold', () => {
    for (const {name, input} of cases) {
      const decision = decide(anInput(input));
      if (decision.action === 'hold') assert.ok((decision.liftedBy ?? '').length > 0, name);
    }
  });

  it('let a forced request pass all but the target and the state, and count it', () => {
    const request = {who: 'alice', reason: 'I know better', force: true};
    for (const {name, input, rule} of cases) {
      const decision = decide(anInput({...input, request}));
      const expected = rule === 'R-01' || rule === 'R-02' ? rule : 'R-12';
      assert.equal(decision.rule, expected, name);
      if (expected === 'R-12') assert.equal(decision.next.restarts.at(-1)?.who, 'alice', name);
    }
  });

  it('hold a person back like the automatic when he does not force it', () => {
    const decision = decide(
      anInput({state: restartsAgo(50, 20), request: {who: 'alice', reason: 'please', force: false}}),
    );

    assert.deepEqual([decision.rule, decision.action], ['R-09', 'hold']);
  });
});

describe('a restart', () => {
  it('is an intent in the next state, with cause, rule and findings, and ends the streak', () => {
    const {attempt, next} = decide(anInput());

    assert.deepEqual(next.restarts, [attempt]);
    assert.deepEqual(
      {...attempt},
      {
        id: 'attempt-2',
        at: anInput().now,
        cause: 'detector',
        rule: 'R-12',
        who: 'automatic',
        reason: 'every camera that wants the detector skips (FRG-403)',
        findings: ['FRG-403'],
        phase: 'intended',
        settledAt: null,
      },
    );
    assert.equal(next.streak, null);
  });

  it('is told: its alert stands in the outbox in the same state', () => {
    const {attempt, next} = decide(anInput());

    assert.deepEqual(
      next.outbox.map((entry) => [entry.kind, entry.attempt]),
      [['began', attempt?.id]],
    );
  });

  it('never follows from a pass in which nothing is wrong, whatever is remembered', () => {
    const decision = decide(anInput({findings: [aFinding('FRG-403')], state: aState({streak: aStreak({count: 99})})}));

    assert.deepEqual([decision.action, decision.next.streak], ['none', null]);
  });
});

describe('what lifts a hold because of a state that cannot be read', () => {
  const unreadable = (changes: Parameters<typeof anObservation>[0]) =>
    decide(anInput({reading: 'unreadable', observation: anObservation(changes)})).liftedBy;

  const lifts: ReadonlyArray<readonly [when: string, liftedBy: string | null, says: RegExp]> = [
    ['the account may not read it', unreadable({state: forbidden}), /^read access/],
    [
      'the API server gives no answer at all',
      unreadable({apiServer: unknown('timeout', 'no answer'), state: unknown('timeout', 'no answer')}),
      /^an API server that answers \(FRG-101\)/,
    ],
    ['the API server fails', unreadable({state: unknown('server-error', 'HTTP 500')}), /^the next pass/],
  ];
  for (const [when, liftedBy, says] of lifts) {
    it(`is named for what it is when ${when}`, () => {
      assert.match(liftedBy ?? '', says);
    });
  }
});
