import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {gunzipSync} from 'node:zlib';
import {mustBeBuilt, run} from './program.js';

describe('bundle', function () {
  this.timeout(60_000);
  before(mustBeBuilt);

  it('writes an archive with --demo, ends as check does, and writes over nothing', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-bundle-'));
    try {
      const file = path.join(folder, 'report.tar.gz');
      const {code, stdout, stderr} = await run(['bundle', '--demo=coral-stuck', '-f', file]);
      assert.deepEqual([code, stderr], [2, '']);
      assert.match(stdout, /^Wrote .*report\.tar\.gz: \d+ files, \d+ KiB\./);
      assert.match(stdout, /^ {2}missing {2}manifests\/cronjob\.json: not-found: /m);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const tar = gunzipSync(readFileSync(file)).toString('latin1');
      for (const name of ['README.txt', 'report.json', 'state.json', 'log.txt', 'frigate-config.json'])
        assert.ok(tar.includes(`/${name}\0`), name);
      assert.match(tar, /"health": "unhealthy"/);

      const there = path.join(folder, 'there');
      writeFileSync(there, 'mine');
      const second = await run(['bundle', '--demo=healthy', '-f', there]);
      assert.deepEqual([second.code, second.stdout], [74, '']);
      assert.match(second.stderr, /The file was not written: EEXIST/);
      assert.equal(readFileSync(there, 'utf8'), 'mine');
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});
