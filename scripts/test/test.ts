/**
 * `npm test`: the program is built, every suite passes, every line is linted, every type holds. The suites need the build,
 * lint and types need nothing, so they run beside it; all are waited for, and each alone can fail the whole.
 * `npm test -- --grep R-07` hands its words to mocha.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {availableParallelism} from 'node:os';
import path from 'node:path';
import {runSuite, told, type Outcome} from './suite.js';

const root = path.resolve(import.meta.dirname, '../..');

/** Two more than there are cores: the suites wait for processes and sockets much of the time. */
const JOBS = availableParallelism() + 2;

interface Said {
  readonly ok: boolean;
  readonly text: string;
}

/** A package script whose words are kept until they can be told in one piece. */
const aside = async (name: string): Promise<Said> => {
  const child = spawn('npm', ['run', '--silent', name], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  return {ok: code === 0, text: Buffer.concat(pieces).toString('utf8')};
};

const suites = async (): Promise<Outcome> => {
  const built = await aside('build');
  process.stdout.write(built.text);
  return built.ok
    ? runSuite('.mocharc.unit.json', ['--jobs', String(JOBS), ...process.argv.slice(2)])
    : {passed: 0, failed: 1};
};

const [lint, tested] = await Promise.all([aside('lint'), suites()]);
process.stdout.write(`lint and types: ${lint.ok ? 'nothing to say' : 'failed'}\n${lint.text}`);
const all = {passed: tested.passed, failed: tested.failed + (lint.ok ? 0 : 1)};
process.stdout.write(told(all));
process.exitCode = all.failed === 0 ? 0 : 1;
