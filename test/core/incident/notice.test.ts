/** The few words of a notification: what was done is read from the restart's own record, and nothing else is claimed. */
import assert from 'node:assert/strict';
import {linesOf, noticeOf, openNotice, testNotice, titleOf} from '../../../src/core/incident/notice.js';
import type {AlertContext} from '../../../src/core/incident/compose.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {DecisionRecord, Incident, OutboxEntry, RestartPhase, State} from '../../../src/core/state/state.js';
import {instant, later, minutes} from '../../../src/core/time.js';

const at = instant(Date.UTC(2026, 10, 23, 3, 4, 5));
const context: AlertContext = {
  namespace: 'nvr',
  workload: {kind: 'StatefulSet', name: 'frigate'},
  cluster: null,
  version: '0.1.0',
  now: later(at, minutes(6)),
  hints: {cronJob: 'frigate-health', mode: 'active'},
};

const entry: OutboxEntry = {
  key: 'i1-began-1',
  kind: 'began',
  at: later(at, minutes(5)),
  incident: {id: 'i1', since: at, cause: 'detector', summary: 'Detector coral is stuck', worst: 'critical', faults: []},
  health: 'unhealthy',
  action: 'hold',
  rule: 'R-05',
  reason: 'failure observed in 1 of 2 required passes',
  liftedBy: null,
  unblock: [],
  findings: [{id: 'FRG-402', status: 'critical', summary: 's', evidence: [], fix: null, cure: 'restart'}],
  attempt: null,
  deliveries: [],
  tries: 0,
  lastTry: null,
  lastError: null,
  deliveredAt: null,
};

const restarted = (phase: RestartPhase): State => ({
  ...freshState,
  restarts: [
    {
      id: 'a1',
      at: entry.at,
      cause: 'detector',
      rule: 'R-12',
      who: 'automatic',
      reason: 'r',
      findings: [],
      phase,
      settledAt: null,
    },
  ],
});

const incident: Incident = {
  id: 'i1',
  since: at,
  cause: 'detector',
  worst: 'critical',
  stage: 'critical',
  findings: ['FRG-402'],
  joined: [],
  cameras: [],
  summary: 'Detector coral is stuck',
  faults: [],
  told: true,
  lastAlertAt: at,
  quiet: [],
  quietSince: null,
  ack: null,
  alerts: 1,
};
const decided: DecisionRecord = {at, health: 'unhealthy', action: 'hold', rule: 'R-05', reason: 'waits'};

describe('the few words of a notification', () => {
  it('name severity, Frigate, fact, since when, the repair and one command', () => {
    const notice = noticeOf(entry, freshState, context);
    assert.equal(titleOf(notice), '[critical] nvr/frigate: Detector coral is stuck');
    assert.deepEqual(linesOf(notice), [
      'Since 2026-11-23T03:04:05Z (6m ago). Cause: detector.',
      'Automatic repair: No restart now. Rule R-05: failure observed in 1 of 2 required passes.',
    ]);
    assert.equal(notice.command, 'kubectl frigate-health check statefulset/frigate -n nvr');
  });

  for (const [phase, words] of [
    ['acted', 'Frigate was restarted. Whether it helped is not known yet.'],
    ['helped', 'Frigate was restarted, and it helped.'],
    ['did-not-help', 'Frigate was restarted, and it did not help.'],
    ['abandoned', 'A restart was decided, but it never reached the workload. It still counts toward the limits.'],
  ] as const) {
    it(`says what became of the restart: ${phase}`, () => {
      const told = noticeOf({...entry, action: 'restart', rule: 'R-12', attempt: 'a1'}, restarted(phase), context);
      assert.equal(told.repair, words);
    });
  }

  it('does not claim a restart of before the incident', () => {
    const state = restarted('helped');
    const later5 = {...entry, incident: {...entry.incident, since: later(entry.at, minutes(1))}};
    assert.match(noticeOf(later5, state, context).repair, /^No restart now\./);
  });

  it('the end says how long it took, and that nothing was restarted where nothing was', () => {
    const notice = noticeOf({...entry, kind: 'ended', findings: []}, freshState, context);
    assert.equal(titleOf(notice), '[resolved] nvr/frigate: Detector coral is stuck, after 5 m');
    assert.equal(notice.repair, 'No restart was made.');
    assert.equal(notice.weight, 'critical');
  });

  it('what stands is what was notified and is not over, and nothing while Frigate is paused', () => {
    const state: State = {...freshState, incident, decisions: [decided]};
    assert.equal(openNotice(state, context)?.fact, 'Detector coral is stuck');
    assert.equal(openNotice({...state, incident: null}, context), null);
    assert.equal(openNotice({...state, incident: {...incident, told: false}}, context), null);
    assert.equal(openNotice({...state, decisions: [{...decided, health: 'paused'}]}, context), null);
  });

  it('a test says that nothing is wrong, and concerns every channel', () => {
    const notice = testNotice(context);
    assert.match(titleOf(notice), /^\[test\] nvr\/frigate: test notification; nothing is wrong$/);
    assert.equal(notice.weight, 'critical');
  });
});
