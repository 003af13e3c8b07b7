/** Checks of your own against a real mosquitto that this test starts and stops: what depends on it is skipped because of it. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {processTimers} from '../../src/cli/timers.js';
import type {CustomFinding} from '../../src/core/custom/custom-check.js';
import {CustomProbes} from '../../src/pass/custom-probes.js';
import {parseChecks} from '../../src/settings/checks-file.js';
import {program} from './services.js';

const never = new AbortController().signal;
const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-mosquitto-'));

const freePort = async (): Promise<number> => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const {port} = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
};

const fileFor = (port: number): string => `
- {id: X-broker, title: broker, kind: mqtt, url: "mqtt://127.0.0.1:${port}", timeout: 2s, severity: critical, fix: start it}
- {id: X-sensors, title: sensors, kind: tcp, host: 127.0.0.1, port: ${port}, dependsOn: [X-broker]}
- {id: X-automations, title: automations, kind: tcp, host: 127.0.0.1, port: ${port}, dependsOn: [X-broker]}
- {id: X-lights, title: lights, kind: tcp, host: 127.0.0.1, port: ${port}, dependsOn: [X-automations]}
`;

const probesFor = (port: number): CustomProbes => {
  const parsed = parseChecks('checks.yaml', fileFor(port));
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return new CustomProbes(parsed.checks, processTimers);
};

const asked = async (probes: CustomProbes): Promise<readonly CustomFinding[]> => {
  await probes.ask(never);
  return probes.shared();
};

const statuses = (findings: readonly CustomFinding[]): readonly string[] => findings.map(({status}) => status);

describe('a real mosquitto behind checks of your own', () => {
  const running = new Set<ChildProcess>();

  const start = async (port: number, anonymous: boolean): Promise<ChildProcess> => {
    const file = path.join(folder, `${port}.conf`);
    writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous ${anonymous}\n`);
    const broker = spawn(program('FRIGATE_HC_TEST_MOSQUITTO'), ['-c', file], {stdio: 'ignore'});
    running.add(broker);
    const probes = probesFor(port);
    const deadline = Date.now() + 20_000;
    while (statuses(await asked(probes))[0] === 'critical' && anonymous) {
      assert.ok(Date.now() < deadline, 'mosquitto did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return broker;
  };
  const stop = async (broker: ChildProcess): Promise<void> => {
    running.delete(broker);
    const ended = broker.exitCode === null ? once(broker, 'exit') : Promise.resolve();
    broker.kill();
    await ended;
  };
  after(async () => {
    await Promise.all([...running].map(stop));
    rmSync(folder, {recursive: true, force: true});
  });

  it('is one cause when it stops, and three checks are skipped because of it, until it is back', async () => {
    const port = await freePort();
    const probes = probesFor(port);
    const broker = await start(port, true);
    assert.deepEqual(statuses(await asked(probes)), ['ok', 'ok', 'ok', 'ok']);

    await stop(broker);
    const down = await asked(probes);
    assert.deepEqual(statuses(down), ['critical', 'skipped', 'skipped', 'skipped']);
    assert.match(down[0]?.summary ?? '', /the connection is refused/);
    assert.equal(down[0]?.fix, 'start it');
    assert.deepEqual(
      down.slice(1).map(({because}) => because),
      Array.from({length: 3}, () => ({kind: 'check', id: 'X-broker'})),
    );

    await start(port, true);
    assert.deepEqual(statuses(await asked(probes)), ['ok', 'ok', 'ok', 'ok']);
  });

  it('that takes nobody without a password is told from one that is not there', async () => {
    const port = await freePort();
    await start(port, false);
    const deadline = Date.now() + 20_000;
    let [first] = await asked(probesFor(port));
    while (first?.summary.includes('refused') === true && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      [first] = await asked(probesFor(port));
    }
    assert.match(first?.summary ?? '', /refuses this client: this user is not permitted/);
  });
});
