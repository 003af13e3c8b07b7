/** The sequences of the old checker's faults, played by whole passes over real sockets against the simulated cluster. */
import assert from 'node:assert/strict';
import {minutes} from '../../../src/core/time.js';
import {asWorkload} from '../../../src/simulator/api/objects.js';
import {findScenario} from '../../../src/simulator/scenarios/scenarios.js';
import {openHouse, type House, type HouseOptions, type Pass} from './passes.js';

let house: House;

const enter = async (scenario: Parameters<typeof openHouse>[0], options: HouseOptions = {}): Promise<House> => {
  house = await openHouse(scenario, options);
  return house;
};

const rulesOf = (passes: readonly Pass[]): readonly unknown[] => passes.map(({rule}) => rule);
const words = (passes: readonly Pass[]): string =>
  passes
    .map(({health, action, rule, summary}) => `${String(health)} ${String(action)} ${String(rule)}: ${summary}`)
    .join('\n');

const assertNothingRestarted = (passes: readonly Pass[]): void => {
  assert.equal(house.restarts(), 0, words(passes));
  assert.ok(!house.mails.some((subject) => /restarted/i.test(subject)), house.mails.join('\n'));
};

describe('faults of the old checker, as sequences', function () {
  this.timeout(60_000);
  afterEach(() => house.close());

  it('B-01: a ghost pod of a crashed node, first by name, leads to no restart in four passes', async () => {
    await enter('healthy');
    house.leaveBehind('frigate-0000000000-aaaaa', (pod) => {
      pod.metadata.labels = {...pod.metadata.labels, 'pod-template-hash': '0000000000'};
      pod.metadata.ownerReferences = [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'frigate-0000000000',
          uid: 'of-an-older-revision',
          controller: true,
        },
      ];
      pod.status.phase = 'Running';
      pod.status.conditions = pod.status.conditions.map((condition) =>
        condition.type.endsWith('Ready') ? {...condition, status: 'False'} : condition,
      );
      pod.status.containerStatuses = (pod.status.containerStatuses ?? []).map((status) => ({
        ...status,
        ready: false,
        state: {terminated: {exitCode: 255, reason: 'Unknown', finishedAt: pod.metadata.creationTimestamp}},
      }));
    });
    const passes = await house.passes(4);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health}) => health === 'healthy'),
      words(passes),
    );
  });

  it('B-02: an evicted pod that is kept, first by name, leads to no restart', async () => {
    await enter('healthy');
    house.leaveBehind('frigate-0000000000-aaaaa', (pod) => {
      pod.status = {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: ephemeral-storage.',
        conditions: [],
      };
    });
    const passes = await house.passes(3);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health}) => health === 'healthy'),
      words(passes),
    );
  });

  it('B-04: an image that cannot be pulled is told and never restarted', async () => {
    await enter('image-pull');
    const passes = await house.passes(4);
    assertNothingRestarted(passes);
    assert.match(passes.at(-1)!.summary, /image/i);
    assert.equal(house.mails.length, 1, house.mails.join('\n'));
  });

  it('B-05: a sidecar that stands first in the list changes nothing', async () => {
    await enter('healthy', {installation: {sidecar: true}});
    const passes = await house.passes(3);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health}) => health === 'healthy'),
      words(passes),
    );
  });

  it('B-06: pods that may not be listed on a node that is not ready are unknown: no restart, no streak, not exit 0', async () => {
    await enter('node-down');
    house.world.cluster.access.deny({verb: 'list', resource: 'pods'});
    const passes = await house.passes(4);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({exitCode, action}) => exitCode !== 0 && action !== 'restart'),
      words(passes),
    );
  });

  it('B-07: a Frigate that somebody scaled to nothing is left alone, and nobody is told that it was restarted', async () => {
    await enter('healthy');
    await house.changeWorkload((workload) => void (asWorkload(workload).spec.replicas = 0));
    const passes = await house.passes(4);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health, exitCode}) => health === 'paused' && exitCode === 0),
      words(passes),
    );
    assert.deepEqual(house.mails, []);
  });

  it('B-08: a helper pod with the same labels and the name before it is not the pod', async () => {
    await enter('healthy');
    house.leaveBehind('a-helper', (pod) => {
      pod.metadata.ownerReferences = [];
      pod.status.phase = 'Running';
      pod.status.podIP = '127.0.0.250';
    });
    const passes = await house.passes(3);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health}) => health === 'healthy'),
      words(passes),
    );
  });

  it('B-20: nodes that may not be read stop a restart, and a person is told instead of nobody for 34 days', async () => {
    await enter('detector-silent');
    house.world.cluster.access.deny({resource: 'nodes'});
    const passes = await house.passes(9);
    assertNothingRestarted(passes);
    assert.ok(
      passes.slice(1).every(({exitCode}) => exitCode === 77 || exitCode === 3),
      words(passes),
    );
    assert.ok(house.mails.length > 0 && house.mails.length <= 3, house.mails.join('\n'));
  });

  it('B-21: a replacement without a node, after the old one died, is not restarted', async () => {
    await enter('node-down');
    const passes = await house.passes(5);
    assert.ok(
      house.pods().some(({spec, metadata}) => spec.nodeName === undefined || metadata.deletionTimestamp !== undefined),
    );
    assertNothingRestarted(passes);
    assert.equal(house.mails.length, 1, house.mails.join('\n'));
  });

  it('B-22: a sick pod on a cordoned node is kept running: its successor would have no place', async () => {
    await enter('detector-silent');
    await house.world.cluster.cordon();
    const passes = await house.passes(4);
    assertNothingRestarted(passes);
    assert.ok(rulesOf(passes).includes('R-08') || rulesOf(passes).every((rule) => rule === 'R-04'), words(passes));
    assert.ok(house.mails.length > 0);
  });

  it('B-23: three of seven cameras without network are told once, and nothing is restarted in two hours', async () => {
    await enter('subnet-down');
    const passes = await house.passes(24);
    assertNothingRestarted(passes);
    assert.equal(house.mails.length, 1, house.mails.join('\n'));
  });

  it('B-23, B-45: a fault that a restart does not cure gets one; that it did not help is told, and does not repeat itself', async () => {
    await enter({
      ...findScenario('healthy')!,
      happenings: [{ago: minutes(30), what: 'fault', fault: 'det-stop', stays: true}],
    });
    const passes = await house.passes(40);
    assert.equal(house.restarts(), 1, words(passes));
    assert.ok(rulesOf(passes).includes('R-10'), words(passes));
    assert.ok(house.mails.length >= 2 && house.mails.length <= 3, house.mails.join('\n'));
  });

  it('B-24: a paused rollout is not patched, and nothing is claimed', async () => {
    await enter('detector-silent');
    await house.changeWorkload((workload) => void (asWorkload(workload).spec.paused = true));
    const passes = await house.passes(4);
    assertNothingRestarted(passes);
    assert.deepEqual(new Set(rulesOf(passes)), new Set(['R-01']), words(passes));
  });

  it('B-28: statistics that stand still at healthy values are a failure, and the restart comes', async () => {
    await enter('stats-frozen');
    const passes = await house.passes(3);
    assert.equal(passes[0]!.health, 'unhealthy');
    assert.equal(house.restarts(), 1, words(passes));
  });

  it('B-32: cameras that are turned off do not count as down', async () => {
    const farm = findScenario('healthy')!;
    const site = {...farm.site, cameras: farm.site.cameras.map((camera, index) => ({...camera, enabled: index < 2}))};
    await enter({...farm, site});
    const passes = await house.passes(3);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health}) => health === 'healthy'),
      words(passes),
    );
  });

  it('B-32: safe mode, with no cameras at all, is not healthy', async () => {
    await enter('safe-mode');
    const passes = await house.passes(3);
    assertNothingRestarted(passes);
    assert.ok(
      passes.every(({health}) => health === 'unhealthy'),
      words(passes),
    );
    assert.equal(house.mails.length, 1, house.mails.join('\n'));
  });

  it('B-40, B-42: an alert that the mail server turned away is delivered later, and once', async () => {
    await enter('subnet-down', {env: {FRIGATE_HC_SMTP_PORT: '1'}});
    const first = await house.passes(3);
    assert.ok(
      first.some(({lines}) => lines.some(({event}) => event === 'alert.failed')),
      words(first),
    );
    assert.ok(first.every(({exitCode}) => exitCode === 0));
    assert.ok(first.every(({lines}) => !lines.some(({event}) => event === 'alert.sent')));
  });

  it('B-44: a crash loop is told once in eight passes, though its container is always young', async () => {
    await enter('crash-loop');
    const passes = await house.passes(8);
    assertNothingRestarted(passes);
    assert.equal(house.mails.length, 1, house.mails.join('\n'));
  });
});
