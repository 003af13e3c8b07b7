/**
 * A breaker that is open, by passes in pods that mail from there. One Frigate hangs, is restarted and hangs again: not again in the
 * same incident. Another one was restarted by a person a minute before it hangs: with one restart an hour its limit is reached.
 */
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import {auditLog, rolloutsIn, withinRights} from './audit.js';
import {
  accountIn,
  BETWEEN_PASSES,
  granted,
  installed,
  PAST_GRACE,
  passInPod,
  suspended,
  uninstalled,
} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {openMailbox, type Mailbox} from './mailbox.js';
import {needs} from './needs.js';
import {lineOf, linesOf} from './program.js';
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
  type Shape,
} from './simulated-frigate.js';

const prefix = `frigate-health-breaker-${process.pid}`;
const again: Shape = {namespace: `${prefix}-again`, name: 'frigate'};
const person: Shape = {namespace: `${prefix}-person`, name: 'frigate'};
const both = [again, person];

/** Whether pods reach this process, by the node's own address. */
const reachable = process.env['FRIGATE_HC_TEST_POD_NETWORK'];
const nodeAddress = async (): Promise<string> =>
  (
    await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'])
  ).trim();

/** A mail as a person reads it, near enough. */
const textOf = (mail: string): string => mail.replaceAll(/=\r?\n/g, '').replaceAll(/\s+/g, ' ');

/** Does something that brings a new pod, and waits for its API. */
const renewed = async (shape: Shape, how: () => Promise<unknown>): Promise<void> => {
  const {
    metadata: {uid},
  } = await runningPod(shape);
  await how();
  await eventually(
    () => podsOf(shape),
    (pods) => pods.length === 1 && pods[0]?.metadata.uid !== uid,
    'the new pod',
  );
  await answering(shape);
  // A container that no pass has observed at work counts as starting.
  assert.equal((await passInPod(shape.namespace, 'at-work')).succeeded, true);
};

/** Two passes at the right distance over a hung API; what the second one says. */
const hangs = async (shape: Shape, name: string): Promise<string> => {
  const {namespace} = shape;
  await containerAged(shape, PAST_GRACE);
  await fault(shape, 'main-stop');
  const first = await passInPod(namespace, `${name}-first`);
  assert.deepEqual(
    [lineOf(first, 'decided')?.['rule'], lineOf(first, 'decided')?.['streak']],
    ['R-05', 1],
    first.stdout,
  );
  await wait(BETWEEN_PASSES);
  const second = await passInPod(namespace, `${name}-second`);
  assert.equal(second.succeeded, true, second.stdout);
  return second.stdout;
};

describe('an open breaker on a real cluster', function () {
  this.timeout(240_000);
  let mailbox: Mailbox | null = null;
  /** What the second pass over each of the two said. */
  let restarts = '';
  let refuses = '';

  before(async () => {
    await apply(...both.map(({namespace}) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})));
    await deployed(...both);
    mailbox = reachable ? await openMailbox(await nodeAddress()) : null;
    for (const shape of both) {
      await installed(shape.namespace, {...mailbox?.env, FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '1'});
      await suspended(shape.namespace);
      await answering(shape);
      assert.equal((await passInPod(shape.namespace, 'first-look')).succeeded, true);
    }
    await renewed(person, () => kubectl(['rollout', 'restart', 'deployment/frigate', '-n', person.namespace]));
    await renewed(again, async () => {
      [restarts, refuses] = await Promise.all([hangs(again, 'once'), hangs(person, 'once')]);
    });
  });

  after(async () => {
    await uninstalled(...both.map(({namespace}) => namespace));
    await mailbox?.[Symbol.asyncDispose]();
  });

  it('was closed at the first hang: Frigate is restarted', () => {
    assert.deepEqual(
      [
        lineOf({stdout: restarts}, 'decided')?.['rule'],
        linesOf({stdout: restarts}).filter(({event}) => event === 'restart.sent').length,
      ],
      ['R-12', 1],
      restarts,
    );
  });

  it("counts the restart of a person: with it the hour's limit is reached, and nothing is restarted", async () => {
    const decided = lineOf({stdout: refuses}, 'decided');
    assert.deepEqual(
      [decided?.['rule'], decided?.['action'], decided?.['breaker'], lineOf({stdout: refuses}, 'restart.sent')],
      ['R-09', 'hold', 'open', undefined],
      refuses,
    );
    assert.match(String(decided?.['reason']), /1 restart in the last hour, limit 1/);
    assert.match(String(decided?.['liftedBy']), /\d{4}-\d\d-\d\dT/);
    assert.equal((await replicaSetsOf(person)).length, 2);
  });

  it('stays open where the restart did not help: not again in the same incident', async () => {
    const stdout = await hangs(again, 'again');
    const decided = lineOf({stdout}, 'decided');
    assert.deepEqual(
      [decided?.['action'], decided?.['breaker'], lineOf({stdout}, 'restart.sent')],
      ['hold', 'open', undefined],
      stdout,
    );
    assert.match(String(decided?.['rule']), /^R-(09|10)$/);
    assert.equal((await replicaSetsOf(again)).length, 2);
    assert.deepEqual(
      (await storedIn(again.namespace)).restarts.map(({phase}) => phase),
      ['did-not-help'],
    );
  });

  needs('FRIGATE_HC_TEST_POD_NETWORK', reachable)(
    'is told of by mails from the pods, one for each turn of the incident',
    () => {
      const mailsOf = ({namespace}: Shape): readonly string[] =>
        (mailbox?.mails ?? []).filter((mail) => mail.includes(namespace)).map(textOf);
      const [restarted = '', held = '', ...others] = mailsOf(again);
      assert.match(restarted, /Rule R-12/);
      assert.match(held, /worse:.*Rule R-(09|10)/);
      assert.deepEqual(others, []);
      const [refused = '', ...more] = mailsOf(person);
      assert.match(refused, /Rule R-09: breaker open until \S+ \(1 restart in the last hour, limit 1\)/);
      assert.deepEqual(more, []);
    },
  );

  needs('FRIGATE_HC_TEST_AUDIT_LOG', auditLog)(
    'by the audit log had one rollout, and asked for nothing that the Role does not grant',
    () => {
      assert.deepEqual(
        both.map(({namespace}) => rolloutsIn(namespace).length),
        [1, 0],
      );
      for (const {namespace} of both) withinRights(accountIn(namespace), granted(namespace));
    },
  );
});
