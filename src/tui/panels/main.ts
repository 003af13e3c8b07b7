/** The main panel: the list that was chosen, a detail, the help, or a question. */
import {PANELS, type PanelName} from '../keys.js';
import type {Snapshot} from '../store.js';
import {clipLine, fitRows, line, lineColumns, span, wrapText, type Line} from '../text.js';
import {indexOf, type ActionName, type Ui} from '../ui.js';
import type {View} from '../view/view.js';
import {cameraLines} from './cameras.js';
import {detailLines} from './detail.js';
import {detectorLines} from './detectors.js';
import {engineLines, podLines} from './engine.js';
import {repairText} from './header.js';
import {helpLines} from './help.js';
import {changeLine, checkLine, listLines, logLine} from './lists.js';
import type {Pen} from './pen.js';
import {cameraRows, changeRows, checkRows, detectorRows, logRows, mountRows, rowKeys} from './rows.js';
import {storageLines} from './storage.js';

export interface Area {
  readonly width: number;
  readonly height: number;
}

export const TITLES: Readonly<Record<PanelName, string>> = {
  cameras: 'CAMERAS', detectors: 'DETECTORS', recording: 'RECORDING AND STORAGE', engine: 'REPAIR, POD AND NODE', checks: 'CHECKS', log: "FRIGATE'S LOG, LINES THAT MATTER", events: 'EVENTS',
};

/** What the tabs of the others are called. */
const TABS: Readonly<Record<PanelName, string>> = {cameras: 'cameras', detectors: 'detectors', recording: 'storage', engine: 'repair', checks: 'checks', log: 'log', events: 'events'};

/** Where one is, how to get elsewhere, and what is left out. */
export const tabsLine = (snapshot: Snapshot, ui: Ui, width: number, pen: Pen): Line => {
  const {mode} = ui;
  if (mode.kind === 'help') return line(span('KEYS', 'strong'), span('  any key closes', 'faint'));
  if (mode.kind === 'detail') return line(span('DETAIL', 'strong'), span('  escape: back, arrows: scroll', 'faint'));
  if (mode.kind === 'confirm') return line(span('CONFIRM', 'strong'));
  if (mode.kind === 'busy') return line(span('AT WORK', 'strong'));
  const filter = mode.kind === 'filter' ? `/${mode.draft}${pen.glyphs.cursor}` : ui.filter[ui.panel] === '' ? '' : `/${ui.filter[ui.panel]}`;
  const rows = rowKeys(ui.panel, snapshot, ui).length;
  // Of what is not known there are not "0".
  const count = ui.panel === 'engine' || (rows === 0 && snapshot.view?.live.board.lastStats === null) ? '' : ` ${rows}`;
  const sort = ui.panel === 'cameras' ? `  by ${ui.sort}` : '';
  const here = [span(`${PANELS.indexOf(ui.panel) + 1} ${TITLES[ui.panel]}${count}`, 'strong'), span(sort, 'faint'), span(filter === '' ? '' : `  ${pen.text(filter)}`, 'accent')];
  const tabs = (gap: string): Line => PANELS.flatMap((panel, index) => [...(index === 0 ? [] : [span(gap)]), ...(panel === ui.panel ? here : [span(`${index + 1} ${TABS[panel]}`, 'faint')])]);
  const fitting = [tabs('  '), tabs(' ')].find((one) => lineColumns(one) <= width);
  return clipLine(fitting ?? [...here, span('  1-7 panels', 'faint')], width, pen.glyphs.more);
};

const noneOf = (what: string, {filter, panel}: Ui): string => (filter[panel] === '' ? what : `nothing contains "${filter[panel]}"; escape clears the filter`);

/** Frigate names them: one that has not spoken since the watching began has named none. */
const unknownYet = (what: string, view: View | null): string => {
  const {stats} = view?.live.board.frigate ?? {stats: null};
  return stats === null || stats.known ? `Frigate names no ${what}` : `no ${what} are known: ${stats.why.code === 'not-asked' ? stats.why.message : 'Frigate has not answered'}`;
};

