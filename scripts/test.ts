/**
 * `npm test`: the program is built, every suite passes, every line is linted, every type holds. The suites need the build,
 * lint and types need nothing, so they run beside it; all are waited for, and each alone can fail the whole.
 * `npm test -- --grep R-07` hands its words to mocha.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {availableParallelism} from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** Two even on one core: the suites wait for processes and sockets much of the time. */
const JOBS = Math.max(2, availableParallelism());

interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

/** A package script. `aside`: its words are kept until they can be told in one piece. */
const script = async (name: string, {words = [], aside = false}: {readonly words?: readonly string[]; readonly aside?: boolean} = {}): Promise<Outcome> => {
  const output = aside ? 'pipe' : 'inherit';
  const child = spawn('npm', ['run', '--silent', name, '--', ...words], {cwd: root, stdio: ['ignore', output, output], shell: process.platform === 'win32'});
  const pieces: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = await once(child, 'close') as [number | null];
  return {ok: code === 0, text: Buffer.concat(pieces).toString('utf8')};
};

const suites = async (): Promise<Outcome> => {
  const built = await script('build');
  return built.ok ? script('test:unit', {words: ['--jobs', String(JOBS), ...process.argv.slice(2)]}) : built;
};

const [lint, tested] = await Promise.all([script('lint', {aside: true}), suites()]);
process.stdout.write(`lint and types: ${lint.ok ? 'nothing to say' : 'failed'}\n${lint.text}`);
process.exitCode = lint.ok && tested.ok ? 0 : 1;
