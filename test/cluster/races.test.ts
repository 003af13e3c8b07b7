/**
 * Races over one restart, lost on purpose: several Jobs of the CronJob at the same instant, and a person's own rollout between
 * the decision and the act. There is exactly one rollout, whoever wins.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import {auditLog, rolloutsIn, withinRights} from './audit.js';
import {openGate} from './gate.js';
import {
  accountIn,
  BETWEEN_PASSES,
  granted,
  installed,
  PAST_GRACE,
  passInPod,
  passOf,
  QUICK,
  startJob,
  suspended,
  uninstalled,
} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {needs} from './needs.js';
import {lineOf, linesOf, program, said, statusOf} from './program.js';
import {storedIn} from './stored-state.js';
import {
  answering,
  containerAged,
  deployed,
  eventually,
  fault,
  podsOf,
  replicaSetsOf,
  type Shape,
} from './simulated-frigate.js';

const prefix = `frigate-health-races-${process.pid}`;
const jobs: Shape = {namespace: `${prefix}-jobs`, name: 'frigate'};
const person: Shape = {namespace: `${prefix}-person`, name: 'frigate'};

/** Two Frigates whose recorder died, counted once. Their API answers: one way to it is enough. */
const countedOnce = async (): Promise<void> => {
  for (const shape of [jobs, person]) {
    await answering(shape);
    assert.equal((await passInPod(shape.namespace, 'first-look')).succeeded, true);
    await containerAged(shape, PAST_GRACE);
  }
  await Promise.all(
    [jobs, person].map(async (shape) => {
      await fault(shape, 'rec-kill');
      const words = ['check', '--namespace', shape.namespace, '-o', 'json', '--via', 'proxy'];
      await eventually(
        () => program(words, QUICK),
        ({stdout}) => statusOf(stdout, 'FRG-304') === 'critical',
        'a terminated recorder',
      );
      const {stdout} = await passInPod(shape.namespace, 'counts-it');
      assert.deepEqual(
        [lineOf({stdout}, 'decided')?.['rule'], lineOf({stdout}, 'decided')?.['streak']],
        ['R-05', 1],
        stdout,
      );
    }),
  );
  await wait(BETWEEN_PASSES);
};

describe('a race on a real cluster', function () {
  this.timeout(240_000);

  before(async () => {
    await apply(
      ...[jobs, person].map(({namespace}) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})),
    );
    await deployed(jobs, person);
    for (const {namespace} of [jobs, person]) {
      await installed(namespace, {FRIGATE_HC_VIA: 'proxy'});
      await suspended(namespace);
    }
    await countedOnce();
  });

  after(() => uninstalled(jobs.namespace, person.namespace));

  it('of three Jobs at the same instant is won by one, and the others have done their duty', async () => {
    const names = ['one', 'two', 'three'];
    await Promise.all(names.map((name) => startJob(jobs.namespace, name)));
    const passes = await Promise.all(names.map((name) => passOf(jobs.namespace, name)));
    const told = passes.map(({stdout}) => stdout).join('\n');
    assert.equal(
      passes.filter(({stdout}) => linesOf({stdout}).some(({event}) => event === 'restart.sent')).length,
      1,
      told,
    );
    assert.deepEqual(
      passes.map(({succeeded}) => succeeded),
      [true, true, true],
      told,
    );
    await eventually(
      () => podsOf(jobs),
      (pods) => pods.length === 1,
      'one pod',
    );
    assert.equal((await replicaSetsOf(jobs)).length, 2);
    assert.deepEqual(
      (await storedIn(jobs.namespace)).restarts.map(({phase}) => phase),
      ['acted'],
    );
  });

  it('against another pass and a person, between the decision and the act, is lost without a second rollout', async () => {
    await using gate = await openGate();
    const as = ['--as', accountIn(person.namespace), '--as-group', 'system:serviceaccounts,system:authenticated'];
    const words = ['run-cron', '--namespace', person.namespace, '--via', 'proxy', '--workload', 'frigate', ...as];
    const late = program([...words, '--server', gate.address], QUICK);
    await Promise.race([gate.held, late.then((ended) => assert.fail(`it ended without a PATCH: ${said(ended)}`))]);
    assert.deepEqual(
      (await storedIn(person.namespace)).restarts.map(({phase}) => phase),
      ['intended'],
      'the intent is stored before the act',
    );

    const other = await program(words, QUICK);
    assert.deepEqual(
      [other.exitCode, lineOf(other, 'decided')?.['action'], lineOf(other, 'restart.sent')],
      [0, 'hold', undefined],
      said(other),
    );

    await kubectl(['rollout', 'restart', 'deployment/frigate', '-n', person.namespace]);
    gate.letGo();
    const ended = await late;
    assert.equal(lineOf(ended, 'restart.sent'), undefined, said(ended));
    // On a slow machine the act has given up by now; its PATCH is still on its way, and comes too late.
    if (lineOf(ended, 'restart.in-doubt') === undefined) {
      assert.match(String(lineOf(ended, 'restart.refused')?.['reason']), /it was changed in the meantime/, said(ended));
      assert.deepEqual(
        [ended.exitCode, lineOf(ended, 'pass.ended')?.['end']],
        [0, 'conflict'],
        'a race lost to a person is no failure',
      );
    }
    await kubectl(['rollout', 'status', 'deployment/frigate', '-n', person.namespace, '--timeout=60s']);
    assert.equal((await replicaSetsOf(person)).length, 2, "only the person's rollout");
  });

  needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
    'by the audit log had one rollout of ours in the one and none in the other, and nothing beyond the rights',
    () => {
      assert.deepEqual([rolloutsIn(jobs.namespace).length, rolloutsIn(person.namespace).length], [1, 0]);
      for (const {namespace} of [jobs, person]) withinRights(accountIn(namespace), granted(namespace, 'proxy'));
    },
  );
});
