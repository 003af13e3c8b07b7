/** The table of the cameras. */
import type {CameraRow} from '../view/cameras.js';
import {sparkline} from '../glyphs.js';
import {toneOf, type Line} from '../text.js';
import {calmAge, decimal, roughly, standing, type Display} from './display.js';
import {tableLines, type Column} from './table.js';

/** Columns of the graph: one for each snapshot, 80 of 15 s are 20 minutes. */
const GRAPH = 12;
const WIDEST_GRAPH = 80;

const recordingText = ({recording}: CameraRow, display: Display): string => {
  switch (recording.kind) {
    case 'age':
      return calmAge(recording.age);
    case 'none':
      return 'over 1h';
    case 'off':
      return 'off';
    case 'motion':
      return 'motion';
    case 'unknown':
      return display.glyphs.none;
  }
};

export interface CamerasOptions {
  readonly rows: readonly CameraRow[];
  readonly index: number | null;
  readonly width: number;
  readonly height: number;
  /** The numbers are current. */
  readonly live: boolean;
  readonly empty: string;
}

const columns = (display: Display, live: boolean): ReadonlyArray<Column<CameraRow>> => {
  const tone = live ? ('plain' as const) : ('faint' as const);
  const number = (value: number | null): {readonly text: string; readonly tone: typeof tone} => ({
    text: roughly(value, display),
    tone,
  });
  return [
    {title: 'CAMERA', width: 'rest', cell: ({name}) => ({text: display.text(name), tone: 'strong'})},
    {
      title: live ? 'STATE' : 'OLD STATE',
      width: 12,
      cell: ({status, state}) => ({
        text: `${standing(display, status, live)} ${state}`,
        tone: live ? toneOf[status] : 'faint',
      }),
    },
    {title: 'FPS', width: 4, right: true, cell: ({fps}) => number(fps)},
    {
      title: 'TARGET',
      width: 6,
      right: true,
      drop: 3,
      cell: ({wanted}) => ({text: decimal(wanted, 0, display), tone: 'faint'}),
    },
    ...(display.plain
      ? []
      : [
          {
            title: '0 TO TARGET',
            width: GRAPH,
            graph: true,
            most: WIDEST_GRAPH,
            drop: 4,
            cell: ({trend, wanted}: CameraRow, space: number) => ({
              text: sparkline(trend, wanted ?? 5, space, display.glyphs),
              tone: live ? ('accent' as const) : ('faint' as const),
            }),
          },
        ]),
    {title: 'PROC', width: 5, right: true, drop: 5, cell: ({process}) => number(process)},
    {title: 'SKIP', width: 5, right: true, drop: 2, cell: ({skipped}) => number(skipped)},
    {title: 'DET', width: 5, right: true, drop: 6, cell: ({detection}) => number(detection)},
    {title: 'RECORDED', width: 8, right: true, drop: 1, cell: (row) => ({text: recordingText(row, display), tone})},
    {
      title: 'SOURCE',
      width: 16,
      drop: 8,
      cell: ({hosts}) => ({text: hosts.map(display.text).join(' '), tone: 'faint'}),
    },
  ];
};

export const cameraLines = (
  {rows, index, width, height, live, empty}: CamerasOptions,
  display: Display,
): readonly Line[] =>
  tableLines({columns: columns(display, live), rows, index, width, height, more: display.glyphs.more, empty});
