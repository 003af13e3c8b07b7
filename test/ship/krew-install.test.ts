/**
 * krew itself installs the archive of this platform, and kubectl finds the plugin. Only where krew is: FRIGATE_HC_TEST_KREW names
 * it, and `npm run binaries` has made the archive.
 */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import packageFile from '../../package.json' with {type: 'json'};
import {archiveOf, TARGETS} from '../../scripts/release/targets.js';
import {renderTemplate} from './krew.js';

const root = path.resolve(import.meta.dirname, '../..');
const krew = process.env['FRIGATE_HC_TEST_KREW'];
const here = TARGETS.find(({platform, processor}) => platform === process.platform && processor === process.arch);

const archiveAt = (name: string): string => path.join(root, 'build/archives', name);

/** Of archives that were not made here any checksum will do: krew reads only the one of its own platform. */
const checksumOf = (url: string): string => {
  const archive = archiveAt(url.split('/').at(-1) ?? '');
  return createHash('sha256')
    .update(existsSync(archive) ? readFileSync(archive) : url)
    .digest('hex');
};

describe('krew', function () {
  this.timeout(120_000);
  if (krew === undefined) console.log('krew is not tried: FRIGATE_HC_TEST_KREW names none');

  it('is given an archive for every platform that .krew.yaml names', () => {
    const template = readFileSync(path.join(root, '.krew.yaml'), 'utf8');
    for (const target of TARGETS) assert.ok(template.includes(archiveOf(target)), archiveOf(target));
  });

  if (krew !== undefined)
    it('installs the plugin from its archive, and kubectl runs it', () => {
      assert.ok(here !== undefined && existsSync(archiveAt(archiveOf(here))), 'make it first: npm run binaries');
      const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-krew-'));
      try {
        const env = {
          PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`,
          HOME: folder,
          KREW_ROOT: folder,
          NO_COLOR: '1',
        };
        const run = (program: string, ...words: readonly string[]): string => {
          const {status, stdout, stderr} = spawnSync(program, words, {encoding: 'utf8', env, timeout: 60_000});
          assert.equal(status, 0, `${program} ${words.join(' ')}: ${stderr}`);
          return stdout;
        };
        // krew wants an index to be there, whatever is in it.
        mkdirSync(path.join(folder, 'index/default/.git'), {recursive: true});
        const manifest = path.join(folder, 'frigate-health.yaml');
        writeFileSync(
          manifest,
          renderTemplate(readFileSync(path.join(root, '.krew.yaml'), 'utf8'), `v${packageFile.version}`, checksumOf),
        );
        run(krew, 'install', `--manifest=${manifest}`, `--archive=${archiveAt(archiveOf(here))}`);
        assert.equal(run('kubectl', 'frigate-health', '--version'), `frigate-health ${packageFile.version}\n`);
        assert.match(run('kubectl', 'frigate-health', 'check', '--demo=healthy', '-o', 'short'), /^Healthy: /m);
        run(krew, 'uninstall', 'frigate-health');
        assert.ok(!existsSync(path.join(folder, 'bin/kubectl-frigate_health')));
      } finally {
        rmSync(folder, {recursive: true, force: true});
      }
    });
});
