import assert from 'node:assert/strict';
import path from 'node:path';
import type {BreakerReason, Reason} from '../../../src/core/decision/reason.js';
import {breakerText, reasonText, restartText, stepText, unblockSteps} from '../../../src/core/decision/wording.js';
import {mask} from '../../../src/core/mask.js';
import {hours, instant, minutes} from '../../../src/core/time.js';
import {assertGolden} from '../../support/golden.js';
import {aCandidate} from '../../support/observation.js';

const at = instant(Date.UTC(2026, 10, 29, 16, 10));
const workload = {kind: 'StatefulSet', namespace: 'nvr', name: 'frigate'} as const;

/** The compiler asks for each code of the union. */
const breakers: {readonly [Code in BreakerReason['code']]: BreakerReason & {readonly code: Code}} = {
  'hour-limit': {code: 'hour-limit', used: 7, limit: 6},
  'day-limit': {code: 'day-limit', used: 1, limit: 1},
  'cool-down': {code: 'cool-down'},
  'did-not-help': {code: 'did-not-help', failures: 2},
  'one-more-trial': {code: 'one-more-trial', failures: 1},
  locked: {code: 'locked', failures: 3},
  'same-cause': {code: 'same-cause'},
  'came-back': {code: 'came-back'},
};

const reasons: {readonly [Code in Reason['code']]: ReadonlyArray<Reason & {readonly code: Code}>} = {
  'no-workload': [
    {code: 'no-workload', searchedFor: 'Deployment, StatefulSet, DaemonSet in namespace nvr: app=frigate'},
  ],
  'several-workloads': [
    {code: 'several-workloads', candidates: [aCandidate('a'), aCandidate('b', {kind: 'StatefulSet', replicas: 0})]},
  ],
  'no-container': [{code: 'no-container', candidate: aCandidate('a'), containers: ['web', 'db']}],
  'outside-kubernetes': [{code: 'outside-kubernetes', url: 'http://192.168.1.9:5000'}],
  'scaled-to-zero': [{code: 'scaled-to-zero', workload}],
  'rollout-paused': [{code: 'rollout-paused', workload}],
  paused: [
    {code: 'paused', workload, until: instant(Date.UTC(2026, 9, 10, 5)), reason: 'new switch'},
    {code: 'paused', workload, until: instant(Date.UTC(2026, 9, 10, 5)), reason: null},
  ],
  'state-unreadable': (['api-server', 'permission', 'other'] as const).map((because) => ({
    code: 'state-unreadable',
    because,
  })),
  'state-newer': [{code: 'state-newer'}],
  'state-wiped': [{code: 'state-wiped'}],
  'state-lost': [{code: 'state-lost'}],
  'state-fresh': [{code: 'state-fresh'}],
  'health-unknown': [{code: 'health-unknown', summary: 'The API server does not answer', fix: []}],
  'not-observed': [
    {code: 'not-observed', source: 'log', why: {code: 'timeout', message: 'get pods/log: no answer within 20s'}},
    {
      code: 'not-observed',
      source: 'claims',
      why: {
        code: 'forbidden',
        message: 'list persistentvolumeclaims: 403',
        fix: [{command: 'kubectl auth can-i list pvc -n nvr'}],
      },
    },
  ],
  'permission-missing': [{code: 'permission-missing', verb: 'patch', resource: 'deployments'}],
  'no-rule': [{code: 'no-rule'}],
  'nothing-to-repair': [{code: 'nothing-to-repair'}],
  consequence: [{code: 'consequence', finding: 'FRG-601', of: 'FRG-603'}],
  'not-judged': [{code: 'not-judged', finding: 'FRG-302'}],
  'not-curable': [
    {code: 'not-curable', cause: 'camera'},
    {code: 'not-curable', cause: null},
  ],
  'too-few-passes': [
    {code: 'too-few-passes', count: 1, needed: 2, interval: minutes(5)},
    {code: 'too-few-passes', count: 1, needed: 3, interval: minutes(5)},
  ],
  'no-new-evidence': [{code: 'no-new-evidence', since: at}],
  'not-lasting': [{code: 'not-lasting', lasted: minutes(1), needed: minutes(2)}],
  starting: [{code: 'starting', age: minutes(9), grace: minutes(10), until: at}],
  'never-worked': [
    {code: 'never-worked', age: minutes(40), step: null},
    {
      code: 'never-worked',
      age: minutes(40),
      step: {kind: 'model-build', text: 'Generating yolov7-320.trt. This may take a few minutes.'},
    },
    {code: 'never-worked', age: hours(2), step: {kind: 'migration', text: 'Migrate "012_add_segment_size"'}},
  ],
  'detectors-starting': [{code: 'detectors-starting', age: minutes(20)}],
  'start-tried': [{code: 'start-tried', at}],
  'attempt-unsettled': [{code: 'attempt-unsettled', attempt: 'mb2k-1f', at}],
  'change-unprocessed': [{code: 'change-unprocessed', workload}],
  'rollout-under-way': [{code: 'rollout-under-way', workload}],
  'pod-terminating': [{code: 'pod-terminating', namespace: 'nvr', pod: 'frigate-0'}],
  'crash-loop': [{code: 'crash-loop'}],
  'liveness-kills': [{code: 'liveness-kills'}],
  'node-unfit': [
    {code: 'node-unfit', summary: 'Node n1 is cordoned', fix: [{command: 'kubectl uncordon n1'}]},
    {code: 'node-unfit', summary: 'Node n1 is not Ready', fix: []},
  ],
  'rollout-deadlock': [{code: 'rollout-deadlock', held: ['volume config', '/dev/bus/usb']}],
  'rollout-on-delete': [{code: 'rollout-on-delete', workload}],
  breaker: Object.values(breakers).map((why) => ({
    code: 'breaker',
    why,
    until: why.code === 'locked' || why.code === 'same-cause' || why.code === 'came-back' ? null : at,
  })),
  'fleet-incident': [{code: 'fleet-incident', common: 'nuc-1', count: 3}],
  'fleet-limit': [
    {code: 'fleet-limit', used: 1, limit: 1, until: at},
    {code: 'fleet-limit', used: 3, limit: 3, until: at},
  ],
  'dry-run': [{code: 'dry-run'}],
  'observe-mode': [{code: 'observe-mode'}],
  restart: [
    {code: 'restart', summary: 'Detector coral is stuck', findings: ['FRG-402', 'FRG-502'], request: null},
    {
      code: 'restart',
      summary: 'Detector coral is stuck',
      findings: ['FRG-402'],
      request: {who: 'root@vm', reason: 'new coral'},
    },
    {code: 'restart', summary: null, findings: [], request: {who: 'root@vm', reason: 'new config'}},
  ],
};

