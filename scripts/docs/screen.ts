/** Puts the output of `check` for a failing Frigate into README.md: `npm run build && node --import tsx scripts/docs/screen.ts`. */
import {execFile} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const begin = '<!-- screen: made by scripts/docs/screen.ts -->\n';
const end = '<!-- end of screen -->';

execFile(
  process.execPath,
  [join(root, 'bin', 'run.js'), 'check', '--demo=detector-silent'],
  (_error, stdout, stderr) => {
    if (stdout === '') throw new Error(`the program printed nothing; first: npm run build. ${stderr}`);
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const from = readme.indexOf(begin) + begin.length;
    const screen = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `    ${line}`))
      .join('\n');
    writeFileSync(
      join(root, 'README.md'),
      `${readme.slice(0, from)}\n${screen}\n\n${readme.slice(readme.indexOf(end))}`,
    );
  },
);
