/** What the kernel shows of Frigate's container in /proc and /sys/fs/cgroup, in the formats of proc(5) and of both cgroup versions. */
import {
  containerCpuSeconds,
  hostOf,
  limitOf,
  memoryOf,
  memoryUse,
  processesAt,
  startOf,
  type Process,
  type Run,
} from '../frigate.js';

const MIB = 1024 * 1024;
/** Clock ticks in a second (`getconf CLK_TCK`). */
const TICKS = 100;
/** Seconds that the machine had been up when the container started. */
const UP_BEFORE = 3600;

const bytes = (mib: number): number => Math.round(mib * MIB);
const kibibytes = (mib: number): number => Math.round(mib * 1024);

/** The name of a task: the first 15 characters of what setproctitle or exec left there. */
const taskName = (command: string): string =>
  (/^[\w/.-]*\//.test(command) ? command.replace(/^\S*\//, '') : command).replace(/ .*$/, '').slice(0, 15);

/** /proc/PID/stat: fields 14 and 15 are the CPU time in ticks, 22 the start after boot, 24 the resident pages. */
const statLine = (run: Run, {pid, command, startedAt, cpuSeconds}: Process, rss: number): string => {
  const ticks = Math.floor(cpuSeconds * TICKS);
  const system = Math.floor(ticks / 5);
  const begun = Math.floor((startedAt - startOf(run) + UP_BEFORE) * TICKS);
  return `${pid} (${taskName(command)}) S 1 1 1 0 -1 4194304 51201 0 12 0 ${ticks - system} ${system} 0 0 20 0 9 0 ${begun} ${bytes(
    rss * 2,
  )} ${Math.round(bytes(rss) / 4096)} 18446744073709551615 0 0 0 0 0 0 0 16781312 134235647 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
};

const processFiles = (run: Run, at: number): ReadonlyArray<readonly [string, () => string]> =>
  processesAt(run, at).flatMap((process) => {
    const folder = `/proc/${process.pid}`;
    const memory = (): {readonly rss: number; readonly pss: number} => memoryOf(run, at, process.pid);
    return [
      [`${folder}/stat`, () => statLine(run, process, memory().rss)],
      [`${folder}/comm`, () => `${taskName(process.command)}\n`],
      [`${folder}/cmdline`, () => `${process.command.replaceAll(' ', '\0')}\0`],
      [
        `${folder}/status`,
        () =>
          `Name:\t${taskName(process.command)}\nState:\tS (sleeping)\nPid:\t${process.pid}\nVmRSS:\t${kibibytes(memory().rss)} kB\nThreads:\t9\n`,
      ],
      [
        `${folder}/smaps_rollup`,
        () =>
          `00400000-7fff0000 ---p 00000000 00:00 0                          [rollup]\nRss:            ${kibibytes(memory().rss)} kB\nPss:            ${kibibytes(memory().pss)} kB\n`,
      ],
    ] as const;
  });

const cgroupV2 = (run: Run, at: number): ReadonlyArray<readonly [string, () => string]> => {
  const use = () => memoryUse(run, at);
  return [
    ['/sys/fs/cgroup/cgroup.controllers', () => 'cpuset cpu io memory hugetlb pids rdma\n'],
    ['/sys/fs/cgroup/memory.current', () => `${bytes(use().usage)}\n`],
    ['/sys/fs/cgroup/memory.max', () => `${bytes(limitOf(run))}\n`],
    [
      '/sys/fs/cgroup/memory.stat',
      () =>
        `anon ${bytes(use().workingSet)}\nfile ${bytes(use().usage - use().workingSet)}\ninactive_file ${bytes(use().usage - use().workingSet)}\n`,
    ],
    ['/sys/fs/cgroup/memory.events', () => 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n'],
    [
      '/sys/fs/cgroup/cpu.stat',
      () => {
        const micro = Math.floor(containerCpuSeconds(run, at) * 1e6);
        return `usage_usec ${micro}\nuser_usec ${Math.floor(micro * 0.8)}\nsystem_usec ${Math.ceil(micro * 0.2)}\n`;
      },
    ],
  ];
};

const cgroupV1 = (run: Run, at: number): ReadonlyArray<readonly [string, () => string]> => {
  const use = () => memoryUse(run, at);
  const cpu = (): string => `${Math.floor(containerCpuSeconds(run, at) * 1e9)}\n`;
  return [
    ['/sys/fs/cgroup/memory/memory.usage_in_bytes', () => `${bytes(use().usage)}\n`],
    ['/sys/fs/cgroup/memory/memory.limit_in_bytes', () => `${bytes(limitOf(run))}\n`],
    [
      '/sys/fs/cgroup/memory/memory.stat',
      () =>
        `cache ${bytes(use().usage - use().workingSet)}\nrss ${bytes(use().workingSet)}\ntotal_inactive_file ${bytes(use().usage - use().workingSet)}\n`,
    ],
    ['/sys/fs/cgroup/cpuacct/cpuacct.usage', cpu],
    ['/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage', cpu],
  ];
};

/** All of them, by path; each is written when it is read. `at`: Unix seconds. */
export const kernelFiles = (run: Run, at: number): ReadonlyMap<string, () => string> => {
  const {cgroup, memory} = hostOf(run);
  return new Map([
    ['/proc/uptime', () => `${(at - startOf(run) + UP_BEFORE).toFixed(2)} 0.00\n`],
    ['/proc/meminfo', () => `MemTotal:       ${kibibytes(memory)} kB\nMemAvailable:   ${kibibytes(memory * 0.6)} kB\n`],
    ...processFiles(run, at),
    ...(cgroup === 'v2' ? cgroupV2(run, at) : cgroupV1(run, at)),
  ]);
};
