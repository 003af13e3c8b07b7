/** Puts a real screen of a sick Frigate into README.md: `npm run build && node --import tsx scripts/screen.ts`. */
import {execFile} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const begin = '<!-- screen: made by scripts/screen.ts -->\n';
const end = '<!-- end of screen -->';

execFile(process.execPath, [join(root, 'bin', 'run.js'), 'check', '--demo=detector-silent'], (_error, stdout) => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const from = readme.indexOf(begin) + begin.length;
  const screen = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
  writeFileSync(join(root, 'README.md'), `${readme.slice(0, from)}\n${screen}\n\n${readme.slice(readme.indexOf(end))}`);
});
