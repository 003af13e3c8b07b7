import assert from 'node:assert/strict';
import {flagSummary, settingsTable} from '../../src/settings/documentation.js';
import {allowed} from '../../src/settings/kinds.js';
import {settingRows} from '../../src/settings/table.js';

describe('documentation of the settings', () => {
  it('has one row with name, default and range for each setting', () => {
    const rows = settingsTable().trim().split('\n').slice(2);
    assert.equal(rows.length, settingRows.length);
    for (const [index, [, setting]] of settingRows.entries()) {
      assert.ok(rows[index]!.includes(`\`${setting.variable}\``));
      assert.ok(rows[index]!.includes(allowed(setting.kind).replaceAll('|', '\\|')));
      assert.equal(rows[index]!.replaceAll('\\|', '').split('|').length, 7);
    }
  });

  it('names the variable and the default in the help of each flag', () => {
    for (const [, setting] of settingRows) {
      assert.ok(flagSummary(setting).includes(setting.variable));
      assert.match(flagSummary(setting), /default: .+\]$/);
    }
  });

  it('has unique variables, flags and old names, and one sentence each', () => {
    for (const names of [
      settingRows.map(([, s]) => s.variable),
      settingRows.map(([, s]) => s.flag),
      settingRows.map(([, s]) => s.old),
    ]) {
      const real = names.filter((name) => name !== null);
      assert.equal(new Set(real).size, real.length);
    }
    for (const [, setting] of settingRows) assert.match(setting.doc, /^[^\n]{20,140}\.$/);
  });
});
