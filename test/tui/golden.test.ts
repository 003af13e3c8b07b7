import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import chalk from 'chalk';
import {renderToString} from 'ink';
import {createElement} from 'react';
import {Lines} from '../../src/tui/components/Lines.js';
import {frameLines} from '../../src/tui/frame.js';
import type {Pen} from '../../src/tui/panels/pen.js';
import {themeNamed, type ThemeName} from '../../src/tui/theme.js';
import {firstUi, type Mode, type Ui} from '../../src/tui/ui.js';
import {PANELS} from '../../src/tui/keys.js';
import {looks} from './live.js';
import {asciiPen, options, pen, snapshotOf} from './snapshots.js';

const folder = path.join(import.meta.dirname, 'golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

interface Look {
  readonly pen: Pen;
  readonly theme: ThemeName;
  readonly level: 0 | 1;
}

const plain: Look = {pen, theme: 'mono', level: 0};
const colour: Look = {pen, theme: 'default', level: 1};
const ascii: Look = {pen: asciiPen, theme: 'mono', level: 0};

type Picture = readonly [name: string, state: string, rows: number, columns: number, ui: Ui, look: Look];

const sizes: ReadonlyArray<readonly [rows: number, columns: number]> = [
  [4, 30],
  [12, 40],
  [24, 80],
  [40, 120],
  [60, 200],
];

/** The narrowest beside a second window, the old terminal, half a screen and a whole one. */
const widths = [60, 80, 120, 200];

const showing = (panel: Ui['panel'], mode: Mode = {kind: 'browse'}): Ui => ({...firstUi, panel, mode});

const pictures: readonly Picture[] = [
  ...Object.keys(looks).flatMap((state) => [
    ...sizes.map(([rows, columns]): Picture => [`${state}.${rows}x${columns}`, state, rows, columns, firstUi, plain]),
    [`${state}.24x80.ascii`, state, 24, 80, firstUi, ascii] as const,
    [`${state}.40x120.colour`, state, 40, 120, firstUi, colour] as const,
  ]),
  [
    'critical.camera-detail',
    'critical',
    40,
    120,
    showing('cameras', {kind: 'detail', of: {panel: 'cameras', key: 'back'}, offset: 0}),
    plain,
  ],
  [
    'critical.detector-detail',
    'critical',
    40,
    120,
    showing('detectors', {kind: 'detail', of: {panel: 'detectors', key: 'coral'}, offset: 0}),
    plain,
  ],
  [
    'critical.check-detail',
    'critical',
    40,
    120,
    showing('checks', {kind: 'detail', of: {panel: 'checks', key: 'FRG-501'}, offset: 0}),
    plain,
  ],
  [
    'critical.check-detail-scrolled',
    'critical',
    24,
    80,
    showing('checks', {kind: 'detail', of: {panel: 'checks', key: 'FRG-501'}, offset: 9}),
    plain,
  ],
  ['ok.help', 'ok', 40, 120, showing('cameras', {kind: 'help', offset: 0}), plain],
  [
    'ok.filter',
    'ok',
    24,
    80,
    {...showing('cameras', {kind: 'filter', draft: 'fro'}), filter: {...firstUi.filter, cameras: 'fro'}},
    plain,
  ],
  ['ok.filter-without-a-hit', 'ok', 24, 80, {...firstUi, filter: {...firstUi.filter, cameras: 'attic'}}, plain],
  [
    'critical.confirm-restart',
    'critical',
    24,
    80,
    showing('cameras', {kind: 'confirm', action: 'restart', typed: 'frig'}),
    plain,
  ],
  [
    'critical.confirm-reset',
    'critical',
    24,
    80,
    showing('cameras', {kind: 'confirm', action: 'reset-breaker', typed: ''}),
    plain,
  ],
  [
    'many.selected',
    'many',
    24,
    80,
    {...firstUi, sort: 'name', selection: {...firstUi.selection, cameras: {key: 'camera-150', index: 149}}},
    colour,
  ],
];

describe('pictures of the screen (test/tui/golden; UPDATE_GOLDEN=1 writes them anew)', () => {
  const before_ = chalk.level;
  after(() => {
    chalk.level = before_;
  });

  const drawnAs = (state: string, rows: number, columns: number, ui: Ui, look: Look): string => {
    chalk.level = look.level;
    const lines = frameLines(snapshotOf(state), ui, rows, columns, options, look.pen);
    const drawn = `${renderToString(createElement(Lines, {lines, rows, columns, styles: themeNamed(look.theme)}), {columns})}\n`;
    if (look === ascii) assert.match(drawn, /^[\n\x20-\x7e]*$/, 'ASCII only');
    return drawn;
  };
  const isAsKept = (name: string, drawn: string): void => {
    assert.ok(!(update && process.env['CI'] !== undefined), 'golden files are not rewritten in CI');
    const file = path.join(folder, `${name}.txt`);
    if (update) writeFileSync(file, drawn);
    assert.ok(existsSync(file), `${name} is missing; write it with UPDATE_GOLDEN=1`);
    assert.equal(drawn, readFileSync(file, 'utf8'));
  };

  for (const [name, state, rows, columns, ui, look] of pictures)
    it(name, () => isAsKept(name, drawnAs(state, rows, columns, ui, look)));

  for (const state of Object.keys(looks)) {
    for (const panel of PANELS) {
      it(`${state}.${panel}, at every width in every look`, () =>
        isAsKept(
          `${state}.${panel}`,
          widths
            .flatMap((columns) =>
              Object.entries({plain, colour, ascii}).map(
                ([name, look]) =>
                  `== ${columns} columns, ${name}\n${drawnAs(state, 24, columns, showing(panel), look)}`,
              ),
            )
            .join(''),
        ));
    }
  }
});
