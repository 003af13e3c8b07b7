// Does a released program run where it belongs? `node scripts/release/smoke.mjs ARCHIVE…`, or a folder of archives. Needs nothing but
// Node.js and tar, so that it runs on a machine where nothing else was installed.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const {version} = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'));
const isArchive = (name) => /\.(tar\.gz|zip)$/.test(name);

const archivesAt = (place) =>
  statSync(place).isDirectory()
    ? readdirSync(place)
        .filter(isArchive)
        .map((name) => path.join(place, name))
    : [place];

/** Windows' own tar takes zips; the one that comes with Git for Windows, first on many PATHs, does not. */
const tar =
  process.platform === 'win32' ? path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'tar.exe') : 'tar';

const smoke = (archive) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health smoke '));
  try {
    execFileSync(tar, ['-xf', path.resolve(archive), '-C', folder]);
    const names = readdirSync(folder);
    const program = names.find((name) => /^kubectl-frigate_health(\.exe)?$/.test(name));
    assert.ok(program !== undefined && names.includes('LICENSE') && names.includes('README.md'), names.join(' '));
    const run = (...words) => {
      const begun = performance.now();
      const ended = spawnSync(path.join(folder, program), words, {
        encoding: 'utf8',
        timeout: 60_000,
        env: {...process.env, NO_COLOR: '1', NODE_OPTIONS: '--no-such-option'},
      });
      if (ended.error !== undefined) throw ended.error;
      return {...ended, milliseconds: Math.round(performance.now() - begun)};
    };

    assert.equal(run('--version').stdout, `frigate-health ${version}\n`);
    const start = run('--version').milliseconds;
    assert.match(run('check', '--help').stdout, /kubectl frigate-health check/);
    assert.match(run('__complete', 'ch').stdout, /^check\b/m);

    const healthy = run('check', '--demo=healthy', '-o', 'json');
    assert.deepEqual([healthy.status, JSON.parse(healthy.stdout).summary.health], [0, 'healthy'], healthy.stderr);
    const sick = run('check', '--demo=coral-stuck', '-o', 'json');
    assert.deepEqual([sick.status, JSON.parse(sick.stdout).decision.rule], [2, 'R-12'], sick.stderr);
    const pass = run('run-cron', '--demo=detector-silent');
    const lines = pass.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      [pass.status, lines.at(-1).event, lines.some(({event}) => event === 'restart.sent')],
      [0, 'pass.ended', true],
      pass.stderr,
    );
    const wrong = run('check', '--no-such-flag');
    assert.deepEqual([wrong.status, wrong.stdout], [64, ''], wrong.stderr);
    return start;
  } finally {
    rmSync(folder, {recursive: true, force: true, maxRetries: 5});
  }
};

const archives = process.argv.slice(2).flatMap(archivesAt);
assert.ok(archives.length > 0, 'name an archive, or a folder of archives');
for (const archive of archives)
  console.log(
    `${path.basename(archive)}: runs here (${process.platform} ${process.arch}), starts in ${smoke(archive)} ms`,
  );
