/** The daemon as a process of its own, on the simulator. */
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {tokenOf} from '../../src/simulator/cluster.js';
import {linesOf, mustBeBuilt, start, withFile, type Line, type Running} from './program.js';
import {aWorld, closeWorlds} from './worlds.js';

describe('serve', function () {
  this.timeout(60_000);
  before(mustBeBuilt);

  /** Until a line holds; every line so far. */
  const untilLine = ({child}: Running, holds: (line: Line) => boolean): Promise<readonly Line[]> =>
    new Promise((resolve, reject) => {
      let text = '';
      const take = (): void => {
        const lines = linesOf({code: null, stdout: text, stderr: '', milliseconds: 0});
        if (lines.some(holds)) resolve(lines);
      };
      child.stdout?.on('data', (chunk: string) => {
        text += chunk;
        take();
      });
      child.once('close', () => reject(new Error(`it ended: ${text}`)));
    });

  it('finds the Frigate of a demo, restarts it by the rules, and ends with SIGTERM within 5 s', async () => {
    const running = start(['serve', '--demo=detector-silent', '--listen=127.0.0.1:0']);
    const lines = await untilLine(running, ({event}) => event === 'restart.sent');
    const events = lines.map(({event}) => event);
    for (const event of ['serve.begun', 'target.found', 'leader.acquired', 'diagnosed', 'decided', 'intent.stored'])
      assert.ok(events.includes(event), `${event} among ${events.join()}`);
    const decided = lines.findLast(({event}) => event === 'decided');
    assert.deepEqual([decided?.['action'], decided?.['rule']], ['restart', 'R-12']);
    const at = performance.now();
    running.child.kill('SIGTERM');
    const result = await running.ended;
    assert.ok(performance.now() - at < 5000, `${performance.now() - at} ms`);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(
      linesOf(result)
        .slice(-2)
        .map(({event}) => event),
      ['leader.released', 'serve.ended'],
    );
  });

  it('counts every channel as notifications, not mail alone', async () => {
    const env = {FRIGATE_HC_NOTIFY: 'webhook+http://127.0.0.1:1/in'};
    const running = start(['serve', '--demo=healthy', '--listen=127.0.0.1:0'], {env});
    const lines = await untilLine(running, ({event}) => event === 'http.listening');
    assert.equal(lines.find(({event}) => event === 'serve.begun')?.['notifies'], true);
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
  });

  it('observes every Frigate of a fleet', async () => {
    const running = start(['serve', '--demo=fleet', '--listen=127.0.0.1:0']);
    const found = new Set<unknown>();
    await untilLine(running, (line) => {
      if (line.event === 'diagnosed') found.add(line['frigate']);
      return found.size === 3;
    });
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
    assert.deepEqual([...found].sort(), ['cabin.frigate', 'frigate.frigate', 'workshop.frigate']);
  });

  it('answers over HTTP while it runs, and not after SIGTERM', async () => {
    const running = start(['serve', '--demo=fleet', '--listen=127.0.0.1:0']);
    const lines = await untilLine(running, ({event}) => event === 'http.listening');
    const url = String(lines.find(({event}) => event === 'http.listening')?.['url']);
    assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const ask = async (path: string): Promise<{status: number; type: string | null; text: string}> => {
      const response = await fetch(`${url}${path}`, {signal: AbortSignal.timeout(5000)});
      return {status: response.status, type: response.headers.get('content-type'), text: await response.text()};
    };
    const json = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
      JSON.parse((await ask(path)).text) as Readonly<Record<string, unknown>>;
    const begun = performance.now();
    while ((await ask('/ready')).status !== 200) {
      assert.ok(performance.now() - begun < 30_000, JSON.stringify(await json('/ready')));
      await setTimeout(100);
    }
    const {status, service, checks} = await json('/health');
    assert.deepEqual([status, service], ['healthy', 'frigate-health']);
    assert.ok(checks !== undefined && !('consul' in (checks as object)), 'Consul is not in use');
    const instances = ((await json('/api/instances'))['instances'] as ReadonlyArray<{id: string}>).map(({id}) => id);
    assert.deepEqual(instances, ['cabin.frigate', 'frigate.frigate', 'workshop.frigate']);
    const frigates = (await json('/api/v1/frigates'))['frigates'] as ReadonlyArray<{
      instanceId: string;
      health: string;
    }>;
    assert.deepEqual(
      frigates.map(({instanceId}) => instanceId),
      instances,
    );
    assert.ok(frigates.every(({health}) => health !== 'unknown'));
    const page = await ask('/');
    assert.equal(page.status, 200);
    for (const text of ['<!doctype html>', 'cabin', 'workshop'])
      assert.ok(page.text.toLowerCase().includes(text), text);
    const assets = [...page.text.matchAll(/"(\/?assets\/[^"]+)"/g)].map(
      ([, asset = '']) => new URL(asset, `${url}/`).pathname,
    );
    assert.ok(assets.length >= 2, page.text);
    for (const asset of assets) assert.equal((await ask(asset)).status, 200, asset);
    const counted = [
      'kubernetes_requests_total{verb="list",resource="pods",code="200"}',
      'kubernetes_requests_total{verb="watch",resource="pods",code="200"}',
      'poll_lag_seconds_count',
      'polls_total{result="answered"}',
    ];
    const isCounted = (text: string, name: string): boolean =>
      Number(text.split(`\nfrigate_health_${name} `)[1]?.split('\n')[0]) > 0;
    let metrics = await ask('/metrics');
    // The first poll that was due for a while may not have ended yet.
    while (!counted.every((name) => isCounted(metrics.text, name))) {
      await setTimeout(100);
      metrics = await ask('/metrics');
    }
    assert.deepEqual([metrics.status, metrics.type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
    assert.match(metrics.text, /^frigate_health_targets_judged 3$/m);
    const watched = [
      ...metrics.text.matchAll(/kubernetes_requests_total\{verb="watch",resource="(\w+)",code="200"\} (\d+)/g),
    ];
    assert.deepEqual(
      watched.map(([, resource, count]) => `${resource} ${count}`).sort(),
      ['daemonsets 1', 'deployments 1', 'events 1', 'nodes 1', 'pods 1', 'statefulsets 1'],
      'three Frigates share the streams',
    );
    assert.match(metrics.text, /^frigate_health_http_requests_total\{route="\/health",method="GET",code="200"\} 1$/m);
    assert.match(metrics.text, /^frigate_health_polls_total\{result="answered"\} [1-9]/m);
    assert.match(metrics.text, /^frigate_health_state_writes_total\{result="done"\} [1-9]/m);
    // A stream that stays open holds nothing up.
    const stream = await fetch(`${url}/api/v1/events`);
    const at = performance.now();
    running.child.kill('SIGTERM');
    await stream.text();
    assert.equal((await running.ended).code, 0);
    assert.ok(performance.now() - at < 5000, `${performance.now() - at} ms`);
    await assert.rejects(ask('/health'));
  });

  it('asks the checks of a file, reads it again when it changes, and exports what they find', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-checks-'));
    const file = path.join(folder, 'checks.yaml');
    const broker = (port: number): string =>
      `- {id: X-broker, title: broker, kind: tcp, host: 127.0.0.1, port: ${port}, every: 5s}\n`;
    const behind = '- {id: X-behind, title: behind, kind: tcp, host: 127.0.0.1, port: 1, dependsOn: [X-broker]}\n';
    writeFileSync(
      file,
      `${broker(1)}${behind}- {id: X-uptime, title: uptime, kind: stats, pointer: /service/uptime, expect: "< 0"}\n`,
    );
    const running = start(['serve', '--demo=fleet', '--listen=127.0.0.1:0', `--checks-file=${file}`]);
    const lines = await untilLine(running, ({event}) => event === 'http.listening');
    const url = String(lines.find(({event}) => event === 'http.listening')?.['url']);
    const text = async (where: string): Promise<string> =>
      (await fetch(`${url}${where}`, {signal: AbortSignal.timeout(5000)})).text();
    const metrics = async (...expected: readonly RegExp[]): Promise<void> => {
      const begun = performance.now();
      for (;;) {
        const last = await text('/metrics');
        if (expected.every((one) => one.test(last))) return;
        assert.ok(
          performance.now() - begun < 40_000,
          last
            .split('\n')
            .filter((one) => one.includes('X-'))
            .join('\n'),
        );
        await setTimeout(200);
      }
    };
    await metrics(
      /^frigate_health_custom_check_status\{check="X-broker",status="warning"\} 1$/m,
      /^frigate_health_custom_check_status\{check="X-behind",status="skipped"\} 1$/m,
      /^frigate_health_check_failing\{frigate_namespace="cabin",frigate="frigate",check="X-uptime",severity="warning"\} 1$/m,
    );
    interface Reported {
      readonly checks?: ReadonlyArray<{readonly id: string; readonly status: string}>;
    }
    const report = async (): Promise<Reported> =>
      JSON.parse(await text('/api/v1/frigates/frigate/frigate/report')) as Reported;
    let checks = (await report()).checks;
    while (checks === undefined) {
      await setTimeout(100);
      ({checks} = await report());
    }
    assert.deepEqual(
      checks.filter(({id}) => id.startsWith('X-')).map(({id, status}) => `${id} ${status}`),
      ['X-broker warning', 'X-behind skipped', 'X-uptime warning'],
    );
    writeFileSync(file, 'no list');
    const refused = await untilLine(running, ({event}) => event === 'checks.refused');
    assert.match(String(refused.find(({event}) => event === 'checks.refused')?.['reason']), /checks\.yaml, line 1/);
    await metrics(/^frigate_health_component_status\{component="custom_checks",status="degraded"\} 1$/m);
    await metrics(/check="X-broker",status="warning"\} 1$/m);
    writeFileSync(file, broker(Number(new URL(url).port)));
    await metrics(/check="X-broker",status="ok"\} 1$/m, /component="custom_checks",status="healthy"\} 1$/m);
    assert.doesNotMatch(await text('/metrics'), /X-behind/);
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
    rmSync(folder, {recursive: true});
  });

  it('reads its tokens and channels again: new ones hold, removed ones do not, a broken file changes nothing', async () => {
    const hash = (token: string): string => createHash('sha256').update(token).digest('hex');
    const fileOf = (...tokens: readonly string[]): string =>
      JSON.stringify({tokens: tokens.map((token) => ({name: token, sha256: hash(token), scope: 'read'}))});
    await withFile(fileOf('old'), (tokens) =>
      withFile('webhook+http://127.0.0.1:1/in', async (channels) => {
        const running = start(
          ['serve', '--demo=healthy', '--listen=127.0.0.1:0', '--auth=token-file', `--token-file=${tokens}`],
          {env: {FRIGATE_HC_NOTIFY: channels}},
        );
        const lines = await untilLine(running, ({event}) => event === 'http.listening');
        const url = String(lines.find(({event}) => event === 'http.listening')?.['url']);
        const statusOf = async (token: string): Promise<number> =>
          (await fetch(`${url}/api/v1/frigates`, {headers: {Authorization: `Bearer ${token}`}})).status;
        const health = async (): Promise<unknown> => (await fetch(`${url}/health`)).json();
        assert.deepEqual([await statusOf('old'), await statusOf('new')], [200, 401]);
        const read = untilLine(running, ({event}) => event === 'tokens.read');
        await writeFile(tokens, fileOf('new'));
        await read;
        assert.deepEqual([await statusOf('old'), await statusOf('new')], [401, 200]);
        const refused = [
          untilLine(running, ({event}) => event === 'tokens.refused'),
          untilLine(running, ({event}) => event === 'channels.refused'),
        ];
        await writeFile(tokens, 'tokens: []');
        await writeFile(channels, 'nothing://x');
        await Promise.all(refused);
        assert.equal(await statusOf('new'), 200);
        let checks = '';
        while (!checks.includes('"token_file":"degraded"') || !checks.includes('"notifications":"degraded"')) {
          checks = JSON.stringify(await health());
          await setTimeout(50);
        }
        assert.match(checks, /"last_error":"(?:notifications|token_file): \//);
        running.child.kill('SIGTERM');
        assert.equal((await running.ended).code, 0);
      }),
    );
  });

  it('gives the same answers on both replicas, and the second acts within seconds of the end of the first', async () => {
    const world = await aWorld('fleet');
    const words = ['serve', '-A', '--listen=127.0.0.1:0', '-n', 'frigate'];
    const begin = async (): Promise<Running & {readonly url: string}> => {
      const running = start(words, {kubeconfig: world.file});
      const lines = await untilLine(running, ({event}) => event === 'http.listening');
      return {...running, url: String(lines.find(({event}) => event === 'http.listening')?.['url'])};
    };
    const healthsOf = async ({url}: {readonly url: string}): Promise<readonly string[]> => {
      const answer = await fetch(`${url}/api/v1/frigates`, {headers: {Authorization: `Bearer ${tokenOf('ada')}`}});
      const {frigates = []} = (await answer.json()) as {
        readonly frigates?: ReadonlyArray<{readonly instanceId: string; readonly health: string}>;
      };
      return frigates.map(({instanceId, health}) => `${instanceId} ${health}`);
    };
    const untilJudged = async (one: {readonly url: string}): Promise<readonly string[]> => {
      for (;;) {
        const healths = await healthsOf(one);
        if (healths.length === 3 && !healths.some((health) => health.endsWith('unknown'))) return healths;
        await setTimeout(100);
      }
    };
    try {
      const first = await begin();
      await untilJudged(first);
      const second = await begin();
      // Whatever it observes itself: only the first one judges.
      assert.deepEqual(await untilJudged(second), await healthsOf(first));
      first.child.kill('SIGTERM');
      assert.equal((await first.ended).code, 0);
      const at = performance.now();
      await untilJudged(second);
      assert.ok(performance.now() - at < 15_000, `${performance.now() - at} ms`);
      second.child.kill('SIGTERM');
      assert.equal((await second.ended).code, 0);
    } finally {
      await closeWorlds();
    }
  });

  it('shows that Consul is away on /health, and goes on', async () => {
    const running = start(['serve', '--demo', '--listen=127.0.0.1:0', '--consul=http://127.0.0.1:1']);
    const lines = await untilLine(running, ({event}) => event === 'diagnosed');
    const url = String(lines.find(({event}) => event === 'http.listening')?.['url']);
    const begun = performance.now();
    let consul: unknown = null;
    while (consul !== 'degraded' && performance.now() - begun < 10_000) {
      const {checks} = (await (await fetch(`${url}/health`)).json()) as {checks: Readonly<Record<string, unknown>>};
      consul = checks['consul'];
      await setTimeout(100);
    }
    assert.equal(consul, 'degraded');
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
  });

  it('says that its port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const {port} = holder.address() as AddressInfo;
    const {code, stdout, stderr} = await start(['serve', '--demo', `--listen=127.0.0.1:${port}`]).ended;
    holder.close();
    assert.equal(code, 64, stdout + stderr);
    assert.match(stdout + stderr, /the port is in use/);
  });

  for (const [words, message] of [
    [['serve', '--demo', '--targets=/nonexistent'], /\/nonexistent cannot be read/],
    [['serve', '--demo', '--refresh=1s'], /--refresh=1s is shorter than 5s/],
    [['serve', '--demo', '--profile=quick'], /--profile/],
    [['serve', '-A', '--namespaces=a'], /namespaces/],
    [['serve', '--demo', '--listen=nowhere'], /--listen nowhere: not an address/],
    [['serve', '--demo', '--listen=0.0.0.0:0'], /--auth none listens on the loopback interface only/],
    [['serve', '--demo', '--auth=token-file'], /needs --token-file FILE/],
    [['serve', '--demo', '--consul=ftp://consul'], /--consul=ftp:\/\/consul is not the URL/],
  ] as const)
    it(`refuses ${words.slice(1).join(' ')} with 64`, async () => {
      const {ended} = start(words);
      const {code, stdout, stderr} = await ended;
      assert.equal(code, 64, stdout + stderr);
      assert.match(stdout + stderr, message);
    });
});
