/** The entry of the single-file program: the help pages and words that npm's program finds beside itself are inside of it. */
import {getAsset} from 'node:sea';
import path from 'node:path';
import type {BuiltFiles} from './built-files.js';
import {main} from './main.js';

const inside: BuiltFiles = (name) => {
  try {
    return getAsset(name, 'utf8');
  } catch {
    return null;
  }
};

await main(process.argv.slice(2), path.dirname(process.execPath), inside);
