/** `check --explain ID` without oclif: only where nothing else is asked, and with the same page. */
import assert from 'node:assert/strict';
import {catalogue} from '../../src/core/checks/catalogue.js';
import {explainedId, explanation} from '../../src/cli/explain.js';

const style = {colour: false, ascii: false, columns: null};

describe('check --explain without oclif', () => {
  for (const [words, id] of [
    [['check', '--explain', 'FRG-401'], 'FRG-401'],
    [['check', '--explain=frg-401'], 'frg-401'],
    [['check', '--explain'], null],
    [['check', '--explain', 'FRG-401', '-o', 'json'], null],
    [['check', '--ascii', '--explain=FRG-401'], null],
    [['check', 'frigate', '--explain=FRG-401'], null],
    [['state', '--explain', 'FRG-401'], null],
    [[], null],
  ] as const)
    it(`${words.join(' ') || 'no word'}: ${id ?? 'is left to the command'}`, () =>
      assert.equal(explainedId(words), id));

  it('prints the page of each check, in any case of its id', async () => {
    for (const check of catalogue) {
      const page = await explanation(check.id.toLowerCase(), 'text', style);
      assert.ok(page?.startsWith(`${check.id} ${check.title}\n`), check.id);
    }
  });

  it('leaves an unknown id to the command, which names the nearest one', async () =>
    assert.equal(await explanation('FRG-999', 'text', style), null));
});
