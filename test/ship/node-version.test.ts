/** The oldest Node.js is named in several places, and they say the same. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import packageFile from '../../package.json' with {type: 'json'};

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

describe('the oldest Node.js', () => {
  const oldest = packageFile.engines.node.replace('>=', '');

  it('is that of package.json in every line of the README that names one', () => {
    const named = [...read('README.md').matchAll(/Node\.js (\d+(?:\.\d+)*) or later/g)].map(([, version]) => version);
    assert.ok(named.length > 1);
    assert.deepEqual(new Set(named), new Set([oldest]));
  });

  it('is that of the gate in bin/run.js, of the bundler and of the Dockerfile', () => {
    const [major = '', minor = ''] = oldest.split('.');
    assert.match(read('bin/run.js'), new RegExp(`needed = \\[${major}, ${minor}\\]`));
    assert.match(read('scripts/build/bundle.ts'), new RegExp(`target: 'node${major}'`));
    assert.match(read('Dockerfile'), new RegExp(`Node\\.js >= ${major}\\.${minor} `));
  });

  it('is no newer than the one of .nvmrc', () => {
    assert.ok(Number(read('.nvmrc')) >= Number.parseInt(oldest, 10));
  });
});
