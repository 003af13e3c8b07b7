/**
 * A pod that the kubelet evicts for a full volume leaves remains: one that ended by itself as succeeded, one that hung and had to
 * be killed as evicted. Beside them the pod that runs is found, and nothing is restarted.
 */
import assert from 'node:assert/strict';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {auditLog, rolloutsIn, withinRights} from './audit.js';
import {accountIn, granted, installed, passInPod, QUICK, suspended, uninstalled} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {needs} from './needs.js';
import {lineOf, program} from './program.js';
import {answering, deployed, eventually, fault, podsOf, replicaSetsOf, type Shape} from './simulated-frigate.js';

const prefix = `frigate-health-evictions-${process.pid}`;

/** Milliseconds. The kubelet counts what a volume holds once a minute, and acts upon it every ten seconds. */
const EVICTION = 180_000;

const evicted = async (shape: Shape, hangs: boolean): Promise<void> => {
  const {namespace} = shape;
  const {
    metadata: {name},
  } = await answering(shape);
  assert.equal((await passInPod(namespace, 'first-look')).succeeded, true);
  // More than 100 MB of Node.js do not fit into the 16 MiB of the volume.
  await kubectl(['exec', name, '-n', namespace, '--', 'sh', '-c', 'cat /bin/node > /media/frigate/large']);
  if (hangs) await fault(shape, 'main-stop');
  await eventually(
    () => podsOf(shape),
    (pods) => pods.some(({metadata, status}) => metadata.name === name && status.phase !== 'Running'),
    'an eviction',
    EVICTION,
  );
  await answering(shape);
};

describe('an eviction for a full volume on a real cluster', function () {
  this.timeout(EVICTION + 60_000);
  const cases = [
    {
      title: 'of a Frigate that ends by itself',
      shape: {namespace: `${prefix}-well`, name: 'frigate', mediaLimit: '16Mi'},
      hangs: false,
      remains: 'Succeeded',
    },
    {
      title: 'of a Frigate that hangs and is killed',
      shape: {namespace: `${prefix}-hung`, name: 'frigate', mediaLimit: '16Mi'},
      hangs: true,
      remains: 'Failed Evicted',
    },
  ] as const;
  const namespaces = cases.map(({shape: {namespace}}) => namespace);

  before(async () => {
    await apply(...namespaces.map((namespace) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})));
    await deployed(...cases.map(({shape}) => shape));
    for (const namespace of namespaces) {
      // However slow the machine, the pass comes within Frigate's start.
      await installed(namespace, {FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS: '600'});
      await suspended(namespace);
    }
    await Promise.all(cases.map(({shape, hangs}) => evicted(shape, hangs)));
  });

  after(() => uninstalled(...namespaces));

  for (const {title, shape, remains} of cases) {
    const {namespace} = shape;

    it(`${title} leaves its remains, beside which the pod that runs is found: it starts`, async () => {
      const pods = await podsOf(shape);
      assert.deepEqual(
        pods.map(({status}) => `${status.phase} ${status.reason ?? ''}`.trim()).sort(),
        ['Running', remains].sort(),
      );
      const {stdout, succeeded} = await passInPod(namespace, 'afterwards');
      const diagnosed = lineOf({stdout}, 'diagnosed');
      assert.deepEqual(
        [succeeded, lineOf({stdout}, 'restart.sent'), diagnosed?.['health'], diagnosed?.['cause']],
        [true, undefined, 'starting', null],
        stdout,
      );
      assert.equal((await replicaSetsOf(shape)).length, 1);
    });

    it(`${title} is no trouble of its own in check`, async () => {
      const {stdout} = await program(['check', '--namespace', namespace, '-o', 'json', '--skip', 'FRG-105'], QUICK);
      const report = JSON.parse(stdout) as CheckReport;
      const running = (await podsOf(shape)).find(({status}) => status.phase === 'Running');
      assert.equal(report.checks.find(({id}) => id === 'FRG-202')?.object?.name, running?.metadata.name, stdout);
      assert.deepEqual(
        report.checks
          .filter(({status}) => status === 'critical' || status === 'unknown')
          .map(({id, summary}) => [id, summary]),
        [],
      );
    });
  }

  needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
    'by the audit log caused no rollout, and no question beyond the Role',
    () => {
      for (const namespace of namespaces) {
        assert.equal(rolloutsIn(namespace).length, 0);
        withinRights(accountIn(namespace), granted(namespace));
      }
    },
  );
});
