/** The bundle of the status page: one script and one style, for browsers of the last years, with nothing loaded from elsewhere. */
import {readFile} from 'node:fs/promises';
import {build, transform} from 'esbuild';
import type {PageFiles} from '../../src/http/options.js';
import {from} from './bundle.js';

const TARGET = ['es2022', 'chrome120', 'firefox121', 'safari17'];

export const buildPage = async (): Promise<PageFiles> => {
  const {outputFiles} = await build({
    entryPoints: [from('src/http/page/client/main.tsx')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: TARGET,
    jsx: 'automatic',
    minify: true,
    legalComments: 'none',
    define: {'process.env.NODE_ENV': '"production"'},
    write: false,
    logLevel: 'warning',
    absWorkingDir: from(),
  });
  const style = await transform(await readFile(from('src/http/page/style.css'), 'utf8'), {
    loader: 'css',
    minify: true,
    target: TARGET,
  });
  return {script: outputFiles[0]?.text ?? '', style: style.code};
};
