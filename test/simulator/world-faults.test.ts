/** The faults that need a whole world: ports of a pod, the kernel's files by exec, the metrics API, the node, the log of the container before. */
import assert from 'node:assert/strict';
import {minutes, instant} from '../../src/core/time.js';
import type {ContainerView} from '../../src/simulator/node/command.js';
import {execView} from '../../src/simulator/node/pod-requests.js';
import {runCommand} from '../../src/simulator/node/shell.js';
import {measuredMemorySite} from '../../src/simulator/frigate/site.js';
import type {MetricsMode} from '../../src/simulator/api/caller.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator, type SimulatorOptions} from '../../src/simulator/simulator.js';
import {conditionOf, type Answered} from './shapes.js';

const NOW = instant(Date.parse('2026-11-23T04:00:00Z'));
const NS = '/api/v1/namespaces/frigate';
const MINUTE = 60_000;

let world: Simulator;

const open = async (scenario = 'healthy', options: SimulatorOptions = {}): Promise<void> => {
  const found = findScenario(scenario);
  if (found === undefined) throw new Error(scenario);
  world = await startSimulator(found, {pace: 'still', startAt: NOW, ...options});
};

const ask = (path: string): Promise<Response> =>
  fetch(`${world.cluster.url}${path}`, {
    headers: {authorization: 'Bearer token-demo'},
    signal: AbortSignal.timeout(1500),
  });
const json = async (path: string): Promise<Answered> => (await ask(path)).json() as Promise<Answered>;
const pod = async (): Promise<Answered> => {
  const [only] = (await json(`${NS}/pods`)).items;
  if (only === undefined) throw new assert.AssertionError({message: 'no pod'});
  return only;
};
const proxied = async (port: number, path = '/api/version'): Promise<Response> =>
  ask(`${NS}/pods/${(await pod()).metadata.name}:${port}/proxy${path}`);

/** What a command in Frigate's container prints, with its exit code where it is not 0. */
const run = async (...argv: string[]): Promise<{stdout: string; stderr: string; exitCode: number}> => {
  const {simulation, store} = world.cluster;
  const found = execView(
    {simulation, store, clock: world.clock, chatter: () => null},
    'frigate',
    (await pod()).metadata.name,
    null,
  );
  const view = (found as {view?: ContainerView}).view;
  if (view === undefined) throw new assert.AssertionError({message: JSON.stringify(found)});
  const result = await runCommand(argv, view, AbortSignal.timeout(1500));
  return {...result, stdout: result.stdout.toString()};
};

