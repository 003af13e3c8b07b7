/**
 * The built program against simulated Frigates on a real cluster: what it sees, decides, does and remembers, as processes.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import {earlier, hours, instant} from '../../src/core/time.js';
import type {Permission} from '../../src/core/observation/observation.js';
import {permissionsFor} from '../../src/pass/permissions.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {auditedIn, auditLog, isWrite} from './audit.js';
import {BETWEEN_PASSES, PAST_GRACE, QUICK} from './installed.js';
import {apply, grantManifests, kubectl, untilGranted} from './kubectl.js';
import {openMailbox} from './mailbox.js';
import {needs} from './needs.js';
import {lineOf, linesOf, program, said, type Ended} from './program.js';
import {change, storedIn} from './stored-state.js';
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
} from './simulated-frigate.js';

const prefix = `frigate-health-whole-${process.pid}`;
const NAME = 'frigate';

const well: Shape = {namespace: `${prefix}-well`, name: NAME};
const silent: Shape = {namespace: `${prefix}-silent`, name: NAME};
const starved: Shape = {
  namespace: `${prefix}-oom`,
  name: NAME,
  simulator: {SCENARIO: 'oom', FAULT_AFTER: '1'},
  memoryLimit: '160Mi',
};
const all = [well, silent, starved];

const cron = (
  {namespace}: Shape,
  env: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
): Promise<Ended> => program(['run-cron', '--namespace', namespace, ...words], {...QUICK, ...env});

const check = async (
  {namespace}: Shape,
  words: readonly string[] = [],
): Promise<{readonly report: CheckReport; readonly ended: Ended}> => {
  const ended = await program(['check', '--namespace', namespace, '-o', 'json', ...words], QUICK);
  return {ended, report: JSON.parse(ended.stdout) as CheckReport};
};

const statusOf = (report: CheckReport, id: string): string | undefined =>
  report.checks.find((one) => one.id === id)?.status;

/** A fresh state holds restarts back for an hour; these Frigates have no such past. */
const withoutCoolDown = (shape: Shape): Promise<void> =>
  change(shape.namespace, (state) => ({...state, breaker: {...state.breaker, coolDownUntil: null}}));

const clusterRoles: string[] = [];

before(async function () {
  this.timeout(120_000);
  await apply(...all.map(({namespace}) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})));
  await deployed(...all);
});

after(async () => {
  await kubectl(['delete', 'namespace', ...all.map(({namespace}) => namespace), '--wait=false']);
  if (clusterRoles.length > 0)
    await Promise.all(['clusterrole', 'clusterrolebinding'].map((kind) => kubectl(['delete', kind, ...clusterRoles])));
});

