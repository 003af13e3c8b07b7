/**
 * Pictures for people to review: the whole screen in three sizes and three states, and one small picture of each panel. The
 * key bar has a picture of its own, so that a new key changes few files. Colours and ASCII: appearance.test.ts; every other
 * size and state: frame.test.ts.
 */
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {frameLines} from '../../src/tui/frame.js';
import {layoutFor} from '../../src/tui/layout.js';
import {PANELS} from '../../src/tui/keys.js';
import {firstUi, type Mode, type Ui} from '../../src/tui/ui.js';
import {options, display, snapshotOf, textOf} from './snapshots.js';

const folder = path.join(import.meta.dirname, 'golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

const STATES = ['ok', 'critical', 'unknown'] as const;
/** The smallest with panels, the old terminal, and everything at once. */
const SIZES = [
  {rows: 12, columns: 40},
  {rows: 24, columns: 80},
  {rows: 40, columns: 120},
] as const;
/** Narrow, usual and wide. */
const BAR_COLUMNS = [40, 80, 120] as const;

const frame = (state: string, ui: Ui, rows: number, columns: number): readonly string[] =>
  textOf(frameLines(snapshotOf(state), ui, rows, columns, options, display)).split('\n');

const showing = (panel: Ui['panel'], mode: Mode = {kind: 'browse'}): Ui => ({...firstUi, panel, mode});

/** All of it but the key bar. */
const screen = (state: string, rows: number, columns: number): string =>
  frame(state, firstUi, rows, columns).slice(0, -1).join('\n');

/** The tabs and the main panel, without what stands around them at every panel. */
const panel = (ui: Ui, rows = 24, columns = 80, state = 'critical'): string => {
  const {header, banner} = layoutFor(rows, columns);
  const lines = frame(state, ui, rows, columns).slice(header + banner, -1);
  const events = lines.findIndex((line) => line.startsWith('EVENTS'));
  return (events === -1 ? lines : lines.slice(0, events)).join('\n').trimEnd();
};

const camera: Mode = {kind: 'detail', of: {panel: 'cameras', key: 'back'}, offset: 0};
const detector: Mode = {kind: 'detail', of: {panel: 'detectors', key: 'coral'}, offset: 0};
const ownCheck: Mode = {kind: 'detail', of: {panel: 'checks', key: 'X-broker'}, offset: 0};
const check: Mode = {kind: 'detail', of: {panel: 'checks', key: 'FRG-501'}, offset: 0};

const modes: ReadonlyArray<readonly [name: string, mode: Mode]> = [
  ['browse', {kind: 'browse'}],
  ['filter', {kind: 'filter', draft: ''}],
  ['detail', camera],
  ['confirm', {kind: 'confirm', action: 'restart', typed: ''}],
  ['help', {kind: 'help', offset: 0}],
];

const keyBars = (): string =>
  modes
    .flatMap(([name, mode]) =>
      BAR_COLUMNS.map(
        (columns) => `${name} ${columns}: ${frame('ok', showing('cameras', mode), 24, columns).at(-1) ?? ''}`,
      ),
    )
    .join('\n');

const pictures: ReadonlyMap<string, () => string> = new Map([
  ...STATES.flatMap((state) =>
    SIZES.map(({rows, columns}) => [`screen.${state}.${rows}x${columns}`, () => screen(state, rows, columns)] as const),
  ),
  ...PANELS.map((name) => [`panel.${name}`, () => panel(showing(name))] as const),
  ['panel.camera-detail', () => panel(showing('cameras', camera), 40)],
  ['panel.detector-detail', () => panel(showing('detectors', detector), 40)],
  ['panel.check-detail', () => panel(showing('checks', check), 60)],
  ['panel.own-checks', () => panel(showing('checks'), 24, 80, 'own')],
  ['panel.own-check-detail', () => panel(showing('checks', ownCheck), 30, 80, 'own')],
  ['screen.own.40x120', () => screen('own', 40, 120)],
  ['panel.help', () => panel(showing('cameras', {kind: 'help', offset: 0}), 60)],
  ['panel.confirm-restart', () => panel(showing('cameras', {kind: 'confirm', action: 'restart', typed: 'frig'}))],
  ['panel.confirm-reset', () => panel(showing('cameras', {kind: 'confirm', action: 'reset-breaker', typed: ''}))],
  ['key-bar', keyBars],
]);

describe('pictures of the screen (test/tui/golden; UPDATE_GOLDEN=1 writes them anew)', () => {
  before(() => assert.ok(!(update && process.env['CI'] !== undefined), 'golden files are not rewritten in CI'));

  for (const [name, draw] of pictures) {
    it(name, () => {
      const drawn = `${draw()}\n`;
      const file = path.join(folder, `${name}.txt`);
      if (update) writeFileSync(file, drawn);
      assert.ok(existsSync(file), `${name} is missing; write it with UPDATE_GOLDEN=1`);
      assert.equal(drawn, readFileSync(file, 'utf8'));
    });
  }

  it('are all looked at', () =>
    assert.deepEqual(readdirSync(folder).sort(), [...pictures.keys()].map((name) => `${name}.txt`).sort()));
});
