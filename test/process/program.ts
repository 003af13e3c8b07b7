/** Runs the built program as a process of its own: what it printed, how it ended, how long it took and how much memory it held. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
export const PROGRAM = path.join(root, 'bin/run.js');

/** Longer than any deadline that a test sets: a program that is killed by this hangs. */
const PATIENCE = 40_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly kubeconfig?: string;
  /** Modules that Node.js loads before the program. */
  readonly preload?: string;
}

export const mustBeBuilt = (): void =>
  assert.ok(existsSync(path.join(root, 'dist/main.js')), 'build it first: npm run build');

/** Nothing of this machine's own cluster or settings gets into a test. */
export const cleanEnvironment = ({env = {}, kubeconfig}: Surroundings = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  ...(kubeconfig === undefined ? {} : {KUBECONFIG: kubeconfig}),
  ...env,
});

const spawned = (command: string, words: readonly string[], env: Readonly<Record<string, string>>): Running => {
  const begun = performance.now();
  const child = spawn(command, words, {env, stdio: ['ignore', 'pipe', 'pipe']});
  const texts = {stdout: '', stderr: ''};
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(killer);
      resolve({code, ...texts, milliseconds: performance.now() - begun});
    });
  });
  return {child, ended};
};

export const start = (words: readonly string[], surroundings: Surroundings = {}): Running => {
  const preload =
    surroundings.preload === undefined
      ? []
      : ['--import', `data:text/javascript,${encodeURIComponent(surroundings.preload)}`];
  return spawned(process.execPath, [...preload, PROGRAM, ...words], cleanEnvironment(surroundings));
};

export const run = (words: readonly string[], surroundings: Surroundings = {}): Promise<Ended> =>
  start(words, surroundings).ended;

/** A line of bash; `$program` stands for the program. */
export const shell = (line: string, surroundings: Surroundings = {}): Promise<Ended> =>
  spawned('bash', ['-c', line], {...cleanEnvironment(surroundings), program: `${process.execPath} ${PROGRAM}`}).ended;

/** The run with the most memory that it ever held, bytes. */
export const measured = async (
  words: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ended & {readonly peak: number}> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-test-'));
  const file = path.join(folder, 'peak');
  const preload = `import {writeFileSync} from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;
  const ended = await run(words, {...surroundings, preload});
  const peak = Number(await readFile(file, 'utf8')) * 1024;
  await rm(folder, {recursive: true});
  return {...ended, peak};
};

/** A file that lives as long as the work. */
export const withFile = async <T>(content: string, work: (file: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-test-'));
  const file = path.join(folder, 'file');
  await writeFile(file, content, {mode: 0o600});
  try {
    return await work(file);
  } finally {
    await rm(folder, {recursive: true});
  }
};

export type Line = Readonly<Record<string, unknown>> & {readonly event: string; readonly exitCode?: number};

/** The lines of `run-cron`; each must be an object. */
export const linesOf = ({stdout}: Ended): readonly Line[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

export interface Report {
  readonly diagnosis?: {readonly cause: string | null};
  readonly kind: string;
  readonly summary: {readonly health: string; readonly exitCode: number};
  readonly checks: ReadonlyArray<{readonly id: string; readonly status: string; readonly summary: string}>;
  readonly decision: {readonly action: string; readonly rule: string} | null;
  readonly errors: ReadonlyArray<{readonly code: string; readonly message: string; readonly fix: string | null}>;
}

export const reportOf = ({stdout}: Ended): Report => JSON.parse(stdout) as Report;
