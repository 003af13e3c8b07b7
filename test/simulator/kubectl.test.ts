/** kubectl itself against the simulated cluster; made only where a kubectl is found. */
import assert from 'node:assert/strict';
import {execFile, spawn, spawnSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator} from '../../src/simulator/simulator.js';

const found = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!found) console.log('No kubectl on this machine: its own tests against the simulated cluster were not made.');

(found ? describe : () => undefined)('kubectl against the simulated cluster', () => {
  let world: Simulator;
  let folder: string;
  const kubectl = (...args: string[]): Promise<{stdout: string; stderr: string; code: number}> =>
    new Promise((resolve) => {
      execFile(
        'kubectl',
        [
          '--kubeconfig',
          join(folder, 'config'),
          '--cache-dir',
          join(folder, 'cache'),
          '--request-timeout',
          '5s',
          ...args,
        ],
        (error, stdout, stderr) => {
          resolve({stdout, stderr, code: error === null ? 0 : Number(error.code ?? 1)});
        },
      );
    });

  before(async () => {
    world = await startSimulator(findScenario('coral-stuck')!);
    folder = await mkdtemp(join(tmpdir(), 'simulated-cluster-'));
    await writeFile(join(folder, 'config'), world.kubeconfig());
  });

  after(async () => {
    await world.close();
    await rm(folder, {recursive: true});
  });

  it('gets objects by kind, short name and selector', async () => {
    assert.match((await kubectl('get', 'deployments')).stdout, /frigate/);
    assert.equal(
      (await kubectl('get', 'po', '-l', 'app.kubernetes.io/name=frigate', '-o', 'jsonpath={.items[*].status.phase}'))
        .stdout,
      'Running',
    );
    assert.match((await kubectl('get', 'nodes', '-o', 'name')).stdout, /node\/nuc-1/);
    assert.match(
      (await kubectl('get', 'pods', 'nope')).stderr,
      /Error from server \(NotFound\): pods "nope" not found/,
    );
  });

  it('describes what it finds', async () => {
    assert.match((await kubectl('describe', 'deployment', 'frigate')).stdout, /StrategyType:\s+Recreate/);
  });

  it('reads logs', async () => {
    assert.match(
      (await kubectl('logs', 'deploy/frigate', '--since=10m', '--timestamps')).stdout,
      /Detection appears to be stuck/,
    );
    assert.match(
      (await kubectl('logs', 'deploy/frigate', '--previous')).stderr,
      /previous terminated container "frigate"/,
    );
  });

  it('executes commands and passes on their exit code', async () => {
    assert.equal(
      (await kubectl('exec', 'deploy/frigate', '--', 'curl', '-s', '127.0.0.1:5000/api/version')).stdout,
      '0.17.2-3d4dd3a',
    );
    assert.equal((await kubectl('exec', 'deploy/frigate', '--', 'sh', '-c', 'exit 7')).code, 7);
  });

  it('forwards a port', async () => {
    const forwarding = spawn('kubectl', [
      '--kubeconfig',
      join(folder, 'config'),
      '--cache-dir',
      join(folder, 'cache'),
      'port-forward',
      'deploy/frigate',
      ':5000',
      '--address',
      '127.0.0.1',
    ]);
    try {
      const port = await new Promise<string>((resolve, reject) => {
        let said = '';
        const listen = (chunk: Buffer): void => {
          said += chunk.toString();
          const match = /127\.0\.0\.1:(\d+) -> 5000/.exec(said);
          if (match?.[1] !== undefined) resolve(match[1]);
        };
        forwarding.stdout.on('data', listen);
        forwarding.stderr.on('data', listen);
        forwarding.once('exit', () => reject(new Error(said)));
      });
      const answers = await Promise.all(
        [1, 2, 3].map(async () =>
          (await fetch(`http://127.0.0.1:${port}/api/version`, {signal: AbortSignal.timeout(4000)})).text(),
        ),
      );
      assert.deepEqual(answers, ['0.17.2-3d4dd3a', '0.17.2-3d4dd3a', '0.17.2-3d4dd3a']);
    } finally {
      forwarding.kill();
    }
  });

  it('restarts the rollout', async () => {
    assert.match(
      (await kubectl('rollout', 'restart', 'deployment/frigate')).stdout,
      /deployment.apps\/frigate restarted/,
    );
    await world.clock.advance(60_000);
    assert.match(
      (await kubectl('rollout', 'status', 'deployment/frigate', '--timeout=5s')).stdout,
      /successfully rolled out/,
    );
  });
});
