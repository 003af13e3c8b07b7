/** Writes docs/checks from the catalogue and the tables of README.md and docs/watch.md from the code: `node --import tsx scripts/docs/docs.ts`. A test fails while the two differ. */
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {catalogue} from '../../src/core/checks/catalogue.js';
import {checkPages} from './check-pages.js';
import {madeParts, renewed} from './readme-parts.js';
import {renewedWatchPage} from './watch-page.js';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'checks');
const pages = checkPages(catalogue);

mkdirSync(folder, {recursive: true});
for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
console.log(`${pages.size} pages in docs/checks`);

for (const page of madeParts.keys()) {
  const file = join(import.meta.dirname, '..', '..', page);
  writeFileSync(file, renewed(page, readFileSync(file, 'utf8')));
  console.log(`${page}: its tables`);
}

const watchPage = join(import.meta.dirname, '..', '..', 'docs', 'watch.md');
writeFileSync(watchPage, renewedWatchPage(readFileSync(watchPage, 'utf8')));
console.log('docs/watch.md: keys');
