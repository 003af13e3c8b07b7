import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Style} from '../../src/report/style.js';
import {render} from '../../src/report/render.js';
import type {Format} from '../../src/report/render.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {samples} from './reports.js';

const folder = path.join(import.meta.dirname, 'golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

const plain: Style = {colour: false, ascii: false, columns: 100};
const looks: ReadonlyArray<readonly [name: string, report: CheckReport, format: Format, look: Style]> = [
  ...Object.entries(samples).map(([name, report]) => [`${name}.text`, report, 'text', plain] as const),
  ...Object.entries(samples).map(([name, report]) => [`${name}.short`, report, 'short', plain] as const),
  ['one-critical.wide', samples['one-critical'], 'wide', plain],
  ['one-critical.colour.text', samples['one-critical'], 'text', {...plain, colour: true}],
  ['one-critical.ascii.text', samples['one-critical'], 'text', {...plain, ascii: true}],
  ['one-critical.40-columns.text', samples['one-critical'], 'text', {...plain, columns: 40}],
  ['one-critical.unwrapped.text', samples['one-critical'], 'text', {...plain, columns: null}],
  ['partly-forbidden.yaml', samples['partly-forbidden'], 'yaml', plain],
  ['healthy.json', samples.healthy, 'json', plain],
  ['own-checks.json', samples['own-checks'], 'json', plain],
  ...(['junit', 'prometheus'] as const).flatMap((format) =>
    (['one-critical', 'hostile', 'failed', 'partly-forbidden', 'own-checks'] as const).map(
      (name) => [`${name}.${format}`, samples[name], format, plain] as const,
    ),
  ),
];

describe('reports as people see them (test/report/golden; UPDATE_GOLDEN=1 writes them anew)', () => {
  before(() => {
    assert.ok(!(update && process.env['CI'] !== undefined), 'golden files are not rewritten in CI');
  });

  for (const [name, report, format, look] of looks) {
    it(name, async () => {
      const file = path.join(folder, name);
      const rendered = await render(report, format, look);
      if (update) writeFileSync(file, rendered);
      assert.ok(existsSync(file), `${name} is missing; write it with UPDATE_GOLDEN=1`);
      assert.equal(rendered, readFileSync(file, 'utf8'));
    });
  }
});
