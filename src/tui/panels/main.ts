/** The main panel: the list that was chosen, a part of what is read, or a question. */
import type {Area} from '../layout.js';
import type {Snapshot} from '../store.js';
import {clipLine, fitRows, line, type Line} from '../text.js';
import {indexOf, type Ui} from '../ui.js';
import type {View} from '../view/view.js';
import {cameraLines} from './cameras.js';
import {confirmLines} from './confirm.js';
import {detectorLines} from './detectors.js';
import {changeLine, checkLine, listLines, logLine} from './lists.js';
import type {Pen} from './pen.js';
import type {Page} from './reading.js';
import {recordingLines} from './recording.js';
import {cameraRows, changeRows, checkRows, detectorRows, logRows, mountRows, rowKeys} from './rows.js';
import {storageLines} from './storage.js';

const noneOf = (what: string, {filter, panel}: Ui): string =>
  filter[panel] === '' ? what : `nothing contains "${filter[panel]}"; escape clears the filter`;

/** Frigate names them: one that has not spoken since the watching began has named none. */
const unknownYet = (what: string, view: View | null): string => {
  const {stats} = view?.live.board.frigate ?? {stats: null};
  return stats === null || stats.known
    ? `Frigate names no ${what}`
    : `no ${what} are known: ${stats.why.code === 'not-asked' ? stats.why.message : 'Frigate has not answered'}`;
};

/** The rows of a panel that has some. */
export const panelLines = (snapshot: Snapshot, ui: Ui, {width, height}: Area, pen: Pen): readonly Line[] => {
  const {panel} = ui;
  const {view, freshness} = snapshot;
  const keys = rowKeys(panel, snapshot, ui);
  const selection = ui.selection[panel];
  const index = keys.length === 0 ? null : indexOf(panel, selection, keys);
  const {live} = freshness;
  const text = (what: string): string => pen.text(noneOf(view?.live.complete === true ? what : 'looking', ui));
  switch (panel) {
    case 'cameras':
      return cameraLines(
        {rows: cameraRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('cameras', view))},
        pen,
      );
    case 'detectors':
      return detectorLines(
        {rows: detectorRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('detectors', view))},
        pen,
      );
    case 'storage': {
      const mounts = storageLines(
        {rows: mountRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('mounts', view))},
        pen,
      );
      return [...mounts, ...recordingLines(view?.cameras ?? [], live, width, height - mounts.length, pen)];
    }
    case 'repair':
      return [];
    case 'checks':
      return listLines(
        checkRows(snapshot, ui).map((row) => checkLine(row, pen)),
        index,
        width,
        height,
        pen,
        text('no check has run'),
      );
    case 'log':
      return listLines(
        logRows(snapshot, ui).map((row) => logLine(row, pen)),
        selection.key === null ? null : index,
        width,
        height,
        pen,
        text('no line that matters in the last minutes'),
      );
    case 'events':
      return listLines(
        changeRows(snapshot, ui).map((row) => changeLine(row, pen)),
        selection.key === null ? null : index,
        width,
        height,
        pen,
        text('nothing has changed yet'),
      );
  }
};

/** What is read, and which part of it is shown. */
export interface Reading {
  readonly lines: readonly Line[];
  readonly page: Page;
}

export const busyText = {
  restart: 'Asking for the restart; the guards look first.',
  'reset-breaker': 'Resetting the breaker.',
} as const;

/** `reading`: what stands there instead of rows. */
export const mainLines = (
  snapshot: Snapshot,
  ui: Ui,
  reading: Reading | null,
  workloadName: string | null,
  area: Area,
  pen: Pen,
): readonly Line[] => {
  const {width, height} = area;
  const {mode} = ui;
  const draw = (): readonly Line[] => {
    if (reading !== null) return reading.lines.slice(reading.page.start, reading.page.start + reading.page.shown);
    switch (mode.kind) {
      case 'confirm':
        return confirmLines(snapshot, mode, workloadName, area, pen);
      case 'busy':
        return [line(busyText[mode.action])];
      case 'help':
      case 'detail':
      case 'browse':
      case 'filter':
        return panelLines(snapshot, ui, area, pen);
    }
  };
  return fitRows(
    draw().map((one) => clipLine(one, width, pen.glyphs.more)),
    height,
  );
};
