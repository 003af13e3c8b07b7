/** Whatever code and documents refer to is in this repository: a reader can follow every link, path and cited section. */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Stands for the name of something that is not there yet. */
const PLACEHOLDER = /\b(?:FAMILY|FILE|NAME|NNN)\b/;

/** A path that is written out, in a folder of the repository. */
const PATH =
  /(?<![\w./@-])(?:src|test|scripts|docs|bench|bin|deploy|\.ci|\.github)(?:\/[\w.-]+)*\/[\w.-]+\.(?:tsx?|mjs|js|md|ya?ml|json|sh)\b/g;
/** A page by its name alone. Names that are put together (`${id}.md`) and pages of other repositories (URLs) are not ours to find. */
const PAGE = /(?<![\w/.}-])(?:[\w.-]+\/)*[\w-]+\.md\b/g;
const LINK = /\]\(([^)\s]+)\)/g;
/** `docs/x.md, "Heading"`, over the end of a comment's line too. */
const CITATION = /(docs\/[\w-]+\.md),\s+(?:\*\s+|\/\/\s+)?"([^"]+)"/g;
/** Names from notes that were never part of the repository: `S38`, `check-ux R13`, `Choice 10`. Faults (B-01) have a table. */
const PRIVATE = /check-ux|\bChoice \d+|\(budgets\)|B-\d+b?, [Ss]\d+|\(S\d+[a-z]?\)|\bspec\/\d+/g;

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The name that GitHub gives to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const headingsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.replaceAll('`', ''));

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

interface Sources {
  readonly exists: (file: string) => boolean;
  readonly read: (file: string) => string;
}

const repository: Sources = {exists: (file) => existsSync(path.join(root, file)), read};

const deadLink = (file: string, target: string, {exists, read: textOf}: Sources): boolean => {
  if (/^[a-z]+:/.test(target)) return false;
  const [relative = '', anchor] = target.split('#');
  const to = relative === '' ? file : path.posix.join(path.posix.dirname(file), relative);
  if (!exists(to)) return true;
  return anchor !== undefined && to.endsWith('.md') && !headingsOf(textOf(to)).map(anchorOf).includes(anchor);
};

const places = (file: string, page: string): readonly string[] =>
  [path.posix.dirname(file), '', 'docs', 'docs/checks'].map((folder) => path.posix.join(folder, page));

/** Every reference of the text that leads nowhere, with its line. */
export const deadReferences = (file: string, text: string, sources: Sources = repository): readonly string[] => {
  const found: Array<readonly [index: number, what: string]> = [];
  const links = file.endsWith('.md') ? [...text.matchAll(LINK)] : [];
  for (const {index, 1: target = ''} of links) if (deadLink(file, target, sources)) found.push([index, target]);
  for (const {index, 0: named} of text.matchAll(PATH))
    if (!PLACEHOLDER.test(named) && !sources.exists(named)) found.push([index, named]);
  for (const {index, 0: page} of text.matchAll(PAGE))
    if (!places(file, page).some((place) => sources.exists(place))) found.push([index, page]);
  for (const {index, 1: page = '', 2: heading = ''} of text.matchAll(CITATION))
    if (sources.exists(page) && !headingsOf(sources.read(page)).includes(heading))
      found.push([index, `${page}, "${heading}"`]);
  for (const {index, 0: name} of text.matchAll(PRIVATE)) found.push([index, name]);
  return [...new Set(found.map(([index, what]) => `${file}:${lineOf(text, index)}: ${what}`))];
};

describe('the references', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /\.(?:tsx?|mjs|js|md|ya?ml|json|sh)$|^[^.]+$|(?:^|\/)\.[^./]+$|^\.ci\//.test(file))
    .filter((file) => existsSync(path.join(root, file)))
    // This file's own examples, and the lock file, whose paths are those of packages.
    .filter((file) => file !== 'test/ship/references.test.ts' && file !== 'package-lock.json');

  it('of code and documents lead to something in the repository', () => {
    assert.ok(files.length > 400, `${files.length} files`);
    assert.deepEqual(
      files.flatMap((file) => deadReferences(file, read(file))),
      [],
    );
  });

  const sources: Sources = {
    exists: (file) => ['docs/a.md', 'README.md', 'src/a.ts'].includes(file),
    read: () => '# A page\n\n## `State`, and its limits\n',
  };

  for (const [text, dead] of [
    ['[a](a.md), [b](a.md#state-and-its-limits), [c](https://x.org/y.md), [d](../README.md)', []],
    ['src/a.ts, https://x.org/src/b.ts, dist/main.js, docs/a.md, "State, and its limits"', []],
    ['[a](b.md)', ['docs/p.md:1: b.md']],
    ['\n[a](a.md#nothing)', ['docs/p.md:2: a.md#nothing']],
    ['see src/b.ts', ['docs/p.md:1: src/b.ts']],
    ['docs/a.md, "Nothing"', ['docs/p.md:1: docs/a.md, "Nothing"']],
    ['B-01, S1 and Choice 10', ['docs/p.md:1: B-01, S1', 'docs/p.md:1: Choice 10']],
  ] as const) {
    it(`${dead.length === 0 ? 'are followed in' : 'are found dead in'} ${JSON.stringify(text)}`, () => {
      assert.deepEqual(deadReferences('docs/p.md', text, sources), dead);
    });
  }
});
