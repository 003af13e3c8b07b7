/** Texts as people read them, kept in a file of their own: one for each family of messages. */
import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';

/** Compares with the file; UPDATE_GOLDEN=1 writes it anew, but never in CI. */
export const assertGolden = (file: string, text: string): void => {
  if (process.env['UPDATE_GOLDEN'] === '1') {
    assert.equal(process.env['CI'], undefined, 'golden files are not rewritten in CI');
    writeFileSync(file, text);
  }
  assert.ok(existsSync(file), `${file} is missing; write it with UPDATE_GOLDEN=1`);
  assert.equal(text, readFileSync(file, 'utf8'));
};
