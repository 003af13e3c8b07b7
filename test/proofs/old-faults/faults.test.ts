/** The table of the old checker's faults is whole, and what it names is there. */
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {faults} from './table.js';

const root = path.resolve(import.meta.dirname, '../../..');

const range = (from: number, to: number): readonly string[] =>
  Array.from({length: to - from + 1}, (_, index) => `B-${String(from + index).padStart(2, '0')}`);

/** As they were counted; 49 was never given. */
const IDS = [...range(1, 12), 'B-12b', ...range(13, 28), 'B-28b', ...range(29, 48), ...range(50, 65)];

const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Lines that make a title: `it(…)`, `describe(…)`, or a row of a table that one is made from. */
const titleLines = (file: string): readonly string[] =>
  textOf(file)
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\/?\*|import )/.test(line));

describe('the faults of the old checker', () => {
  it('stand in the table, each once', () => {
    assert.equal(IDS.length, 66);
    assert.deepEqual(
      faults.map(({id}) => id),
      IDS,
    );
  });

  for (const {id, what, by, because} of faults) {
    it(`${id} (it ${what}) is shown to be impossible, or why it is not ours to show`, () => {
      assert.ok(by.length > 0 || (because ?? '').length > 20);
      for (const {file, title} of by) {
        assert.ok(existsSync(path.join(root, file)), file);
        assert.ok(
          title.length > 3 && titleLines(file).some((line) => line.includes(title)),
          `${file} has no "${title}"`,
        );
      }
    });
  }

  it('are the only ones that tests name', () => {
    const files = readdirSync(path.join(root, 'test'), {recursive: true, encoding: 'utf8'}).filter((file) =>
      file.endsWith('.test.ts'),
    );
    const named = new Set(files.flatMap((file) => textOf(path.join('test', file)).match(/\bB-\d\db?\b/g) ?? []));
    assert.deepEqual(
      [...named].filter((id) => !IDS.includes(id)),
      [],
    );
  });
});
