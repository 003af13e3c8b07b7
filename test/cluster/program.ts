/** The built program as a process, as people and the CronJob run it. */
import {execFile, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {promisify} from 'node:util';

const root = path.resolve(import.meta.dirname, '..', '..');
const entry = path.join(root, 'bin', 'run.js');

let building: Promise<unknown> | null = null;

/** Builds the program where it was not built yet. */
export const built = async (): Promise<void> => {
  if (existsSync(path.join(root, 'dist', 'main.js'))) return;
  building ??= promisify(execFile)('npm', ['run', 'build'], {cwd: root});
  await building;
};

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the start to the end of the process. */
  readonly took: number;
}

/** Runs a command of the program. Of the environment only what a shell has, and `env`. */
export const program = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  await built();
  const {PATH = '', HOME = '', KUBECONFIG = ''} = process.env;
  const begun = performance.now();
  const child = spawn(process.execPath, [entry, ...words], {env: {PATH, HOME, KUBECONFIG, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return {exitCode, stdout, stderr, took: performance.now() - begun};
};

/** One line of `run-cron`. */
export type Line = Readonly<Record<string, unknown>> & {readonly event: string};

export const linesOf = ({stdout}: Pick<Ended, 'stdout'>): readonly Line[] => stdout.trim().split('\n').map((line) => JSON.parse(line) as Line);

export const lineOf = (ended: Pick<Ended, 'stdout'>, event: string): Line | undefined => linesOf(ended).find((line) => line.event === event);
