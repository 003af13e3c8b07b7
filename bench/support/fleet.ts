/** Many simulated Frigates, and a `serve` over them, as a benchmark sees them. */
import {fork, spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import type {FaultName} from '../../src/simulator/frigate/fault.js';
import {program} from './measure.js';

export type FleetOrder =
  | {readonly order: 'counts'}
  | {readonly order: 'trouble'; readonly count: number; readonly fault: FaultName}
  | {readonly order: 'repair'};
export interface Counts {
  readonly kind: 'counts';
  /** Requests to the API server, by verb and resource, since it was asked the last time. */
  readonly byKind: Readonly<Record<string, number>>;
  /** Requests to all Frigates, and the bytes that they answered with. */
  readonly requests: number;
  readonly bytes: number;
}
export type FleetReply =
  Counts | {readonly kind: 'ready'; readonly kubeconfig: string; readonly port: number} | {readonly kind: 'done'};

export interface Fleet extends AsyncDisposable {
  readonly url: string;
  /** Of `serve` since its beginning: CPU in seconds, resident memory now and at its most in MB. */
  usage(): {readonly cpu: number; readonly memory: number; readonly peak: number};
  counts(): Promise<Counts>;
  trouble(count: number, fault: FaultName): Promise<void>;
  repair(): Promise<void>;
  /** Milliseconds from the start of `serve` until it listened. */
  readonly listened: number;
}

/** Linux: USER_HZ. */
const TICKS = 100;

const usageOf = (pid: number): ReturnType<Fleet['usage']> => {
  const after =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ')
      .map(Number) ?? [];
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const kibibytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN);
  // utime and stime are fields 14 and 15 (proc_pid_stat(5)); two stand before the closing bracket.
  return {
    cpu: ((after[11] ?? Number.NaN) + (after[12] ?? Number.NaN)) / TICKS,
    memory: kibibytes('VmRSS') / 1000,
    peak: kibibytes('VmHWM') / 1000,
  };
};

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill(signal);
  await over;
};

export const startFleet = async (count: number, cameras: number, flags: readonly string[]): Promise<Fleet> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-fleet-'));
  const site = fork(path.join(import.meta.dirname, 'fleet-site.ts'), [String(count), String(cameras)], {
    execArgv: ['--import', 'tsx'],
  });
  const answer = async (): Promise<FleetReply> => ((await once(site, 'message')) as [FleetReply])[0];
  const tell = async (order: FleetOrder): Promise<FleetReply> => {
    const reply = answer();
    site.send(order);
    return reply;
  };
  const ready = await answer();
  if (ready.kind !== 'ready') throw new Error('the simulated fleet did not start');
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, ready.kubeconfig);
  const begun = performance.now();
  const [node = '', ...words] = program;
  const serve = spawn(
    node,
    [
      ...words,
      ...['serve', '-A', `--kubeconfig=${kubeconfig}`, '--listen=127.0.0.1:0', '--auth=none', '--via=direct'],
      `--frigate-api-port=${String(ready.port)}`,
      ...flags,
    ],
    {env: {PATH: process.env['PATH'], HOME: folder}, stdio: ['ignore', 'pipe', 'inherit']},
  );
  const lines = createInterface(serve.stdout);
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const {event, url: listens} = JSON.parse(line) as {readonly event: string; readonly url?: string};
      if (event === 'http.listening' && listens !== undefined) resolve(listens);
    });
    serve.once('exit', (code) => reject(new Error(`serve ended with ${String(code)}`)));
  });
  const {pid} = serve;
  if (pid === undefined) throw new Error('serve has no process');
  return {
    url,
    listened: performance.now() - begun,
    usage: () => usageOf(pid),
    counts: async () => {
      const reply = await tell({order: 'counts'});
      if (reply.kind !== 'counts') throw new Error('no counts');
      return reply;
    },
    trouble: async (many, fault) => {
      await tell({order: 'trouble', count: many, fault});
    },
    repair: async () => {
      await tell({order: 'repair'});
    },
    [Symbol.asyncDispose]: async () => {
      await ended(serve, 'SIGTERM');
      await ended(site, 'SIGKILL');
      await rm(folder, {recursive: true, force: true});
    },
  };
};
