/**
 * What Frigate's memory is by each way of asking, as measured on 0.17.2 with three cameras: RSS of all processes together 2469 MiB, which
 * counts the pages that the children of the forkserver share for each of them; PSS 745 MiB; memory cgroup of the container 716 MiB.
 */
import type {Run} from './fault.js';
import {newestMoment, startOf} from './run.js';
import {takeSample, type Sample} from './sample.js';
import {plainHost, round, type Host} from './site.js';
import {MAIN} from './titles.js';

const MEASURED = {rss: 2469, pss: 745, cgroup: 716};
const DEFAULT_LIMIT = 4096;
/** Not measured: what of the cgroup's use is page cache that the kernel takes back at will. */
const INACTIVE_FILES = 0.1;

export const hostOf = (run: Run): Host => run.site.host ?? plainHost;

/** MiB. */
export const limitOf = (run: Run): number => run.memoryLimit ?? DEFAULT_LIMIT;

/** The part of the memory that stands still; what moves is the main process's. */
const OTHERS = 0.5;

const shareOf = (command: string, share: number): number =>
  command.startsWith('nginx') || command.startsWith('s6') ? 0.1 : share;

/** RSS of each process in percent of the limit. */
const residentShares = (run: Run, sample: Sample): ReadonlyMap<number, number> => {
  const running = sample.running();
  const share = round((OTHERS * run.site.memoryPercent) / Math.max(1, running.size), 1);
  const others = [...running.values()].reduce(
    (sum, command) => sum + (command === MAIN ? 0 : shareOf(command, share)),
    0,
  );
  return new Map(
    [...running].map(([pid, command]) => [
      pid,
      command === MAIN ? Math.max(0.1, sample.memory - others) : shareOf(command, share),
    ]),
  );
};

/** `mem` of `cpu_usages`: percent of the limit on cgroup v2, of the host's memory on v1 (frigate/util/services.py). */
export const memoryShown = (run: Run, sample: Sample): ReadonlyMap<number, number> => {
  const host = hostOf(run);
  const scale = host.cgroup === 'v2' ? 1 : limitOf(run) / host.memory;
  return new Map([...residentShares(run, sample)].map(([pid, percent]) => [pid, percent * scale]));
};

/** MiB. */
export interface MemoryUse {
  /** The sum of VmRSS. */
  readonly rss: number;
  readonly pss: number;
  /** `memory.current`, `memory.usage_in_bytes`. */
  readonly usage: number;
  /** Usage without inactive files: what the metrics API reports, and what the kernel compares with the limit in the end. */
  readonly workingSet: number;
}

/**
 * A leak belongs to one process alone, so it counts whole in every sum. It is stretched so that the cgroup is full at the moment at
 * which the sum of RSS is: there the simulated kernel kills.
 */
export const memoryUse = (run: Run, at: number): MemoryUse => {
  const sample = takeSample(run, {...newestMoment(run, at), at: Math.max(at, startOf(run))});
  const limit = limitOf(run);
  const shared = ((sample.memory - sample.leaked) / 100) * limit;
  const workingSet = (shared * MEASURED.cgroup) / MEASURED.rss;
  const stretch = (limit - workingSet) / Math.max(1, limit - shared);
  const leaked = (sample.leaked / 100) * limit;
  const used = Math.min(limit, workingSet + leaked * stretch);
  return {
    rss: shared + leaked,
    pss: (shared * MEASURED.pss) / MEASURED.rss + leaked,
    workingSet: used,
    usage: Math.min(limit, used * (1 + INACTIVE_FILES)),
  };
};

/** MiB of one process, with all of its pages and with its share of those that it shares. */
export const memoryOf = (run: Run, at: number, pid: number): {readonly rss: number; readonly pss: number} => {
  const sample = takeSample(run, {...newestMoment(run, at), at: Math.max(at, startOf(run))});
  const rss = ((residentShares(run, sample).get(pid) ?? 0) / 100) * limitOf(run);
  return {rss, pss: (rss * MEASURED.pss) / MEASURED.rss};
};
