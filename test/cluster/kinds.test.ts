/** What `install` prints for a Frigate that is a StatefulSet or a DaemonSet: it is enough for every duty, and nothing of it can be missing unnoticed. */
import assert from 'node:assert/strict';
import type {Permission} from '../../src/core/observation/observation.js';
import {accountIn, applyText, install, passInPod, suspended, uninstalled} from './installed.js';
import {apply} from './kubectl.js';
import {lineOf, linesOf, program, said, statusOf} from './program.js';
import {answering, deployed, type Shape} from './simulated-frigate.js';
import {forget, takeAwayEach} from './taken-rights.js';

const prefix = `frigate-health-kinds-${process.pid}`;

for (const kind of ['StatefulSet', 'DaemonSet'] as const) {
  const namespace = `${prefix}-${kind.toLowerCase()}`;
  const word = kind.toLowerCase();
  const frigate: Shape = {namespace, name: 'frigate', kind};
  const asAccount = [
    '--namespace',
    namespace,
    '--via',
    'proxy',
    '--as',
    accountIn(namespace),
    '--as-group',
    'system:serviceaccounts,system:authenticated',
  ];

  describe(`install for a ${kind} on a real cluster`, function () {
    this.timeout(180_000);

    before(async () => {
      await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
      await deployed(frigate);
      await answering(frigate);
      assert.deepEqual(applyText((await install(namespace, ['--via', 'proxy'], {}, word)).stdout), {
        code: 0,
        stderr: '',
      });
      await suspended(namespace);
    });

    after(() => uninstalled(namespace));

    it('finds the kind by itself', async () => {
      const found = await program(['install', '--namespace', namespace]);
      assert.match(found.stdout, new RegExp(`resources: \\[${word}s\\]|- ${word}s\\n`), said(found));
      assert.doesNotMatch(found.stderr, /are for deployment/);
    });

    it('makes a Job of the CronJob do its duty by the rights of its own account', async () => {
      const {stdout, succeeded} = await passInPod(namespace, 'one-pass');
      const last = linesOf({stdout}).at(-1);
      assert.deepEqual(
        [last?.event, last?.['exitCode'], succeeded, lineOf({stdout}, 'warning')],
        ['pass.ended', 0, true, undefined],
        stdout,
      );
    });

    describe('with one right taken away', () => {
      // What is the same for every kind is taken away elsewhere (install.test.ts).
      takeAwayEach(namespace, ({group, namespace: where}: Permission) => where !== null && group === 'apps', kind);
    });

    it('lets the account look, and restart it to the end', async () => {
      await forget(namespace);
      const looked = await program(['check', `${word}/frigate`, '-o', 'json', ...asAccount]);
      assert.equal(statusOf(looked.stdout, 'FRG-102'), 'ok', said(looked));
      assert.equal(statusOf(looked.stdout, 'FRG-201'), 'ok', said(looked));
      const ended = await program([
        'restart',
        '--force',
        '--reason',
        'a test',
        '--wait=2m',
        '-o',
        'json',
        ...asAccount,
      ]);
      assert.equal(ended.exitCode, 0, said(ended));
      await answering(frigate);
    });
  });
}
