import assert from 'node:assert/strict';
import {FORMATS} from '../../src/report/render.js';
import {mustBeBuilt, reportOf, run} from './program.js';
import {aWorld, asked, closeWorlds, writes} from './worlds.js';

/** What a person sees, a script branches on and automatic repair decides, by scenario. */
const scenes: ReadonlyArray<
  readonly [scenario: string, exitCode: number, health: string, cause: string | null, action: string, rule: string]
> = [
  ['healthy', 0, 'healthy', null, 'none', 'R-04'],
  ['coral-stuck', 2, 'unhealthy', 'detector', 'restart', 'R-12'],
  ['detector-silent', 2, 'unhealthy', 'detector', 'restart', 'R-12'],
  ['subnet-down', 2, 'degraded', 'network', 'alert', 'R-04'],
  ['breaker-open', 2, 'unhealthy', 'detector', 'hold', 'R-09'],
  ['node-down', 2, 'unhealthy', 'node', 'alert', 'R-04'],
  ['starting', 1, 'starting', 'process', 'hold', 'R-06'],
];

describe('the exit code of check', function () {
  this.timeout(60_000);
  before(mustBeBuilt);
  afterEach(closeWorlds);

  for (const [scenario, exitCode, health, cause, action, rule] of scenes) {
    it(`is ${exitCode} for ${scenario} in every format, and check writes nothing`, async () => {
      const world = await aWorld(scenario);
      const ended = await Promise.all(FORMATS.map((format) => run(['check', '-o', format], {kubeconfig: world.file})));
      assert.deepEqual(
        ended.map(({code}) => code),
        FORMATS.map(() => exitCode),
        ended.map(({stderr}) => stderr).join(''),
      );
      assert.deepEqual(
        ended.map(({stderr}) => stderr),
        FORMATS.map(() => ''),
      );
      const report = reportOf(ended[FORMATS.indexOf('json')]!);
      assert.deepEqual(
        [
          report.summary.exitCode,
          report.summary.health,
          report.diagnosis?.cause,
          report.decision?.action,
          report.decision?.rule,
        ],
        [exitCode, health, cause, action, rule],
      );
      assert.ok(asked(world).length > 10);
      assert.deepEqual(writes(world), []);
    });
  }

  it('obeys --fail-on', async () => {
    const world = await aWorld('subnet-down');
    const codes = await Promise.all(
      ['never', 'unknown', 'critical'].map(
        async (mildest) => (await run(['check', `--fail-on=${mildest}`, '-o', 'short'], {kubeconfig: world.file})).code,
      ),
    );
    assert.deepEqual(codes, [0, 2, 2]);
  });

  it('is 124 when --wait ran out, and the report stands all the same', async () => {
    const world = await aWorld('subnet-down');
    const ended = await run(['check', '--wait=1s', '-o', 'json'], {kubeconfig: world.file});
    assert.deepEqual([ended.code, reportOf(ended).summary.exitCode], [124, 124]);
    const waited = await run(['check', '--wait', '7s', '-o', 'short'], {kubeconfig: world.file});
    assert.equal(waited.code, 124, waited.stderr);
    assert.match(waited.stdout, /Exit code 124: --wait timed out\.\n/);
    assert.match(waited.stderr, /^Waiting, [67]s left: degraded: .*\n$/);
    assert.deepEqual(writes(world), []);
  });
});
