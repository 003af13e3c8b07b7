/** A real Consul agent of a test's own, in a process that it can end and start again. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {program} from './services.js';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

export class ConsulAgent {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-consul-'));
  #child: ChildProcess | null = null;
  #words: readonly string[] = [];
  http = '';
  dns = 0;

  /** `configuration`: further settings, such as `acl`. */
  async start(configuration: object = {}): Promise<void> {
    const [http, dns, server, serf, wan] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    this.http = `http://127.0.0.1:${http}`;
    this.dns = dns;
    writeFileSync(path.join(this.#folder, 'agent.json'), JSON.stringify(configuration));
    this.#words = [
      'agent',
      '-dev',
      '-node=test-agent',
      '-bind=127.0.0.1',
      '-client=127.0.0.1',
      `-http-port=${http}`,
      `-dns-port=${dns}`,
      `-server-port=${server}`,
      `-serf-lan-port=${serf}`,
      `-serf-wan-port=${wan}`,
      '-grpc-port=-1',
      '-log-level=warn',
      `-config-file=${path.join(this.#folder, 'agent.json')}`,
    ];
    await this.run();
  }

  /** Starts it (again), with nothing remembered. */
  async run(): Promise<void> {
    this.#child = spawn(program('FRIGATE_HC_TEST_CONSUL'), this.#words, {stdio: 'ignore'});
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const leader = await fetch(`${this.http}/v1/status/leader`)
        .then((response) => response.text())
        .catch(() => '');
      if (leader.includes(':')) return;
      await sleep(100);
    }
    assert.fail('the agent did not start');
  }

  async end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async close(): Promise<void> {
    await this.end();
    rmSync(this.#folder, {recursive: true, force: true});
  }
}
