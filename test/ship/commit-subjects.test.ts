/** What the check of commit subjects lets pass and what it refuses, and its command over a history of its own. */
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {cp, mkdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {faultsOf} from '../../scripts/test/commit-subjects.js';

const root = path.resolve(import.meta.dirname, '../..');

const PASS = [
  'Bring completion into one place',
  'decision: hold while a start makes progress',
  'core, pass: hand timers in',
  'src/tui: need no second width',
  'Name checks by id (FRG-305 is one file)',
  `Add ${'x'.repeat(68)}`,
];

const REFUSED: ReadonlyArray<readonly [subject: string, fault: RegExp]> = [
  [`Add ${'x'.repeat(69)}`, /73 characters, at most 72/],
  ['Added a check', /"added" is not imperative/],
  ['decision: holding while a start makes progress', /"holding" is not imperative/],
  ['Fix the breaker.', /full stop/],
  ['decision: ', /does not begin with a verb/],
  ['fixup! Fix the breaker', /not squashed/],
];

describe('the check of commit subjects', function () {
  this.timeout(60_000);

  for (const subject of PASS) it(`lets pass: ${subject}`, () => assert.deepEqual(faultsOf(subject), []));
  for (const [subject, fault] of REFUSED)
    it(`refuses: ${subject}`, () => assert.match(faultsOf(subject).join('\n'), fault));

  describe('as a command', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-commits-'));
    const git = (...words: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {cwd: folder, encoding: 'utf8'});
    const commit = (subject: string): string => git('commit', '--quiet', '--allow-empty', '-m', subject);
    const check = (): {readonly status: number | null; readonly stdout: string} =>
      spawnSync(process.execPath, ['--import', 'tsx', path.join(folder, 'scripts/test/commit-subjects.ts')], {
        cwd: root,
        encoding: 'utf8',
      });

    before(async () => {
      await mkdir(path.join(folder, 'scripts/test'), {recursive: true});
      await cp(
        path.join(root, 'scripts/test/commit-subjects.ts'),
        path.join(folder, 'scripts/test/commit-subjects.ts'),
      );
      git('init', '--quiet', '--initial-branch=main');
      commit('Started with a subject that no rule knew');
      git('switch', '--quiet', '--create', 'topic');
      commit('tui: show the width');
    });
    after(() => rmSync(folder, {recursive: true, force: true}));

    it('looks at the commits of a branch only', () => {
      const {status, stdout} = check();
      assert.equal(stdout, '1 passed, 0 failed\n');
      assert.equal(status, 0);
    });

    it('names the commit that it refuses, and why', () => {
      commit('tui: showed the width');
      const {status, stdout} = check();
      assert.match(stdout, /^[0-9a-f]+ tui: showed the width\n {4}"showed" is not imperative\n1 passed, 1 failed\n$/);
      assert.equal(status, 1);
    });
  });
});
