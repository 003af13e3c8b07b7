/** The lines of the runbook that build the image from a fresh clone and run it, typed, with whatever builds images here. */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {needs} from '../needs.js';
import {commandsOf} from '../page-commands.js';
import {root} from '../program.js';

/** buildah and podman in a container of their own have neither overlays nor namespaces (scripts/release/image.ts). */
const environment = {STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot', ...process.env};

const shell = (command: string, cwd: string): string =>
  execFileSync('bash', ['-o', 'pipefail', '-c', command], {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const answers = (tool: string): boolean => {
  try {
    execFileSync(tool, ['info'], {stdio: 'ignore', env: environment});
    return true;
  } catch {
    return false;
  }
};

/** What `docker run --rm IMAGE …` is in each tool; buildah knows no entrypoint when it runs something. */
const runs: Readonly<Record<string, (line: string) => string>> = {
  docker: (line) => line,
  podman: (line) => line.replace(/^docker /, 'podman '),
  buildah: (line) =>
    line.replace(
      /^docker run --rm (\S+) (.*)$/,
      `c=$(buildah from --pull-never $1); trap 'buildah rm "$c" >/dev/null' EXIT; buildah run "$c" -- $(buildah inspect --format '{{range .OCIv1.Config.Entrypoint}}{{.}} {{end}}' "$c") $2`,
    ),
};
const tool = ['buildah', 'podman', 'docker'].find(answers);

describe('the image of a fresh clone', function () {
  this.timeout(600_000);

  const lines = commandsOf('docs/runbook.md')
    .filter(({heading}) => heading === 'Build and run the image')
    .map(({command}) => command);
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-clone-'));
  const clone = path.join(folder, 'frigate-health');

  after(() => rmSync(folder, {recursive: true}));

  it('is made by the lines of the runbook: install, build, run', () => {
    assert.deepEqual(
      lines.map((line) => line.split(' ', 2).join(' ')),
      ['npm ci', 'npm run', 'docker run'],
    );
  });

  needs('buildah, podman or docker', tool)('is built and says how it is used', () => {
    const [, build = '', run = ''] = lines;
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, clone]);
    // In the place of `npm ci`, which brings the same files from the registry.
    symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
    assert.match(
      shell(build, clone),
      /^frigate-health-checker:local: [\d.]+ MiB unpacked, in build\/image\/frigate-health\.tar$/m,
    );
    const help = shell(runs[tool ?? '']?.(run) ?? '', clone);
    assert.match(help, /^ *check .*\n/m);
    assert.match(help, /kubectl frigate-health/);
  });
});
