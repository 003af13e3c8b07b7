import assert from 'node:assert/strict';
import {decide} from '../../../src/core/decide.js';
import type {Action, RuleId} from '../../../src/core/rule-id.js';
import type {DecisionInput} from '../../../src/core/decision/situation.js';
import type {BreakerReason, Reason} from '../../../src/core/decision/reason.js';
import {rules} from '../../../src/core/decision/rules.js';
import {unblockSteps} from '../../../src/core/decision/wording.js';
import {known, unknown} from '../../../src/core/known.js';
import type {LogEvidence, StartStep} from '../../../src/core/observation/log.js';
import {hours, humanDuration, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {aFinding, anInput, aRestart, aState, aStreak, critical, hungDetector} from '../../support/decision.js';
import {
  aCandidate,
  aContainer,
  aLog,
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

/** Of the breaker it matters why it is not closed. */
const codeOf = (reason: Reason): Reason['code'] | BreakerReason['code'] =>
  reason.code === 'breaker' ? reason.why.code : reason.code;

interface Case {
  readonly name: string;
  readonly input: Partial<DecisionInput>;
  readonly rule: RuleId;
  readonly action: Action;
  readonly code: ReturnType<typeof codeOf>;
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

const step = (kind: StartStep['kind'], since: Duration): StartStep => ({
  kind,
  at: ago(since),
  text:
    kind === 'migration' ? 'Migrate "012_add_segment_size"' : 'Generating yolov7-320.trt. This may take a few minutes.',
  ended: false,
});

/** A container of this age whose API has given no answer, and nothing of it is remembered. */
const neverWorked = (
  age: Duration,
  log: Partial<LogEvidence>,
  workload: Parameters<typeof withWorkload>[0] = {},
): Partial<DecisionInput> => {
  const container = aContainer({state: {phase: 'running', startedAt: ago(age)}});
  const silent = unknown('timeout', 'no answer');
  return {
    findings: [critical('FRG-301', {cure: 'restart', normalAtStart: true})],
    container,
    observation: anObservation({
      ...withWorkload(workload),
      pods: known([aPod({frigate: container})]),
      frigate: {stats: silent, history: silent, liveness: []},
      log: known(aLog({}, log)),
    }),
  };
};

const cases: readonly Case[] = [
  {
    name: 'a hung detector in the second pass, nothing in the way',
    input: {},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },

  {
    name: 'no workload',
    input: {observation: anObservation({workload: known({found: 'none', searchedFor: 'deployment/frigate'})})},
    rule: 'R-01',
    action: 'alert',
    code: 'no-workload',
  },
  {
    name: 'two workloads',
    input: {
      observation: anObservation({workload: known({found: 'several', candidates: [aCandidate('a'), aCandidate('b')]})}),
    },
    rule: 'R-01',
    action: 'alert',
    code: 'several-workloads',
  },
  {
    name: 'a workload without a Frigate container',
    input: {
      observation: anObservation({
        workload: known({found: 'no-container', candidate: aCandidate('a'), containers: ['web']}),
      }),
    },
    rule: 'R-01',
    action: 'alert',
    code: 'no-container',
  },
  {
    name: 'scaled to zero (B-07)',
    input: {observation: withWorkload({desiredReplicas: 0})},
    rule: 'R-01',
    action: 'none',
    code: 'scaled-to-zero',
  },
  {
    name: 'a pause by a person',
    input: {observation: withWorkload({pause: {until: '2026-10-10T05:00:00Z', reason: 'new switch'}})},
    rule: 'R-01',
    action: 'none',
    code: 'paused',
  },
  {
    name: 'a paused rollout',
    input: {observation: withWorkload({paused: true})},
    rule: 'R-01',
    action: 'none',
    code: 'rollout-paused',
  },

  {
    name: 'an unreadable state (B-11)',
    input: {reading: 'unreadable'},
    rule: 'R-02',
    action: 'hold',
    code: 'state-unreadable',
  },
  {name: 'a state from the future', input: {reading: 'newer'}, rule: 'R-02', action: 'hold', code: 'state-newer'},
  {name: 'a fresh state', input: {reading: 'fresh'}, rule: 'R-02', action: 'hold', code: 'state-fresh'},
  {
    name: 'a state of which a part was lost',
    input: {reading: 'lost'},
    rule: 'R-02',
    action: 'hold',
    code: 'state-lost',
  },
  {
    name: 'a state that somebody put back (B-10)',
    input: {reading: 'wiped'},
    rule: 'R-02',
    action: 'hold',
    code: 'state-wiped',
  },

  {
    name: 'pods that could not be listed (B-06)',
    input: {observation: anObservation({pods: forbidden})},
    rule: 'R-03',
    action: 'hold',
    code: 'not-observed',
  },
  {
    name: 'a node that could not be read (B-20)',
    input: {observation: anObservation({node: forbidden})},
    rule: 'R-03',
    action: 'hold',
    code: 'not-observed',
  },
  {
    name: 'events that could not be read',
    input: {observation: anObservation({events: forbidden})},
    rule: 'R-03',
    action: 'hold',
    code: 'not-observed',
  },
  {
    name: 'a log that could not be read (B-30)',
    input: {observation: anObservation({log: forbidden})},
    rule: 'R-03',
    action: 'hold',
    code: 'not-observed',
  },
  {
    name: 'claims that could not be read where the strategy could deadlock on one',
    input: {observation: withWorkload({strategy: 'RollingUpdate'}, {claims: forbidden})},
    rule: 'R-03',
    action: 'hold',
    code: 'not-observed',
  },
  {
    name: 'no right to patch (B-41)',
    input: {
      observation: anObservation({
        missingPermissions: known([
          {verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'frigate', name: 'frigate'},
        ]),
      }),
    },
    rule: 'R-03',
    action: 'hold',
    code: 'permission-missing',
  },
  {
    name: 'a Frigate that cannot be seen',
    input: {findings: [aFinding('FRG-301', {status: 'unknown', summary: 'one path only'})]},
    rule: 'R-03',
    action: 'hold',
    code: 'health-unknown',
  },

  {
    name: 'nothing wrong',
    input: {findings: [aFinding('FRG-403')]},
    rule: 'R-04',
    action: 'none',
    code: 'nothing-to-repair',
  },
  {
    name: 'a camera that is down',
    input: {findings: [critical('FRG-501', {cause: 'camera', cameras: ['front']})]},
    rule: 'R-04',
    action: 'alert',
    code: 'not-curable',
  },
  {
    name: 'stopped recording under a full disk',
    input: {
      findings: [critical('FRG-601', {cause: 'recording', cure: 'restart'}), critical('FRG-603', {cause: 'storage'})],
    },
    rule: 'R-04',
    action: 'alert',
    code: 'consequence',
  },

  {name: 'the first pass that sees it', input: {state: aState()}, rule: 'R-05', action: 'hold', code: 'too-few-passes'},
  {
    name: 'a second look too soon after the first',
    input: {state: aState({streak: aStreak({last: ago(minutes(2))})})},
    rule: 'R-05',
    action: 'hold',
    code: 'too-few-passes',
  },
  {
    name: 'a first look too long ago (B-16)',
    input: {state: aState({streak: aStreak({last: ago(minutes(16))})})},
    rule: 'R-05',
    action: 'hold',
    code: 'too-few-passes',
  },
  {
    name: 'a streak of another pod (B-03)',
    input: {state: aState({streak: aStreak({podUid: 'an older pod'})})},
    rule: 'R-05',
    action: 'hold',
    code: 'too-few-passes',
  },
  {
    name: 'a streak of another container',
    input: {state: aState({streak: aStreak({containerId: 'containerd://c0'})})},
    rule: 'R-05',
    action: 'hold',
    code: 'too-few-passes',
  },
  {
    name: 'a streak of a workload that was made anew',
    input: {
      state: aState({streak, target: {kind: 'Deployment', namespace: 'frigate', name: 'frigate', uid: 'an older one'}}),
    },
    rule: 'R-05',
    action: 'hold',
    code: 'too-few-passes',
  },
  {
    name: 'the same snapshot again (B-31)',
    input: {findings: [hungDetector({evidenceAt: streak.evidenceAt})]},
    rule: 'R-05',
    action: 'hold',
    code: 'too-few-passes',
  },
  {
    name: 'evidence that was counted long enough, and nothing new of it since: it may be over',
    input: {state: aState({streak: aStreak({count: 2})}), findings: [hungDetector({evidenceAt: streak.evidenceAt})]},
    rule: 'R-05',
    action: 'hold',
    code: 'no-new-evidence',
  },
  {
    name: 'a look right after the pass that counted it enough',
    input: {
      state: aState({streak: aStreak({count: 2, last: ago(minutes(1)), evidenceAt: ago(minutes(1))})}),
      findings: [hungDetector({evidenceAt: ago(minutes(1))})],
    },
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },
  {
    name: 'the same snapshot again, when the standstill is the evidence',
    input: {findings: [hungDetector({evidenceAt: streak.evidenceAt, persistence: 'standstill'})]},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },
  {
    name: 'a thread that died and said so once',
    input: {findings: [hungDetector({evidenceAt: streak.evidenceAt, persistence: 'latched'})]},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },

  {
    name: 'a container of nine minutes',
    input: {container: aContainer({state: {phase: 'running', startedAt: ago(minutes(9))}})},
    rule: 'R-06',
    action: 'hold',
    code: 'starting',
  },
  {
    name: 'a container that is exactly as old as the grace',
    input: {container: aContainer({state: {phase: 'running', startedAt: ago(seconds(600))}})},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },
  ...(
    [
      ['logged a model build', minutes(40), 'R-06', 'never-worked', {startStep: step('model-build', minutes(39))}],
      ['builds a model since hours', hours(5), 'R-06', 'never-worked', {startStep: step('model-build', hours(5))}],
      ['logged a migration', minutes(80), 'R-06', 'never-worked', {startStep: step('migration', minutes(79))}],
      [
        'logged a migration and a line of it, and nothing for two hours',
        hours(3),
        'R-06',
        'never-worked',
        {startStep: step('migration', hours(3)), newestWork: {at: ago(hours(2)), text: 'add_column (…)'}},
      ],
      ['logs this and that', hours(3), 'R-06', 'never-worked', {newestWork: {at: ago(minutes(2)), text: 'a line'}}],
      ['has been silent for 59 minutes', minutes(59), 'R-06', 'never-worked', {}],
      ['has been silent for an hour', minutes(60), 'R-12', 'restart', {}],
      [
        'ended its step and has been silent for an hour',
        hours(3),
        'R-12',
        'restart',
        {startStep: {...step('model-build', minutes(61)), ended: true}},
      ],
    ] as const
  ).map(([what, age, rule, code, log]): Case => ({
    name: `a container of ${humanDuration(age)} that has never worked and ${what}`,
    rule,
    action: code === 'restart' ? 'restart' : 'hold',
    code,
    input: neverWorked(age, log),
  })),
  {
    name: 'a container that worked before, silent for a minute',
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
    input: {
      ...neverWorked(minutes(40), {newestWork: {at: ago(minutes(1)), text: 'a line'}}),
      memory: aMemory({
        start: {containerId: 'containerd://c1', workedAt: ago(minutes(30)), step: null, workLoggedAt: null},
      }),
    },
  },
  {
    name: 'detectors that have not finished an inference yet',
    rule: 'R-06',
    action: 'hold',
    code: 'detectors-starting',
    input: {
      findings: [hungDetector({normalAtStart: true})],
      container: aContainer({state: {phase: 'running', startedAt: ago(minutes(20))}}),
    },
  },
  {
    name: 'a start that stands still after our restart of this very template',
    rule: 'R-10',
    action: 'hold',
    code: 'start-tried',
    input: {
      ...neverWorked(minutes(70), {}, {attempt: 'a1', restartedAt: ago(minutes(90)), revisions: [ago(minutes(90))]}),
      state: aState({
        streak: aStreak({cause: 'process'}),
        restarts: [aRestart({id: 'a1', at: ago(minutes(90)), cause: 'process', findings: ['FRG-301'], phase: 'acted'})],
      }),
    },
  },
  {
    name: 'the same of a template that was changed since',
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
    input: {
      ...neverWorked(minutes(70), {}, {attempt: 'a1', restartedAt: ago(hours(20)), revisions: [ago(minutes(71))]}),
      state: aState({
        streak: aStreak({cause: 'process'}),
        restarts: [aRestart({id: 'a1', at: ago(hours(20)), cause: 'process', findings: ['FRG-301'], phase: 'helped'})],
      }),
    },
  },
  {
    name: 'a rollout that the controller has not seen',
    input: {observation: withWorkload({observedGeneration: 6})},
    rule: 'R-07',
    action: 'hold',
    code: 'change-unprocessed',
  },
  {
    name: 'a rollout under way (B-24)',
    input: {observation: withWorkload({updatedReplicas: 0})},
    rule: 'R-07',
    action: 'hold',
    code: 'rollout-under-way',
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
    code: 'pod-terminating',
  },
  {
    name: 'a crash loop',
    input: {container: aContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}})},
    rule: 'R-07',
    action: 'hold',
    code: 'crash-loop',
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
    code: 'liveness-kills',
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
    code: 'attempt-unsettled',
  },

  {
    name: 'a node that is not Ready',
    input: {findings: [hungDetector(), critical('FRG-151', {cause: 'node'})]},
    rule: 'R-04',
    action: 'alert',
    code: 'consequence',
  },
  {
    name: 'a cordoned node (B-22)',
    input: {findings: [hungDetector(), critical('FRG-152', {cause: 'node'})]},
    rule: 'R-08',
    action: 'hold',
    code: 'node-unfit',
  },
  {
    name: 'a rolling update with a volume that one pod holds',
    input: {observation: withWorkload({strategy: 'RollingUpdate', maxUnavailable: 0})},
    rule: 'R-08',
    action: 'hold',
    code: 'rollout-deadlock',
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
    code: 'rollout-deadlock',
  },
  {
    name: 'a rolling update that may take the old pod away first',
    input: {observation: withWorkload({strategy: 'RollingUpdate', maxUnavailable: 1})},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },
  {
    name: 'a StatefulSet that waits for a deletion',
    input: {observation: withWorkload({kind: 'StatefulSet', strategy: 'OnDelete'})},
    rule: 'R-08',
    action: 'hold',
    code: 'rollout-on-delete',
  },

  {
    name: 'two restarts within the hour',
    input: {state: restartsAgo(50, 20)},
    rule: 'R-09',
    action: 'hold',
    code: 'hour-limit',
  },
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
    code: 'hour-limit',
  },
  {
    name: 'one restart in the log and another on the workload',
    input: {state: restartsAgo(50), observation: withWorkload({restartedAt: ago(minutes(20))})},
    rule: 'R-09',
    action: 'hold',
    code: 'hour-limit',
  },
  {
    name: 'six within the day',
    input: {state: restartsAgo(1300, 1100, 900, 700, 500, 300)},
    rule: 'R-09',
    action: 'hold',
    code: 'day-limit',
  },
  {
    name: 'two, one of them more than an hour ago',
    input: {state: restartsAgo(61, 20)},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
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
    code: 'hour-limit',
  },
  {
    name: 'a lost state that cools down',
    input: {state: aState({streak, breaker: {...aState().breaker, coolDownUntil: ahead(minutes(10))}})},
    rule: 'R-09',
    action: 'hold',
    code: 'cool-down',
  },

  {
    name: 'a restart that did not help, 20 minutes ago',
    input: {state: failedAgo(20)},
    rule: 'R-10',
    action: 'hold',
    code: 'did-not-help',
  },
  {
    name: 'a restart that did not help, 31 minutes ago',
    input: {state: failedAgo(31)},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },
  {
    name: 'two that did not help, the last 61 minutes ago',
    input: {state: failedAgo(100, 61)},
    rule: 'R-12',
    action: 'restart',
    code: 'restart',
  },
  {
    name: 'two that did not help, the last 59 minutes ago',
    input: {state: failedAgo(100, 59)},
    rule: 'R-10',
    action: 'hold',
    code: 'did-not-help',
  },
  {
    name: 'three in a row that did not help, however long ago',
    input: {state: failedAgo(1400, 1300, 1200)},
    rule: 'R-10',
    action: 'hold',
    code: 'locked',
  },
  {
    name: 'a locked breaker whose log is empty',
    input: {state: aState({streak, breaker: {...aState().breaker, state: 'locked', failures: 3}})},
    rule: 'R-10',
    action: 'hold',
    code: 'locked',
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
    code: 'restart',
  },

  {name: 'a dry run', input: {policy: aPolicy({mode: 'dry-run'})}, rule: 'R-11', action: 'hold', code: 'dry-run'},
  {
    name: 'the mode observe',
    input: {policy: aPolicy({mode: 'observe'})},
    rule: 'R-11',
    action: 'hold',
    code: 'observe-mode',
  },
];

