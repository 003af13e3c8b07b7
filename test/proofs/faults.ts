/**
 * Proof 8, the faults: what the old checker did, and what this program did, is put back into a copy of the code, one fault at a
 * time; the tests that the tables name for it must fail, and pass on the code as it is.
 */
import {spawnSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {faults, type Fault} from './old-faults/table.js';
import {mutations} from './faults/mutations.js';
import {ownFaults} from './faults/own.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';

const root = path.resolve(import.meta.dirname, '../..');
/** These need the built program or a cluster; the others show the same in the code itself. */
const elsewhere = /^test\/(process|contract|cluster|proofs\/old-faults\/sequences)/;

const {write} = readArguments(1);
const begun = performance.now();
const copy = mkdtempSync(path.join(tmpdir(), 'frigate-health-faults-'));

interface Run {
  readonly passing: number;
  readonly failing: number;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The tests that the table names for these faults, in the copy. */
const runTests = (some: readonly Fault[]): Run => {
  const mine = some.flatMap(({by}) => by).filter(({file}) => !elsewhere.test(file));
  const files = [...new Set(mine.map(({file}) => file))];
  const {stdout} = spawnSync(
    process.execPath,
    [
      '--import=tsx',
      path.join(root, 'node_modules/mocha/bin/mocha.js'),
      '--no-config',
      '--exit',
      '--reporter',
      'min',
      '--timeout',
      '60000',
      '--grep',
      mine.map(({title}) => escaped(title)).join('|'),
      ...files,
    ],
    {cwd: copy, encoding: 'utf8'},
  );
  const count = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(stdout)?.[1] ?? 0);
  return {passing: count('passing'), failing: count('failing')};
};

const faultNamed = (id: string): Fault => {
  const fault = [...faults, ...ownFaults].find((each) => each.id === id);
  if (fault === undefined) throw new Error(`no fault ${id}`);
  return fault;
};

const violations: string[] = [];
const rows: Cell[][] = [];
try {
  for (const each of ['src', 'test', 'scripts', 'deploy', 'docs', 'package.json', 'tsconfig.json', 'README.md'])
    cpSync(path.join(root, each), path.join(copy, each), {recursive: true});
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  const sound = runTests(mutations.map(({fault}) => faultNamed(fault)));
  if (sound.failing > 0 || sound.passing === 0)
    violations.push(`on the code as it is ${sound.passing} tests pass and ${sound.failing} fail`);
  for (const {fault: id, file, from, to} of mutations) {
    const fault = faultNamed(id);
    const target = path.join(copy, file);
    const text = readFileSync(target, 'utf8');
    if (text.split(from).length !== 2) violations.push(`${id}: ${file} does not hold the line once: ${from}`);
    writeFileSync(
      target,
      text.replace(from, () => to),
    );
    const planted = runTests([fault]);
    writeFileSync(target, text);
    if (planted.failing === 0) violations.push(`${id}: ${planted.passing} tests pass although it ${fault.what}`);
    rows.push([id, fault.what, planted.passing + planted.failing, planted.failing]);
  }
} finally {
  rmSync(copy, {recursive: true, force: true});
}
say(table(['fault', 'what it did', 'tests', 'fail with it'], rows));
const shown = faults.filter(({by}) => by.length > 0).length;
conclude({
  name: 'faults',
  begun,
  violations,
  write,
  told: `${faults.length} faults of the old checker in the table, ${shown} shown by tests, ${faults.length - shown} by reason; ${rows.filter(([, , , failing]) => Number(failing) > 0).length} of ${rows.length} that were put back into the code detected`,
});
