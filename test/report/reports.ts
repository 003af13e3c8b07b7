/** Reports to render: one for each kind of outcome that a reader may meet. */
import type {CheckId, Status} from '../../src/core/finding.js';
import {note, run, scriptOf} from '../../src/core/fix.js';
import {exitCodeOf} from '../../src/outcome/exit-code.js';
import type {CheckReport, ReportedCheck} from '../../src/outcome/check-report.js';
import {buildReport} from '../../src/usecases/build-report.js';
import {FakeWorld} from '../support/fake-world.js';
import {ownFindings} from '../support/own-checks.js';
import {aLook} from '../tui/live.js';

const docs = (id: CheckId): string => `https://example.org/frigate-health/checks/${id}`;

export const check = (
  id: CheckId,
  status: Status,
  {steps = [], ...given}: Partial<Omit<ReportedCheck, 'fix' | 'id'>> = {},
): ReportedCheck & {readonly id: CheckId} => ({
  id,
  status,
  category: 'frigate',
  title: `check ${id}`,
  summary: `summary of ${id}`,
  evidence: [],
  cause: null,
  cure: 'none',
  object: null,
  because: null,
  fix: steps.length === 0 ? null : scriptOf(steps),
  steps,
  docs: docs(id),
  durationMs: 3,
  ...given,
});

export const countsOf = (checks: readonly ReportedCheck[]): Record<Status, number> => {
  const counts = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const {status} of checks) counts[status] += 1;
  return counts;
};

const healthyChecks: ReadonlyArray<ReportedCheck & {readonly id: CheckId}> = [
  check('FRG-101', 'ok', {category: 'cluster', title: 'API server answers', summary: 'answers in 12 ms'}),
  check('FRG-102', 'ok', {
    category: 'cluster',
    title: 'permissions',
    summary: 'All permissions that this command needs are granted',
  }),
  check('FRG-103', 'ok', {category: 'cluster', title: 'clocks agree', summary: 'clocks agree to 1 s'}),
  check('FRG-151', 'ok', {category: 'node', title: 'node Ready', summary: 'node nvr-1 is Ready'}),
  check('FRG-201', 'ok', {category: 'workload', title: 'workload found', summary: 'Deployment/frigate'}),
  check('FRG-203', 'ok', {category: 'workload', title: 'container stays up', summary: 'no restart in the last hour'}),
  check('FRG-301', 'ok', {category: 'frigate', title: 'API responsive', summary: 'answers in 9 ms'}),
  check('FRG-302', 'ok', {
    category: 'frigate',
    title: 'stats fresh',
    summary: 'stats are 7 s old',
    evidence: [{name: 'age', value: 7.314, limit: 90, unit: 's'}],
  }),
  check('FRG-401', 'ok', {
    category: 'detectors',
    title: 'inference speed',
    summary: 'coral 11 ms',
    evidence: [{name: 'coral', value: 11.04, limit: 100, unit: 'ms'}],
  }),
  check('FRG-501', 'ok', {category: 'cameras', title: 'cameras deliver frames', summary: '8 of 8 cameras deliver'}),
  check('FRG-601', 'ok', {category: 'recording', title: 'recordings are written', summary: 'newest segment 12 s old'}),
  check('FRG-901', 'info', {category: 'alerts', title: 'alert channel', summary: 'no alert channel is configured'}),
];

