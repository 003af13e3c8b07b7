/**
 * Builds dist/: one ES module per entry, shared and lazy chunks beside them. Everything is bundled, so that a start reads
 * a few files, and what no command of ours can reach is left out: @oclif/core bundled as it is carries TypeScript itself.
 */
import {existsSync} from 'node:fs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {build} from 'esbuild';
import type {BuildOptions, Metafile, Plugin} from 'esbuild';
import {checkReportJsonSchema} from '../src/report/schema.js';

const root = path.resolve(import.meta.dirname, '..');
const from = (...parts: string[]): string => path.join(root, ...parts);

interface Replacement {
  readonly name: RegExp;
  /** Only where one of these packages asks for it. */
  readonly importer: RegExp;
  readonly contents: string;
}

const emptyCommonJs = 'module.exports = {};';

/** What is replaced, and why nothing of ours misses it. */
const replacements: readonly Replacement[] = [
  // For plugins in TypeScript, command folders, configuration files and spinners: our commands are one explicit map.
  {name: /^(typescript|ts-node|lilconfig|tinyglobby|cli-spinners|ansi-escapes|minimatch|wsl-utils)$/, importer: /@oclif[\\/]core/, contents: emptyCommonJs},
  // Colours are decided in src/cli/colour.ts; the help is plain text.
  {name: /^supports-color$/, importer: /@oclif[\\/]core/, contents: 'exports.stdout = false; exports.stderr = false;'},
  {name: /^debug$/, importer: /@oclif[\\/]core/, contents: `
    const quiet = () => Object.assign(() => undefined, {enabled: false, extend: quiet});
    module.exports = Object.assign(quiet, {default: quiet, enable: () => undefined, enabled: () => false});`},
  // The requests are made over node:https (src/kubernetes/api); of client-node only the kubeconfig and its credentials are used.
  {name: /^undici$/, importer: /@kubernetes[\\/]client-node/, contents: `
    class Absent { constructor() { throw new Error('undici is not part of this program'); } }
    export const Agent = Absent; export const ProxyAgent = Absent;
    export const fetch = () => Promise.reject(new Error('undici is not part of this program'));`},
];

const replace: Plugin = {
  name: 'replace',
  setup({onLoad, onResolve}) {
    for (const [index, {name, importer}] of replacements.entries()) {
      onResolve({filter: name}, ({path: asked, importer: asking}) =>
        (importer.test(asking) ? {path: `${String(index)}:${asked}`, namespace: 'replaced'} : undefined));
    }
    onLoad({filter: /.*/, namespace: 'replaced'}, ({path: asked}) => ({contents: replacements[Number.parseInt(asked, 10)]?.contents ?? '', loader: 'js'}));
  },
};

/** These packages do not say so, but their modules only declare: unused ones can go (client-node #242). */
const withoutSideEffects: Plugin = {
  name: 'without-side-effects',
  setup({onResolve, resolve}) {
    const inside = /@kubernetes[\\/]client-node|openid-client|oauth4webapi|[\\/]jose[\\/]/;
    onResolve({filter: /^(@kubernetes\/client-node|openid-client|jose|oauth4webapi|\.)/}, async ({pluginData, ...asked}) => {
      const once: unknown = pluginData;
      if (once === 'asked' || asked.kind === 'entry-point' || !(inside.test(asked.importer) || inside.test(asked.path))) return undefined;
      const found = await resolve(asked.path, {importer: asked.importer, resolveDir: asked.resolveDir, kind: asked.kind, namespace: asked.namespace, pluginData: 'asked'});
      return {...found, sideEffects: false};
    });
  },
};

/** CommonJS packages ask for these; an ES module has none. */
const banner = `import {createRequire as makeRequire} from 'node:module';
const require = makeRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

const entries: Readonly<Record<string, string>> = {
  index: from('src/index.ts'),
  main: from('src/cli/main.ts'),
};

const shared = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none',
  sourcemap: 'external',
  define: {'process.env.NODE_ENV': '"production"'},
  banner: {js: banner},
  plugins: [replace, withoutSideEffects],
  metafile: true,
  logLevel: 'warning',
  absWorkingDir: root,
} satisfies BuildOptions;

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;

const summary = (metafile: Metafile): string => Object.entries(metafile.outputs)
  .filter(([name]) => name.endsWith('.js'))
  .map(([name, output]) => `${name} ${kibibytes(output.bytes)}`)
  .join('\n');

await rm(from('dist'), {recursive: true, force: true});
await mkdir(from('dist'));
const program = await build({...shared, entryPoints: entries, outdir: from('dist'), splitting: true, chunkNames: 'chunks/[name]-[hash]'});
console.log(summary(program.metafile));
await writeFile(from('dist/check-report.v1.schema.json'), `${JSON.stringify(checkReportJsonSchema(), null, 2)}\n`);

const simulator = from('src/demo/frigate/main.ts');
if (existsSync(simulator)) {
  const simulated = await build({...shared, entryPoints: [simulator], outfile: from('dist/frigate-simulator.js')});
  console.log(summary(simulated.metafile));
}
if (process.argv.includes('--metafile')) await writeFile(from('dist/metafile.json'), JSON.stringify(program.metafile));
