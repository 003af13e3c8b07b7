/** The single-file program of this platform, unpacked from its archive onto the PATH, through a real `kubectl frigate-health …`. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import packageFile from '../../package.json' with {type: 'json'};
import {archiveOf, PLUGIN, TARGETS, titleOf} from '../../scripts/release/targets.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {PATIENT} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {needs} from './needs.js';
import {root, run, type Ended} from './program.js';
import {answering, deployed, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-plugin-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};
const target = TARGETS.find(({platform, processor}) => platform === process.platform && processor === process.arch);

describe('kubectl frigate-health, the single file, on a real cluster', function () {
  this.timeout(300_000);
  let folder = '';

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
    await deployed(frigate);
    folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-plugin-'));
    if (target === undefined) return;
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/release/binaries.ts', titleOf(target)], {
      cwd: root,
    });
    await promisify(execFile)('tar', ['-xzf', path.join(root, 'build', 'archives', archiveOf(target)), '-C', folder]);
    await answering(frigate);
  });

  after(async () => {
    await rm(folder, {recursive: true, force: true});
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  /** Nothing of Node.js or of this project is on its PATH: only kubectl and the folder. */
  const plugin = async (...words: readonly string[]): Promise<Ended> => {
    const found = (await promisify(execFile)('sh', ['-c', 'command -v kubectl'])).stdout.trim();
    return run(found, ['frigate-health', ...words], {...PATIENT, PATH: folder, HOME: folder});
  };
  const tried = needs('a platform that is released', target?.platform);

  tried('is listed by kubectl as a plugin', async () => {
    const {stdout} = await run('kubectl', ['plugin', 'list'], {PATH: `${folder}:${process.env['PATH'] ?? ''}`});
    assert.ok(stdout.split('\n').includes(path.join(folder, PLUGIN)), stdout);
  });

  tried('tells its version', async () => {
    const {exitCode, stdout} = await plugin('--version');
    assert.equal(exitCode, 0);
    assert.ok(stdout.includes(packageFile.version), stdout);
  });

  tried('checks a Frigate in the cluster of KUBECONFIG', async () => {
    const {exitCode, stdout, stderr} = await plugin('check', '-n', namespace, '-o', 'json');
    const report = JSON.parse(stdout) as CheckReport;
    assert.deepEqual(
      [report.metadata.target?.name, report.metadata.via, report.metadata.version],
      ['frigate', 'proxy', packageFile.version],
    );
    assert.deepEqual(
      report.checks.filter(({status}) => status === 'critical' || status === 'unknown'),
      [],
    );
    assert.equal(exitCode, report.summary.exitCode, stderr);
  });

  tried('hands its exit code through kubectl, and says in one line what is wrong', async () => {
    const {exitCode, stderr} = await plugin('check', '-n', namespace, '--no-such-flag');
    assert.equal(exitCode, 64, stderr);
    assert.match(stderr, /no-such-flag/);
  });

  tried('acts: one pass writes the state', async () => {
    const {exitCode, stdout} = await plugin('run-cron', '-n', namespace);
    assert.equal(exitCode, 0, stdout);
    assert.match(
      await kubectl(['get', 'configmaps', '-n', namespace, '-o', 'name']),
      /configmap\/frigate-health-state\n/,
    );
  });

  tried('prints the same manifests as the program that it was made of', async () => {
    const words = ['install', 'deployment/frigate', '-n', namespace];
    const [single, whole] = [
      await plugin(...words),
      await run(process.execPath, [path.join(root, 'bin', 'run.js'), ...words], PATIENT),
    ];
    assert.equal(single.stdout, whole.stdout);
    assert.match(single.stdout, /kind: CronJob/);
  });
});
