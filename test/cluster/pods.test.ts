/**
 * Whatever ends Frigate's pod: killed, evicted by the API. The new one is seen as starting and nothing is restarted; also not
 * where a hang was counted once before.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {auditLog, rolloutsIn, withinRights} from './audit.js';
import {
  accountIn,
  BETWEEN_PASSES,
  granted,
  installed,
  PAST_GRACE,
  passInPod,
  QUICK,
  suspended,
  uninstalled,
} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {needs} from './needs.js';
import {lineOf, program} from './program.js';
import {storedIn} from './stored-state.js';
import {
  answering,
  containerAged,
  deployed,
  eventually,
  fault,
  podsOf,
  replicaSetsOf,
  runningPod,
  type PodNow,
  type Shape,
} from './simulated-frigate.js';

const namespace = `frigate-health-pods-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};

const look = async (): Promise<CheckReport> =>
  JSON.parse((await program(['check', '--namespace', namespace, '-o', 'json'], QUICK)).stdout) as CheckReport;

/** The pod that took the old one's place, as soon as its API answers. */
const successorOf = async (old: PodNow): Promise<PodNow> => {
  await eventually(
    () => podsOf(frigate),
    (pods) => pods.some(({metadata, status}) => metadata.uid !== old.metadata.uid && status.phase === 'Running'),
    'the next pod',
  );
  return answering(frigate);
};

const ends: ReadonlyArray<readonly [how: string, end: (pod: PodNow) => Promise<unknown>]> = [
  [
    'is killed without a grace period',
    ({metadata: {name}}) => kubectl(['delete', 'pod', name, '-n', namespace, '--force', '--grace-period=0']),
  ],
  [
    'is evicted by the API',
    ({metadata: {name}}) =>
      kubectl(['create', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, '-f', '-'], {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: {name, namespace},
      }),
  ],
];

describe('the end of a pod on a real cluster', function () {
  this.timeout(240_000);

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
    await deployed(frigate);
    await installed(namespace);
    await suspended(namespace);
    await answering(frigate);
    assert.equal((await passInPod(namespace, 'first-look')).succeeded, true);
  });

  after(() => uninstalled(namespace));

  it('begins the count anew: a hang that was seen once in the old pod is not held against the new one', async () => {
    await containerAged(frigate, PAST_GRACE);
    await fault(frigate, 'main-stop');
    const counted = await passInPod(namespace, 'counts-it');
    assert.deepEqual(
      [lineOf(counted, 'decided')?.['rule'], lineOf(counted, 'decided')?.['streak']],
      ['R-05', 1],
      counted.stdout,
    );
    await wait(BETWEEN_PASSES);
    const old = await runningPod(frigate);
    await kubectl(['delete', 'pod', old.metadata.name, '-n', namespace, '--force', '--grace-period=0']);
    const next = await successorOf(old);
    await fault(frigate, 'main-stop');
    const {stdout, succeeded} = await passInPod(namespace, 'new-pod');
    assert.equal(succeeded, true, stdout);
    assert.deepEqual(
      [lineOf({stdout}, 'restart.sent'), (await storedIn(namespace)).restarts.length],
      [undefined, 0],
      stdout,
    );
    await kubectl(['delete', 'pod', next.metadata.name, '-n', namespace, '--force', '--grace-period=0']);
    await successorOf(next);
  });

  for (const [index, [how, end]] of ends.entries()) {
    it(`that ${how} leaves a Frigate that starts, and causes no restart`, async () => {
      const old = await runningPod(frigate);
      await end(old);
      const next = await successorOf(old);
      const {stdout, succeeded} = await passInPod(namespace, `after-end-${index}`);
      assert.deepEqual([succeeded, lineOf({stdout}, 'restart.sent')], [true, undefined], stdout);
      const report = await look();
      assert.equal(
        report.checks.find(({id}) => id === 'FRG-202')?.object?.name,
        next.metadata.name,
        JSON.stringify(report.checks.find(({id}) => id === 'FRG-202')),
      );
      const diagnosed = lineOf({stdout}, 'diagnosed');
      assert.deepEqual([diagnosed?.['health'], diagnosed?.['cause']], ['starting', null], stdout);
      assert.equal((await replicaSetsOf(frigate)).length, 1);
    });
  }

  needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
    'by the audit log caused no rollout, and no question beyond the Role',
    () => {
      assert.equal(rolloutsIn(namespace).length, 0);
      withinRights(accountIn(namespace), granted(namespace));
    },
  );
});
