/** The arrows between the folders of src (.dependency-cruiser.mjs; `npm run lint` holds the tree itself): a violation of each kind is refused. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {CORE_FOLDERS, FOLDERS} from '../../.dependency-cruiser.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** Each file of src with its text, and the rule that must refuse it; `null`: it must be let through. */
const planted: ReadonlyArray<readonly [file: string, text: string, rule: string | null]> = [
  ['usecases/right.ts', "import {a} from '../core/a.js';\nexport const b = a;\n", null],
  ['simulator/node/right.ts', "export const lazy = () => import('../frigate/site.js');\n", null],
  ['report/static.ts', "import {b} from '../usecases/right.js';\nexport const c = b;\n", 'folder-report'],
  ['pass/dynamic.ts', "export const lazy = () => import('../usecases/right.js');\n", 'folder-pass'],
  [
    'outcome/type-only.ts',
    "import type {b} from '../usecases/right.js';\nexport type C = typeof b;\n",
    'folder-outcome',
  ],
  ['tui/re-export.ts', "export {main} from '../cli/main.js';\n", 'folder-tui'],
  ['cli/upwards.ts', "export const lazy = () => import('../index.js');\n", 'folder-cli'],
  ['commands/check.ts', "export const lazy = () => import('../tui/re-export.js');\n", 'tui-by-watch'],
  ['core/checks/below.ts', "export const lazy = () => import('../decision/rule.js');\n", 'core-checks'],
  [
    'core/state/above.ts',
    "import type {rule} from '../decision/rule.js';\nexport type R = typeof rule;\n",
    'core-state',
  ],
  ['core/root.ts', "import {rule} from './decision/rule.js';\nexport const r = rule;\n", 'core-root'],
  ['core/decision/package.ts', "import * as z from 'zod';\nexport const schema = z.string();\n", 'core-pure'],
  ['core/rollout/node.ts', "export const lazy = () => import('node:fs');\n", 'core-pure'],
  ['core/incident/outside.ts', "export const lazy = () => import('../../simulator/frigate/site.js');\n", 'folder-core'],
  ['frigate/one.ts', "import {two} from './two.js';\nexport const one = (): number => two();\n", 'no-circle'],
  [
    'frigate/client.ts',
    "export const lazy = () => import('@kubernetes/client-node');\n",
    'door-@kubernetes-client-node',
  ],
  ['report/screen.ts', "export const lazy = () => import('ink');\n", 'door-ink'],
];

/** What the planted files import. */
const others: Readonly<Record<string, string>> = {
  'core/a.ts': 'export const a = 1;\n',
  'core/decision/rule.ts': "export const rule = 'R-01';\n",
  'simulator/frigate/site.ts': 'export const site = 1;\n',
  'cli/main.ts': 'export const main = 1;\n',
  'index.ts': 'export const COMMANDS = {};\n',
  'frigate/two.ts': "import {one} from './one.js';\nexport const two = (): number => one();\n",
};

interface Violation {
  readonly from: string;
  readonly rule: {readonly name: string};
}

describe('the boundaries between the folders of src', function () {
  this.timeout(60_000);
  let violations: readonly Violation[] = [];

  before(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-boundaries-'));
    try {
      for (const name of ['tsconfig.json', '.dependency-cruiser.mjs', 'package.json'])
        cpSync(path.join(root, name), path.join(folder, name));
      symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
      const files = [...planted.map(([file, text]) => [file, text] as const), ...Object.entries(others)];
      for (const [file, text] of files) {
        mkdirSync(path.join(folder, 'src', path.dirname(file)), {recursive: true});
        writeFileSync(path.join(folder, 'src', file), text);
      }
      const bin = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
      const words = ['src', '--config', '.dependency-cruiser.mjs', '--output-type', 'json'];
      const {stdout, stderr} = spawnSync(process.execPath, [bin, ...words], {cwd: folder, encoding: 'utf8'});
      assert.notEqual(stdout, '', stderr);
      violations = (JSON.parse(stdout) as {summary: {violations: readonly Violation[]}}).summary.violations;
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  });

  for (const [file, , rule] of planted) {
    it(`${rule === null ? 'let through' : 'refuse'} ${file}`, () => {
      const names = violations.filter(({from}) => from === `src/${file}`).map((violation) => violation.rule.name);
      if (rule === null) assert.deepEqual(names, []);
      else assert.ok(names.includes(rule), `${rule} is not among: ${names.join(', ')}`);
    });
  }

  it('know only folders that come before in their own order, so that no circle can be allowed', () => {
    for (const table of [FOLDERS, CORE_FOLDERS] as ReadonlyArray<Readonly<Record<string, readonly string[]>>>) {
      const reach = (folder: string, trail: readonly string[]): void => {
        assert.ok(!trail.includes(folder), [...trail, folder].join(' → '));
        for (const next of table[folder] ?? []) reach(next, [...trail, folder]);
      };
      for (const folder of Object.keys(table)) reach(folder, []);
    }
  });
});
