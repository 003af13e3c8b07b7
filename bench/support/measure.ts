/** Whole processes, measured from outside: wall time here, CPU time and peak memory by time(1) where there is one. */
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';

export interface Run {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of user and system time; `null` without GNU time. */
  readonly cpu: number | null;
  /** Peak resident memory in MiB. */
  readonly memory: number | null;
  readonly exitCode: number | null;
  readonly stdout: string;
}

const TIME = '/usr/bin/time';

export const run = async (
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Run> => {
  const figures = path.join(tmpdir(), `frigate-health-time-${String(process.pid)}`);
  const timed = existsSync(TIME);
  const [program = '', ...words] = timed ? [TIME, '-f', '%U %S %M', '-o', figures, ...command] : command;
  const begun = performance.now();
  const child = spawn(program, words, {env, stdio: ['ignore', 'pipe', 'ignore']});
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  const wall = performance.now() - begun;
  // After a non-zero exit time(1) says so in a line before the figures.
  const told = timed ? (await readFile(figures, 'utf8')).trim().split('\n').at(-1)?.split(' ').map(Number) : undefined;
  await rm(figures, {force: true});
  const [user = 0, system = 0, kibibytes = 0] = told ?? [];
  return {
    wall,
    cpu: told === undefined ? null : (user + system) * 1000,
    memory: told === undefined ? null : kibibytes / 1024,
    exitCode,
    stdout,
  };
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export interface Figures {
  readonly wall: number;
  readonly cpu: number | null;
  readonly memory: number | null;
}

const known = (values: ReadonlyArray<number | null>): readonly number[] => values.filter((value) => value !== null);

/** The medians of several runs. */
export const figuresOf = (runs: readonly Run[]): Figures => {
  const cpu = known(runs.map((one) => one.cpu));
  const memory = known(runs.map((one) => one.memory));
  return {
    wall: median(runs.map(({wall}) => wall)),
    cpu: cpu.length === 0 ? null : median(cpu),
    memory: memory.length === 0 ? null : median(memory),
  };
};

const rounded = (value: number | null, unit: string): string =>
  value === null ? 'not measured' : `${value.toFixed(0)} ${unit}`;

export const told = ({wall, cpu, memory}: Figures): string =>
  `wall ${rounded(wall, 'ms')}, CPU ${rounded(cpu, 'ms')}, peak RSS ${rounded(memory, 'MiB')}`;

export const ratio = (ours: number | null, theirs: number | null): string =>
  ours === null || theirs === null || theirs === 0 ? '–' : (ours / theirs).toFixed(2);

/** The built program: the pinned Node.js and bin/run.js. */
export const program: readonly string[] = [
  process.execPath,
  path.join(import.meta.dirname, '..', '..', 'bin', 'run.js'),
];