export const report = (checks: readonly ReportedCheck[], given: Partial<CheckReport> = {}): CheckReport => {
  const health = given.summary?.health ?? 'healthy';
  return {
    apiVersion: 'frigate-health.io/v1',
    kind: 'CheckReport',
    metadata: {
      generatedAt: '2026-11-23T14:02:11Z',
      durationMs: 812,
      version: '0.1.0',
      context: 'homelab',
      namespace: 'frigate',
      target: {kind: 'Deployment', name: 'frigate', uid: '1b0c'},
      frigateVersion: '0.16.1',
      via: 'proxy',
    },
    diagnosis: {cause: null, summary: 'Frigate does its work', primary: [], folded: []},
    decision: {
      action: 'none',
      rule: 'R-04',
      reason: 'nothing is wrong',
      liftedBy: null,
      breaker: {state: 'closed', used: 0, limit: 2, until: null, why: null},
      streak: {count: 0, needed: 2},
    },
    settings: [
      {name: 'FRIGATE_HC_MODE', value: 'active', origin: 'default'},
      {name: 'FRIGATE_HC_NAMESPACE', value: 'frigate', origin: 'kubeconfig context'},
    ],
    errors: [],
    ...given,
    summary: {
      health,
      exitCode: exitCodeOf(
        checks.map(({status}) => status),
        health,
      ),
      counts: countsOf(checks),
    },
    checks,
  };
};

const summary = (health: CheckReport['summary']['health']): CheckReport['summary'] => ({
  health,
  exitCode: 0,
  counts: countsOf([]),
});

const replacing = (changed: readonly ReportedCheck[]): readonly ReportedCheck[] =>
  healthyChecks.map((one) => changed.find(({id}) => id === one.id) ?? one);

export const healthy = report(healthyChecks);

export const oneCritical = report(
  replacing([
    check('FRG-401', 'critical', {
      category: 'detectors',
      title: 'inference speed',
      summary: 'detector coral takes 452 ms, more than 100 ms and twice its usual 11 ms',
      cause: 'detector',
      cure: 'restart',
      evidence: [
        {name: 'coral', value: 452.13, limit: 100, unit: 'ms'},
        {name: 'baseline', value: 11, unit: 'ms'},
      ],
      object: {kind: 'Deployment', name: 'frigate'},
      steps: [run('kubectl -n frigate logs deployment/frigate -c frigate --since=10m | grep -i detect')],
    }),
    check('FRG-501', 'warning', {
      category: 'cameras',
      title: 'cameras deliver frames',
      summary: 'cameras front and yard deliver 1.2 of 5 frames a second',
      cause: 'camera',
      steps: [note('Check the power supply and the cabling of these cameras; restarting Frigate does not help them.')],
    }),
    check('FRG-601', 'critical', {
      category: 'recording',
      title: 'recordings are written',
      summary: 'no segment for 6m 12s',
      cause: 'recording',
      steps: [run('df -h')],
    }),
  ]),
  {
    summary: summary('unhealthy'),
    diagnosis: {
      cause: 'detector',
      summary: 'The detector coral hangs; a restart cures it',
      primary: ['FRG-401'],
      folded: [{id: 'FRG-601', under: 'FRG-401'}],
    },
    decision: {
      action: 'hold',
      rule: 'R-05',
      reason: '1 of 2 consecutive failures counted',
      liftedBy: 'the next pass finds the same, at the earliest 14:04:41Z',
      breaker: {state: 'closed', used: 1, limit: 2, until: null, why: null},
      streak: {count: 1, needed: 2},
    },
  },
);

export const allUnknown = report(
  healthyChecks.map((one) => ({
    ...one,
    status: 'unknown' as const,
    summary: `unknown: ${one.title}`,
    because: 'the API server did not answer within 10 s',
    evidence: [],
    fix: 'kubectl cluster-info',
  })),
  {
    summary: summary('unknown'),
    metadata: {...healthy.metadata, target: null, frigateVersion: null, via: null},
    diagnosis: {
      cause: 'cluster',
      summary: 'Nothing could be observed',
      primary: ['FRG-101'],
      folded: healthyChecks.slice(1).map(({id}) => ({id, under: 'FRG-101' as const})),
    },
    decision: {
      ...healthy.decision,
      action: 'hold',
      rule: 'R-03',
      reason: 'the API server does not answer',
      liftedBy: 'the API server answers',
    },
  },
);

