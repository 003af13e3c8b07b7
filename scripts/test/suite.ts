/**
 * Runs mocha by one configuration after another, and ends with one line: N passed, N failed.
 *
 * Suites that live in real time (processes, the simulator, a cluster, a terminal) run beside each other, and a machine that
 * is busy with something else can make one of them late. A file of theirs that failed is run once more, by itself: what fails
 * again has failed; what passes is named as unsteady, never passed over in silence. Everything else has its time handed in
 * (test/support/fake-timers.ts) and gets no second try, wherever it lies.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Tallies, Tally} from './failing-files.js';

const root = path.resolve(import.meta.dirname, '../..');
const reporter = path.join(import.meta.dirname, 'failing-files.ts');

/** More than these is no busy machine. */
const MOST_AGAIN = 6;

interface Configuration {
  readonly reporter: string;
  /** A regular expression: which files live in real time. Ours, not mocha's. A file that waits must be one of them (test/ship/suite.test.ts). */
  readonly 'real-time': string;
  readonly [option: string]: unknown;
}

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** `null`: mocha itself did not come to its end. */
const runMocha = async (configuration: Configuration, words: readonly string[]): Promise<Tallies | null> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-suite-'));
  try {
    const [config, tally] = [path.join(folder, 'mocharc.json'), path.join(folder, 'tally.json')];
    writeFileSync(config, JSON.stringify({...configuration, reporter}));
    const child = spawn(path.join(root, 'node_modules', '.bin', 'mocha'), ['--config', config, ...words], {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
      env: {...process.env, MOCHA_SHOWS: configuration.reporter, MOCHA_TALLY: tally},
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const tallies = tallied(tally);
    // Non-zero without a failure: a file that does not load, or nothing to run.
    return tallies === null || (code !== 0 && Object.values(tallies).every(({failed}) => failed.length === 0))
      ? null
      : tallies;
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
};

const tallied = (file: string): Tallies | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Tallies;
  } catch {
    return null;
  }
};

const failingFiles = (tallies: Tallies): readonly string[] =>
  Object.keys(tallies).filter((file) => (tallies[file]?.failed.length ?? 0) > 0);

/** A configuration of this repository, or of a path. */
export const configurationIn = (file: string): Configuration =>
  JSON.parse(readFileSync(path.resolve(root, file), 'utf8')) as Configuration;

/** Whether each of these files may have failed for want of processor time. `''`: a failure outside of any file. */
export const deserveSecondTry = (failing: readonly string[], realTime: RegExp): boolean =>
  failing.length > 0 && failing.length <= MOST_AGAIN && failing.every((file) => file !== '' && realTime.test(file));

const again = async (configuration: Configuration, files: readonly string[]): Promise<Tallies | null> => {
  process.stdout.write(`\nonce more, each by itself: ${files.join(', ')}\n`);
  const second = await runMocha({...configuration, spec: files, parallel: false, reporter: 'spec'}, []);
  if (second === null) return null;
  for (const file of files) {
    if (second[file]?.failed.length === 0)
      process.stdout.write(`unsteady: ${file} failed beside the others and passed by itself\n`);
  }
  return second;
};

const sum = (tallies: readonly Tally[]): Outcome => ({
  passed: tallies.reduce((total, {passed}) => total + passed, 0),
  failed: tallies.reduce((total, {failed}) => total + failed.length, 0),
});

/** `words`: further words for mocha, such as `--grep R-07`. */
export const runSuite = async (config: string, words: readonly string[]): Promise<Outcome> => {
  const configuration = configurationIn(config);
  const first = await runMocha(configuration, words);
  if (first === null) return {passed: 0, failed: 1};
  const failing = failingFiles(first);
  const second = deserveSecondTry(failing, new RegExp(configuration['real-time']))
    ? await again(configuration, failing)
    : null;
  return sum(Object.values({...first, ...second}));
};

/** The line that whoever counts suites reads. */
export const told = ({passed, failed}: Outcome): string => `${passed} passed, ${failed} failed\n`;

if (process.argv[1] === import.meta.filename) {
  const outcomes: Outcome[] = [];
  for (const config of process.argv.slice(2)) outcomes.push(await runSuite(config, []));
  const all = {
    passed: outcomes.reduce((total, {passed}) => total + passed, 0),
    failed: outcomes.reduce((total, {failed}) => total + failed, 0),
  };
  process.stdout.write(told(all));
  process.exitCode = all.failed === 0 ? 0 : 1;
}
