/**
 * `npm run test:one -- FILE [words for mocha]`: this file and no other, in one process, so that a debugger can be attached
 * (`--inspect-brk`). `npm run test:watch -- FILE` runs it again whenever it or what it imports is saved.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** The time that a test of the file may take: that of the suite which the file belongs to. */
const timeoutOf = (file: string): number => {
  const suite = file.startsWith('test/cluster/') ? '.mocharc.cluster.json' : '.mocharc.json';
  return (JSON.parse(readFileSync(path.join(root, suite), 'utf8')) as {readonly timeout: number}).timeout;
};

const newestIn = (folder: string): number =>
  readdirSync(path.join(root, folder), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .reduce((newest, {parentPath, name}) => Math.max(newest, statSync(path.join(parentPath, name)).mtimeMs), 0);

/** Tests that start the built program see what was built last. */
const isBuildOld = (): boolean => {
  const built = path.join(root, 'dist/main.js');
  return !existsSync(built) || statSync(built).mtimeMs < newestIn('src');
};

const words = process.argv.slice(2);
const isWatching = words[0] === '--watch';
const given = isWatching ? words.slice(1) : words;
const ofNode = given.filter((word) => word.startsWith('--inspect'));
const [file, ...ofMocha] = given.filter((word) => !ofNode.includes(word));

if (file === undefined || !existsSync(path.resolve(root, file)) || !/\.test\.tsx?$/.test(file)) {
  process.stderr.write(
    `Name one test file: npm run ${isWatching ? 'test:watch' : 'test:one'} -- test/pass/run-pass.test.ts\n` +
      (file === undefined ? '' : `${file} is none.\n`),
  );
  process.exitCode = 64;
} else {
  const inside = path.relative(root, path.resolve(root, file)).split(path.sep).join('/');
  if (isBuildOld())
    process.stdout.write('dist/ is older than src/: tests that start the program need `npm run build` first\n');
  const child = spawn(
    process.execPath,
    [
      ...ofNode,
      ...(isWatching ? ['--watch', '--watch-preserve-output'] : []),
      '--import=tsx',
      '--no-warnings',
      path.join(root, 'node_modules/mocha/bin/mocha.js'),
      '--no-config',
      `--timeout=${timeoutOf(inside)}`,
      inside,
      ...ofMocha,
    ],
    {cwd: root, stdio: 'inherit'},
  );
  const [code] = (await once(child, 'close')) as [number | null];
  process.exitCode = code ?? 1;
}
