/** Writes the kustomize base of deploy/base: `npm run deploy`. A test fails while it differs from what `install` prints. */
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {defaultBase} from './deploy-base.js';

const folder = join(import.meta.dirname, '..', 'deploy', 'base');
const files = defaultBase();

mkdirSync(folder, {recursive: true});
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
for (const [name, text] of files) writeFileSync(join(folder, name), text);
console.log(`${files.size} files in deploy/base`);
