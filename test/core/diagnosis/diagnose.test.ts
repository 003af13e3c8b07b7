import assert from 'node:assert/strict';
import fc from 'fast-check';
import {restartable, diagnose} from '../../../src/core/diagnosis/diagnose.js';
import type {HealthClass} from '../../../src/core/diagnosis/diagnosis.js';
import {explanations} from '../../../src/core/diagnosis/explanations.js';
import type {CauseClass, CheckId, Finding, Status} from '../../../src/core/finding.js';
import {aFinding, critical, hungDetector} from '../../support/decision.js';

const settled = {paused: false, starting: false};
const dead = critical('FRG-301', {cure: 'restart', normalAtStart: true, outage: true});
const stopped = critical('FRG-601', {
  cause: 'recording',
  cure: 'restart',
  cameras: ['back', 'front', 'garage'],
  outage: true,
});

interface Case {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly health: HealthClass;
  readonly cause: CauseClass | null;
  readonly folded?: ReadonlyArray<readonly [CheckId, CheckId]>;
}

const cases: readonly Case[] = [
  {name: 'nothing wrong', findings: [aFinding('FRG-301'), aFinding('FRG-501')], health: 'healthy', cause: null},
  {
    name: 'a hung detector, its skipped frames and its backlog are one fault',
    findings: [
      hungDetector(),
      critical('FRG-502', {cause: 'camera', cameras: ['front']}),
      critical('FRG-602', {cause: 'storage'}),
    ],
    health: 'unhealthy',
    cause: 'detector',
    folded: [
      ['FRG-502', 'FRG-403'],
      ['FRG-602', 'FRG-403'],
    ],
  },
  {
    name: 'a dead node explains a missing pod and everything behind it',
    findings: [critical('FRG-151', {cause: 'node'}), critical('FRG-202', {cause: 'workload'}), dead],
    health: 'unhealthy',
    cause: 'node',
    folded: [
      ['FRG-202', 'FRG-151'],
      ['FRG-301', 'FRG-151'],
    ],
  },
  {
    name: 'a full disk explains the missing segments: a restart is no cure',
    findings: [critical('FRG-603', {cause: 'storage'}), stopped],
    health: 'unhealthy',
    cause: 'storage',
    folded: [['FRG-601', 'FRG-603']],
  },
  {
    name: 'a full cache explains the dead cameras: a restart cures',
    findings: [
      critical('FRG-603', {cause: 'storage', cure: 'restart'}),
      critical('FRG-501', {cause: 'camera', cameras: ['front']}),
      stopped,
    ],
    health: 'unhealthy',
    cause: 'storage',
    folded: [
      ['FRG-501', 'FRG-603'],
      ['FRG-601', 'FRG-603'],
    ],
  },
  {
    name: 'a hung mount explains frozen stats and stopped segments',
    findings: [
      critical('FRG-606', {cause: 'storage'}),
      critical('FRG-302', {cure: 'restart', persistence: 'standstill'}),
      stopped,
    ],
    health: 'unhealthy',
    cause: 'storage',
    folded: [
      ['FRG-302', 'FRG-606'],
      ['FRG-601', 'FRG-606'],
    ],
  },
  {
    name: 'a terminated thread explains frozen stats and stopped segments',
    findings: [
      critical('FRG-605', {cure: 'restart', persistence: 'latched'}),
      critical('FRG-302', {cure: 'restart'}),
      stopped,
    ],
    health: 'unhealthy',
    cause: 'process',
    folded: [
      ['FRG-302', 'FRG-605'],
      ['FRG-601', 'FRG-605'],
    ],
  },
  {
    name: 'a terminated capture process explains the missing segments of its own camera only',
    findings: [
      critical('FRG-304', {cure: 'restart', cameras: ['back']}),
      critical('FRG-601', {cause: 'recording', cure: 'restart', cameras: ['back', 'front']}),
    ],
    health: 'degraded',
    cause: 'mixed',
  },
  {
    name: 'a terminated recorder explains all missing segments',
    findings: [critical('FRG-304', {cure: 'restart', cameras: []}), stopped],
    health: 'unhealthy',
    cause: 'process',
    folded: [['FRG-601', 'FRG-304']],
  },
  {
    name: 'a camera that is down explains its own missing segments',
    findings: [
      critical('FRG-501', {cause: 'camera', cameras: ['back']}),
      critical('FRG-601', {cause: 'recording', cameras: ['back']}),
    ],
    health: 'degraded',
    cause: 'camera',
    folded: [['FRG-601', 'FRG-501']],
  },
  {
    name: 'a hung go2rtc explains the camera that comes through it',
    findings: [
      critical('FRG-501', {cause: 'camera', cameras: ['front']}),
      critical('FRG-801', {cure: 'restart', cameras: ['front']}),
    ],
    health: 'degraded',
    cause: 'process',
    folded: [['FRG-501', 'FRG-801']],
  },
  {
    name: 'a detector that hangs in an inference, and the silence behind it, are one fault that a restart cures',
    findings: [critical('FRG-402', {cause: 'detector', cure: 'restart'}), hungDetector()],
    health: 'unhealthy',
    cause: 'detector',
    folded: [['FRG-403', 'FRG-402']],
  },
  {
    name: 'a detector that hangs is left alone while others work, and not when none does',
    findings: [critical('FRG-402', {cause: 'detector', cure: 'none'}), hungDetector()],
    health: 'unhealthy',
    cause: 'detector',
    folded: [['FRG-402', 'FRG-403']],
  },
  {
    name: 'a full disk below the cache explains the dead cameras too, and no restart cures it',
    findings: [
      critical('FRG-603', {cause: 'storage', object: {kind: 'Mount', name: '/tmp/cache'}}),
      critical('FRG-501', {cause: 'network', cameras: ['front']}),
      stopped,
    ],
    health: 'unhealthy',
    cause: 'storage',
    folded: [
      ['FRG-501', 'FRG-603'],
      ['FRG-601', 'FRG-603'],
    ],
  },
  {
    name: 'a device that is gone explains both',
    findings: [
      critical('FRG-402', {cause: 'detector', cure: 'restart'}),
      hungDetector(),
      critical('FRG-404', {cause: 'node'}),
    ],
    health: 'unhealthy',
    cause: 'node',
    folded: [
      ['FRG-402', 'FRG-404'],
      ['FRG-403', 'FRG-404'],
    ],
  },
  {
    name: 'two faults that have nothing to do with each other are mixed',
    findings: [hungDetector(), critical('FRG-603', {cause: 'storage'})],
    health: 'unhealthy',
    cause: 'mixed',
  },
  {
    name: 'a mere warning swallows nothing critical',
    findings: [
      aFinding('FRG-305', {status: 'warning', cameras: ['front']}),
      critical('FRG-601', {cause: 'recording', cure: 'restart', cameras: ['front']}),
    ],
    health: 'degraded',
    cause: 'recording',
  },
  {
    name: 'a host without CPU explains a slow detector and skipped frames',
    findings: [
      aFinding('FRG-401', {status: 'warning', cause: 'node'}),
      aFinding('FRG-602', {status: 'warning', cause: 'storage'}),
      aFinding('FRG-701', {status: 'warning', cause: 'node'}),
    ],
    health: 'degraded',
    cause: 'node',
    folded: [
      ['FRG-401', 'FRG-701'],
      ['FRG-602', 'FRG-701'],
    ],
  },
  {
    name: 'a host without CPU swallows no dead detector',
    findings: [hungDetector(), aFinding('FRG-701', {status: 'warning', cause: 'node'})],
    health: 'unhealthy',
    cause: 'detector',
  },
  {
    name: 'a full memory limit is told once',
    findings: [
      aFinding('FRG-205', {status: 'warning', cause: 'memory'}),
      aFinding('FRG-702', {status: 'warning', cause: 'memory', because: {kind: 'check', id: 'FRG-205'}}),
    ],
    health: 'degraded',
    cause: 'memory',
    folded: [['FRG-702', 'FRG-205']],
  },
  {
    name: 'a host without memory is another matter than a missing limit',
    findings: [
      aFinding('FRG-205', {status: 'warning', cause: 'memory'}),
      aFinding('FRG-702', {status: 'warning', cause: 'node'}),
    ],
    health: 'degraded',
    cause: 'mixed',
  },
  {
    name: 'a node under memory pressure explains its full memory',
    findings: [critical('FRG-152', {cause: 'node'}), aFinding('FRG-702', {status: 'warning', cause: 'node'})],
    health: 'degraded',
    cause: 'node',
    folded: [['FRG-702', 'FRG-152']],
  },
  {
    name: 'no camera at all is unhealthy, though no restart brings one back',
    findings: [critical('FRG-501', {cause: 'network', cameras: ['back', 'front'], outage: true})],
    health: 'unhealthy',
    cause: 'network',
  },
  {
    name: 'one camera of several degrades, though a restart cures it',
    findings: [critical('FRG-304', {cure: 'restart', cameras: ['back']})],
    health: 'degraded',
    cause: 'process',
  },
  {
    name: 'a warning alone degrades',
    findings: [aFinding('FRG-205', {status: 'warning', cause: 'memory'})],
    health: 'degraded',
    cause: 'memory',
  },
  {
    name: 'a Frigate that cannot be seen is unknown',
    findings: [aFinding('FRG-301', {status: 'unknown'})],
    health: 'unknown',
    cause: null,
  },
  {
    name: 'an API server that cannot be reached says nothing of Frigate',
    findings: [
      critical('FRG-101', {cause: 'cluster'}),
      aFinding('FRG-201', {status: 'skipped'}),
      aFinding('FRG-301', {status: 'skipped'}),
    ],
    health: 'unknown',
    cause: 'cluster',
  },
  {
    name: 'credentials that are not accepted say nothing of Frigate',
    findings: [critical('FRG-101', {cause: 'checker'})],
    health: 'unknown',
    cause: 'checker',
  },
  {
    name: 'missing rights that hide Frigate leave it unknown',
    findings: [critical('FRG-102', {cause: 'checker'}), aFinding('FRG-301', {status: 'unknown'})],
    health: 'unknown',
    cause: 'checker',
  },
  {
    name: 'missing rights that hide nothing of Frigate degrade',
    findings: [critical('FRG-102', {cause: 'checker'}), aFinding('FRG-301')],
    health: 'degraded',
    cause: 'checker',
  },
  {
    name: 'a sick Frigate is sick whatever rights are missing',
    findings: [
      critical('FRG-102', {cause: 'checker'}),
      critical('FRG-603', {cause: 'storage'}),
      aFinding('FRG-301', {status: 'unknown'}),
    ],
    health: 'degraded',
    cause: 'mixed',
  },
  {
    name: 'an unknown detail beside a healthy Frigate is healthy',
    findings: [aFinding('FRG-801', {status: 'unknown'})],
    health: 'healthy',
    cause: null,
  },
];

