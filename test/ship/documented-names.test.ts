/** The table of documented names in docs/health-check-guide.md leads to what is there: files, routes of the API, commands. */
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {ROUTES} from '../../src/http/routes.js';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/health-check-guide.md'), 'utf8');
const [, table = ''] = /<!-- documented names -->\n([\s\S]*?)\n<!-- end of documented names -->/.exec(guide) ?? [];
const rows = table
  .split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, documented = '', here = '']) => ({documented, here}));

const quoted = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, inner = '']) => inner);

describe('the documented names (docs/health-check-guide.md)', () => {
  it('are a table of two columns', () => {
    assert.ok(rows.length > 20);
    assert.deepEqual(
      rows.filter(({documented, here}) => documented === '' || here === ''),
      [],
    );
  });

  for (const {documented, here} of rows)
    it(`${documented} is there`, () => {
      for (const name of quoted(here)) {
        const [method = '', route = ''] = name.split(' ');
        if (/^(GET|POST)$/.test(method))
          assert.ok(
            Object.values(ROUTES).some((one) => one.method === method && one.path === route),
            `no route ${name}`,
          );
        else if (/^(src|docs|deploy|test)\//.test(name))
          assert.ok(existsSync(path.join(root, name)), `no file ${name}`);
        else
          assert.match(
            name,
            /^(kubectl frigate-health |--)/,
            `${name} is neither a route, a file, a command nor a flag`,
          );
      }
    });
});
