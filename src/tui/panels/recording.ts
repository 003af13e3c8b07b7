/** Whether what the cameras deliver reaches the disk: the newest segment of each. */
import {line, type Line} from '../text.js';
import {sortCameras, type CameraRow} from '../view/cameras.js';
import {calmAge, type Display} from './display.js';
import {tableLines, type Column} from './table.js';

export const recordingInWords = ({recording}: CameraRow): string => {
  switch (recording.kind) {
    case 'age':
      return `newest segment ${calmAge(recording.age)} old`;
    case 'none':
      return 'no segment within the last hour';
    case 'off':
      return 'recording is off';
    case 'motion':
      return 'motion or events only';
    case 'unknown':
      return 'not known';
  }
};

const UNRECORDED = /^FRG-60[12]$/;

const columns = (display: Display, live: boolean): ReadonlyArray<Column<CameraRow>> => [
  {title: 'CAMERA', width: 'rest', cell: ({name}) => ({text: display.text(name), tone: 'strong'})},
  {
    title: live ? 'RECORDING' : 'OLD: RECORDING',
    width: 32,
    cell: (row) => ({
      text: recordingInWords(row),
      tone: !live ? 'faint' : row.findings.some((id) => UNRECORDED.test(id)) ? 'bad' : 'plain',
    }),
  },
];

/** A blank, the titles and a row. */
const LEAST = 3;

/** Under the mounts, where they leave space; the longest without a recording first. */
export const recordingLines = (
  cameras: readonly CameraRow[],
  live: boolean,
  width: number,
  height: number,
  display: Display,
): readonly Line[] => {
  if (cameras.length === 0 || height < LEAST) return [];
  return [
    line(),
    ...tableLines({
      columns: columns(display, live),
      rows: sortCameras(cameras, 'recording'),
      index: null,
      width,
      height: height - 1,
      more: display.glyphs.more,
      empty: '',
    }),
  ];
};
