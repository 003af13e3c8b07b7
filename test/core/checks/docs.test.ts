import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {checkPages} from '../../../scripts/docs/check-pages.js';
import {catalogue} from '../../../src/core/checks/catalogue.js';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'checks');
const repair = 'run: node --import tsx scripts/docs/docs.ts';

describe('the pages of the checks', () => {
  const pages = checkPages(catalogue);

  it('are those of the catalogue, no more and no less', () =>
    assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort(), repair));

  for (const [name, text] of pages) {
    it(`${name} says what the catalogue says`, () =>
      assert.equal(readFileSync(join(folder, name), 'utf8'), text, repair));
  }

  it('link only to pages that exist', () => {
    for (const text of pages.values()) {
      for (const [, target] of text.matchAll(/\]\(([^)]+\.md)\)/g))
        assert.ok(pages.has(target ?? ''), target ?? 'no target');
    }
  });
});
