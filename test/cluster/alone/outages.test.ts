/**
 * Outages of what a pass leans on, and of the place that a new pod would need: API server, kubelet, mail server, a cordoned and
 * a tainted node. Nothing else may run on the cluster meanwhile, so this suite runs alone.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {setTimeout as wait} from 'node:timers/promises';
import {auditLog, patchesIn} from '../audit.js';
import {BETWEEN_PASSES, PAST_GRACE, QUICK} from '../installed.js';
import {apply, kubectl} from '../kubectl.js';
import {openMailbox, type Mailbox} from '../mailbox.js';
import {needs} from '../needs.js';
import {lineOf, linesOf, program, said, startProgram, statusOf, type Ended} from '../program.js';
import {storedIn} from '../stored-state.js';
import {
  answering,
  containerAged,
  deployed,
  eventually,
  fault,
  podsOf,
  replicaSetsOf,
  runningPod,
  type Shape,
} from '../simulated-frigate.js';

const prefix = `frigate-health-outages-${process.pid}`;
const well: Shape = {namespace: `${prefix}-well`, name: 'frigate'};
const hung: Shape = {namespace: `${prefix}-hung`, name: 'frigate'};

const apiServer = process.env['FRIGATE_HC_TEST_API_SERVER_PID'];
const kubelet = process.env['FRIGATE_HC_TEST_KUBELET_PID'];

const words = ({namespace}: Shape): readonly string[] => ['run-cron', '--namespace', namespace];
const cron = (shape: Shape, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  program(words(shape), {...QUICK, ...env});

/** The shortest deadline: a stop stays so short that nothing else in the cluster notices. */
const SHORT = {FRIGATE_HC_DEADLINE: '10s'};
/** Long enough for two witnesses against a hung API on a busy node, and far shorter than a silent mail server would like. */
const MIDDLE = {FRIGATE_HC_DEADLINE: '20s'};
/** Milliseconds; longer than the shortest deadline. */
const LONGEST_STOP = 12_000;
/** Milliseconds until the API server has dealt with what waited for it. */
const SETTLED_AFTER = 3000;
/** Milliseconds that the process may take beside the pass: to start, and to end. */
const AROUND = 2500;

const ready = (): Promise<string> =>
  eventually(
    () => kubectl(['get', '--raw', '/readyz', '--request-timeout=2s']).catch(() => ''),
    (text) => text === 'ok',
    'a ready API server',
  );

/** A pass in whose middle, as soon as it tells the event, the process of the file is suspended. */
const interrupted = async (
  shape: Shape,
  event: string,
  pidFile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const pass = startProgram(words(shape), {...QUICK, ...SHORT, ...env});
  try {
    await Promise.race([pass.told(`"event":"${event}"`).then(() => process.kill(pid, 'SIGSTOP')), pass.ended]);
    return await Promise.race([
      pass.ended,
      wait(LONGEST_STOP).then(() => {
        process.kill(pid, 'SIGCONT');
        return pass.ended;
      }),
    ]);
  } finally {
    process.kill(pid, 'SIGCONT');
    await ready();
  }
};

const endsInTime = ({took, stdout, stderr}: Ended, deadline = 10_000): void => {
  assert.ok(took < deadline + AROUND, `${took} ms: ${stdout}${stderr}`);
  assert.equal(linesOf({stdout}).at(-1)?.event, 'pass.ended', stdout);
};

let mailbox: Mailbox;

/** Before the suites beside this one, so that both Frigates are past their grace when it is their turn. */
before(async function () {
  this.timeout(120_000);
  await apply(
    ...[well, hung].map(({namespace}) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})),
  );
  await deployed(well, hung);
  mailbox = await openMailbox();
});

after(async () => {
  await kubectl(['delete', 'namespace', well.namespace, hung.namespace, '--wait=false']);
  await mailbox[Symbol.asyncDispose]();
});

