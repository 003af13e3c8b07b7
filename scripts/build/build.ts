/**
 * Builds dist/: one ES module per entry, shared and lazy chunks beside them. Everything is bundled, so that a start reads
 * a few files.
 */
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {build} from 'esbuild';
import type {Metafile} from 'esbuild';
import {bundleOptions as shared, from} from './bundle.js';
import {buildPage} from './page.js';
import {wordTable} from './word-table.js';
import {checkReportJsonSchema} from '../../src/report/schema.js';

const entries: Readonly<Record<string, string>> = {
  index: from('src/index.ts'),
  main: from('src/cli/main.ts'),
};

/** One line; the sizes of single chunks stand in the metafile (`--metafile`). */
const summary = (name: string, {outputs}: Metafile): string => {
  const files = Object.entries(outputs).filter(([file]) => file.endsWith('.js'));
  const kibibytes = files.reduce((sum, [, {bytes}]) => sum + bytes, 0) / 1024;
  return `${name}: ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${kibibytes.toFixed(0)} KiB`;
};

/** oclif trims what stands under a heading, and with it the place of the letter that the first flag does not have. */
const aligned = (block: string): string => {
  const [heading = '', first = '', ...others] = block.split('\n');
  const isShifted =
    heading.endsWith('FLAGS') && first.startsWith('  --') && others.some((line) => line.startsWith('      --'));
  return isShifted ? [heading, `    ${first}`, ...others].join('\n') : block;
};

/** `npm run demo` shows the program, not how it was built. */
const isQuiet = process.argv.includes('--quiet');

await rm(from('dist'), {recursive: true, force: true});
await mkdir(from('dist'));
const program = await build({
  ...shared,
  entryPoints: entries,
  outdir: from('dist'),
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});
if (!isQuiet) console.log(summary('the program', program.metafile));
await writeFile(from('dist/check-report.v1.schema.json'), `${JSON.stringify(checkReportJsonSchema(), null, 2)}\n`);

// The status page of serve, read from beside the program and sent to browsers.
const page = await buildPage();
await mkdir(from('dist/page'));
await writeFile(from('dist/page/page.js'), page.script);
await writeFile(from('dist/page/page.css'), page.style);

// The words for completion, read at each TAB without loading oclif (src/cli/completion/run.ts).
const {COMMANDS} = await import('../../src/index.js');
await writeFile(from('dist/words.json'), JSON.stringify(wordTable(COMMANDS)));

// The help of every command, rendered once by the program itself; src/cli/help.ts prints it without loading oclif.
const pages = [['root', '--help'], ...Object.keys(COMMANDS).map((command) => [command, command, '--help'])] as const;
const rendered = pages.map(
  ([page, ...words]) =>
    [page, execFileSync(process.execPath, [from('bin/run.js'), ...words], {encoding: 'utf8'})] as const,
);
await mkdir(from('dist/help'));
for (const [page, text] of rendered) {
  // oclif's version line names the machine; here that would be the one that built it.
  await writeFile(
    from('dist/help', `${page}.txt`),
    text
      .replace(/^( *[\w-]+\/\S+) \S+ node-\S+$/m, '$1')
      .split('\n\n')
      .map(aligned)
      .join('\n\n'),
  );
}

const simulator = from('src/simulator/frigate/main.ts');
if (existsSync(simulator)) {
  const simulated = await build({...shared, entryPoints: [simulator], outfile: from('dist/frigate-simulator.js')});
  if (!isQuiet) console.log(summary('the simulated Frigate', simulated.metafile));
}
if (process.argv.includes('--metafile')) await writeFile(from('dist/metafile.json'), JSON.stringify(program.metafile));
