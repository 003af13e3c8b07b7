import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {madeParts, renewed} from '../../scripts/docs/readme-parts.js';

const root = join(import.meta.dirname, '..', '..');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('the written pages', () => {
  for (const page of madeParts.keys()) {
    it(`${page} has the tables of the code`, () =>
      assert.equal(read(page), renewed(page, read(page)), 'run: npm run docs'));
  }

  for (const page of [
    'README.md',
    'CONTRIBUTING.md',
    'docs/how-it-decides.md',
    'docs/testing.md',
    'docs/watch.md',
    'docs/detection-times.md',
  ]) {
    it(`${page} links only to files that are there`, () => {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
        assert.ok(existsSync(join(root, dirname(page), target)), target);
    });
  }
});
