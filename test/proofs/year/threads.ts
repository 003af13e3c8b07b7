/**
 * Plays the year in two threads, our own policy beside all others, from a bundle without the wrapper that a loader of TypeScript
 * puts around every function: the engine runs as it is shipped. On one core the threads take turns; the books are the same.
 */
import {once} from 'node:events';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import {build} from 'esbuild';
import type {Book} from './ledger.js';
import type {Answer, Asked, OwnTale} from './thread.js';

/** Megabytes. A pass leaves much behind that is of no use after it; with room for many passes little of it is looked at again. */
const YOUNG_GENERATION = 192;

export interface Played {
  /** Our own first. */
  readonly books: readonly Book[];
  readonly tale: OwnTale;
}

export const playYear = async (seed: number): Promise<Played> => {
  const code = await bundled();
  const [ours, others] = await Promise.all([played(code, {seed, part: 'ours'}), played(code, {seed, part: 'others'})]);
  if (ours.tale === null) throw new Error('our own policy told nothing');
  return {books: [...ours.books, ...others.books], tale: ours.tale};
};

const bundled = async (): Promise<URL> => {
  const {
    outputFiles: [file],
  } = await build({
    entryPoints: [join(import.meta.dirname, 'thread.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
  if (file === undefined) throw new Error('esbuild made no bundle');
  return new URL(`data:text/javascript;base64,${Buffer.from(file.contents).toString('base64')}`);
};

const played = async (code: URL, asked: Asked): Promise<Answer> => {
  const worker = new Worker(code, {
    workerData: asked,
    execArgv: [],
    resourceLimits: {maxYoungGenerationSizeMb: YOUNG_GENERATION},
  });
  const [answer] = (await once(worker, 'message')) as [Answer];
  return answer;
};
