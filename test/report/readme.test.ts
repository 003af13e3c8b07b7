import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {renewed} from '../../scripts/readme-parts.js';

describe('README.md', () => {
  it('has the settings and the exit codes of the code', () => {
    const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

    assert.equal(readme, renewed(readme), 'run: node --import tsx scripts/docs.ts');
  });
});
