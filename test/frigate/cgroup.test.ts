import assert from 'node:assert/strict';
import {parseCgroup} from '../../src/frigate/parse/cgroup.js';

const MIB = 2 ** 20;
const workingSet = (text: string): number | null => {
  const use = parseCgroup(text);
  return use.known ? use.value.workingSet : null;
};

describe('the memory cgroup', () => {
  const cases: ReadonlyArray<readonly [name: string, text: string, bytes: number | null]> = [
    [
      'v2: memory.current less inactive_file',
      `${800 * MIB}\nanon ${600 * MIB}\nfile ${200 * MIB}\ninactive_anon 5\ninactive_file ${84 * MIB}\nactive_file 1\n`,
      716 * MIB,
    ],
    [
      'v1: the use counts the children, and so does total_inactive_file',
      `${800 * MIB}\ncache ${200 * MIB}\ninactive_file ${2 * MIB}\ntotal_cache 7\ntotal_inactive_file ${84 * MIB}\n`,
      716 * MIB,
    ],
    ['more page cache than use, read a moment later', '100\ninactive_file 200\n', 0],
    ['no use', `inactive_file ${MIB}\n`, null],
    ['no statistics', `${MIB}\n`, null],
    ['nothing', '', null],
    ['no limit instead of the use', 'max\ninactive_file 1\n', null],
  ];
  for (const [name, text, bytes] of cases) it(name, () => assert.equal(workingSet(text), bytes));
});
