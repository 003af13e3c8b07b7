/** Colours, no colours and ASCII: what the screen says never depends on them, in any state, panel or width. */
import assert from 'node:assert/strict';
import {stripVTControlCharacters} from 'node:util';
import chalk from 'chalk';
import {renderToString} from 'ink';
import {createElement} from 'react';
import {Lines} from '../../src/tui/components/Lines.js';
import {frameLines} from '../../src/tui/frame.js';
import {PANELS} from '../../src/tui/keys.js';
import {lineColumns, toneOf, type Line, type Span} from '../../src/tui/text.js';
import {themeNamed, type ThemeName} from '../../src/tui/theme.js';
import {firstUi, type Mode, type Ui} from '../../src/tui/ui.js';
import {looks} from './live.js';
import {asciiDisplay, options, display, snapshotOf, textOf} from './snapshots.js';

/** The narrowest beside a second window, the old terminal, half a screen and a whole one. */
const WIDTHS = [60, 80, 120, 200];
const ROWS = 24;

const modes: readonly Mode[] = [
  {kind: 'browse'},
  {kind: 'help', offset: 0},
  {kind: 'detail', of: {panel: 'cameras', key: 'back'}, offset: 0},
  {kind: 'detail', of: {panel: 'detectors', key: 'coral'}, offset: 0},
  {kind: 'detail', of: {panel: 'checks', key: 'FRG-501'}, offset: 9},
  {kind: 'confirm', action: 'restart', typed: 'frig'},
  {kind: 'filter', draft: 'fro'},
];

interface Screen {
  readonly name: string;
  readonly columns: number;
  readonly lines: (characters: typeof display) => readonly Line[];
}

const screens: readonly Screen[] = Object.keys(looks).flatMap((state) => {
  const snapshot = snapshotOf(state);
  const uis: readonly Ui[] = [
    ...PANELS.map((panel): Ui => ({...firstUi, panel})),
    ...modes.map((mode): Ui => ({...firstUi, mode})),
    {...firstUi, filter: {...firstUi.filter, cameras: 'attic'}},
  ];
  return uis.flatMap((ui) =>
    WIDTHS.map((columns) => ({
      name: `${state}, ${ui.panel}, ${ui.mode.kind}, ${columns} columns`,
      columns,
      lines: (characters: typeof display) => frameLines(snapshot, ui, ROWS, columns, options, characters),
    })),
  );
});

const spansOf = (state: string, ui: Ui, columns: number): readonly Span[] =>
  frameLines(snapshotOf(state), ui, ROWS, columns, options, display).flat();
const tonesOf = (state: string, text: RegExp, ui: Ui = firstUi, columns = 80): readonly string[] =>
  spansOf(state, ui, columns)
    .filter((part) => text.test(part.text))
    .map(({tone}) => tone);

describe('the appearance of the screen', function () {
  this.timeout(30_000);
  const level = chalk.level;
  after(() => {
    chalk.level = level;
  });
  const withoutColours = (text: string): string => stripVTControlCharacters(text).replace(/ +$/gm, '');
  const rendered = (lines: readonly Line[], columns: number, theme: ThemeName, colours: 0 | 1): string => {
    chalk.level = colours;
    return renderToString(createElement(Lines, {lines, rows: ROWS, columns, styles: themeNamed(theme)}), {columns});
  };

  it('fills every row, is nowhere wider than the terminal, and ends with a key bar that is whole', () => {
    for (const {name, columns, lines} of screens) {
      for (const characters of [display, asciiDisplay]) {
        const drawn = lines(characters);
        assert.equal(drawn.length, ROWS, name);
        for (const one of drawn) assert.ok(lineColumns(one) <= columns, `${name}: ${textOf([one])}`);
        const bar = textOf(drawn.slice(-1));
        assert.match(bar, /(q quit|ctrl\+c quit)$/, name);
        assert.ok(!bar.includes(characters.glyphs.more), `${name}: ${bar}`);
      }
    }
  });

  it('says the same with colours and without: every theme only colours what is there', () => {
    for (const {name, columns, lines} of screens.filter((one) => one.columns === 80)) {
      const drawn = lines(display);
      const plain = rendered(drawn, columns, 'mono', 0);
      assert.equal(plain, withoutColours(plain), `${name}: no escape without colours`);
      for (const theme of ['default', 'high-contrast'] as const)
        assert.equal(withoutColours(rendered(drawn, columns, theme, 1)), plain, `${name}, ${theme}`);
    }
  });

  it('is ASCII alone where that is asked for', () => {
    for (const {name, lines} of screens) assert.match(textOf(lines(asciiDisplay)), /^[\n\x20-\x7e]*$/, name);
  });

  it('tells each status by a symbol and a word beside the colour', () => {
    for (const characters of [display, asciiDisplay]) {
      const symbols = Object.values(characters.glyphs.status);
      assert.equal(new Set(symbols).size, symbols.length);
    }
    assert.deepEqual(
      {
        live: tonesOf('ok', /√ live/),
        down: tonesOf('critical', /× no frames/),
        healthy: tonesOf('ok', /√ HEALTHY/),
        degraded: tonesOf('critical', /DEGRADED/),
        old: tonesOf('unknown', /\? live/),
        stale: tonesOf('unknown', /^! old data/),
        check: tonesOf('critical', /× FRG-501 critical/, {...firstUi, panel: 'checks'}),
        key: tonesOf('ok', /^\?$/),
      },
      {
        // The first row is selected: reversed, without a tone of its own.
        live: ['plain', 'good', 'good'],
        down: ['strong', 'bad'],
        healthy: ['good'],
        degraded: ['bad'],
        old: ['plain', 'faint', 'faint'],
        stale: ['bad'],
        check: ['strong'],
        key: ['accent'],
      },
    );
    assert.deepEqual(toneOf, {
      ok: 'good',
      info: 'plain',
      warning: 'warn',
      critical: 'bad',
      unknown: 'doubt',
      skipped: 'faint',
    });
  });

  it('tells good from bad without red and green, and bad from everything else without colours', () => {
    const {good, bad} = themeNamed('default');
    assert.deepEqual({good, bad}, {good: {color: 'blue'}, bad: {color: 'red', bold: true}});
    const mono = themeNamed('mono');
    assert.deepEqual({good: mono.good, bad: mono.bad}, {good: {}, bad: {bold: true}});
    assert.ok(Object.values(mono).every((style) => style.color === undefined));
  });

  it('reverses the selected row and no other', () => {
    const ui: Ui = {
      ...firstUi,
      sort: 'name',
      selection: {...firstUi.selection, cameras: {key: 'camera-150', index: 149}},
    };
    const reversed = frameLines(snapshotOf('many'), ui, ROWS, 80, options, display).filter((one) =>
      one.some(({inverse}) => inverse === true),
    );
    assert.deepEqual(
      reversed.map((one) => one[0]?.text.trim()),
      ['camera-150'],
    );
  });
});
