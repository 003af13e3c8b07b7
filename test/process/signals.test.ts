import assert from 'node:assert/strict';
import {linesOf, mustBeBuilt, reportOf, start} from './program.js';
import {asked, aWorld, closeWorlds, disturb, untilAsked} from './worlds.js';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Where the program waits when the signal comes. */
const moments: ReadonlyArray<readonly [moment: string, silent: RegExp, until: RegExp]> = [
  ['it looks for Frigate', /./, /./],
  ['it reads the log', /\/log/, /\/log/],
  ['it asks Frigate', /\/proxy\//, /\/proxy\//],
];

describe('a signal', function () {
  this.timeout(30_000);
  before(mustBeBuilt);
  afterEach(closeWorlds);

  for (const [signal, exitCode] of signals) {
    for (const [moment, silent, until] of moments) {
      it(`${signal} ends check and run-cron with ${exitCode} at once while ${moment}, and nothing was changed`, async () => {
        for (const words of [['check', '-o', 'json'], ['run-cron']]) {
          const world = await aWorld('detector-silent');
          disturb(world, silent, 'silence');
          const {child, ended} = start(words, {kubeconfig: world.file});
          await untilAsked(world, until);
          const at = performance.now();
          child.kill(signal);
          const result = await ended;
          assert.equal(result.code, exitCode, `${result.stdout}${result.stderr}`);
          assert.ok(performance.now() - at < 4000);
          assert.deepEqual(
            asked(world).filter((request) => /^(PATCH|PUT)/.test(request)),
            [],
          );
          const said = words[0] === 'run-cron' ? linesOf(result).at(-1)?.exitCode : reportOf(result).summary.exitCode;
          assert.equal(said, exitCode, result.stdout.slice(-500));
        }
      });
    }

    it(`${signal} during the restart lets it be recorded, so that none is forgotten`, async () => {
      const world = await aWorld('detector-silent');
      disturb(world, /^PATCH /, {latency: 800});
      const {child, ended} = start(['run-cron'], {kubeconfig: world.file});
      await untilAsked(world, /^PATCH /);
      child.kill(signal);
      const result = await ended;
      assert.equal(result.code, exitCode);
      assert.equal(
        world.cluster.requests.filter(({method, status}) => method === 'PATCH' && status === 200).length,
        1,
        asked(world).join('\n'),
      );
      assert.match(
        JSON.stringify(world.cluster.store.get('configmaps', world.namespace, 'frigate-health-state')),
        /\\"phase\\":\\"acted\\"/,
      );
    });
  }

  it('SIGINT ends --wait with 130', async () => {
    const world = await aWorld('subnet-down');
    const {child, ended} = start(['check', '--wait=1m'], {kubeconfig: world.file});
    await untilAsked(world, /\/proxy\//);
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
  });
});
