/** The runner of the suites: a failure is a failure, and the one second try hides nothing. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {globSync, readdirSync, readFileSync} from 'node:fs';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path, {matchesGlob} from 'node:path';
import {configurationIn, deserveSecondTry} from '../../scripts/test/suite.js';

const root = path.resolve(import.meta.dirname, '../..');

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

/** The folders whose files may live in real time; those on a terminal have a configuration of their own. */
const REAL = ['contract', 'process', 'simulator'];
const REAL_TIMER = /\bset(?:Timeout|Interval)\(|['"]node:timers/;

const GOOD = "it('is good', () => {});\n";
const BAD = "it('is bad', () => { throw new Error('bad'); });\n";
const LATE =
  "import {existsSync, writeFileSync} from 'node:fs';\nit('is late once', () => { if (!existsSync('MARK')) { writeFileSync('MARK', ''); throw new Error('late'); } });\n";
const BAD_HOOK = "before(() => { throw new Error('bad'); });\nit('never comes to this', () => {});\n";

describe('the runner of the suites', function () {
  this.timeout(60_000);
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-runner-'));
  });

  afterEach(() => rm(folder, {recursive: true, force: true}));

  /** Runs it over files of these contents. */
  const run = async (files: Readonly<Record<string, string>>, parallel = true): Promise<Ended> => {
    for (const [name, text] of Object.entries(files))
      await writeFile(path.join(folder, name), text.replaceAll('MARK', path.join(folder, 'mark')));
    const config = path.join(folder, 'mocharc.json');
    await writeFile(
      config,
      JSON.stringify({
        spec: [path.join(folder, '*.mjs')],
        'real-time': '\\.mjs$',
        'node-option': ['import=tsx'],
        parallel,
        reporter: 'dot',
      }),
    );
    return new Promise((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', 'scripts/test/suite.ts', config], {cwd: root}, (error, stdout) =>
        resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout}),
      );
    });
  };

  const lastLine = ({stdout}: Ended): string | undefined => stdout.trimEnd().split('\n').at(-1);

  it('counts what passed, of files one after another too', async () => {
    for (const parallel of [true, false]) {
      const ended = await run({'a.mjs': GOOD, 'b.mjs': GOOD}, parallel);
      assert.deepEqual([ended.code, lastLine(ended)], [0, '2 passed, 0 failed'], ended.stdout);
    }
  });

  it('fails for what fails twice', async () => {
    const ended = await run({'a.mjs': GOOD, 'b.mjs': `${GOOD}${BAD}`});
    assert.deepEqual([ended.code, lastLine(ended)], [1, '2 passed, 1 failed'], ended.stdout);
    assert.doesNotMatch(ended.stdout, /^unsteady/m);
  });

  it('fails for a hook that fails twice', async () => {
    const ended = await run({'a.mjs': BAD_HOOK});
    assert.deepEqual([ended.code, lastLine(ended)], [1, '0 passed, 1 failed'], ended.stdout);
  });

  it('names what passed only by itself, and counts each test once', async () => {
    const ended = await run({'a.mjs': GOOD, 'b.mjs': `${LATE}${GOOD}`});
    assert.deepEqual([ended.code, lastLine(ended)], [0, '3 passed, 0 failed'], ended.stdout);
    assert.match(ended.stdout, /^unsteady: .*b\.mjs failed beside the others and passed by itself$/m);
  });

  it('fails for a file that does not load, and where there is nothing to run', async () => {
    const broken = await run({'a.mjs': GOOD, 'b.mjs': 'import "./nowhere.mjs";\n'});
    assert.equal(broken.code, 1, broken.stdout);
    assert.match(lastLine(broken) ?? '', /[1-9]\d* failed$/);
    await rm(folder, {recursive: true});
    await mkdir(folder);
    const empty = await run({});
    assert.deepEqual([empty.code, lastLine(empty)], [1, '0 passed, 1 failed'], empty.stdout);
  });

  const realTime = new RegExp(configurationIn('.mocharc.unit.json')['real-time']);

  it('gives no second try to what has its time handed in, nor to many files, nor to a failure outside of any file', () => {
    assert.equal(deserveSecondTry(['test/process/stalls.test.ts', 'test/simulator/kubectl.test.ts'], realTime), true);
    assert.equal(deserveSecondTry(['test/process/stalls.test.ts', 'test/core/mask.test.ts'], realTime), false);
    for (const folder of readdirSync(path.join(root, 'test')).filter((name) => !REAL.includes(name)))
      assert.equal(deserveSecondTry([`test/${folder}/process/a.test.ts`], realTime), false, folder);
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `test/process/${name}.test.ts`);
    assert.equal(deserveSecondTry(many, realTime), false);
    assert.equal(deserveSecondTry([''], /./), false);
    assert.equal(deserveSecondTry([], realTime), false);
  });

  it('would hide nothing behind a second try: whatever starts a timer of the machine lives in real time', () => {
    const ignore = configurationIn('.mocharc.unit.json')['ignore'] as readonly string[];
    const files = globSync('test/**/*.test.ts', {cwd: root}).map((file) => file.split(path.sep).join('/'));
    const others = files.filter(
      (file) => !realTime.test(file) && !ignore.some((pattern) => matchesGlob(file, pattern)),
    );
    assert.ok(others.length > 50, `${others.length} files`);
    const waiting = others.filter((file) => REAL_TIMER.test(readFileSync(path.join(root, file), 'utf8')));
    assert.deepEqual(waiting, [], 'use test/support/fake-timers.ts, or move them to test/process');
  });
});