const panelLines = (snapshot: Snapshot, ui: Ui, {width, height}: Area, pen: Pen): readonly Line[] => {
  const {panel} = ui;
  const {view, freshness} = snapshot;
  const keys = rowKeys(panel, snapshot, ui);
  const selection = ui.selection[panel];
  const index = keys.length === 0 ? null : indexOf(panel, selection, keys);
  const {live} = freshness;
  const text = (what: string): string => pen.text(noneOf(view?.live.complete === true ? what : 'looking', ui));
  switch (panel) {
    case 'cameras': return cameraLines({rows: cameraRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('cameras', view))}, pen);
    case 'detectors': return detectorLines({rows: detectorRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('detectors', view))}, pen);
    case 'recording': return storageLines({rows: mountRows(snapshot, ui), index, width, height, live, empty: text(unknownYet('mounts', view))}, pen);
    case 'engine': return view === null ? [line(span('looking', 'faint'))] : [...engineLines(view, width, pen), line(), ...podLines(view, width, pen)];
    case 'checks': return listLines(checkRows(snapshot, ui).map((row) => checkLine(row, pen)), index, width, height, pen, text('no check has run'));
    case 'log': return listLines(logRows(snapshot, ui).map((row) => logLine(row, pen)), selection.key === null ? null : index, width, height, pen, text('no line that matters in the last minutes'));
    case 'events': return listLines(changeRows(snapshot, ui).map((row) => changeLine(row, pen)), selection.key === null ? null : index, width, height, pen, text('nothing has changed yet'));
  }
};

const questions: Readonly<Record<ActionName, string>> = {
  restart: 'Restart Frigate? Recording stops until it is back. The guards of automatic repair decide whether it is done.',
  'reset-breaker': 'Reset the breaker? It is closed and unlocked, and automatic repair may restart Frigate again. Nothing is restarted by this.',
};

const confirmLines = (snapshot: Snapshot, action: ActionName, typed: string, workloadName: string | null, width: number, pen: Pen): readonly Line[] => [
  ...wrapText(questions[action], width).map((text) => line(span(text, 'strong'))),
  line(),
  ...(snapshot.view === null ? [] : wrapText(repairText(snapshot.view, pen), width).map((text) => line(text))),
  line(),
  line('Type the name of the workload, ', span(pen.text(workloadName ?? ''), 'strong'), ', and press enter; escape cancels.'),
  line(span(`> ${pen.text(typed)}${pen.glyphs.cursor}`, 'accent')),
];

/** Scrolled so far as there is something to see. */
const scrolled = (lines: readonly Line[], offset: number, height: number): readonly Line[] => {
  const start = Math.max(0, Math.min(offset, lines.length - height));
  return lines.slice(start, start + height);
};

export interface MainOptions {
  readonly allowActions: boolean;
  readonly severalFrigates: boolean;
  readonly workloadName: string | null;
}

export const mainLines = (snapshot: Snapshot, ui: Ui, options: MainOptions, area: Area, pen: Pen): readonly Line[] => {
  const {width, height} = area;
  const {mode} = ui;
  const draw = (): readonly Line[] => {
    switch (mode.kind) {
      case 'help': return scrolled(helpLines({...options, panel: ui.panel}, width, pen), mode.offset, height);
      case 'detail': return scrolled(detailLines(mode.of, snapshot, width, pen), mode.offset, height);
      case 'confirm': return confirmLines(snapshot, mode.action, mode.typed, options.workloadName, width, pen);
      case 'busy': return [line(mode.action === 'restart' ? 'Asking for the restart; the guards look first.' : 'Resetting the breaker.')];
      case 'browse': case 'filter': return panelLines(snapshot, ui, area, pen);
    }
  };
  return fitRows(draw().map((one) => clipLine(one, width, pen.glyphs.more)), height);
};
