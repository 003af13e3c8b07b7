/** The processes of the container and the CPU time that they have used, as /proc and the cpu cgroup show them. Seconds are true time. */
import type {Run} from './fault.js';
import {activeFaults, indexAt, preparing, servicesStart, startOf, uptimeStart} from './run.js';
import {takeSample} from './sample.js';
import {GO2RTC, MAIN} from './titles.js';

/** Percent of one core in the healthy minute of the recording of det-stop (0.17.2, three cameras of 5 fps, a CPU detector). */
const measured: ReadonlyArray<readonly [RegExp, number]> = [
  [/^python3 -u -m frigate$/, 1.9],
  [/^frigate\.detector/, 3.9],
  [/^frigate\.process:/, 1.7],
  [/^frigate\.capture:/, 0.3],
  [/^frigate\.output/, 1.2],
  [/^frigate\.embeddings/, 0.6],
  [/^frigate\./, 0.3],
  [/ffmpeg/, 0.3],
  [/go2rtc/, 0.1],
];

const usual = (command: string): number => measured.find(([pattern]) => pattern.test(command))?.[1] ?? 0;

/** The pid of what s6 runs before its services. */
const PREPARING = 90;
/** Seconds from the start of the services to Frigate's main process. */
const MAIN_BEGINS = 2.8;

export interface Process {
  readonly pid: number;
  readonly command: string;
  /** Unix seconds. */
  readonly startedAt: number;
  /** Seconds of CPU used until then. */
  readonly cpuSeconds: number;
}

/** What of the command's time a fault has changed, in core seconds: it uses its own percentage for as long as it stands. */
const used = (run: Run, command: string, startedAt: number, at: number): number => {
  const changed = activeFaults(run, at).reduce((sum, {fault, context}) => {
    const begins = Math.max(startedAt, context.since);
    const ends = Math.min(at, context.since + (fault.over?.(context.fault) ?? Infinity));
    // Evaluated at its last moment, a fault that is over still gives what it made the process use.
    const percent = fault.cpu?.(command, {...context, at: ends, elapsed: Math.max(0, ends - context.since - 0.001)});
    return percent === undefined || percent === null
      ? sum
      : sum + (percent - usual(command)) * Math.max(0, ends - begins);
  }, 0);
  return Math.max(0, usual(command) * Math.max(0, at - startedAt) + changed) / 100;
};

/** Everything that runs in the container at that moment. */
export const processesAt = (run: Run, at: number): readonly Process[] => {
  const process = (pid: number, command: string, startedAt: number): Process => ({
    pid,
    command,
    startedAt,
    cpuSeconds: used(run, command, startedAt, at),
  });
  const start = startOf(run);
  const supervisor = process(1, 's6-svscan /run/service', start);
  const services = servicesStart(run);
  if (at < services) {
    const command = preparing(run, at);
    return command === null || command === '' ? [supervisor] : [supervisor, process(PREPARING, command, start + 0.9)];
  }
  if (at < uptimeStart(run))
    return [
      supervisor,
      process(116, 'nginx: master process /usr/sbin/nginx', services + 0.6),
      process(117, GO2RTC, services + 3.8),
      ...(at < services + MAIN_BEGINS ? [] : [process(124, MAIN, services + MAIN_BEGINS)]),
    ].filter(({startedAt}) => startedAt <= at);
  const index = indexAt(run, at);
  return [...takeSample(run, {index, at, warm: true}).running()].map(([pid, command]) =>
    process(pid, command, pid === 1 ? start : command === MAIN ? services + MAIN_BEGINS : uptimeStart(run)),
  );
};

/** `usage_usec` of the container in seconds: never falls, since what a process used stays when it ends. */
export const containerCpuSeconds = (run: Run, at: number): number => {
  const seconds = (moment: number): number =>
    processesAt(run, moment).reduce((sum, {cpuSeconds}) => sum + cpuSeconds, 0);
  const services = servicesStart(run);
  const prepared = at >= services && services > startOf(run) ? seconds(services - 0.001) : 0;
  return prepared + seconds(at);
};
