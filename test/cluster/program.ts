/** The built program as a process, as people and the CronJob run it. */
import {spawn} from 'node:child_process';
import path from 'node:path';
import type {CheckReport} from '../../src/outcome/check-report.js';

export const root = path.resolve(import.meta.dirname, '..', '..');
const entry = path.join(root, 'bin', 'run.js');

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the start to the end of the process. */
  readonly took: number;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves as soon as the text stands in what it wrote. */
  told(text: string): Promise<void>;
  /** What it wrote to stdout so far. */
  stdout(): string;
  /** Ctrl-C. */
  interrupt(): void;
}

/** Starts a program. Of the environment only what a shell has, and `env`. */
const start = (file: string, words: readonly string[], env: Readonly<Record<string, string>>): Running => {
  const {PATH = '', HOME = '', KUBECONFIG = ''} = process.env;
  const begun = performance.now();
  const child = spawn(file, words, {env: {PATH, HOME, KUBECONFIG, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return {
    ended: closed.then((exitCode) => ({exitCode, stdout, stderr, took: performance.now() - begun})),
    told: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!stdout.includes(text)) return;
          child.stdout.off('data', look);
          resolve();
        };
        child.stdout.on('data', look);
        look();
      }),
    stdout: () => stdout,
    interrupt: () => void child.kill('SIGINT'),
  };
};

/** The built program, which can be followed while it runs. */
export const startProgram = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Running =>
  start(process.execPath, [entry, ...words], env);

/** The built program to its end. */
export const program = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  startProgram(words, env).ended;

/** Any program to its end. */
export const run = (
  file: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => start(file, words, env).ended;

export const said = ({stdout, stderr}: Pick<Ended, 'stdout' | 'stderr'>): string => `${stdout}\n${stderr}`;

/** One line of `run-cron`. */
export type Line = Readonly<Record<string, unknown>> & {readonly event: string};

export const linesOf = ({stdout}: Pick<Ended, 'stdout'>): readonly Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

export const lineOf = (ended: Pick<Ended, 'stdout'>, event: string): Line | undefined =>
  linesOf(ended).find((line) => line.event === event);

/** The status of one check in a report of `check -o json`. */
export const statusOf = (report: string, id: string): string | undefined =>
  (JSON.parse(report) as CheckReport).checks.find((check) => check.id === id)?.status;