describe('the whole program on a real cluster', function () {
  this.timeout(180_000);

  describe('with a healthy Frigate', () => {
    before(() => answering(well));

    it('check finds it well and writes nothing', async () => {
      const {report, ended} = await check(well);
      assert.ok(ended.exitCode === 0 || ended.exitCode === 1, said(ended));
      assert.deepEqual(
        report.checks
          .filter(({status}) => status === 'critical' || status === 'unknown')
          .map(({id, summary}) => [id, summary]),
        [],
      );
      for (const id of [
        'FRG-101',
        'FRG-102',
        'FRG-151',
        'FRG-201',
        'FRG-202',
        'FRG-203',
        'FRG-204',
        'FRG-301',
        'FRG-302',
        'FRG-303',
      ])
        assert.equal(statusOf(report, id), 'ok', id);
      // Judged from the second snapshot of a start on.
      assert.match(String(statusOf(report, 'FRG-304')), /^(ok|skipped)$/);
      assert.deepEqual(
        [report.metadata.target?.kind, report.metadata.target?.name, report.metadata.via],
        ['Deployment', NAME, 'proxy'],
      );
      const maps = await kubectl(['get', 'configmaps', '-n', well.namespace, '-o', 'name']);
      assert.doesNotMatch(maps, /frigate-health/);
    });

    it('run-cron does its duty and remembers it, and again', async () => {
      for (const ended of [await cron(well), await cron(well)]) {
        assert.equal(ended.exitCode, 0, said(ended));
        const last = linesOf(ended).at(-1);
        assert.deepEqual([last?.event, last?.['action'], last?.['exitCode']], ['pass.ended', 'none', 0], said(ended));
      }
      const state = await storedIn(well.namespace);
      assert.deepEqual(
        [state.target?.name, state.restarts.length, state.outbox.length, state.streak],
        [NAME, 0, 0, null],
      );
      assert.ok(state.lastPass !== null);
    });
  });

  describe('with the rights of its table, one taken away', () => {
    const rights = permissionsFor({
      namespace: well.namespace,
      workload: {resource: 'deployments', name: NAME},
      stateName: 'frigate-health-state',
      cronJobName: null,
      via: 'proxy',
      mode: 'act',
    });
    const looking = permissionsFor({
      namespace: well.namespace,
      workload: {resource: 'deployments', name: NAME},
      stateName: 'frigate-health-state',
      cronJobName: 'frigate-health-checker',
      via: 'proxy',
      mode: 'view',
    });
    const nameOf = ({verb, resource}: Permission): string => `${verb} ${resource}`;
    const userFor = async (name: string, granted: readonly Permission[]): Promise<string> => {
      const user = `${prefix}-${name.replace(/[^a-z]+/g, '-')}`;
      const subject = {kind: 'User', name: user} as const;
      const shared = granted.filter(({namespace}) => namespace === null);
      const own = granted.filter(({namespace}) => namespace !== null);
      if (shared.length > 0) clusterRoles.push(user);
      await apply(
        ...grantManifests(user, subject, own, well.namespace),
        ...(shared.length === 0 ? [] : grantManifests(user, subject, shared, null)),
      );
      const last = own.filter((right) => right.name === null).at(-1);
      if (last !== undefined) await untilGranted(user, last, well.namespace);
      return user;
    };

    it('does everything with all of them', async () => {
      const user = await userFor('whole', [...rights, ...looking.filter(({resource}) => resource === 'cronjobs')]);
      const ended = await cron(well, {FRIGATE_HC_VIA: 'proxy'}, ['--as', user]);
      assert.equal(ended.exitCode, 0, said(ended));
      const {report} = await check(well, ['--as', user, '--via', 'proxy']);
      assert.equal(statusOf(report, 'FRG-102'), 'ok');
      // An exec is granted only where that way is chosen (src/pass/permissions.ts).
      const beyond = ['FRG-604', 'FRG-606'];
      assert.deepEqual(
        report.checks.filter(({id, status}) => status === 'unknown' && !beyond.includes(id)).map(({id}) => id),
        [],
      );
    });

    for (const taken of looking) {
      it(`check names ${nameOf(taken)} where it is missing, and what grants it`, async () => {
        const user = await userFor(
          nameOf(taken),
          looking.filter((right) => right !== taken),
        );
        const {report, ended} = await check(well, ['--as', user, '--via', 'proxy']);
        const found = report.checks.find(({id}) => id === 'FRG-102');
        assert.equal(found?.status, 'critical', said(ended));
        const {verb, group, resource} = taken;
        const [kind = resource, ...sub] = resource.split('/');
        const words = [group === '' ? kind : `${kind}.${group}`, ...sub].join('/');
        assert.equal(found.evidence.length, 1, JSON.stringify(found.evidence));
        assert.ok(found.summary.includes(`${verb} ${words}`), found.summary);
        assert.match(found.fix ?? '', new RegExp(`--verb=${verb} --resource=${words}`));
      });
    }

    it('run-cron ends with 77 and names the right to write its state where that is missing', async () => {
      const user = await userFor(
        'update',
        rights.filter((right) => nameOf(right) !== 'update configmaps'),
      );
      const ended = await cron(well, {FRIGATE_HC_VIA: 'proxy'}, ['--as', user]);
      assert.equal(ended.exitCode, 77, said(ended));
      assert.match(ended.stdout, /update configmaps/);
    });
  });

  describe('with a Frigate that the kernel kills for want of memory', () => {
    it('tells of it at once, with the numbers, and restarts nothing', async () => {
      await eventually(
        () => podsOf(starved),
        ([pod]) => pod?.status.containerStatuses?.[0]?.lastState?.terminated?.reason === 'OOMKilled',
        'an OOM kill',
        120_000,
      );
      const revisions = await replicaSetsOf(starved);
      await using mailbox = await openMailbox();
      const ended = await cron(starved, mailbox.env);
      assert.equal(ended.exitCode, 0, said(ended));
      assert.equal(lineOf(ended, 'alert.sent')?.['kind'], 'began', said(ended));
      assert.equal(mailbox.mails.length, 1);
      const {report} = await check(starved);
      const found = report.checks.find(({id}) => id === 'FRG-203');
      assert.deepEqual([found?.status, found?.cure], ['critical', 'none'], JSON.stringify(found));
      const seen = new Map(found?.evidence.map(({name, value}) => [name, value]));
      assert.deepEqual([seen.get('exit_code'), seen.get('reason')], [137, 'OOMKilled']);
      assert.notEqual(report.decision.action, 'restart');
      assert.deepEqual(await replicaSetsOf(starved), revisions);
      const state = await storedIn(starved.namespace);
      assert.deepEqual([state.restarts.length, state.outbox.every(({deliveredAt}) => deliveredAt !== null)], [0, true]);
    });
  });

  /** Two passes that see the fault, at the right distance; the second one restarts. */
  const untilRestarted = async (shape: Shape, finding: string): Promise<void> => {
    const revisions = await replicaSetsOf(shape);
    const {
      metadata: {uid},
    } = await runningPod(shape);
    const first = await cron(shape);
    assert.deepEqual(
      [first.exitCode, lineOf(first, 'decided')?.['rule'], lineOf(first, 'decided')?.['streak']],
      [0, 'R-05', 1],
      said(first),
    );
    await wait(BETWEEN_PASSES);
    const second = await cron(shape);
    assert.deepEqual([second.exitCode, lineOf(second, 'decided')?.['rule']], [0, 'R-12'], said(second));
    assert.equal(linesOf(second).filter(({event}) => event === 'restart.sent').length, 1);
    assert.deepEqual(
      linesOf(second)
        .map(({event}) => event)
        .filter((event) => ['decided', 'intent.stored', 'restart.sent', 'pass.ended'].includes(event)),
      ['decided', 'intent.stored', 'restart.sent', 'pass.ended'],
    );
    await eventually(
      () => podsOf(shape),
      (pods) => pods.length === 1 && pods[0]?.metadata.uid !== uid,
      'the new pod',
    );
    await answering(shape);
    assert.equal((await replicaSetsOf(shape)).length, revisions.length + 1, 'exactly one new ReplicaSet');
    const state = await storedIn(shape.namespace);
    assert.deepEqual(
      state.restarts.map(({phase, findings}) => [phase, findings.includes(finding as never)]),
      [['acted', true]],
    );
    const third = await cron(shape);
    assert.deepEqual(
      [third.exitCode, linesOf(third).some(({event}) => event === 'restart.sent')],
      [0, false],
      said(third),
    );
  };

  /** As if the restart lay two hours back: past its grace and its probation. */
  const untilHelped = async (shape: Shape): Promise<void> => {
    await change(shape.namespace, (state) => ({
      ...state,
      restarts: state.restarts.map((restart) => ({
        ...restart,
        at: earlier(instant(Date.now()), hours(2)),
        wellSince: earlier(instant(Date.now()), hours(1)),
      })),
    }));
    const ended = await cron(shape);
    assert.equal(ended.exitCode, 0, said(ended));
    const state = await storedIn(shape.namespace);
    assert.deepEqual(
      state.restarts.map(({phase}) => phase),
      ['helped'],
      said(ended),
    );
  };

  describe('with a Frigate whose API hangs', () => {
    before(async () => {
      await containerAged(silent, PAST_GRACE);
      assert.equal((await cron(silent)).exitCode, 0);
      await withoutCoolDown(silent);
      await fault(silent, 'main-stop');
    });

    it('restarts it once, after two passes', () => untilRestarted(silent, 'FRG-301'));

    it('remembers that it helped', () => untilHelped(silent));
  });

  describe('by the audit log', () => {
    needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
      'only ConfigMaps of its own and two annotations of the workload were written',
      () => {
        const writes = all.flatMap(({namespace}) => auditedIn(namespace)).filter(isWrite);
        assert.ok(writes.length > 0, 'the audit log was read');
        const others = writes.filter(({objectRef}) => objectRef?.resource !== 'configmaps');
        const patches = others.filter(
          ({verb, objectRef}) => verb === 'patch' && objectRef?.resource === 'deployments' && objectRef.name === NAME,
        );
        assert.deepEqual(
          others.filter((one) => !patches.includes(one)).map(({verb, requestURI}) => [verb, requestURI]),
          [],
        );
        for (const {requestObject} of patches) {
          const touched = (
            requestObject as ReadonlyArray<{readonly op: string; readonly path: string; readonly value: unknown}>
          ).filter(({op}) => op !== 'test');
          const keys = touched.flatMap(({path, value}) =>
            path.endsWith('/annotations')
              ? Object.keys(value as object)
              : [path.split('/').at(-1)?.replaceAll('~1', '/')],
          );
          assert.deepEqual(keys.sort(), ['frigate-health.io/attempt', 'kubectl.kubernetes.io/restartedAt']);
        }
        const maps = writes
          .filter(({objectRef}) => objectRef?.resource === 'configmaps')
          .map(
            ({objectRef, requestObject}) =>
              objectRef?.name ?? (requestObject as {readonly metadata: {readonly name: string}}).metadata.name,
          );
        assert.deepEqual([...new Set(maps)].sort(), ['frigate-health-state', 'frigate-health-state-guard']);
      },
    );
  });
});
