/** `serve` as a process of its own, with Frigates outside Kubernetes: one of the targets file, one that Consul knows. */
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {instant} from '../../src/core/time.js';
import {makeClock} from '../../src/simulator/clock.js';
import type {Run} from '../../src/simulator/frigate/fault.js';
import {serveFrigate, type FrigateServer} from '../../src/simulator/frigate/server.js';
import {measuredSite} from '../../src/simulator/frigate/site.js';
import {ConsulDouble} from '../support/consul-double.js';
import {linesOf, mustBeBuilt, start, type Running} from './program.js';

type Json = Readonly<Record<string, unknown>>;

describe('serve with Frigates outside Kubernetes', function () {
  this.timeout(90_000);
  let directory: string;
  let frigates: FrigateServer[];
  let consul: ConsulDouble;

  /** A Frigate that runs for an hour, on a port of its own. */
  const aFrigate = async (): Promise<FrigateServer> => {
    const startedAt = instant(Date.now() - 3_600_000);
    const run: Run = {site: measuredSite, version: '0.17.2', startedAt, faults: [], recordedBefore: new Map()};
    const frigate = await serveFrigate({
      host: '127.0.0.1',
      port: 0,
      clock: makeClock(instant(Date.now()), 'flowing'),
      run: () => run,
    });
    frigates.push(frigate);
    return frigate;
  };

  before(mustBeBuilt);
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'outside-'));
    [frigates, consul] = [[], new ConsulDouble()];
  });
  afterEach(async () => {
    await Promise.all([...frigates.map((frigate) => frigate.close()), consul.close()]);
    rmSync(directory, {recursive: true});
  });

  const listening = ({child, ended}: Running): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      child.stdout?.on('data', (chunk: string) => {
        text += chunk;
        const line = linesOf({code: null, stdout: text, stderr: '', milliseconds: 0}).find(
          ({event}) => event === 'http.listening',
        );
        if (line !== undefined) resolve(String(line['url']));
      });
      void ended.then(({stderr}) => reject(new Error(`it ended: ${stderr}`)));
    });

  const ask = async (url: string): Promise<Json> =>
    (await (await fetch(url, {signal: AbortSignal.timeout(5000)})).json()) as Json;

  const until = async (url: string, holds: (body: Json) => boolean): Promise<Json> => {
    const begun = performance.now();
    for (;;) {
      const body = await ask(url);
      if (holds(body)) return body;
      assert.ok(performance.now() - begun < 30_000, JSON.stringify(body));
      await setTimeout(200);
    }
  };

  it('observes both, shows them everywhere, and restarts neither', async () => {
    const [garage, shed] = [await aFrigate(), await aFrigate()];
    const targets = path.join(directory, 'targets.yaml');
    writeFileSync(targets, `targets:\n  - {name: garage, url: "http://127.0.0.1:${garage.port}"}\n`);
    const agent = await consul.start();
    await fetch(`${agent}/v1/agent/service/register`, {
      method: 'PUT',
      body: JSON.stringify({
        ID: 'Shed',
        Name: 'nvr',
        Address: '127.0.0.1',
        Port: shed.port,
        Tags: [],
        Meta: {},
        Checks: [],
      }),
    });
    const running = start([
      'serve',
      '--demo=healthy',
      '--listen=127.0.0.1:0',
      `--targets=${targets}`,
      `--consul=${agent}`,
      '--discover=consul:nvr',
    ]);
    try {
      const url = await listening(running);
      const detail = `${url}/api/v1/frigates/static`;
      for (const name of ['garage', 'shed']) {
        const deep = await until(
          `${url}/api/quality/deep-health/static.${name}`,
          (body) => body['status'] === 'healthy',
        );
        assert.equal(deep['kubernetes'], null);
        const report = await ask(`${detail}/${name}/report`);
        assert.deepEqual((report['summary'] as Json)['exitCode'], 0, JSON.stringify(report));
      }
      const {instances} = await ask(`${url}/api/instances`);
      assert.deepEqual(
        (instances as readonly Json[]).map(({id, kind, foundBy}) => [id, kind, foundBy]),
        [
          ['frigate.frigate', 'Deployment', 'labels'],
          ['static.garage', 'url', 'targets-file'],
          ['static.shed', 'url', 'consul'],
        ],
      );
      const metrics = await (await fetch(`${url}/metrics`)).text();
      assert.match(metrics, /frigate_health_status\{frigate_namespace="static",frigate="garage",status="healthy"\} 1/);
      assert.match(await (await fetch(url)).text(), /garage/);
      // What Consul named is registered there by somebody else; the other two by this program.
      const ids = ['Shed', 'frigate-health.frigate.frigate', 'frigate-health.static.garage'];
      const begun = performance.now();
      while (!ids.every((id) => consul.services.has(id)) && performance.now() - begun < 10_000) await setTimeout(100);
      assert.deepEqual([...consul.services.keys()].filter((id) => !/^frigate-health-/.test(id)).sort(), ids);

      await garage.close();
      const sick = await until(
        `${url}/api/quality/deep-health/static.garage`,
        (body) => body['status'] === 'unhealthy',
      );
      assert.match(String(sick['summary']), /Frigate API does not respond \(url: refused\)/);
      const response = await fetch(`${url}/api/quality/recover/static.garage`, {
        method: 'POST',
        headers: {'content-type': 'application/json', 'x-frigate-health': '1'},
        body: JSON.stringify({reason: 'try', force: true}),
      });
      const refusal = (await response.json()) as Json;
      assert.deepEqual(
        [response.status, refusal['rule'], refusal['reason']],
        [409, 'R-01', 'outside-kubernetes'],
        JSON.stringify(refusal),
      );
      await consul.close();
      await until(`${url}/api/instances`, (body) =>
        (body['instances'] as readonly Json[]).some(({id, stale}) => id === 'static.shed' && stale === true),
      );
    } finally {
      running.child.kill('SIGTERM');
    }
    const {code, stdout} = await running.ended;
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /intent\.stored|restart\.sent/);
  });

  it('refuses a source that it does not know, and Consul without an address', async () => {
    for (const [words, error] of [
      [['--discover=dns:nvr'], /--discover=dns:nvr is not a source/],
      [['--discover=consul:nvr'], /no address of Consul/],
    ] as const) {
      const {code, stdout} = await start(['serve', '--demo=healthy', '--listen=127.0.0.1:0', ...words]).ended;
      assert.equal(code, 64, stdout);
      assert.match(stdout, error);
    }
  });
});
