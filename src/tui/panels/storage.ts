/** The mounts that Frigate writes to: a bar for each, and where it leads. */
import {humanDuration} from '../../core/time.js';
import {bar} from '../glyphs.js';
import {toneOf, type Line} from '../text.js';
import type {MountRow} from '../view/storage.js';
import {bytes, standing, type Display} from './display.js';
import {tableLines, type Column} from './table.js';

const BAR = 6;
const WIDE_BAR = 16;
const WIDE = 60;
const MEBIBYTE = 1_048_576;

const forecastText = ({forecast}: MountRow): string => {
  switch (forecast.kind) {
    case 'full-in':
      return `full in ${humanDuration(forecast.time).split(' ')[0] ?? ''}`;
    case 'full':
      return 'full';
    case 'steady':
      return 'steady';
    case 'unknown':
      return '';
  }
};

const percent = (share: number | null, display: Display): string =>
  share === null ? display.glyphs.none : `${(share * 100).toFixed(0)}%`;

/** A disk that Frigate keeps nearly full is its normal state, so the bar alone warns of nothing. */
const columns = (display: Display, live: boolean, barColumns: number): ReadonlyArray<Column<MountRow>> => [
  {
    title: 'MOUNT',
    width: 'rest',
    cell: ({path}) => ({text: display.text(path.replace('/media/frigate/', '')), tone: 'strong'}),
  },
  {
    title: '',
    width: 1,
    cell: ({status}) => ({text: standing(display, status, live), tone: live ? toneOf[status] : 'faint'}),
  },
  {
    title: 'USED',
    width: 4,
    right: true,
    cell: ({used}) => ({text: percent(used, display), tone: live ? 'plain' : 'faint'}),
  },
  {
    title: '',
    width: barColumns,
    graph: true,
    drop: 3,
    cell: ({used}) => ({text: bar(used, barColumns, display.glyphs), tone: live ? 'accent' : 'faint'}),
  },
  {
    title: 'FREE',
    width: 9,
    right: true,
    drop: 1,
    cell: ({free}) => ({
      text: free === null ? display.glyphs.none : bytes(free * MEBIBYTE),
      tone: live ? 'plain' : 'faint',
    }),
  },
  {
    title: 'FORECAST',
    width: 11,
    drop: 2,
    cell: (row) => ({
      text: forecastText(row),
      tone: row.forecast.kind === 'full' ? 'bad' : row.forecast.kind === 'full-in' ? 'warn' : 'faint',
    }),
  },
  {
    title: 'TYPE',
    width: 7,
    drop: 4,
    cell: ({type}) => ({text: display.text(type ?? display.glyphs.none), tone: 'faint'}),
  },
];

export interface StorageOptions {
  readonly rows: readonly MountRow[];
  readonly index: number | null;
  readonly width: number;
  readonly height: number;
  readonly live: boolean;
  readonly empty: string;
}

export const storageLines = (
  {rows, index, width, height, live, empty}: StorageOptions,
  display: Display,
): readonly Line[] =>
  tableLines({
    columns: columns(display, live, width >= WIDE ? WIDE_BAR : BAR),
    rows,
    index,
    width,
    height,
    more: display.glyphs.more,
    empty,
  });
