/**
 * What `install` prints, on a real API server: it is taken, it is enough, and of all that it grants nothing can be missing
 * unnoticed.
 */
import assert from 'node:assert/strict';
import {applyText, install, passInPod, suspended, uninstalled} from './installed.js';
import {apply} from './kubectl.js';
import {lineOf, linesOf, said} from './program.js';
import {forget, passAs, takeAwayEach} from './taken-rights.js';
import {answering, deployed, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-install-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};

/** It was deployed a moment ago: its start-up grace has not ended yet. */
const WELL = /^(healthy|starting)$/;

describe('install on a real cluster', function () {
  this.timeout(180_000);

  before(async () => {
    await apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {name: namespace, labels: {'pod-security.kubernetes.io/warn': 'restricted'}},
    });
    await deployed(frigate);
    await answering(frigate);
  });

  after(() => uninstalled(namespace));

  it('says before it is applied that nothing is there', async () => {
    const {exitCode, stdout} = await install(namespace, ['--check']);
    assert.equal(exitCode, 2, stdout);
    assert.match(
      stdout,
      new RegExp(`missing: CronJob/frigate-health-checker in ${namespace}: there is no such object`),
    );
  });

  it('prints what the API server takes without a warning, in the strictest of its pod security standards', async () => {
    const {code, stderr} = applyText((await install(namespace, ['--via', 'proxy'])).stdout);
    assert.deepEqual([code, stderr], [0, '']);
    await suspended(namespace);
  });

  it('finds a field that somebody changed, and nothing once it is put back', async () => {
    const found = await install(namespace, ['--via', 'proxy', '--check']);
    assert.deepEqual(
      [found.exitCode, found.stdout.split('\n')[0]],
      [1, `differs: CronJob/frigate-health-checker in ${namespace}: spec.suspend is true, printed now: false`],
    );
    applyText((await install(namespace, ['--via', 'proxy'])).stdout);
    assert.equal((await install(namespace, ['--via', 'proxy', '--check'])).exitCode, 0);
    await suspended(namespace);
  });

  it('grants enough for a whole pass', async () => {
    const ended = await passAs(namespace);
    assert.equal(ended.exitCode, 0, said(ended));
    assert.equal(lineOf(ended, 'warning'), undefined, said(ended));
    assert.match(String(linesOf(ended).at(-1)?.['health']), WELL, said(ended));
  });

  describe('with one right taken away', () => {
    // That of the cluster is shared with every other installation (alone/cluster-wide.test.ts).
    takeAwayEach(namespace, (right) => right.namespace !== null);
  });

  it('makes a Job of the CronJob that does its duty by the rights of its own account, on the direct way', async () => {
    await forget(namespace);
    applyText((await install(namespace)).stdout);
    await suspended(namespace);
    const {stdout, succeeded} = await passInPod(namespace, 'one-pass');
    const last = linesOf({stdout}).at(-1);
    assert.deepEqual([last?.event, last?.['exitCode'], succeeded], ['pass.ended', 0, true], stdout);
    assert.match(String(last?.['health']), WELL, stdout);
    assert.equal(lineOf({stdout}, 'observed')?.['via'], 'direct', stdout);
  });
});
