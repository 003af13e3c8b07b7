/** A terminal's screen as an SVG: text in fixed columns, blocks and rules drawn, so that it looks the same in every font. Pure. */
import type {Cell} from '../../test/tui/terminal.js';

/** Pixels. */
const WIDTH = 8;
const HEIGHT = 18;
const MARGIN = 14;
const FONT = 13;
const BASELINE = 13;

const INK = {ground: '#0d1117', text: '#d0d7de', dim: '#8b949e'};
/** The sixteen colours of the terminal as they are told apart on a dark ground, also without red and green. */
const PALETTE: readonly string[] = [
  '#484f58',
  '#ff7b72',
  '#3fb950',
  '#e3b341',
  '#58a6ff',
  '#d2a8ff',
  '#56d4dd',
  '#d0d7de',
  '#6e7681',
  '#ffa198',
  '#56d364',
  '#f2cc60',
  '#79c0ff',
  '#e2c5ff',
  '#76e3ea',
  '#ffffff',
];
/** Eighths of a row, from the bottom. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const RULE = '│';

export interface Picture {
  readonly title: string;
  readonly description: string;
  readonly rows: ReadonlyArray<readonly Cell[]>;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const look = ({colour, bold, dim, inverse}: Cell): string => `${colour ?? ''}/${bold}/${dim}/${inverse}`;
const ownInk = ({colour, dim}: Cell): string =>
  colour !== null ? (PALETTE[colour] ?? INK.text) : dim ? INK.dim : INK.text;
const inkOf = (cell: Cell): string => (cell.inverse ? INK.ground : ownInk(cell));
const isDrawn = ({text}: Cell): boolean => BLOCKS.includes(text) || text === RULE;

interface Run {
  readonly from: number;
  readonly cells: readonly Cell[];
}

/** Neighbours that look alike; blocks and rules stand alone. */
const runsOf = (row: readonly Cell[]): readonly Run[] => {
  const runs: Array<{from: number; cells: Cell[]}> = [];
  for (const [column, cell] of row.entries()) {
    const last = runs.at(-1);
    const before = last?.cells.at(-1);
    if (last === undefined || before === undefined || look(before) !== look(cell) || isDrawn(before) !== isDrawn(cell))
      runs.push({from: column, cells: [cell]});
    else last.cells.push(cell);
  }
  return runs;
};

const drawn = (cell: Cell, x: number, y: number): string => {
  if (cell.text === RULE)
    return `<rect x="${x + WIDTH / 2 - 0.5}" y="${y}" width="1" height="${HEIGHT}" fill="${inkOf(cell)}"/>`;
  const height = Math.round(((HEIGHT - 3) * (BLOCKS.indexOf(cell.text) + 1)) / BLOCKS.length);
  return `<rect x="${x}" y="${y + HEIGHT - 1 - height}" width="${WIDTH}" height="${height}" fill="${inkOf(cell)}"/>`;
};

const textOf = (cells: readonly Cell[]): string => cells.map(({text}) => (text === '' ? ' ' : text)).join('');

const runAsSvg = ({from, cells}: Run, y: number): string => {
  const x = MARGIN + from * WIDTH;
  const [first] = cells;
  if (first === undefined) return '';
  const ground = first.inverse
    ? `<rect x="${x}" y="${y}" width="${cells.length * WIDTH}" height="${HEIGHT}" fill="${ownInk(first)}"/>`
    : '';
  if (isDrawn(first)) return ground + cells.map((cell, index) => drawn(cell, x + index * WIDTH, y)).join('');
  const text = textOf(cells);
  if (text.trim() === '') return ground;
  // The length is told, so that columns stand under each other whatever font is there.
  const trimmed = text.trimEnd();
  return `${ground}<text x="${x}" y="${y + BASELINE}" textLength="${trimmed.length * WIDTH}" lengthAdjust="spacingAndGlyphs" fill="${inkOf(first)}"${first.bold ? ' font-weight="bold"' : ''}>${escaped(trimmed)}</text>`;
};

export const svgOf = ({title, description, rows}: Picture): string => {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = columns * WIDTH + 2 * MARGIN;
  const height = rows.length * HEIGHT + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${INK.ground}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" xml:space="preserve">`,
    ...rows
      .map((row, index) =>
        runsOf(row)
          .map((run) => runAsSvg(run, MARGIN + index * HEIGHT))
          .join(''),
      )
      .filter((line) => line !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};
