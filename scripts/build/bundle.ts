/**
 * How the program is bundled, split for npm (scripts/build/build.ts) or in one file (scripts/build/single-file.ts). What no command of
 * ours can reach is left out: @oclif/core bundled as it is carries TypeScript itself.
 */
import {readFile} from 'node:fs/promises';
import {builtinModules} from 'node:module';
import path from 'node:path';
import type {BuildOptions, Plugin} from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');

/** A path in the repository. */
export const from = (...parts: readonly string[]): string => path.join(root, ...parts);

interface Replacement {
  readonly name: RegExp;
  /** Only where one of these packages asks for it. */
  readonly importer: RegExp;
  readonly contents: string;
}

const emptyCommonJs = 'module.exports = {};';

/** What is replaced, and why nothing of ours misses it. */
const replacements: readonly Replacement[] = [
  // For plugins in TypeScript, command folders, configuration files and WSL: our commands are one explicit map.
  {
    name: /^(typescript|ts-node|lilconfig|tinyglobby|ansi-escapes|minimatch|wsl-utils)$/,
    importer: /@oclif[\\/]core/,
    contents: emptyCommonJs,
  },
  // On a terminal oclif makes a spinner at once, and we never start it.
  {name: /^cli-spinners$/, importer: /@oclif[\\/]core/, contents: "exports.dots2 = exports.line = {frames: ['']};"},
  // Colours are decided in src/cli/colour.ts; the help is plain text.
  {name: /^supports-color$/, importer: /@oclif[\\/]core/, contents: 'exports.stdout = false; exports.stderr = false;'},
  {
    name: /^debug$/,
    importer: /@oclif[\\/]core/,
    contents: `
    const quiet = () => Object.assign(() => undefined, {enabled: false, extend: quiet});
    module.exports = Object.assign(quiet, {default: quiet, enable: () => undefined, enabled: () => false});`,
  },
  // Help texts name nothing but `config.bin` and `command.id`; the engine compiles a function for each of them.
  {
    name: /^ejs$/,
    importer: /@oclif[\\/]core/,
    contents: `
    const valueAt = (data, path) => path.split('.').reduce((value, name) => value[name], data);
    exports.render = (template, data) => template.replace(/<%=\\s*([\\w.]+)\\s*%>/g, (_, path) => String(valueAt(data, path)));`,
  },
  // Asked for on Windows only, to find the shell; loading it takes as long as all of our own start.
  {
    name: /^node:child_process$/,
    importer: /@oclif[\\/]core/,
    contents: `
    exports.execSync = (...given) => process.getBuiltinModule('node:child_process').execSync(...given);`,
  },
  // The global one is the same; the module brings its observers along, which nobody asks for.
  {
    name: /^(node:)?perf_hooks$/,
    importer: /@oclif[\\/]core/,
    contents: 'module.exports = {get performance() { return globalThis.performance; }};',
  },
  // Asked for by arguments that are taken from stdin, and none of ours is.
  {name: /^(node:)?readline(\/promises)?$/, importer: /@oclif[\\/]core/, contents: emptyCommonJs},
  // Ink asks for it only where DEV=true is set, and it is not installed.
  {name: /^react-devtools-core$/, importer: /[\\/]ink[\\/]/, contents: 'export default {};'},
  // The requests are made over node:https (src/kubernetes/api); of client-node only the tokens of auth-provider entries are used.
  {
    name: /^undici$/,
    importer: /@kubernetes[\\/]client-node/,
    contents: `
    class Absent { constructor() { throw new Error('undici is not part of this program'); } }
    export const Agent = Absent; export const ProxyAgent = Absent;
    export const fetch = () => Promise.reject(new Error('undici is not part of this program'));`,
  },
];

const replace: Plugin = {
  name: 'replace',
  setup(bundler) {
    for (const [index, {name, importer}] of replacements.entries()) {
      bundler.onResolve({filter: name}, ({path: asked, importer: asking}) =>
        importer.test(asking) ? {path: `${String(index)}:${asked}`, namespace: 'replaced'} : undefined,
      );
    }
    bundler.onLoad({filter: /.*/, namespace: 'replaced'}, ({path: asked}) => ({
      contents: replacements[Number.parseInt(asked, 10)]?.contents ?? '',
      loader: 'js',
    }));
  },
};

/** These packages do not say so, but their modules only declare: unused ones can go (client-node #242). */
const withoutSideEffects: Plugin = {
  name: 'without-side-effects',
  setup(bundler) {
    const inside = /@kubernetes[\\/]client-node|openid-client|oauth4webapi|[\\/]jose[\\/]/;
    bundler.onResolve(
      {filter: /^(@kubernetes\/client-node|openid-client|jose|oauth4webapi|\.)/},
      async ({pluginData, ...asked}) => {
        const once: unknown = pluginData;
        if (
          once === 'asked' ||
          asked.kind === 'entry-point' ||
          !(inside.test(asked.importer) || inside.test(asked.path))
        )
          return undefined;
        const found = await bundler.resolve(asked.path, {
          importer: asked.importer,
          resolveDir: asked.resolveDir,
          kind: asked.kind,
          namespace: asked.namespace,
          pluginData: 'asked',
        });
        return {...found, sideEffects: false};
      },
    );
  },
};

/**
 * zod compiles a function for each schema at its first use. A pass uses most schemas once: writing and compiling them took
 * a tenth of its CPU time (`npm run bench -- run-cron`). Without, zod walks the schema, with the same result.
 */
const zodUncompiled: Plugin = {
  name: 'zod-uncompiled',
  setup(bundler) {
    const choice = 'const jit = !core.globalConfig.jitless;';
    bundler.onLoad({filter: /[\\/]zod[\\/]v4[\\/]core[\\/]schemas\.js$/}, async ({path: file}) => {
      const contents = await readFile(file, 'utf8');
      if (!contents.includes(choice))
        return {errors: [{text: `zod chooses its compiler in other words than "${choice}"`}]};
      return {contents: contents.replace(choice, 'const jit = false;'), loader: 'js'};
    });
  },
};

/**
 * Importing a module of Node.js makes all of its names at once, and some of them load whole libraries: node:http its
 * WebSocket, which is undici, node:fs its streams. Fetched this way, a name costs nothing until it is used.
 */
const builtinsByName: Plugin = {
  name: 'builtins-by-name',
  setup(bundler) {
    const names = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    bundler.onResolve({filter: /^[a-z:_/]+$/}, ({path: asked, kind}) =>
      kind === 'import-statement' && names.has(asked)
        ? {path: asked.replace(/^(node:)?/, 'node:'), namespace: 'builtin', sideEffects: false}
        : undefined,
    );
    bundler.onLoad({filter: /.*/, namespace: 'builtin'}, ({path: name}) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`,
      loader: 'js',
    }));
  },
};

/** CommonJS packages ask for these; an ES module has none. */
const banner = `import {createRequire as makeRequire} from 'node:module';
const require = makeRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** Common to every output. */
export const bundleOptions = {
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
  plugins: [replace, withoutSideEffects, zodUncompiled, builtinsByName],
  metafile: true,
  logLevel: 'warning',
  absWorkingDir: root,
} satisfies BuildOptions;
