/** The simulated Frigate as a program of its own, bundled into one file as for a container. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  return port;
};

describe('the simulated Frigate as a program', () => {
  let folder: string;
  let bundle: string;
  let child: ChildProcess | null = null;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulated-frigate-'));
    bundle = join(folder, 'frigate.mjs');
    const {metafile} = await build({
      entryPoints: ['src/simulator/frigate/main.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      metafile: true,
    });
    const foreign = Object.values(metafile.outputs)
      .flatMap((output) => output.imports)
      .filter((one) => !one.path.startsWith('node:'));
    assert.deepEqual(foreign, []);
  });

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  after(() => rm(folder, {recursive: true}));

  const start = async (
    env: Record<string, string>,
  ): Promise<{url: string; log: () => string; ended: Promise<number | null>}> => {
    const port = await freePort();
    const started = spawn(process.execPath, [bundle], {
      env: {...env, FRIGATE_SIM_PORT: String(port), FRIGATE_SIM_BOOT: '0'},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let said = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    const ended = new Promise<number | null>((resolve) => started.once('exit', resolve));
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 100; tries += 1) {
      const up = await fetch(`${url}/api/version`).then(
        (reply) => reply.ok,
        () => false,
      );
      if (up || started.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return {url, log: () => said, ended};
  };

  it('answers, logs to stdout, and obeys TERM', async () => {
    const frigate = await start({FRIGATE_SIM_CAMERAS: '3'});
    const stats = (await (await fetch(`${frigate.url}/api/stats`)).json()) as {cameras: object};
    assert.equal(Object.keys(stats.cameras).length, 3);
    child!.kill('SIGTERM');
    assert.equal(await frigate.ended, 0);
    assert.match(frigate.log(), /frigate\.app {20}INFO {4}: Starting Frigate \(0\.17\.2-3d4dd3a\)\n[^]*Stopping\.\.\./);
  });

  it('takes a fault at run time, and TERM is no longer enough', async () => {
    const frigate = await start({});
    const refused = await fetch(`${frigate.url}/sim/fault?name=nonsense`, {method: 'POST'});
    assert.equal(refused.status, 400);
    assert.equal((await fetch(`${frigate.url}/sim/fault?name=main-stop`, {method: 'POST'})).status, 204);
    await assert.rejects(fetch(`${frigate.url}/api/version`, {signal: AbortSignal.timeout(200)}));
    assert.equal(
      ((await (await fetch(`${frigate.url}/sim`)).json()) as {faults: Array<{name: string}>}).faults[0]!.name,
      'main-stop',
    );
    child!.kill('SIGTERM');
    assert.equal(
      await Promise.race([frigate.ended, new Promise((resolve) => setTimeout(() => resolve('alive'), 300))]),
      'alive',
    );
  });

  it('takes what a fault is told, and refuses what the fault does not understand', async () => {
    const frigate = await start({FRIGATE_SIM_CAMERAS: '1'});
    const post = (query: string): Promise<Response> => fetch(`${frigate.url}/sim/fault?${query}`, {method: 'POST'});
    assert.equal((await post('name=model-build&detail=tensorflow')).status, 400);
    assert.equal((await post('name=record-error&every=never')).status, 400);
    assert.equal(
      (await post(`name=record-error&every=0.5&detail=${encodeURIComponent("KeyError: 'back'")}`)).status,
      204,
    );
    for (let tries = 0; tries < 100 && !frigate.log().includes("KeyError: 'back'"); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(
      frigate.log(),
      /frigate\.record\.maintainer +ERROR +: Unable to store recording segment .*\n.*KeyError: 'back'/,
    );
  });

  it('refuses a scenario that it does not know', async () => {
    const frigate = await start({FRIGATE_SIM_SCENARIO: 'nonsense'});
    assert.notEqual(await frigate.ended, 0);
    assert.match(frigate.log(), /no fault is called nonsense; there are: healthy, det-stop/);
  });
});