describe('a world with a fault', () => {
  afterEach(async () => {
    await world.close();
  });

  describe('the port of the API', () => {
    it('moved: 5000 is refused on every way, the new one answers, 5001 answers inside', async () => {
      await open('port-moved');
      const refused = await proxied(5000);
      assert.equal(refused.status, 503);
      assert.match(await refused.text(), /connect: connection refused/);
      await assert.rejects(fetch(`http://${(await pod()).status.podIP}:${world.directPort}/api/version`));
      assert.equal(await (await proxied(5005)).text(), '0.18.0-5f6043a');
      assert.equal((await run('curl', '-sS', 'http://127.0.0.1:5000/api/version')).exitCode, 7);
      assert.equal((await run('curl', '-sS', 'http://127.0.0.1:5005/api/version')).stdout, '0.18.0-5f6043a');
      assert.equal((await run('curl', '-sS', 'http://127.0.0.1:5001/version')).stdout, '0.18.0-5f6043a');
      assert.equal(conditionOf(await pod(), 'Ready').status, 'True');
    });

    it('on 127.0.0.1 alone: from inside the pod, not by the proxy', async () => {
      await open();
      assert.equal((await proxied(5000)).status, 200);
      await world.cluster.fault('port-moved', {detail: '127.0.0.1:5000'});
      assert.equal((await proxied(5000)).status, 503);
      assert.equal((await run('curl', '-sS', 'http://127.0.0.1:5000/api/version')).stdout, '0.17.2-3d4dd3a');
      await world.cluster.repair('port-moved');
      assert.equal((await proxied(5000)).status, 200);
    });

    it('5001 is silent where the main process hangs: curl gives up', async () => {
      await open();
      await world.cluster.fault('main-stop');
      assert.equal((await run('curl', '-sS', '-m', '5', 'http://127.0.0.1:5001/version')).exitCode, 28);
    });
  });

  describe('the media mount', () => {
    it('stale: stat answers at once with exit 1 and its reason; what does not touch it goes on', async () => {
      await open('stale-mount');
      for (const command of [
        ['stat', '-f', '/media/frigate/recordings'],
        ['timeout', '5', 'stat', '-f', '/media/frigate/recordings'],
      ])
        assert.deepEqual(await run(...command), {
          stdout: '',
          stderr: "stat: cannot read file system information for '/media/frigate/recordings': Stale file handle\n",
          exitCode: 1,
        });
      assert.match((await run('cat', '/proc/mounts')).stdout, /\/media\/frigate nfs4 rw/);
      assert.equal((await run('ls', '/tmp/cache')).exitCode, 0);
      assert.equal(
        (await run('ls', '/media/frigate')).stderr,
        "ls: cannot access '/media/frigate': Stale file handle\n",
      );
      await world.cluster.repair();
      assert.equal((await run('stat', '-f', '/media/frigate/recordings')).exitCode, 0);
    });

    it('fails with whatever error it is told', async () => {
      await open();
      await world.cluster.fault('stale-mount', {detail: 'Transport endpoint is not connected'});
      assert.match((await run('stat', '-f', '/media/frigate')).stderr, /: Transport endpoint is not connected\n$/);
    });
  });

  describe('memory', () => {
    const mebibytes = (bytes: string): number => Math.round(Number(bytes) / 1024 / 1024);
    const memoryWorld = async (metrics: MetricsMode = 'absent'): Promise<void> => {
      const healthy = findScenario('healthy');
      if (healthy === undefined) throw new Error('healthy');
      world = await startSimulator(
        {...healthy, site: measuredMemorySite, age: minutes(24 * 60)},
        {
          pace: 'still',
          startAt: NOW,
          metrics,
        },
      );
    };
    const sumOf = async (command: string, pattern: RegExp): Promise<number> => {
      const {stdout} = await run('sh', '-c', command);
      return [...stdout.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0) / 1024;
    };

    it('is what was measured: RSS 2469 MiB, PSS 745, memory cgroup 716 of 4096, on cgroup v1', async () => {
      await memoryWorld();
      const near = (actual: number, expected: number): void => {
        assert.ok(Math.abs(actual - expected) < expected * 0.08, `${actual} is not near ${expected}`);
      };
      near(await sumOf('cat /proc/[0-9]*/status', /^VmRSS:\s+(\d+) kB$/gm), 2469);
      near(await sumOf('cat /proc/[0-9]*/smaps_rollup', /^Pss:\s+(\d+) kB$/gm), 745);
      const usage = mebibytes((await run('cat', '/sys/fs/cgroup/memory/memory.usage_in_bytes')).stdout);
      const inactive = /^total_inactive_file (\d+)$/m.exec(
        (await run('cat', '/sys/fs/cgroup/memory/memory.stat')).stdout,
      );
      near(usage - mebibytes(inactive?.[1] ?? '0'), 716);
      assert.equal(mebibytes((await run('cat', '/sys/fs/cgroup/memory/memory.limit_in_bytes')).stdout), 4096);
      assert.equal((await run('cat', '/sys/fs/cgroup/memory.current')).exitCode, 1);
    });

    it("Frigate's own percentage is of the host on cgroup v1: 10 %, where the cgroup is at 17 to 19 % of the limit", async () => {
      await memoryWorld();
      const {cpu_usages: usages} = (await (await proxied(5000, '/api/stats')).json()) as {
        cpu_usages: Record<string, {mem: string}>;
      };
      const shown = Object.entries(usages).reduce(
        (sum, [pid, {mem}]) => sum + (/^\d+$/.test(pid) ? Number(mem) : 0),
        0,
      );
      assert.ok(shown > 9 && shown < 11.5, String(shown));
    });

    it('on cgroup v2 stands in other files, and its own percentage is of the limit', async () => {
      await open();
      const current = mebibytes((await run('cat', '/sys/fs/cgroup/memory.current')).stdout);
      assert.equal(mebibytes((await run('cat', '/sys/fs/cgroup/memory.max')).stdout), 4096);
      // 46 % of 4096 MiB as the sum of RSS; the same processes are 29 % of that to the cgroup, and its cache.
      assert.ok(current > 450 && current < 700, String(current));
      assert.equal((await run('cat', '/sys/fs/cgroup/memory/memory.usage_in_bytes')).exitCode, 1);
    });

    it('of a leak rises in the cgroup to the limit, where the kernel kills', async () => {
      await open('healthy', {installation: {memoryLimit: '2Gi'}});
      await world.cluster.fault('mem-leak');
      const current = async (): Promise<number> =>
        mebibytes((await run('cat', '/sys/fs/cgroup/memory.current')).stdout);
      const begun = await current();
      await world.clock.advance(8.8 * 60 * MINUTE);
      assert.ok((await current()) > 1850 && begun < 500, `${begun} → ${await current()}`);
      assert.equal((await pod()).status.containerStatuses[0].restartCount, 0);
      await world.clock.advance(60 * MINUTE);
      assert.equal((await pod()).status.containerStatuses[0].lastState.terminated?.reason, 'OOMKilled');
    });

    it('by the metrics API: the working set; 404 without one, 503 where its server is away', async () => {
      await memoryWorld('present');
      const name = (await pod()).metadata.name;
      const path = '/apis/metrics.k8s.io/v1beta1/namespaces/frigate/pods';
      const one = (await json(`${path}/${name}`)) as unknown as {
        kind: string;
        window: string;
        containers: Array<{name: string; usage: {cpu: string; memory: string}}>;
      };
      assert.deepEqual([one.kind, one.window, one.containers[0]?.name], ['PodMetrics', '15.0s', 'frigate']);
      const memory = Number(/^(\d+)Ki$/.exec(one.containers[0]?.usage.memory ?? '')?.[1]) / 1024;
      assert.ok(Math.abs(memory - 716) < 60, String(memory));
      assert.match(one.containers[0]?.usage.cpu ?? '', /^\d+n$/);
      assert.equal((await json(path)).items.length, 1);
      assert.equal((await json(`${path}/nope`)).message, 'pods.metrics.k8s.io "nope" not found');
      world.cluster.access.deny({group: 'metrics.k8s.io', verb: 'get'});
      assert.equal((await ask(`${path}/${name}`)).status, 403);
      world.cluster.metricsServer('unavailable');
      assert.equal((await ask(path)).status, 503);
      world.cluster.metricsServer('absent');
      assert.equal(await (await ask(path)).text(), '404 page not found\n');
    });
  });

  describe('CPU by exec', () => {
    const seconds = async (pattern: RegExp): Promise<number> => {
      const {stdout} = await run('sh', '-c', 'cat /proc/[0-9]*/stat 2>/dev/null');
      const row = stdout.split('\n').find((line) => pattern.test(line)) ?? '';
      const fields = row.slice(row.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    };
    const cgroup = async (): Promise<number> =>
      Number(/^usage_usec (\d+)$/m.exec((await run('cat', '/sys/fs/cgroup/cpu.stat')).stdout)?.[1]) / 1e6;

    it('of a model build rises by a core, of one that stands still by nothing', async () => {
      await open('model-build');
      const [own, all] = [await seconds(/\(python3\)/), await cgroup()];
      await world.clock.advance(2 * MINUTE);
      assert.ok(Math.abs((await seconds(/\(python3\)/)) - own - 119) < 3);
      assert.ok(Math.abs((await cgroup()) - all - 119) < 3);
      await world.close();
      await open();
      await world.cluster.fault('start-hangs', {detail: 'migration', stays: true});
      world.cluster.store.list('pods').forEach((one) => {
        world.cluster.store.delete('pods', 'frigate', one.metadata.name);
      });
      await world.clock.advance(10 * MINUTE);
      const before = await cgroup();
      await world.clock.advance(10 * MINUTE);
      assert.ok((await cgroup()) - before < 2, String((await cgroup()) - before));
    });

    it('lists the pids of the container', async () => {
      await open();
      assert.ok((await run('ls', '/proc')).stdout.split('\n').includes('124'));
      assert.match((await run('cat', '/proc/124/cmdline')).stdout, /^python3\0-u\0-m\0frigate\0$/);
    });
  });

  describe('the node', () => {
    it('reboots: gone for three minutes, another boot, the container 255 Unknown in the same pod, then well', async () => {
      await open();
      const [before, {status: node}] = [await pod(), await json('/api/v1/nodes/nuc-1')];
      await world.cluster.nodeReboots(minutes(3));
      await world.clock.advance(2 * MINUTE);
      assert.equal(conditionOf(await json('/api/v1/nodes/nuc-1'), 'Ready').status, 'Unknown');
      assert.equal((await proxied(5000)).status, 503);
      await world.clock.advance(3 * MINUTE);
      const after = await pod();
      assert.equal(after.metadata.uid, before.metadata.uid);
      const [container] = after.status.containerStatuses;
      assert.deepEqual(
        [container.restartCount, container.lastState.terminated?.exitCode, container.lastState.terminated?.reason],
        [1, 255, 'Unknown'],
      );
      const back = await json('/api/v1/nodes/nuc-1');
      assert.equal(conditionOf(back, 'Ready').status, 'True');
      const bootOf = (status: unknown): string => (status as {nodeInfo: {bootID: string}}).nodeInfo.bootID;
      assert.notEqual(bootOf(back.status), bootOf(node));
      assert.equal((await proxied(5000)).status, 200);
      const events = (await json('/api/v1/events')).items.map(({reason}) => reason);
      for (const reason of ['NodeNotReady', 'Rebooted', 'NodeReady', 'SandboxChanged'])
        assert.ok(events.includes(reason), reason);
      const previous = await (await ask(`${NS}/pods/${after.metadata.name}/log?previous=true`)).text();
      assert.ok(previous.includes('Starting Frigate') && !previous.includes('Stopping...'));
    });

    it('cures what a new pod cures: its volumes in memory are new', async () => {
      await open();
      await world.cluster.fault('cache-full');
      await world.cluster.nodeReboots(minutes(1));
      await world.clock.advance(5 * MINUTE);
      assert.deepEqual(world.cluster.frigates.faults, []);
    });

    it('that stays away longer than its pods are tolerated ends them when it is back', async () => {
      await open();
      const before = await pod();
      await world.cluster.nodeReboots(minutes(8));
      await world.clock.advance(12 * MINUTE);
      const after = await pod();
      assert.notEqual(after.metadata.uid, before.metadata.uid);
      assert.equal((await json(`${NS}/pods`)).items.length, 1);
      assert.equal((await proxied(5000)).status, 200);
    });
  });

  describe('a crash loop', () => {
    it('serves the last words of the container before', async () => {
      await open();
      await world.cluster.fault('crash-error');
      await world.clock.advance(10 * MINUTE);
      const found = await pod();
      const [container] = found.status.containerStatuses;
      assert.ok(container.restartCount >= 4);
      assert.deepEqual(
        [container.lastState.terminated?.exitCode, container.lastState.terminated?.reason],
        [1, 'Error'],
      );
      const lines = (await (await ask(`${NS}/pods/${found.metadata.name}/log?previous=true&tailLines=2`)).text()).split(
        '\n',
      );
      assert.match(lines[0] ?? '', /OSError: \[Errno 5\] Input\/output error: '\/media\/frigate\/recordings'$/);
    });
  });

  it('is Ready only while its readiness probe gets an answer', async () => {
    await open('healthy', {installation: {readinessPath: '/api/version'}});
    const ready = async (): Promise<string> => conditionOf(await pod(), 'Ready').status;
    assert.equal(await ready(), 'True');
    await world.cluster.fault('port-moved');
    await world.clock.advance(2000);
    assert.equal(await ready(), 'False');
    assert.equal((await pod()).status.containerStatuses[0].ready, false);
    await world.cluster.repair('port-moved');
    await world.clock.advance(2000);
    assert.equal(await ready(), 'True');
  });

  it('tells a start that takes long on every way: the port refuses', async () => {
    await open('model-build');
    assert.equal((await proxied(5000)).status, 503);
    assert.equal((await run('curl', '-sS', 'http://127.0.0.1:5000/api/version')).exitCode, 7);
  });
});
