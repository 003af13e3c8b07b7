/** Writes docs/checks from the catalogue: `node --import tsx scripts/docs.ts`. A test fails while the two differ. */
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {catalogue} from '../src/core/checks/catalogue.js';
import {checkPages} from './check-pages.js';

const folder = join(import.meta.dirname, '..', 'docs', 'checks');
const pages = checkPages(catalogue);

mkdirSync(folder, {recursive: true});
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
console.log(`${pages.size} pages in docs/checks`);
