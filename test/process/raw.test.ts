import assert from 'node:assert/strict';
import {RAW_PATHS} from '../../src/frigate/raw-paths.js';
import {mustBeBuilt, run} from './program.js';
import {aWorld, closeWorlds, writes} from './worlds.js';

describe('check --raw', function () {
  this.timeout(60_000);
  before(mustBeBuilt);
  afterEach(closeWorlds);

  it('prints what Frigate answers, and on stderr one line about how it came', async () => {
    const world = await aWorld('healthy');
    for (const path of RAW_PATHS) {
      const {code, stdout, stderr} = await run(['check', `--raw=${path}`, '-o', 'json'], {kubeconfig: world.file});
      assert.equal(code, 0, stderr);
      if (path !== 'version') assert.equal(typeof JSON.parse(stdout), 'object');
      assert.match(stderr, new RegExp(`^GET /api/${path} via proxy: HTTP 200, \\d+ bytes, \\d+ ms\\n$`));
      assert.ok(!/:\/\/[^*/\s"]+:[^*/\s"]+@/.test(stdout), 'a login of a URL is left');
    }
    assert.deepEqual(writes(world), []);
  });

  it('goes the way that is asked for', async () => {
    const world = await aWorld('healthy');
    for (const via of ['exec', 'port-forward']) {
      const {code, stderr} = await run(['check', '--raw=version', `--via=${via}`], {kubeconfig: world.file});
      assert.deepEqual([code, stderr.split(':')[0]], [0, `GET /api/version via ${via}`]);
    }
  });

  it('works with --demo, and in every namespace', async () => {
    const {code, stdout, stderr} = await run(['check', '--raw=stats', '--demo=coral-stuck', '-A']);
    assert.equal(code, 0, stderr);
    assert.ok('detectors' in (JSON.parse(stdout) as object));
  });

  it('refuses another path and names the four, and stands with nothing that makes a report', async () => {
    const other = await run(['check', '--raw=logs', '--demo=healthy']);
    assert.equal(other.code, 64);
    for (const path of RAW_PATHS) assert.ok(other.stderr.includes(path), other.stderr);
    const both = await run(['check', '--raw=stats', '--only=FRG-401', '--demo=healthy']);
    assert.equal(both.code, 64, both.stderr);
  });

  it('has the exit codes of check: 2 for a dead API, 64 without a Frigate or a kubeconfig', async () => {
    const codes = await Promise.all([
      run(['check', '--raw=stats', '--demo=api-dead']),
      run(['check', '--raw=stats', '--demo=healthy', '--workload=nobody']),
      run(['check', '--raw=stats', '--kubeconfig=/nowhere']),
    ]);
    assert.deepEqual(
      codes.map(({code}) => code),
      [2, 64, 64],
      codes.map(({stderr}) => stderr).join(''),
    );
    for (const {stdout} of codes) assert.equal(stdout, '');
  });
});
