/** The table of the detectors. */
import type {DetectorRow} from '../view/detectors.js';
import {sparkline} from '../glyphs.js';
import {toneOf, type Line} from '../text.js';
import {decimal, standing, type Display} from './display.js';
import {tableLines, type Column} from './table.js';

const GRAPH = 12;
const WIDEST_GRAPH = 80;

export interface DetectorsOptions {
  readonly rows: readonly DetectorRow[];
  readonly index: number | null;
  readonly width: number;
  readonly height: number;
  readonly live: boolean;
  readonly empty: string;
}

const columns = (display: Display, live: boolean): ReadonlyArray<Column<DetectorRow>> => {
  const tone = live ? ('plain' as const) : ('faint' as const);
  return [
    {title: 'DETECTOR', width: 'rest', cell: ({name}) => ({text: display.text(name), tone: 'strong'})},
    {
      title: 'TYPE',
      width: 10,
      drop: 6,
      cell: ({type}) => ({text: display.text(type ?? display.glyphs.none), tone: 'faint'}),
    },
    {
      title: live ? 'STATE' : 'OLD STATE',
      width: 10,
      cell: ({status}) => ({
        text: `${standing(display, status, live)} ${status}`,
        tone: live ? toneOf[status] : 'faint',
      }),
    },
    {title: 'MS', width: 6, right: true, cell: ({inference}) => ({text: decimal(inference, 1, display), tone})},
    {title: 'LIMIT', width: 5, right: true, drop: 4, cell: ({limit}) => ({text: String(limit), tone: 'faint'})},
    ...(display.plain
      ? []
      : [
          {
            title: '0 TO LIMIT',
            width: GRAPH,
            graph: true,
            most: WIDEST_GRAPH,
            drop: 5,
            cell: ({trend, limit}: DetectorRow, space: number) => ({
              text: sparkline(trend, limit, space, display.glyphs),
              tone: live ? ('accent' as const) : ('faint' as const),
            }),
          },
        ]),
    {
      title: 'BUSY',
      width: 5,
      right: true,
      drop: 3,
      cell: ({busy}) => ({
        text: busy === null ? display.glyphs.none : `${busy.toFixed(0)}s`,
        tone: busy !== null && busy > 10 ? 'bad' : tone,
      }),
    },
    {
      title: 'NEW PID',
      width: 7,
      right: true,
      drop: 1,
      cell: ({pidChanges}) => ({
        text: pidChanges === 0 ? display.glyphs.none : String(pidChanges),
        tone: pidChanges > 0 ? 'warn' : tone,
      }),
    },
    {
      title: 'DEG C',
      width: 5,
      right: true,
      drop: 7,
      cell: ({temperature}) => ({text: decimal(temperature, 0, display), tone}),
    },
  ];
};

export const detectorLines = (
  {rows, index, width, height, live, empty}: DetectorsOptions,
  display: Display,
): readonly Line[] =>
  tableLines({columns: columns(display, live), rows, index, width, height, more: display.glyphs.more, empty});
