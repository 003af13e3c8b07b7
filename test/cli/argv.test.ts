import assert from 'node:assert/strict';
import {normalised, peek, peekFormat} from '../../src/cli/argv.js';
import {parseDuration} from '../../src/settings/duration.js';
import {helpPage} from '../../src/cli/help.js';
import {parseTarget} from '../../src/cli/target.js';
import {checkIds, namesOf} from '../../src/cli/lists.js';
import {CommandFailure} from '../../src/outcome/failure.js';

const words = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '');

describe('the command line', () => {
  const lines: ReadonlyArray<readonly [given: string, becomes: string]> = [
    ['check --wait', 'check --wait=5m'],
    ['check --wait frigate', 'check --wait=5m frigate'],
    ['check --wait 30s', 'check --wait=30s'],
    ['check --wait 5x -n nvr', 'check --wait=5x -n nvr'],
    ['restart --wait', 'restart --wait=10m'],
    ['restart --wait 15m --force', 'restart --wait=15m --force'],
    ['watch --demo fleet -A', 'watch --demo=fleet -A'],
    ['check --demo -o json', 'check --demo=coral-stuck -o json'],
    ['check --demo list', 'check --demo=list'],
    ['check --wait=30s --demo', 'check --wait=30s --demo=coral-stuck'],
    ['check --demo=list', 'check --demo=list'],
    ['check -- --wait', 'check -- --wait'],
    ['help check', 'check --help'],
    ['help', '--help'],
  ];
  for (const [given, becomes] of lines)
    it(`reads "${given}" as "${becomes}"`, () => assert.deepEqual(normalised(words(given)), words(becomes)));

  const formats: ReadonlyArray<readonly [line: string, variable: string | undefined, format: string]> = [
    ['check', undefined, 'text'],
    ['check -o json', undefined, 'json'],
    ['check -ojson', undefined, 'json'],
    ['check -o=yaml', undefined, 'yaml'],
    ['check --output=json', undefined, 'json'],
    ['check --output wide', undefined, 'wide'],
    ['check -o nonsense', undefined, 'text'],
    ['check -o', undefined, 'text'],
    ['check -o json -o short', undefined, 'short'],
    ['check', 'json', 'json'],
    ['check -o text', 'json', 'text'],
    ['check -- -o json', undefined, 'text'],
  ];
  for (const [line, variable, format] of formats) {
    it(`knows before parsing that "${line}" (FRIGATE_HC_OUTPUT=${variable ?? ''}) asks for ${format}`, () =>
      assert.equal(peekFormat(words(line), {FRIGATE_HC_OUTPUT: variable}), format));
  }

  it('peeks at long flags with and without a space', () => {
    assert.equal(peek(words('check --color never'), 'color'), 'never');
    assert.equal(peek(words('check --color=always'), 'color'), 'always');
    assert.equal(peek(words('check'), 'color'), null);
  });

  const pages: ReadonlyArray<readonly [string, string | null]> = [
    ['', 'root'],
    ['--help', 'root'],
    ['-h', 'root'],
    ['check --help', 'check'],
    ['check -h', 'check'],
    ['check', null],
    ['check --help -o json', null],
    ['../x --help', null],
    ['--help check', null],
    ['check frigate --help', null],
  ];
  for (const [line, page] of pages)
    it(`finds the page of "${line}": ${String(page)}`, () => assert.equal(helpPage(words(line)), page));
});

describe('durations of flags', () => {
  const durations: ReadonlyArray<readonly [string, number | null]> = [
    ['0', 0],
    ['30', 30_000],
    ['1.5', 1500],
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1m30s', 90_000],
    ['24h', 86_400_000],
    ['25h', null],
    ['', null],
    ['-5s', null],
    ['5d', null],
    ['s', null],
    ['5 m', null],
    ['1e9', null],
  ];
  for (const [text, expected] of durations)
    it(`${JSON.stringify(text)} is ${String(expected)}`, () => assert.equal(parseDuration(text), expected));
});

describe('the argument NAME', () => {
  const targets: ReadonlyArray<readonly [string, ReturnType<typeof parseTarget>]> = [
    ['frigate', {kind: null, name: 'frigate'}],
    ['deployment/frigate', {kind: 'Deployment', name: 'frigate'}],
    ['deploy/a', {kind: 'Deployment', name: 'a'}],
    ['sts/a', {kind: 'StatefulSet', name: 'a'}],
    ['DaemonSet/a', {kind: 'DaemonSet', name: 'a'}],
    ['deployments.apps/a', {kind: 'Deployment', name: 'a'}],
    ['pod/a', null],
    ['deployment/', null],
    ['deployment/a/b', null],
  ];
  for (const [text, expected] of targets) it(`reads ${text}`, () => assert.deepEqual(parseTarget(text), expected));
});

describe('check ids', () => {
  it('are taken in any writing, from repeated flags, lists and variables', () => {
    assert.deepEqual(checkIds(namesOf(['frg-401, 501', 'FRG-301']), ['FRG-301', 'FRG-401', 'FRG-501']), [
      'FRG-401',
      'FRG-501',
      'FRG-301',
    ]);
    assert.deepEqual(namesOf('a,b'), ['a', 'b']);
    assert.deepEqual(namesOf(undefined), []);
  });

  it('end the command when there is no such check', () => {
    assert.throws(
      () => checkIds(['FRG-402'], ['FRG-401']),
      (error) =>
        error instanceof CommandFailure &&
        error.exitCode === 64 &&
        error.message === 'There is no check FRG-402; did you mean FRG-401?',
    );
  });
});