describe('an outage in the middle of a pass, on a real cluster', function () {
  this.timeout(180_000);

  before(async () => {
    for (const shape of [well, hung]) {
      await answering(shape);
      assert.equal((await cron(shape)).exitCode, 0);
    }
  });

  describe('over a healthy Frigate', () => {
    for (const event of ['pass.begun', 'observed']) {
      needs('FRIGATE_HC_TEST_API_SERVER_PID', apiServer)(
        `of the API server, after ${event}: ends in time with 69 or done, and has forgotten nothing`,
        async () => {
          const before = await storedIn(well.namespace);
          const ended = await interrupted(well, event, apiServer ?? '');
          endsInTime(ended);
          const {exitCode} = ended;
          const after = await storedIn(well.namespace);
          // Whatever was in flight may be carried out once the API server goes on; nothing else may be different.
          if (exitCode !== 0) assert.equal(exitCode, 69, said(ended));
          assert.deepEqual(
            {...after, lastPass: null, memory: null, standing: null, decisions: null},
            {...before, lastPass: null, memory: null, standing: null, decisions: null},
          );
          const next = await cron(well);
          assert.equal(next.exitCode, 0, said(next));
        },
      );
    }

    needs('FRIGATE_HC_TEST_KUBELET_PID', kubelet)(
      'of the kubelet: ends in time, and what was not seen is neither a failure nor health',
      async () => {
        const ended = await interrupted(well, 'pass.begun', kubelet ?? '');
        endsInTime(ended);
        assert.equal(lineOf(ended, 'restart.sent'), undefined, said(ended));
        const {streak, restarts, incident} = await storedIn(well.namespace);
        assert.deepEqual([streak, restarts, incident], [null, [], null]);
        await eventually(
          () => cron(well),
          ({exitCode}) => exitCode === 0,
          'a pass that does its duty again',
        );
      },
    );
  });

  describe('over a Frigate whose API hangs', () => {
    const rule = (ended: Ended): unknown => lineOf(ended, 'decided')?.['rule'];

    before(async () => {
      await containerAged(hung, PAST_GRACE);
      await fault(hung, 'main-stop');
      const first = await cron(hung, mailbox.env);
      assert.deepEqual([rule(first), lineOf(first, 'decided')?.['streak']], ['R-05', 1], said(first));
      await wait(BETWEEN_PASSES);
    });

    it('of the mail server, with a cordoned node: the pass ends in time, nothing is restarted, the alert is kept', async () => {
      mailbox.keepSilent(true);
      const {metadata} = await runningPod(hung);
      await kubectl(['cordon', '--selector=kubernetes.io/os']);
      try {
        const ended = await cron(hung, {...mailbox.env, ...MIDDLE});
        endsInTime(ended, 20_000);
        assert.deepEqual(
          [ended.exitCode, rule(ended), lineOf(ended, 'restart.sent')],
          [0, 'R-08', undefined],
          said(ended),
        );
        const {outbox, restarts} = await storedIn(hung.namespace);
        assert.deepEqual(
          [outbox.map(({kind, deliveredAt}) => [kind, deliveredAt]), restarts],
          [[['began', null]], []],
          said(ended),
        );
        assert.equal(mailbox.mails.length, 0);
        const {stdout} = await program(['check', '--namespace', hung.namespace, '-o', 'json'], QUICK);
        assert.equal(statusOf(stdout, 'FRG-152'), 'critical', stdout);
      } finally {
        mailbox.keepSilent(false);
        await kubectl(['uncordon', '--selector=kubernetes.io/os']);
      }
      assert.equal((await runningPod(hung)).metadata.uid, metadata.uid);
    });

    it('is over: the alert that was kept arrives once, with a tainted node that holds the restart back', async () => {
      await kubectl(['taint', 'nodes', '--all', 'frigate-health.io/test=here:NoSchedule']);
      try {
        await wait(BETWEEN_PASSES);
        const ended = await cron(hung, mailbox.env);
        assert.deepEqual(
          [ended.exitCode, rule(ended), lineOf(ended, 'restart.sent')],
          [0, 'R-08', undefined],
          said(ended),
        );
        assert.equal(mailbox.mails.length, 1, said(ended));
        assert.ok((await storedIn(hung.namespace)).outbox.every(({deliveredAt}) => deliveredAt !== null));
      } finally {
        await kubectl(['taint', 'nodes', '--all', 'frigate-health.io/test-']);
      }
    });

    needs('FRIGATE_HC_TEST_API_SERVER_PID', apiServer)(
      'of the API server, after the intent is stored: at most one rollout, and the state tells whether',
      async () => {
        const {
          metadata: {uid},
        } = await runningPod(hung);
        await wait(BETWEEN_PASSES);
        const ended = await interrupted(hung, 'intent.stored', apiServer ?? '');
        assert.equal(rule(ended), 'R-12', said(ended));
        // The PATCH and its record have eight seconds each of their own, whatever ended the pass.
        assert.ok(ended.took < 10_000 + 16_000 + AROUND, `${ended.took} ms`);
        // What was in flight is carried out or given up as soon as the API server goes on; both were seen.
        await wait(SETTLED_AFTER);
        const carriedOut = (await replicaSetsOf(hung)).length === 2;
        if (carriedOut)
          await eventually(
            () => podsOf(hung),
            (pods) => pods.length === 1 && pods[0]?.metadata.uid !== uid,
            'the new pod',
          );
        const next = await cron(hung, mailbox.env);
        assert.deepEqual([next.exitCode, lineOf(next, 'restart.sent')], [0, undefined], said(next));
        assert.deepEqual(
          (await storedIn(hung.namespace)).restarts.map(({phase}) => phase),
          [carriedOut ? 'acted' : 'intended'],
          said(next),
        );
        assert.equal((await replicaSetsOf(hung)).length, carriedOut ? 2 : 1);
      },
    );

    needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
      'by the audit log sent one PATCH in all: never again what was in doubt',
      () => {
        // Its answer may stand there as 504, "context canceled", though it was carried out.
        assert.deepEqual([patchesIn(well.namespace).length, patchesIn(hung.namespace).length], [0, 1]);
      },
    );
  });
});