const all: readonly Reason[] = Object.values(reasons).flat();

describe('the words of the rules', () => {
  it('are those of the golden file', () => {
    const blocks = all.map((reason) =>
      [
        `${reason.code}: ${reasonText(reason)}`,
        ...unblockSteps(reason).map((step) => `  ${'command' in step ? '$ ' : ''}${stepText(step)}`),
      ].join('\n'),
    );
    const breaker = Object.values(breakers).map((why) => `${why.code}: ${breakerText(why)}`);
    assertGolden(
      path.join(import.meta.dirname, 'rules.golden.txt'),
      `${[...blocks, 'breaker', ...breaker].join('\n')}\n`,
    );
  });

  it('are one sentence each, without a full stop', () => {
    for (const reason of all)
      for (const sentence of [reasonText(reason), ...unblockSteps(reason).map(stepText)])
        assert.match(sentence, /^[^\n]*[^.\n]$/, reason.code);
  });

  it('are not taken for a secret: "pass: word" would be masked', () => {
    for (const reason of all)
      for (const sentence of [reasonText(reason), ...unblockSteps(reason).map(stepText)])
        assert.equal(mask(sentence), sentence);
  });

  it('leave who asked out of the record of a restart, which has a field for it', () => {
    for (const reason of reasons.restart) assert.ok(!restartText(reason).includes('root@vm'), restartText(reason));
  });
});
