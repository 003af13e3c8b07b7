/**
 * A taint that throws pods off the node (NoExecute): between two passes, in the middle of one, and over the pod of the pass
 * itself. It throws off every pod that does not tolerate it, so that this suite runs alone.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import type {CheckReport} from '../../../src/outcome/check-report.js';
import {auditLog, patchesIn, rolloutsIn} from '../audit.js';
import {
  ACCOUNT,
  BETWEEN_PASSES,
  installed,
  PAST_GRACE,
  passInPod,
  QUICK,
  startJob,
  suspended,
  uninstalled,
} from '../installed.js';
import {apply, kubectl, kubectlJson} from '../kubectl.js';
import {openMailbox, type Mailbox} from '../mailbox.js';
import {needs} from '../needs.js';
import {lineOf, linesOf, program, said, startProgram, type Ended} from '../program.js';
import {storedIn} from '../stored-state.js';
import {
  answering,
  containerAged,
  deployed,
  eventually,
  everyPodOf,
  fault,
  podsOf,
  replicaSetsOf,
  runningPod,
  type Shape,
} from '../simulated-frigate.js';

const prefix = `frigate-health-taints-${process.pid}`;
const well: Shape = {namespace: `${prefix}-well`, name: 'frigate'};
const hung: Shape = {namespace: `${prefix}-hung`, name: 'frigate'};

const TAINT = 'frigate-health.io/test';
const taint = (): Promise<string> => kubectl(['taint', 'nodes', '--all', '--overwrite', `${TAINT}=here:NoExecute`]);
/** No such taint is no error: it is taken away twice where a test failed between. */
const untaint = (): Promise<string> => kubectl(['taint', 'nodes', '--all', `${TAINT}-`]).catch(() => '');

const cron = ({namespace}: Shape, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  program(['run-cron', '--namespace', namespace], {...QUICK, ...env});
const decided = (ended: Ended, field: string): unknown => lineOf(ended, 'decided')?.[field];

/** Gone, not only ending: while it ends, its node is looked at, which is another trouble than a pod that no node takes. */
const thrownOff = (shape: Shape, uid: string): Promise<unknown> =>
  eventually(
    () => everyPodOf(shape),
    (pods) => pods.every(({metadata}) => metadata.uid !== uid),
    'the end of the pod',
  );

/** Sees a hung Frigate once; the next pass that sees it may restart it. */
const seenOnce = async (shape: Shape): Promise<void> => {
  await containerAged(shape, PAST_GRACE);
  assert.equal((await cron(shape)).exitCode, 0);
  await fault(shape, 'main-stop');
  await wait(BETWEEN_PASSES);
  const first = await cron(shape);
  assert.deepEqual([decided(first, 'rule'), decided(first, 'streak')], ['R-05', 1], said(first));
  await wait(BETWEEN_PASSES);
};

/** Before the suites beside this one, so that both Frigates are past their grace when it is their turn. */
before(async () => {
  await untaint();
  await apply(
    ...[well, hung].map(({namespace}) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})),
  );
  await deployed(well, hung);
});

