/** Nothing in the repository names a page that is not in it: what a reader is pointed to can be read. */
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';

const root = join(import.meta.dirname, '..', '..');
/** What git ignores, and what npm writes. */
const left = new Set(['node_modules', 'dist', 'build', 'coverage', '.git', 'package-lock.json']);
const text = /\.(ts|tsx|js|mjs|json|md|ya?ml|sh)$|^[^.]+$|^\.[^.]+$/;

const files = (folder: string): readonly string[] =>
  readdirSync(folder, {withFileTypes: true})
    .filter(({name}) => !left.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : entry.isFile() && text.test(entry.name) ? [path] : [];
    });

/** Names that are put together (`${id}.md`) and pages of other repositories (URLs) are not ours to find. */
const pagesNamed = (content: string): readonly string[] =>
  [...content.matchAll(/(?<![\w/.}-])(?:[\w.-]+\/)*[\w-]+\.md\b/g)].map(([page]) => page);

const places = (file: string, page: string): readonly string[] => [
  join(dirname(file), page),
  join(root, page),
  join(root, 'docs', page),
  join(root, 'docs', 'checks', page),
];

describe('the pages that are named', () => {
  const all = files(root);

  it('are looked for in every file of the repository', () => {
    assert.ok(all.length > 400, `${all.length} files`);
    assert.ok(all.flatMap((file) => pagesNamed(readFileSync(file, 'utf8'))).length > 100);
  });

  it('exist', () => {
    const missing = all.flatMap((file) =>
      pagesNamed(readFileSync(file, 'utf8'))
        .filter((page) => !places(file, page).some((place) => existsSync(place)))
        .map((page) => `${relative(root, file)}: ${page}`),
    );
    assert.deepEqual(missing, []);
  });

  it('have the sections that are named with them', () => {
    const missing = all.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(docs\/[\w/-]+\.md), "([^"\n]+)"/g)]
        .filter(
          ([, page = '', section = '']) =>
            !readFileSync(join(root, page), 'utf8')
              .split('\n')
              .some((line) => line.replace(/^#+ /, '') === section && line.startsWith('#')),
        )
        .map(([named]) => `${relative(root, file)}: ${named}`),
    );
    assert.deepEqual(missing, []);
  });
});
