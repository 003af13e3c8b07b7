import assert from 'node:assert/strict';
import fc from 'fast-check';
import {compose} from '../../src/core/alerts/compose.js';
import type {AlertContext} from '../../src/core/alerts/compose.js';
import {freshState} from '../../src/core/state/codec.js';
import type {OutboxEntry, RestartPhase, RestartRecord, State} from '../../src/core/state/state.js';
import {hours, instant, later, minutes} from '../../src/core/time.js';

const at = instant(Date.UTC(2026, 10, 23, 3, 4, 5));

const context: AlertContext = {
  namespace: 'frigate',
  workload: 'Deployment/frigate',
  cluster: 'homelab',
  version: '0.1.0',
  hints: {cronJob: 'frigate-health', mode: 'active'},
};

const entry: OutboxEntry = {
  key: 'inc-7.began',
  kind: 'began',
  at: later(at, minutes(5)),
  incident: {id: 'inc-7', since: at, cause: 'detector', summary: 'The detector coral hangs'},
  health: 'unhealthy',
  action: 'restart',
  rule: 'R-12',
  reason: '2 of 2 failures in a row; nothing speaks against a restart',
  liftedBy: null,
  findings: [
    {
      id: 'FRG-402',
      status: 'critical',
      summary: 'coral has worked on one frame for 94 s',
      evidence: ['busy 94 s (limit 10 s)'],
      fix: 'kubectl -n frigate logs deployment/frigate --since=10m\nlook at the USB cable',
    },
  ],
  attempt: 'att-1',
  tries: 0,
  lastTry: null,
  lastError: null,
  deliveredAt: null,
};

const record = (phase: RestartPhase, given: Partial<RestartRecord> = {}): RestartRecord => ({
  id: 'att-1',
  at: entry.at,
  cause: 'detector',
  rule: 'R-12',
  who: 'automatic',
  reason: 'hangs',
  findings: ['FRG-402'],
  phase,
  settledAt: null,
  ...given,
});

const stateWith = (...restarts: readonly RestartRecord[]): State => ({...freshState, restarts});