describe('a taint that throws pods off, on a real cluster', function () {
  this.timeout(240_000);
  let mailbox: Mailbox;

  before(async () => {
    for (const {namespace} of [well, hung]) {
      await installed(namespace);
      await suspended(namespace);
    }
    mailbox = await openMailbox();
    await Promise.all([answering(well), answering(hung)]);
  });

  after(async () => {
    await untaint();
    await uninstalled(well.namespace, hung.namespace);
    await mailbox[Symbol.asyncDispose]();
  });

  describe('between two passes', () => {
    let thrown: Ended;
    let again: Ended;
    let checked: Ended;

    before(async () => {
      const {
        metadata: {uid},
      } = await runningPod(well);
      assert.equal((await cron(well, mailbox.env)).exitCode, 0);
      await taint();
      try {
        await thrownOff(well, uid);
        // The scheduler says so a moment after the pod is there; before that it only starts.
        await eventually(
          () => podsOf(well),
          (pods) => pods.some(({status}) => status.conditions?.some(({reason}) => reason === 'Unschedulable') === true),
          'a pod that waits for a node',
        );
        thrown = await cron(well, mailbox.env);
        checked = await program(['check', '--namespace', well.namespace, '-o', 'json', '--skip', 'FRG-105'], QUICK);
        await wait(BETWEEN_PASSES);
        again = await cron(well, mailbox.env);
      } finally {
        await untaint();
      }
    });

    it('is told as the reason why no node takes the pod, which a restart does not cure, with the way to find its name', () => {
      const report = JSON.parse(checked.stdout) as CheckReport;
      const found = report.checks.find(({id}) => id === 'FRG-202');
      assert.deepEqual([checked.exitCode, found?.status, found?.cure], [2, 'critical', 'none'], said(checked));
      assert.match(found?.summary ?? '', /no node accepts it: .*taint/, said(checked));
      assert.match(found?.fix ?? '', /get nodes .*TAINTS:/, said(checked));
    });

    it('restarts nothing, however often it is seen, and mails once', async () => {
      for (const ended of [thrown, again]) {
        assert.equal(ended.exitCode, 0, said(ended));
        assert.equal(lineOf(ended, 'restart.sent'), undefined, said(ended));
        assert.notEqual(decided(ended, 'action'), 'restart', said(ended));
      }
      assert.equal(mailbox.mails.length, 1, said(again));
      assert.equal((await replicaSetsOf(well)).length, 1);
      assert.deepEqual((await storedIn(well.namespace)).restarts, []);
    });

    it('is over once it is taken away: the new pod answers, and nothing is restarted', async () => {
      await answering(well);
      const ended = await cron(well, mailbox.env);
      assert.deepEqual(
        [ended.exitCode, lineOf(ended, 'restart.sent'), linesOf(ended).at(-1)?.['health']],
        [0, undefined, 'starting'],
        said(ended),
      );
    });
  });

  describe('in the middle of the pass that would restart a hung Frigate', () => {
    let ended: Ended;

    before(async () => {
      await seenOnce(hung);
      const {
        metadata: {uid},
      } = await runningPod(hung);
      const pass = startProgram(['run-cron', '--namespace', hung.namespace], QUICK);
      try {
        await Promise.race([pass.told('"event":"pass.begun"').then(taint), pass.ended]);
        ended = await pass.ended;
        await thrownOff(hung, uid);
        // The pod is gone: what it hung on went with it, and the next one waits for a node.
        await wait(BETWEEN_PASSES);
        const later = await cron(hung);
        assert.equal(lineOf(later, 'restart.sent'), undefined, said(later));
      } finally {
        await untaint();
      }
    });

    it('ends the pass in order, with one restart at most, which is remembered', async () => {
      assert.equal(linesOf(ended).at(-1)?.event, 'pass.ended', said(ended));
      const sent = linesOf(ended).filter(({event}) => event === 'restart.sent').length;
      const {restarts} = await storedIn(hung.namespace);
      assert.ok(sent <= 1, said(ended));
      assert.equal(restarts.length, sent, said(ended));
      assert.equal((await replicaSetsOf(hung)).length, 1 + sent, said(ended));
    });

    it('leaves a Frigate that is well once it is taken away, and is not restarted again', async () => {
      await answering(hung);
      const before = (await replicaSetsOf(hung)).length;
      await wait(BETWEEN_PASSES);
      const next = await cron(hung);
      assert.deepEqual([next.exitCode, lineOf(next, 'restart.sent')], [0, undefined], said(next));
      assert.equal((await replicaSetsOf(hung)).length, before);
    });
  });

  describe('over the pod of the pass itself', () => {
    it('fails the Job, does nothing twice, and the next one does its duty', async () => {
      const {namespace} = hung;
      await fault(hung, 'main-stop');
      const before = (await storedIn(namespace)).restarts.length;
      await startJob(namespace, 'thrown-off');
      try {
        await eventually(
          () => kubectl(['logs', '-n', namespace, 'job/thrown-off']).catch(() => ''),
          (text) => text.includes('"pass.begun"'),
          'the begin of the pass',
        );
        await taint();
        await eventually(
          () =>
            kubectlJson<{readonly status: {readonly failed?: number; readonly succeeded?: number}}>(
              'get',
              'job',
              'thrown-off',
              '-n',
              namespace,
            ),
          ({status}) => status.failed === 1 || status.succeeded === 1,
          'the end of the Job',
        );
      } finally {
        await untaint();
      }
      await answering(hung);
      const {stdout, succeeded} = await passInPod(namespace, 'afterwards');
      assert.deepEqual([succeeded, lineOf({stdout}, 'restart.sent')], [true, undefined], stdout);
      assert.equal((await storedIn(namespace)).restarts.length, before);
    });

    needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
      `leaves, by the audit log, no rollout that ${ACCOUNT} does not remember`,
      async () => {
        assert.deepEqual(patchesIn(well.namespace), []);
        assert.equal(rolloutsIn(hung.namespace).length, (await storedIn(hung.namespace)).restarts.length);
      },
    );
  });
});