describe('the rules', () => {
  for (const {name, input, rule, action, code} of cases) {
    it(`${action} by ${rule}: ${name}`, () => {
      const decision = decide(anInput(input));

      assert.deepEqual(
        {rule: decision.rule, action: decision.action, code: codeOf(decision.reason)},
        {rule, action, code},
      );
    });
  }

  it('have a case each in which they apply', () => {
    assert.deepEqual(new Set(cases.map(({rule}) => rule)), new Set(rules.map(({id}) => id)));
  });

  it('say what unblocks each hold', () => {
    for (const {name, input} of cases) {
      const {action, reason} = decide(anInput(input));
      if (action === 'hold') assert.ok(unblockSteps(reason).length > 0, name);
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
        faults: ['detector:coral'],
        worked: [],
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

describe('a state that cannot be read', () => {
  const unreadable = (changes: Parameters<typeof anObservation>[0]) =>
    decide(anInput({reading: 'unreadable', observation: anObservation(changes)})).reason;
  const silent = unknown('timeout', 'no answer');

  const causes = [
    ['the account may not read it', unreadable({state: forbidden}), 'permission'],
    ['the API server does not answer', unreadable({apiServer: silent, state: silent}), 'api-server'],
    ['the API server fails', unreadable({state: unknown('server-error', 'HTTP 500')}), 'other'],
  ] as const;
  for (const [when, reason, because] of causes) {
    it(`is held for what it is when ${when}`, () => {
      assert.deepEqual(reason, {code: 'state-unreadable', because});
    });
  }
});
