/** The program as one ES module, for the single executable: no chunk can be imported from beside it. */
import {build} from 'esbuild';
import type {Plugin} from 'esbuild';
import {bundleOptions, from} from './bundle.js';

/**
 * oclif imports the commands from a file that package.json names. Here they are already inside; nothing else is ever
 * loaded by a path (no hooks, no plugins, no help class of our own).
 */
const commandsInside: Plugin = {
  name: 'commands-inside',
  setup(bundler) {
    bundler.onResolve({filter: /module-loader$/}, ({importer}) =>
      /@oclif[\\/]core/.test(importer) ? {path: 'commands-inside', namespace: 'inside'} : undefined,
    );
    bundler.onLoad({filter: /.*/, namespace: 'inside'}, () => ({
      contents: 'exports.load = () => import("./src/index.ts"); exports.isPathModule = async () => false;',
      loader: 'js',
      resolveDir: from(),
    }));
  },
};

/** Writes the module. */
export const buildSingleFile = async (outfile: string): Promise<void> => {
  const {plugins, ...options} = bundleOptions;
  await build({
    ...options,
    plugins: [commandsInside, ...plugins],
    entryPoints: [from('src/cli/single-file.ts')],
    outfile,
  });
};
