/** The whole screen as lines: a pure function of what there is, what the person did, and the size of the terminal. */
import type {Place} from '../pass/watch/live.js';
import type {KeyContext} from './keys.js';
import {layoutFor, type Layout} from './layout.js';
import {changeLine, listLines} from './panels/lists.js';
import {detectorLines} from './panels/detectors.js';
import {engineLines, podLines} from './panels/engine.js';
import {keyBar} from './panels/help.js';
import {bannerLines, headerLine, oneLine} from './panels/header.js';
import {mainLines, tabsLine} from './panels/main.js';
import type {Pen} from './panels/pen.js';
import {problemLines, problemsOf} from './panels/problems.js';
import {rowKeys} from './panels/rows.js';
import {storageLines} from './panels/storage.js';
import type {Snapshot} from './store.js';
import {beside, clipLine, fitRows, line, span, type Line} from './text.js';
import type {Ui} from './ui.js';

export interface FrameOptions {
  readonly place: Place;
  readonly allowActions: boolean;
  readonly severalFrigates: boolean;
  /** Keys can be read. */
  readonly canType: boolean;
  /** The name that a person types to confirm; `null`: there is nothing to act on. */
  readonly workloadName: string | null;
}

const heading = (text: string): Line => line(span(text, 'strong'));

/** Detectors, storage, repair and pod beside the main panel, unless they are the main panel. */
const sideLines = (snapshot: Snapshot, ui: Ui, width: number, height: number, pen: Pen): readonly Line[] => {
  const {view, freshness: {live}} = snapshot;
  if (view === null) return [];
  const detectors = Math.min(4, view.detectors.length + 1);
  const mounts = Math.min(8, view.mounts.length + 1);
  const blocks: readonly (readonly Line[])[] = [
    ui.panel === 'engine' ? [] : [heading('REPAIR'), ...engineLines(view, width, pen)],
    ui.panel === 'detectors' ? [] : [heading('DETECTORS'), ...detectorLines({rows: view.detectors, index: null, width, height: Math.max(2, detectors), live, empty: 'none are known'}, pen)],
    ui.panel === 'engine' ? [] : [heading('POD'), ...podLines(view, width, pen)],
    ui.panel === 'recording' ? [] : [heading('STORAGE'), ...storageLines({rows: view.mounts, index: null, width, height: Math.max(2, mounts), live, empty: 'none is known'}, pen)],
  ].filter((block) => block.length > 0);
  const gap = blocks.reduce((sum, block) => sum + block.length, 0) + blocks.length - 1 <= height ? 1 : 0;
  return blocks.flatMap((block, index) => (index === 0 || gap === 0 ? block : [line(), ...block]));
};

const eventLines = (snapshot: Snapshot, layout: Layout, pen: Pen): readonly Line[] => {
  const {columns, events} = layout;
  if (events === 0) return [];
  const list = listLines(snapshot.changes.map((change) => changeLine(change, pen)), null, columns, events - 1, pen, 'nothing has changed since the watching began');
  return fitRows([line(span('EVENTS', 'strong'), span(snapshot.changeCount === 0 ? '' : ` ${snapshot.changeCount}`, 'faint')), ...list], events);
};

const smallTabs = (snapshot: Snapshot): Line => line(span(`PROBLEMS ${problemsOf(snapshot).length}`, 'strong'), span('  1-7 panels', 'faint'));

/** On a small terminal: problems and nothing else, until something is opened. */
const onlyProblems = (snapshot: Snapshot, {columns, main}: Layout, pen: Pen): readonly Line[] => {
  const problems = problemsOf(snapshot);
  const empty = snapshot.view?.live.complete === true ? 'no check finds anything wrong' : 'looking';
  return fitRows(problems.length === 0 ? [line(span(empty, 'faint'))] : problemLines(problems, columns, main, pen), main);
};

/** Fewer lines than this tell nothing. */
const LEAST_PROBLEMS = 2;

/** Under the rows of the cameras, where they leave room: what is wrong and what to type. */
const underCameras = (snapshot: Snapshot, ui: Ui, layout: Layout, lines: readonly Line[], width: number, pen: Pen): readonly Line[] => {
  const problems = problemsOf(snapshot);
  const used = Math.max(1, rowKeys('cameras', snapshot, ui).length) + 1;
  const room = layout.main - used - 2;
  if (ui.panel !== 'cameras' || ui.mode.kind !== 'browse' || problems.length === 0 || room < LEAST_PROBLEMS) return lines;
  return [...lines.slice(0, used), line(), heading(`WHAT IS WRONG ${problems.length}`), ...problemLines(problems, width, room, pen)];
};

const isPlainSmall = (layout: Layout, ui: Ui): boolean => layout.kind === 'small' && ui.mode.kind === 'browse' && ui.panel === 'cameras' && ui.filter.cameras === '';

/** Tables leave room beside them; sentences, commands and lines of a log want the whole width. */
const leavesRoom = ({panel, mode}: Ui): boolean =>
  (panel === 'cameras' || panel === 'detectors' || panel === 'recording') && (mode.kind === 'browse' || mode.kind === 'filter');

const mainArea = (snapshot: Snapshot, ui: Ui, layout: Layout, options: FrameOptions, pen: Pen): readonly Line[] => {
  if (isPlainSmall(layout, ui)) return onlyProblems(snapshot, layout, pen);
  const alone = layout.sideColumns === 0 || !leavesRoom(ui);
  const width = alone ? layout.columns : layout.mainColumns;
  const main = fitRows(underCameras(snapshot, ui, layout, mainLines(snapshot, ui, options, {width, height: layout.main}, pen), width, pen), layout.main);
  if (alone) return main;
  return beside(main, sideLines(snapshot, ui, layout.sideColumns, layout.main, pen), layout.mainColumns, layout.sideColumns, layout.main, pen.glyphs.rule);
};

/** Exactly as many lines as the terminal has rows, none wider than its columns. */
export const frameLines = (snapshot: Snapshot, ui: Ui, rows: number, columns: number, options: FrameOptions, pen: Pen): readonly Line[] => {
  const layout = layoutFor(rows, columns);
  if (layout.kind === 'line') return fitRows([oneLine(snapshot, layout.columns, pen)], layout.rows);
  const context: KeyContext = {panel: ui.panel, allowActions: options.allowActions, severalFrigates: options.severalFrigates};
  return [
    headerLine(snapshot, options.place, ui.paused, layout.columns, pen),
    ...fitRows(bannerLines(snapshot, layout.banner, layout.columns, pen), layout.banner),
    isPlainSmall(layout, ui) ? smallTabs(snapshot) : tabsLine(snapshot, ui, layout.columns, pen),
    ...mainArea(snapshot, ui, layout, options, pen),
    ...eventLines(snapshot, layout, pen),
    keyBar(context, ui.mode.kind, ui.message, layout.columns, pen, options.canType),
  ].map((one) => clipLine(one, layout.columns, pen.glyphs.more));
};
