/** Spoils bytes: what a cut connection, a foreign writer, a hostile camera name or a bad disk make of real input. Seeded. */

import {below, pick, type Random} from '../support/random.js';

/** Pieces that mean something to one of the parsers. */
const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '\u0000',
  '\u001b[31m',
  '\ufeff',
  '\ud800',
  '💥',
  'null',
  'true',
  'NaN',
  'Infinity',
  '-Infinity',
  '-1',
  '0',
  '1e999',
  '-0',
  '99999999999999999999',
  '0x10',
  '²',
  '__proto__',
  'constructor',
  'toString',
  '"cameras":',
  '"service":',
  '"restarts":',
  '"schema":',
  '"at":',
  'clusters:',
  'users:',
  '- &a',
  '*a',
  '<<: *a',
  '!!js/function',
  '|',
  '%',
  '${x}',
  '$(id)',
  '../..',
  'Exception in thread Thread-7 (read):',
  'Last message repeated 999999999 times',
  'Detection appears to be stuck. Restarting detection process...',
  'database is locked',
  '2026-11-23T02:34:50.446674602Z ',
  '[2026-11-23 02:34:50]',
];

type Change = (bytes: Buffer, random: Random) => Buffer;

const changes: readonly Change[] = [
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  (bytes, random) => bytes.subarray(below(random, bytes.length + 1)),
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let count = 1 + below(random, 6); count > 0 && copy.length > 0; count -= 1)
      copy[below(random, copy.length)] = below(random, 256);
    return copy;
  },
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(random, tokens)), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(pick(random, tokens)),
      bytes.subarray(Math.min(bytes.length, at + below(random, 40))),
    ]);
  },
  (bytes, random) => {
    const [from, length, to] = [below(random, bytes.length + 1), below(random, 200), below(random, bytes.length + 1)];
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, from + length), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
    if (numbers.length === 0) return bytes;
    const found = pick(random, numbers);
    return Buffer.from(
      text.slice(0, found.index) +
        pick(random, ['0', '-1', '1e308', '1e-9', 'null', '"x"', '[]', '9007199254740993', String(random() * 1e6)]) +
        text.slice(found.index + found[0].length),
      'latin1',
    );
  },
];

/** One to three changes of one of the seeds. */
export const spoilt = (seeds: readonly Buffer[], random: Random): Buffer => {
  let bytes = pick(random, seeds);
  for (let count = 1 + below(random, 3); count > 0; count -= 1) bytes = pick(random, changes)(bytes, random);
  return bytes;
};
