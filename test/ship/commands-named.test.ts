/** What a reader is told to type can be typed: each command, flag and setting that is named anywhere in the repository is one of the program. */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {flagVariables} from '../../src/cli/flags.js';
import type {DescribedCommand} from '../../src/cli/completion/table.js';
import {COMMANDS} from '../../src/index.js';
import {INEFFECTIVE, settingRows} from '../../src/settings/table.js';

const root = path.resolve(import.meta.dirname, '../..');
const left = new Set(['node_modules', 'dist', 'build', 'coverage', '.git', 'test']);

const files = (folder: string): readonly string[] =>
  readdirSync(folder, {withFileTypes: true})
    .filter(({name}) => !left.has(name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? files(file) : /\.(ts|tsx|mjs|md|ya?ml)$/.test(entry.name) ? [file] : [];
    });

/** Flags of every command, and those of the program itself. */
const always: ReadonlySet<string> = new Set(['--help', '-h']);
const ofTheProgram: ReadonlySet<string> = new Set([...always, '--version']);

const flagsOf = (command: string): ReadonlySet<string> | null => {
  const found = Object.entries<DescribedCommand>(COMMANDS).find(([name]) => name === command)?.[1];
  if (found === undefined) return null;
  const flags = Object.entries(found.flags ?? {});
  return new Set([
    ...always,
    ...flags.flatMap(([name, {char}]) => [`--${name}`, ...(char === undefined ? [] : [`-${char}`])]),
  ]);
};

/** What is wrong with each command line of the text: `kubectl frigate-health check --nope`. */
const wrongIn = (text: string): readonly string[] =>
  [...text.matchAll(/kubectl frigate-health ((?:[a-z][a-z-]*|--?[a-z-]+)(?:[ =][^\n`'|#;()<]*)?)/g)].flatMap(
    ([line, words = '']) => {
      // What a template puts in is no word of the line, and what stands in quotes no flag.
      const [command = '', ...rest] = words
        .replaceAll(/"[^"]*"?|\$\{[^}]*\}?/g, '')
        .trim()
        .split(/[ =]+/);
      const known = command.startsWith('-') ? ofTheProgram : flagsOf(command);
      if (known === null) return [`${line}: there is no command ${command}`];
      const flags = [
        ...(command.startsWith('-') ? [command] : []),
        ...rest.filter((word) => /^--?[a-zA-Z]/.test(word)),
      ].map((flag) => flag.replace(/[.,:]+$/, ''));
      return flags.filter((flag) => !known.has(flag)).map((flag) => `${line}: ${command} has no ${flag}`);
    },
  );

describe('the commands that are named', () => {
  const texts = files(root).map((file) => [path.relative(root, file), readFileSync(file, 'utf8')] as const);

  it('are looked for in code and pages', () => {
    assert.ok(
      texts.length > 300 && texts.filter(([, text]) => text.includes('kubectl frigate-health ')).length > 40,
      `${texts.length} files`,
    );
  });

  it('can be typed', () => {
    assert.deepEqual(
      texts.flatMap(([file, text]) => wrongIn(text).map((wrong) => `${file}: ${wrong}`)),
      [],
    );
  });

  for (const [text, says] of [
    ['run `kubectl frigate-health chekc -n nvr`', /there is no command chekc/],
    ['kubectl frigate-health restart -A', /restart has no -A/],
    ['kubectl frigate-health check --fail-at=critical', /check has no --fail-at/],
    ['kubectl frigate-health --verson', /has no --verson/],
  ] as const)
    it(`would be missed: ${text}`, () => assert.match(wrongIn(text)[0] ?? '', says));
});

/** Variables of the suites on a cluster and of the bench (docs/testing.md), which the program does not read. */
const ofTheTests = /^FRIGATE_HC_(?:TEST|BENCH)_/;

describe('the settings that are named', () => {
  const known = new Set([
    ...settingRows.map(([, {variable}]) => variable),
    ...INEFFECTIVE.map(({variable}) => variable),
    ...flagVariables,
  ]);
  const unknownIn = (text: string): readonly string[] =>
    [...text.matchAll(/FRIGATE_HC_[A-Z0-9_]*[A-Z0-9]/g)]
      .map(([name]) => name)
      .filter((name) => !known.has(name) && !ofTheTests.test(name) && name !== 'FRIGATE_HC_SMTP');

  it('can be set', () => {
    const named = files(root).map((file) => [path.relative(root, file), readFileSync(file, 'utf8')] as const);
    assert.ok(named.filter(([, text]) => text.includes('FRIGATE_HC_')).length > 20);
    assert.deepEqual(
      named.flatMap(([file, text]) => unknownIn(text).map((name) => `${file}: ${name}`)),
      [],
    );
  });

  it('would be missed: a name that is nearly one', () =>
    assert.deepEqual(unknownIn('set FRIGATE_HC_STATE_NAME and FRIGATE_HC_SMTP_*'), ['FRIGATE_HC_STATE_NAME']));
});
