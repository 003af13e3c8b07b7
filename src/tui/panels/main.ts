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
import type {Display} from './display.js';
import type {Page} from './scrolled.js';
import {recordingLines} from './recording.js';
import {cameraRows, changeRows, checkRows, detectorRows, logRows, mountRows, rowKeys} from './rows.js';
import {storageLines} from './storage.js';

const noneOf = (what: string, {filter, panel}: Ui): string =>
  filter[panel] === '' ? what : `no match for "${filter[panel]}"; escape clears the filter`;

/** Frigate reports them: one that has not answered yet has reported none. */
const unknownYet = (what: string, view: View | null): string => {
  const {stats} = view?.live.watchState.frigate ?? {stats: null};
  return stats === null || stats.known
    ? `Frigate reports no ${what}`
    : `no ${what} are known: ${stats.why.code === 'not-asked' ? stats.why.message : 'Frigate has not answered'}`;
};

/** The rows of a panel that has some. */
export const panelLines = (snapshot: Snapshot, ui: Ui, {width, height}: Area, display: Display): readonly Line[] => {
  const {panel} = ui;
  const {view, freshness} = snapshot;
  const keys = rowKeys(panel, snapshot, ui);
  const selection = ui.selection[panel];
  const index = keys.length === 0 ? null : indexOf(panel, selection, keys);
  const {live} = freshness;
  const text = (what: string): string => display.text(noneOf(view?.live.complete === true ? what : 'connecting', ui));
  switch (panel) {
    case 'cameras':
      return cameraLines(
        {rows: cameraRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('cameras', view))},
        display,
      );
    case 'detectors':
      return detectorLines(
        {rows: detectorRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('detectors', view))},
        display,
      );
    case 'storage': {
      const mounts = storageLines(
        {rows: mountRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('mounts', view))},
        display,
      );
      return [...mounts, ...recordingLines(view?.cameras ?? [], live, width, height - mounts.length, display)];
    }
    case 'repair':
      return [];
    case 'checks':
      return listLines(
        checkRows(snapshot, ui).map((row) => checkLine(row, display)),
        index,
        width,
        height,
        display,
        text('no check has run'),
      );
    case 'log':
      return listLines(
        logRows(snapshot, ui).map((row) => logLine(row, display)),
        selection.key === null ? null : index,
        width,
        height,
        display,
        text('no relevant line in the last minutes'),
      );
    case 'events':
      return listLines(
        changeRows(snapshot, ui).map((row) => changeLine(row, display)),
        selection.key === null ? null : index,
        width,
        height,
        display,
        text('no changes yet'),
      );
  }
};

/** What is read, and which part of it is shown. */
export interface Scrolled {
  readonly lines: readonly Line[];
  readonly page: Page;
}

export const busyText = {
  restart: 'Requesting the restart: the rules are checked first.',
  'reset-breaker': 'Resetting the breaker.',
} as const;

/** `scrolled`: what stands there instead of rows. */
export const mainLines = (
  snapshot: Snapshot,
  ui: Ui,
  scrolled: Scrolled | null,
  workloadName: string | null,
  area: Area,
  display: Display,
): readonly Line[] => {
  const {width, height} = area;
  const {mode} = ui;
  const draw = (): readonly Line[] => {
    if (scrolled !== null) return scrolled.lines.slice(scrolled.page.start, scrolled.page.start + scrolled.page.shown);
    switch (mode.kind) {
      case 'confirm':
        return confirmLines(snapshot, mode, workloadName, area, display);
      case 'busy':
        return [line(busyText[mode.action])];
      case 'help':
      case 'detail':
      case 'browse':
      case 'filter':
        return panelLines(snapshot, ui, area, display);
    }
  };
  return fitRows(
    draw().map((one) => clipLine(one, width, display.glyphs.more)),
    height,
  );
};
