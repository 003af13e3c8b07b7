/** The pictures in docs/ are of the screen as it is now, and the SVG holds whatever a terminal may show. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {svgOf} from '../../scripts/docs/svg.js';
import {frameLines} from '../../src/tui/frame.js';
import {firstUi} from '../../src/tui/ui.js';
import {options, display, snapshotOf, textOf} from './snapshots.js';
import type {Cell} from './terminal.js';

const SIZE = {rows: 40, columns: 124};
const docs = path.resolve(import.meta.dirname, '../../docs');

const cells = (text: string, changes: Partial<Cell> = {}): Cell[] =>
  Array.from(text, (character) => ({
    text: character,
    colour: null,
    bold: false,
    dim: false,
    inverse: false,
    ...changes,
  }));
const drawn = (...rows: ReadonlyArray<readonly Cell[]>): string =>
  svgOf({title: 'a <b> & "c"', description: 'd', rows});

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
/** Every piece of text of a picture, one line for each row. */
const textsOf = (svg: string): string =>
  svg
    .split('\n')
    .map((row) => [...row.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => unescaped(text)).join(' '))
    .join('\n');
const words = (text: string): readonly string[] =>
  text.split(/\s+/).filter((word) => word !== '' && !/[▁-█│]/.test(word));

describe('a picture of the screen', () => {
  it('escapes what XML would obey, and opens and closes every element', () => {
    const svg = drawn(cells('<script>&"'));
    assert.match(svg, /<title id="title">a &lt;b&gt; &amp; &quot;c&quot;<\/title>/);
    assert.equal(textsOf(svg).trim(), '<script>&"');
    const open = [...svg.matchAll(/<(\w+)[^>]*[^/]>/g)].map(([, name]) => name).sort();
    const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name).sort();
    assert.deepEqual(open, closed);
  });

  it('tells each text its length, so that columns stand under each other in every font', () => {
    assert.match(drawn(cells('abc   ')), /textLength="24"[^>]*>abc</);
    assert.match(
      drawn([...cells('ab'), ...cells('cd', {bold: true})]),
      /x="14"[^>]*>ab<[^]*x="30"[^>]*font-weight="bold"[^>]*>cd</,
    );
  });

  it('draws blocks by their height and reverse video as a ground', () => {
    const heights = [...drawn(cells('▁▄█')).matchAll(/<rect x="\d+" y="\d+" width="8" height="(\d+)"/g)].map(
      ([, height]) => Number(height),
    );
    assert.ok(heights.length === 3 && heights[0]! < heights[1]! && heights[1]! < heights[2]!, String(heights));
    assert.match(
      drawn(cells('x', {inverse: true, colour: 4})),
      /<rect [^>]*fill="#58a6ff"\/><text [^>]*fill="#0d1117"[^>]*>x</,
    );
  });

  for (const [file, look, says] of [
    ['watch-healthy.svg', 'ok', /√ HEALTHY +Frigate does its job/],
    [
      'watch-incident.svg',
      'critical',
      /× DEGRADED[^]*cause: network[^]*send an alert \(R-04\)[^]*× no frames[^]*WHAT IS WRONG[^]*FRG-501/,
    ],
  ] as const) {
    it(`docs/${file} shows what the present code draws: npm run picture makes it anew`, () => {
      const text = textsOf(readFileSync(path.join(docs, file), 'utf8'));
      assert.match(text, says);
      const lines = textOf(
        frameLines(snapshotOf(look), firstUi, SIZE.rows, SIZE.columns, {...options, allowActions: false}, display),
      ).split('\n');
      const parts = [
        lines.find((line) => line.includes('1 CAMERAS'))?.replace(/CAMERAS \d+/, ''),
        lines.find((line) => line.startsWith('CAMERA ')),
        lines.at(-1),
        'DETECTORS POD STORAGE EVENTS',
      ];
      const shown = new Set(words(text));
      for (const part of parts) {
        assert.ok(part !== undefined && part !== '');
        assert.deepEqual(
          words(part).filter((word) => !shown.has(word)),
          [],
          part,
        );
      }
    });
  }
});
