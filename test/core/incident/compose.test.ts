import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import {compose} from '../../../src/core/incident/compose.js';
import type {AlertContext} from '../../../src/core/incident/compose.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {OutboxEntry, RestartPhase, RestartRecord, State} from '../../../src/core/state/state.js';
import {assertGolden} from '../../support/golden.js';
import {hours, instant, later, minutes} from '../../../src/core/time.js';

const at = instant(Date.UTC(2026, 10, 23, 3, 4, 5));

const context: AlertContext = {
  namespace: 'frigate',
  workload: {kind: 'Deployment', name: 'frigate'},
  cluster: 'homelab',
  version: '0.1.0',
  now: later(at, minutes(6)),
  hints: {cronJob: 'frigate-health', mode: 'active'},
};

const entry: OutboxEntry = {
  key: 'inc-7.began',
  kind: 'began',
  at: later(at, minutes(5)),
  incident: {
    id: 'inc-7',
    since: at,
    cause: 'detector',
    summary: 'Detector coral is stuck',
    worst: 'critical',
    faults: [],
  },
  health: 'unhealthy',
  action: 'restart',
  rule: 'R-12',
  reason: 'Detector coral is stuck (FRG-402)',
  liftedBy: null,
  unblock: [],
  findings: [
    {
      id: 'FRG-402',
      status: 'critical',
      summary: 'Detector coral: inference stuck for 94 s',
      evidence: ['busy 94 s (limit 10 s)'],
      fix: 'kubectl -n frigate logs deployment/frigate --since=10m\n# look at the USB cable',
      cure: 'restart',
    },
  ],
  attempt: 'att-1',
  deliveries: [],
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

/** An outage of the storage, which automatic repair leaves to a person. */
const unrepaired: OutboxEntry = {
  ...entry,
  incident: {
    ...entry.incident,
    cause: 'storage',
    summary: 'recordings storage (nfs4 192.168.1.5:/media) does not respond',
  },
  action: 'alert',
  rule: 'R-04',
  reason: 'a restart does not cure it (cause: storage)',
  liftedBy: 'repair the cause; a restart of Frigate would only add an outage',
  unblock: [{text: 'repair the cause; a restart of Frigate would only add an outage'}],
  findings: [
    {
      id: 'FRG-606',
      status: 'critical',
      summary: 'Media mount does not answer',
      evidence: ['waited 5 s (limit 5 s)'],
      fix: 'kubectl -n frigate exec deployment/frigate -- timeout 5 stat -f /media/frigate',
      cure: 'none',
    },
  ],
  attempt: null,
};

/** The breaker holds a restart. */
const held: OutboxEntry = {
  ...entry,
  kind: 'reminder',
  action: 'hold',
  rule: 'R-09',
  attempt: null,
  reason: 'breaker open until 2026-11-23T04:04:05Z (7 restarts in the last hour, limit 6)',
  liftedBy: 'wait until 2026-11-23T04:04:05Z',
  unblock: [{text: 'wait until 2026-11-23T04:04:05Z'}],
};
const open: State = {
  ...freshState,
  breaker: {
    ...freshState.breaker,
    state: 'open',
    until: later(at, hours(1)),
    why: '7 restarts in the last hour, limit 6',
  },
};

const ended: OutboxEntry = {
  ...entry,
  kind: 'ended',
  at: later(at, minutes(75)),
  health: 'healthy',
  action: 'none',
  rule: 'R-04',
  reason: 'nothing to repair',
  findings: [],
  attempt: null,
};
const faults = [
  {at, summary: 'Detector coral is stuck'},
  {at: later(at, minutes(20)), summary: 'All 3 cameras deliver no frames'},
];

const withFirst = (given: OutboxEntry): OutboxEntry => ({...given, incident: {...given.incident, faults}});

const mails: Readonly<Record<string, readonly [entry: OutboxEntry, state: State, context: AlertContext]>> = {
  'a restart': [entry, stateWith(record('acted')), context],
  'a cause that a restart does not cure': [unrepaired, freshState, {...context, cluster: null}],
  'a breaker that holds, a day later': [held, open, context],
  worse: [{...entry, kind: 'worse'}, freshState, {...context, hints: {...context.hints, mode: 'observe'}}],
  resolved: [withFirst(ended), stateWith(record('helped')), {...context, now: later(ended.at, minutes(0))}],
};

describe('the words of a notification', () => {
  it('are those of the golden file', () => {
    const texts = Object.entries(mails).map(([name, given]) => {
      const {subject, text} = compose(...given);
      return `===== ${name}\nSubject: ${subject}\n\n${text}`;
    });
    assertGolden(path.join(import.meta.dirname, 'notifications.golden.txt'), texts.join('\n'));
  });

  it('say what is wrong, what automatic repair does, what to do next and how to stop it', () => {
    const {text} = compose(...mails['a cause that a restart does not cure']!);
    const parts = text.split('\n\n').map((part) => part.split('\n')[0]);
    assert.deepEqual(parts, [
      'What is wrong',
      'Automatic repair',
      'What to do next',
      'How to stop automatic restarts',
      '--',
    ]);
  });

  const claims: ReadonlyArray<readonly [phase: RestartPhase, says: RegExp, never: RegExp]> = [
    ['intended', /a restart was decided; it is not known whether it was sent/, /was restarted/],
    ['acted', /Frigate was restarted\. Whether it helped is not known yet/, /it helped\.|did not help/],
    ['helped', /Frigate was restarted, and it helped/, /not/],
    ['did-not-help', /Frigate was restarted, and it did not help/, /it helped/],
    ['abandoned', /a restart was decided, but it never reached the workload/, /was restarted/],
    ['unjudged', /a restart that this program did not observe/, /it helped\.|was decided/],
  ];
  for (const [phase, says, never] of claims) {
    it(`claim nothing but what the record says: ${phase}`, () => {
      const {text} = compose(entry, stateWith(record(phase)), context);
      const done = text.split('\n\n').find((part) => part.startsWith('Automatic repair'))!;
      const [, , restart = ''] = [undefined, ...done.split('\n')];
      assert.match(restart, says);
      assert.doesNotMatch(restart.replace(says, ''), never);
    });
  }

  it('do not claim a restart without a record of it (B-41)', () => {
    const {text} = compose(entry, freshState, context);
    assert.match(text, /the state has no record of it; it is not known whether it was carried out/);
    assert.doesNotMatch(text, /Frigate was restarted/);
  });

  for (const [action, says] of [
    ['hold', /No restart now\./],
    ['alert', /No restart: it would not help\./],
    ['none', /No restart\./],
  ] as const) {
    it(`say that nothing was restarted for ${action}`, () => {
      assert.match(compose({...entry, action, rule: 'R-09', attempt: null}, freshState, context).text, says);
    });
  }

  it('print a step that unblocks as a command where it is one', () => {
    const steps = [{text: 'find the cause'}, {command: 'kubectl frigate-health reset-breaker'}];
    const {text} = compose({...held, rule: 'R-10', unblock: steps}, freshState, context);
    assert.match(text, /To unblock: find the cause\.\n {4}kubectl frigate-health reset-breaker\n/);
  });

  it('know what unblocks from the sentence of an older version', () => {
    const {text} = compose({...held, unblock: [], liftedBy: 'the breaker closes at 04:00Z'}, freshState, context);
    assert.match(text, /To unblock: the breaker closes at 04:00Z\.\n/);
  });

  it('name earlier restarts of the same incident, and not older ones', () => {
    const earlier = record('did-not-help', {id: 'att-0', at: later(at, minutes(1))});
    const older = record('helped', {id: 'att-old', at: instant(at - hours(5))});
    const {text} = compose(entry, stateWith(older, earlier, record('acted')), context);
    assert.ok(text.indexOf('att-0') > 0 && text.indexOf('att-0') < text.indexOf('att-1'));
    assert.ok(!text.includes('att-old'));
  });

  const fixOf = ({text}: {readonly text: string}): boolean => text.includes('--since=10m');
  it('do not ask a person for the restart that was just made, or that automatic repair is about to make', () => {
    assert.ok(!fixOf(compose(entry, stateWith(record('acted')), context)));
    assert.ok(!fixOf(compose(held, open, context)));
  });

  it('do ask for it where automatic repair only observes', () => {
    assert.ok(fixOf(compose({...held, rule: 'R-11'}, freshState, context)));
  });

  const subjects: ReadonlyArray<readonly [when: string, entry: OutboxEntry, subject: string]> = [
    ['begins', entry, '[critical] frigate/frigate: Detector coral is stuck'],
    ['gets worse', {...entry, kind: 'worse'}, '[critical] frigate/frigate: worse: Detector coral is stuck'],
    ['goes on', held, '[critical] frigate/frigate: Detector coral is stuck, for 5 m'],
    [
      'is a warning',
      {...unrepaired, findings: unrepaired.findings.map((found) => ({...found, status: 'warning' as const}))},
      '[warning] frigate/frigate: recordings storage (nfs4 192.168.1.5:/media) does not respond',
    ],
    ['ends', ended, '[resolved] frigate/frigate: Detector coral is stuck, after 1 h 15 m'],
    [
      'ends and had more than one fault',
      withFirst(ended),
      '[resolved] frigate/frigate: Detector coral is stuck and 1 more, after 1 h 15 m',
    ],
  ];
  for (const [when, given, subject] of subjects)
    it(`name severity, object and fact in the subject when the incident ${when}`, () =>
      assert.equal(compose(given, freshState, context).subject, subject));

  it('keep the length of a resolved incident in the subject, however long the fact is', () => {
    const long = {...ended, incident: {...ended.incident, summary: 'x'.repeat(400)}};
    assert.match(compose(long, freshState, context).subject, /^.{100,150}$/);
    assert.match(compose(long, freshState, context).subject, /, after 1 h 15 m$/);
  });

  it('name the context that was used, and none inside the cluster, which has no name there', () => {
    assert.match(compose(entry, freshState, context).text, /· context homelab ·/);
    assert.doesNotMatch(compose(entry, freshState, {...context, cluster: null}).text, /context/);
  });

  it('name all that was wrong when the incident is over, and ask for nothing', () => {
    const {text} = compose(withFirst(ended), stateWith(record('helped')), context);
    for (const {summary} of faults) assert.ok(text.includes(summary), summary);
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
        unblock: [{text: evil}, {command: evil}],
        incident: {...entry.incident, summary: evil},
        findings: [
          {
            id: 'FRG-501',
            status: 'critical',
            summary: evil,
            evidence: [evil],
            fix: `${evil}\nkubectl ${evil}`,
            cure: 'none',
          },
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
              cure: 'none',
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