export const partlyForbidden = report(
  replacing([
    check('FRG-102', 'warning', {
      category: 'cluster',
      title: 'permissions',
      summary: '1 permission missing: get nodes',
      cause: 'checker',
      steps: [run('kubectl auth can-i get nodes --as=system:serviceaccount:frigate:frigate-health')],
    }),
    check('FRG-151', 'unknown', {
      category: 'node',
      title: 'node Ready',
      summary: 'the node could not be read',
      because: '403: cannot get nodes',
      steps: [
        run(
          'kubectl create clusterrolebinding frigate-health-nodes --clusterrole=frigate-health-nodes --serviceaccount=frigate:frigate-health',
        ),
      ],
    }),
    check('FRG-601', 'skipped', {
      category: 'recording',
      title: 'recordings are written',
      summary: 'not judged',
      because: 'FRG-151',
    }),
  ]),
  {
    summary: summary('unknown'),
    diagnosis: {cause: 'checker', summary: 'The node could not be read', primary: ['FRG-151'], folded: []},
    decision: {
      ...healthy.decision,
      action: 'hold',
      rule: 'R-03',
      reason: 'the node could not be read',
      liftedBy: 'the permission to read nodes',
    },
  },
);

export const noCameras = report(
  replacing([
    check('FRG-501', 'skipped', {
      category: 'cameras',
      title: 'cameras deliver frames',
      summary: 'no camera is configured',
      because: 'no camera is configured',
    }),
    check('FRG-601', 'skipped', {
      category: 'recording',
      title: 'recordings are written',
      summary: 'no camera is configured',
      because: 'no camera is configured',
    }),
  ]),
);

const manyNames = Array.from({length: 200}, (_, index) => `camera-${String(index + 1).padStart(3, '0')}`);
export const manyCameras = report(
  replacing([
    check('FRG-501', 'critical', {
      category: 'cameras',
      title: 'cameras deliver frames',
      summary: `200 of 200 cameras deliver no frames: ${manyNames.slice(0, 12).join(', ')} and 188 more`,
      cause: 'network',
      evidence: manyNames.slice(0, 6).map((name) => ({name, value: 0, limit: 1.5, unit: 'fps'})),
      steps: [
        run('ping -c3 10.0.7.21'),
        note('All cameras are in 10.0.7.0/24: check the switch that feeds it; restarting Frigate will not help.'),
      ],
    }),
  ]),
  {
    summary: summary('degraded'),
    diagnosis: {cause: 'network', summary: "The cameras' network is down", primary: ['FRG-501'], folded: []},
    decision: {...healthy.decision, action: 'alert', reason: 'a restart does not cure the network'},
  },
);

export const hostile = report(
  replacing([
    check('FRG-501', 'critical', {
      category: 'cameras',
      summary: 'camera \u001b[31mred\u001b[0m\r\nSubject: x\u202Eevil delivers nothing',
      cause: 'camera',
      evidence: [{name: 'Küche\u0007 北门', value: 'rtsp://admin:hunter2@10.0.0.9/stream', limit: 'a\nb'}],
      object: {kind: 'Camera', name: '<script>\u0000'},
      steps: [run('ffprobe rtsp://admin:hunter2@10.0.0.9/stream'), note('Check it.')],
    }),
  ]),
  {summary: summary('degraded')},
);

export const failed = report([], {
  summary: summary('unknown'),
  errors: [
    {
      code: 'FRG-E-UNREACHABLE',
      message: 'The API server https://10.0.0.1:6443 did not answer within 10 s',
      fix: 'kubectl cluster-info',
    },
  ],
});

/** A Frigate that is well beside a broker that is not. */
const ownChecks = (): CheckReport => {
  const {observed, judgement} = aLook();
  const {checks} = buildReport(new FakeWorld().world(), observed, judgement, {
    only: null,
    skip: new Set(),
    failOn: 'warning',
    duration: 0,
    custom: ownFindings(),
  });
  return report([...healthyChecks, ...checks.filter(({category}) => category === 'custom')]);
};

export const samples = {
  'own-checks': ownChecks(),
  healthy,
  'one-critical': oneCritical,
  'all-unknown': allUnknown,
  'partly-forbidden': partlyForbidden,
  'no-cameras': noCameras,
  'many-cameras': manyCameras,
  hostile,
  failed,
};
