import assert from 'node:assert/strict';
import {complete, written} from '../../../src/cli/completion/complete.js';
import {KUBECTL_COMPLETER, scriptFor, SHELLS} from '../../../src/cli/completion/scripts.js';
import {COMMANDS} from '../../../src/index.js';
import {wordTable} from '../../../scripts/build/word-table.js';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

const table = wordTable(COMMANDS);
const values = (...words: string[]): readonly string[] =>
  written(complete(table, words))
    .split('\n')
    .slice(0, -2)
    .map((line) => line.split('\t')[0] ?? '');
const lookUp = (...words: string[]): string | null => complete(table, words).lookUp;

describe('completion', () => {
  it('begins with the commands, each with what it does', () => {
    assert.deepEqual(values(''), Object.keys(COMMANDS));
    assert.match(written(complete(table, ['ch'])), /^check\tCheck Frigate and everything that it needs.*\n:4\n$/);
  });

  const words: ReadonlyArray<readonly [typed: readonly string[], offered: readonly string[]]> = [
    [['run'], ['run-cron']],
    [['nothing-like-it'], []],
    [['no-command', ''], []],
    [['--v'], ['--version']],
    [['check', '--fail'], ['--fail-on']],
    [['check', '--fail-on', 'c'], ['critical']],
    [['check', '--fail-on=c'], ['critical']],
    [['check', '-o', 'ya'], ['yaml']],
    [['check', '-o', 'yaml', '--out'], []],
    [
      ['check', '--only', 'FRG-40'],
      ['FRG-401', 'FRG-402', 'FRG-403', 'FRG-404', 'FRG-405'],
    ],
    [
      ['check', '--only=FRG-401,FRG-402,FRG-40'],
      ['FRG-401,FRG-402,FRG-403', 'FRG-401,FRG-402,FRG-404', 'FRG-401,FRG-402,FRG-405'],
    ],
    [['check', '--explain', 'FRG-90'], ['FRG-901']],
    [['check', '--demo=coral-s'], ['coral-stuck']],
    [['check', '--demo', 'coral-s'], ['coral-stuck']],
    [['check', '--demo', '--expl'], ['--explain']],
    [['completion', ''], [...SHELLS]],
    [['completion', 'bash', ''], []],
    [['check', '--', '-'], []],
    [['check', '--nonsense='], []],
  ];
  for (const [typed, offered] of words)
    it(`offers ${offered.join(' ') || 'nothing'} after ${typed.join(' ')}|`, () =>
      assert.deepEqual(values(...typed), offered));

  const lookUps: ReadonlyArray<readonly [typed: readonly string[], kind: string | null]> = [
    [['check', ''], 'workloads'],
    [['check', 'frigate', ''], null],
    [['check', '-n', ''], 'namespaces'],
    [['check', '--namespace=fri'], 'namespaces'],
    [['check', '-n', 'frigate', ''], 'workloads'],
    [['check', '--wait', ''], 'workloads'],
    [['check', '--context', 'h'], 'contexts'],
    [['check', '--cluster', ''], 'clusters'],
    [['check', '--user', ''], 'users'],
    [['restart', '--skip-cameras', 'front,'], 'cameras'],
    [['check', '--kubeconfig', ''], 'files'],
    [['run-cron', ''], null],
  ];
  for (const [typed, kind] of lookUps)
    it(`asks for ${kind ?? 'nothing'} after ${typed.join(' ')}|`, () => assert.equal(lookUp(...typed), kind));

  it('lets the shell name files only where a file is wanted', () => {
    assert.match(written(complete(table, ['check', '--kubeconfig', ''])), /:0\n$/);
    assert.match(written(complete(table, ['check', ''])), /:4\n$/);
  });

  it('ends with a directive whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('check', '-n', '--only', '--wait', '--', '=', '--only=,'))),
        (typed) => {
          const lines = written(complete(table, typed)).trimEnd().split('\n');
          assert.match(lines.at(-1) ?? '', /^:[04]$/);
          assert.ok(lines.slice(0, -1).every((line) => line !== '' && line.split('\t').length <= 2));
        },
      ),
    );
  });

  it('has the script for kubectl beside the program under the name that kubectl looks for', () => {
    assert.equal(
      readFileSync(path.resolve(import.meta.dirname, '../../../bin', KUBECTL_COMPLETER), 'utf8'),
      scriptFor('kubectl'),
    );
  });
});