describe('the diagnosis', () => {
  for (const {name, findings, health, cause, folded = []} of cases) {
    it(name, () => {
      const diagnosis = diagnose(findings, settled);

      assert.deepEqual([diagnosis.health, diagnosis.cause], [health, cause]);
      assert.deepEqual(diagnosis.folded.map(({id, under}) => [id, under]).sort(), [...folded].sort());
    });
  }

  it('is starting while only what is normal at a start is wrong, and not longer', () => {
    assert.equal(diagnose([dead], {paused: false, starting: true}).health, 'starting');
    assert.equal(diagnose([dead], settled).health, 'unhealthy');
    assert.equal(
      diagnose([dead, critical('FRG-203', {cause: 'memory', immediate: true})], {paused: false, starting: true}).health,
      'degraded',
    );
  });

  it('is paused where nothing shall run', () => {
    assert.equal(diagnose([aFinding('FRG-202', {status: 'info'})], {paused: true, starting: false}).health, 'paused');
  });

  it('names the first cause of a chain', () => {
    const chain = [critical('FRG-151', {cause: 'node'}), critical('FRG-202'), critical('FRG-203')];

    assert.deepEqual(diagnose(chain, settled).folded, [
      {id: 'FRG-202', under: 'FRG-151'},
      {id: 'FRG-203', under: 'FRG-151'},
    ]);
  });

  it('offers to a restart only what no other cause explains', () => {
    const findings = [critical('FRG-603', {cause: 'storage'}), stopped, hungDetector()];

    assert.deepEqual(
      restartable(findings, diagnose(findings, settled)).map(({id}) => id),
      ['FRG-403'],
    );
  });

  it('never folds everything away, whatever is bad, and is indifferent to order', () => {
    const ids = [...new Set(explanations.flatMap(({cause, consequences}) => [cause, ...consequences]))];
    const statuses: readonly Status[] = ['ok', 'warning', 'critical', 'unknown', 'skipped'];
    const finding = (id: CheckId) =>
      fc
        .record({
          status: fc.constantFrom(...statuses),
          cure: fc.constantFrom('restart' as const, 'none' as const),
          cameras: fc.subarray(['a', 'b', 'c']),
        })
        .map((changes) => aFinding(id, changes));
    fc.assert(
      fc.property(fc.tuple(...ids.map(finding)), (findings) => {
        const diagnosis = diagnose(findings, settled);
        const bad = findings.filter(({status}) => status === 'critical' || status === 'warning');
        assert.equal(diagnosis.primary.length > 0, bad.length > 0);
        assert.deepEqual(diagnosis.primary.length + diagnosis.folded.length, bad.length);
        const turned = diagnose([...findings].reverse(), settled);
        assert.deepEqual(
          [turned.health, turned.cause, new Set(turned.primary)],
          [diagnosis.health, diagnosis.cause, new Set(diagnosis.primary)],
        );
      }),
      {numRuns: 300},
    );
  });
});
