/**
 * The CronJob that `install` prints, left to the real controller: a Job each minute, each a pass in a pod by the rights of its
 * own account. A detector that hangs without a word is restarted once, after the streak, and never again.
 */
import assert from 'node:assert/strict';
import {permissionInWords} from '../../src/usecases/install/compare.js';
import {auditLog, rolloutsIn, withinRights} from './audit.js';
import {accountIn, granted, installed, passInPod, passOf, scheduledJobs, suspended, uninstalled} from './installed.js';
import {apply} from './kubectl.js';
import {needs} from './needs.js';
import {lineOf, linesOf} from './program.js';
import {storedIn} from './stored-state.js';
import {answering, deployed, eventually, podsOf, replicaSetsOf, runningPod, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-schedule-${process.pid}`;
/** It hangs from its first minute on; detectors are judged once their container is two minutes old. */
const frigate: Shape = {namespace, name: 'frigate', simulator: {SCENARIO: 'det-stop', FAULT_AFTER: '30'}};

/** Rights of the Role that this story does not need, and what does. */
const inOtherCircumstances: readonly string[] = [
  'get pods/proxy', // a second witness of a dead API
  'get statefulsets.apps "frigate"',
  'get daemonsets.apps "frigate"',
  'list controllerrevisions.apps', // a Deployment that is gone
  'list persistentvolumeclaims', // a strategy that could deadlock on one
  'update configmaps "frigate-health-state-guard"', // a state that was put back
];

describe('the CronJob on a real cluster', function () {
  this.timeout(420_000);
  let first = '';

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
    await deployed(frigate);
    await installed(namespace);
    first = (await answering(frigate)).metadata.uid;
  });

  after(() => uninstalled(namespace));

  it('makes a Job by its schedule, whose pass does its duty on the direct way', async () => {
    const [job] = await eventually(
      () => scheduledJobs(namespace),
      (jobs) => jobs.length > 0,
      'a Job by the schedule',
    );
    assert.ok(job);
    assert.equal(job.metadata.ownerReferences?.[0]?.kind, 'CronJob');
    const {stdout, succeeded} = await passOf(namespace, job.metadata.name);
    assert.deepEqual(
      [lineOf({stdout}, 'observed')?.['via'], lineOf({stdout}, 'pass.ended')?.['exitCode'], succeeded],
      ['direct', 0, true],
      stdout,
    );
  });

  it('restarts the detector that hangs after two passes that saw it', async () => {
    const state = await eventually(
      () => storedIn(namespace),
      ({restarts}) => restarts.length > 0,
      'a restart',
      300_000,
    );
    await suspended(namespace);
    const [restart] = state.restarts;
    assert.ok(restart);
    assert.ok(restart.findings.includes('FRG-403'), JSON.stringify(restart));
    assert.deepEqual([state.restarts.length, restart.rule, restart.who], [1, 'R-12', 'automatic']);
    const counted = state.decisions
      .filter(({rule}) => rule === 'R-05' || rule === 'R-12')
      .map(({rule, action}) => [rule, action]);
    assert.deepEqual(counted, [
      ['R-05', 'hold'],
      ['R-12', 'restart'],
    ]);
    await eventually(
      () => podsOf(frigate),
      (pods) => pods.length === 1 && pods[0]?.metadata.uid !== first,
      'the new pod',
    );
  });

  it('does not restart it again, and knows its own attempt', async () => {
    await runningPod(frigate);
    const {stdout, succeeded} = await passInPod(namespace, 'afterwards');
    assert.deepEqual([succeeded, linesOf({stdout}).some(({event}) => event === 'restart.sent')], [true, false], stdout);
    assert.deepEqual(
      (await storedIn(namespace)).restarts.map(({phase}) => phase),
      ['acted'],
    );
    assert.equal((await replicaSetsOf(frigate)).length, 2);
  });

  needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
    'by the audit log caused one rollout, and used what the Role grants and nothing else',
    () => {
      assert.equal(rolloutsIn(namespace).length, 1);
      const {unused} = withinRights(accountIn(namespace), granted(namespace));
      assert.deepEqual(
        unused.map(permissionInWords).filter((right) => !inOtherCircumstances.includes(right)),
        [],
      );
    },
  );
});