describe('the words of an alert', () => {
  it('tell what was seen, why, by which rule, what to do and how to stop it', () => {
    const {subject, text} = compose(entry, stateWith(record('acted')), context);
    assert.equal(subject, 'Frigate frigate/frigate on homelab: The detector coral hangs');
    for (const part of [
      'A new incident: The detector coral hangs.',
      'It began 2026-11-23 03:04:05 UTC; this was seen 2026-11-23 03:09:05 UTC. Health: unhealthy.',
      'FRG-402 critical: coral has worked on one frame for 94 s',
      'busy 94 s (limit 10 s)',
      'Cause: detector.',
      'Rule R-12: 2 of 2 failures in a row',
      '    kubectl -n frigate logs deployment/frigate --since=10m',
      'FRG-402: look at the USB cable',
      '    kubectl frigate-health check deployment/frigate -n frigate',
      '    kubectl -n frigate set env cronjob/frigate-health FRIGATE_HC_MODE=observe',
      `    kubectl -n frigate patch cronjob/frigate-health -p '{"spec":{"suspend":true}}'`,
      'frigate-health 0.1.0',
    ])
      assert.ok(text.includes(part), `${part}\n${text}`);
  });

  const claims: ReadonlyArray<readonly [phase: RestartPhase, says: RegExp, never: RegExp]> = [
    ['intended', /a restart was decided; it is not known whether it was sent/, /was restarted/],
    ['acted', /Frigate was restarted\. Whether it helped is not known yet/, /it helped\.|did not help/],
    ['helped', /Frigate was restarted, and it helped/, /not/],
    ['did-not-help', /Frigate was restarted, and it did not help/, /it helped/],
    ['abandoned', /a restart was decided, but it never reached the workload/, /was restarted/],
    ['unjudged', /a restart that this program did not watch/, /it helped\.|was decided/],
  ];
  for (const [phase, says, never] of claims) {
    it(`claim nothing but what the record says: ${phase}`, () => {
      const {text} = compose(entry, stateWith(record(phase)), context);
      const done = text.split('\n\n').find((part) => part.startsWith('What was done'))!;
      assert.match(done, says);
      assert.doesNotMatch(done.replace(says, ''), never);
    });
  }

  it('do not claim a restart without a record of it (B-41)', () => {
    const {text} = compose(entry, freshState, context);
    assert.match(text, /no record of it stands in the state; it is not known whether it was carried out/);
    assert.doesNotMatch(text, /Frigate was restarted/);
  });

  for (const [action, says] of [
    ['hold', /Nothing was restarted: the rule above holds it/],
    ['alert', /Nothing was restarted: a restart is not the cure/],
    ['none', /Nothing was restarted\./],
  ] as const) {
    it(`say that nothing was restarted for ${action}`, () => {
      const {text} = compose(
        {...entry, action, rule: 'R-09', attempt: null, liftedBy: 'the breaker closes at 04:00Z'},
        freshState,
        context,
      );
      assert.match(text, says);
      assert.match(text, /What lifts it: the breaker closes at 04:00Z\./);
    });
  }

  it('tell of earlier restarts of the same incident, and not of older ones', () => {
    const earlier = record('did-not-help', {id: 'att-0', at: later(at, minutes(1))});
    const older = record('helped', {id: 'att-old', at: instant(at - hours(5))});
    const {text} = compose(entry, stateWith(older, earlier, record('acted')), context);
    assert.ok(text.indexOf('att-0') > 0 && text.indexOf('att-0') < text.indexOf('att-1'));
    assert.ok(!text.includes('att-old'));
  });

  it('tell of an open breaker', () => {
    const state: State = {
      ...freshState,
      breaker: {...freshState.breaker, state: 'locked', why: '3 restarts in a row did not help'},
    };
    assert.match(
      compose({...entry, action: 'hold', attempt: null}, state, context).text,
      /The breaker is locked: 3 restarts in a row did not help\./,
    );
  });

  const subjects: ReadonlyArray<readonly [kind: OutboxEntry['kind'], subject: RegExp]> = [
    ['worse', /: worse: The detector coral hangs$/],
    ['reminder', /: still, since 5m: The detector/],
    ['ended', /: well again after 5m: The detector/],
  ];
  for (const [kind, subject] of subjects)
    it(`say in the subject that an incident is ${kind}`, () =>
      assert.match(compose({...entry, kind}, freshState, context).subject, subject));

  it('ask for nothing when the incident is over', () => {
    const {text} = compose(
      {...entry, kind: 'ended', action: 'none', attempt: null},
      stateWith(record('helped')),
      context,
    );
    assert.match(text, /What had been seen/);
    assert.match(text, /What to do next\n {2}Nothing/);
    assert.match(text, /Frigate was restarted, and it helped/);
  });

  it('say how to turn restarts on where they are off', () => {
    const {text} = compose(entry, freshState, {...context, hints: {...context.hints, mode: 'observe'}});
    assert.match(text, /They are off/);
    assert.match(text, /FRIGATE_HC_MODE=active/);
  });

  it('escape HTML and mask secrets in every part', () => {
    const evil = '<img src=x onerror="alert(1)"> rtsp://admin:hunter2@10.0.0.9/a & \'';
    const {subject, text, html} = compose(
      {
        ...entry,
        reason: evil,
        liftedBy: evil,
        incident: {...entry.incident, summary: evil},
        findings: [
          {id: 'FRG-501', status: 'critical', summary: evil, evidence: [evil], fix: `${evil}\nkubectl ${evil}`},
        ],
      },
      stateWith(record('acted', {who: evil, id: evil})),
      {...context, cluster: evil},
    );
    for (const body of [subject, text, html]) assert.ok(!body.includes('hunter2'));
    assert.ok(!html.includes('<img') && html.includes('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;'));
  });

  const anything = fc.string({unit: 'binary', maxLength: 3000});
  it('are pure, bounded, and have a subject of one line, for any input', () => {
    fc.assert(
      fc.property(
        anything,
        anything,
        fc.array(anything, {maxLength: 30}),
        fc.constantFrom('began', 'worse', 'ended', 'reminder'),
        (summary, reason, evidence, kind) => {
          const any: OutboxEntry = {
            ...entry,
            kind,
            reason,
            incident: {...entry.incident, summary},
            findings: Array.from({length: 20}, () => ({
              id: 'FRG-501',
              status: 'critical',
              summary,
              evidence,
              fix: reason,
            })),
          };
          const state = stateWith(
            ...Array.from({length: 64}, (_, index) => record('acted', {id: `att-${index}`, who: summary})),
          );
          const composed = compose(any, state, context);
          assert.deepEqual(composed, compose(any, state, context));
          assert.ok(
            composed.subject.length <= 150 && /^[^\p{Cc}\u2028\u2029]*$/u.test(composed.subject),
            JSON.stringify(composed.subject),
          );
          assert.ok(
            composed.text.length < 64 * 1024 && composed.html.length < 256 * 1024,
            String(composed.text.length),
          );
        },
      ),
      {numRuns: 50},
    );
  });
});
