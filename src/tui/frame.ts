/** The whole screen as lines: a pure function of what there is, what the person did, and the size of the terminal. */
import type {Place} from '../pass/watch/live.js';
import type {KeyContext} from './keys.js';
import {layoutFor, type Layout} from './layout.js';
import {bannerLines} from './panels/banner.js';
import {confirmLines} from './panels/confirm.js';
import {changeLine, listLines} from './panels/lists.js';
import {detectorLines} from './panels/detectors.js';
import {keyBar} from './panels/help.js';
import {headerLine} from './panels/header.js';
import {mainLines, type Reading} from './panels/main.js';
import type {Pen} from './panels/pen.js';
import {podLines} from './panels/pod.js';
import {problemLines, problemsOf} from './panels/problems.js';
import {furthestOf, offsetOf, pageOf, readingLines} from './panels/reading.js';
import {repairLines} from './panels/repair.js';
import {rowKeys} from './panels/rows.js';
import {smallLines, smallTabs, tinyHeight, tinyLines} from './panels/small.js';
import {storageLines} from './panels/storage.js';
import {tabsLine} from './panels/tabs.js';
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

const rowsOf = (blocks: readonly (readonly Line[])[]): number => blocks.reduce((sum, block) => sum + block.length, 0);

/** Detectors, storage, repair and pod beside the main panel, unless they are the main panel. What the banner says already goes first where the room is short, then the blanks. */
const sideLines = (snapshot: Snapshot, ui: Ui, width: number, height: number, pen: Pen): readonly Line[] => {
  const {
    view,
    freshness: {live},
  } = snapshot;
  if (view === null) return [];
  const detectors = Math.min(4, view.detectors.length + 1);
  const mounts = Math.min(8, view.mounts.length + 1);
  const others: readonly (readonly Line[])[] = [
    ui.panel === 'detectors'
      ? []
      : [
          heading('DETECTORS'),
          ...detectorLines(
            {rows: view.detectors, index: null, width, height: Math.max(2, detectors), live, empty: 'none are known'},
            pen,
          ),
        ],
    [heading('POD'), ...podLines(view, live, width, pen)],
    ui.panel === 'storage'
      ? []
      : [
          heading('STORAGE'),
          ...storageLines(
            {rows: view.mounts, index: null, width, height: Math.max(2, mounts), live, empty: 'none is known'},
            pen,
          ),
        ],
  ].filter((block) => block.length > 0);
  const whole = [heading('REPAIR'), ...repairLines(view, 'whole', width, pen)];
  const blocks = [
    rowsOf(others) + whole.length <= height ? whole : [heading('REPAIR'), ...repairLines(view, 'brief', width, pen)],
    ...others,
  ];
  const gap = rowsOf(blocks) + blocks.length - 1 <= height ? 1 : 0;
  return blocks.flatMap((block, index) => (index === 0 || gap === 0 ? block : [line(), ...block]));
};

const eventLines = (snapshot: Snapshot, layout: Layout, pen: Pen): readonly Line[] => {
  const {columns, events} = layout;
  if (events === 0) return [];
  const list = listLines(
    snapshot.changes.map((change) => changeLine(change, pen)),
    null,
    columns,
    events - 1,
    pen,
    'nothing has changed since the watching began',
  );
  return fitRows(
    [
      line(span('EVENTS', 'strong'), span(snapshot.changeCount === 0 ? '' : ` ${snapshot.changeCount}`, 'faint')),
      ...list,
    ],
    events,
  );
};

/** Fewer lines than this tell nothing. */
const LEAST_PROBLEMS = 2;

/** Under the rows of the cameras, where they leave room: what is wrong and what to type. */
const underCameras = (
  snapshot: Snapshot,
  ui: Ui,
  layout: Layout,
  lines: readonly Line[],
  width: number,
  pen: Pen,
): readonly Line[] => {
  const problems = problemsOf(snapshot);
  const used = Math.max(1, rowKeys('cameras', snapshot, ui).length) + 1;
  const room = layout.main - used - 2;
  if (ui.panel !== 'cameras' || ui.mode.kind !== 'browse' || problems.length === 0 || room < LEAST_PROBLEMS)
    return lines;
  return [
    ...lines.slice(0, used),
    line(),
    heading(`WHAT IS WRONG ${problems.length}`),
    ...problemLines(problems, width, room, pen),
  ];
};

const isPlainSmall = (layout: Layout, ui: Ui): boolean =>
  layout.kind === 'small' && ui.mode.kind === 'browse' && ui.panel === 'cameras' && ui.filter.cameras === '';

const picksRows = ({mode}: Ui): boolean => mode.kind === 'browse' || mode.kind === 'filter';

/** Tables leave room beside them; sentences, commands and lines of a log want the whole width. */
const leavesRoom = (ui: Ui): boolean =>
  (ui.panel === 'cameras' || ui.panel === 'detectors' || ui.panel === 'storage') && picksRows(ui);

const contextOf = ({panel}: Ui, {allowActions, severalFrigates}: FrameOptions): KeyContext => ({
  panel,
  allowActions,
  severalFrigates,
});

/** The layout as what is open needs it, and what is read with the part of it that has room. */
interface Arrangement {
  readonly layout: Layout;
  readonly reading: Reading | null;
}

/** The rows that the main panel would fill if it could. */
const wanted = (
  snapshot: Snapshot,
  ui: Ui,
  lines: readonly Line[] | null,
  {columns}: Layout,
  options: FrameOptions,
  pen: Pen,
): number => {
  if (lines !== null) return lines.length;
  if (ui.mode.kind === 'confirm')
    return confirmLines(snapshot, ui.mode, options.workloadName, {width: columns, height: Infinity}, pen).length;
  // The events would stand there twice.
  return ui.panel === 'events' && picksRows(ui) ? Infinity : 0;
};

const arrange = (
  snapshot: Snapshot,
  ui: Ui,
  rows: number,
  columns: number,
  options: FrameOptions,
  pen: Pen,
): Arrangement => {
  const usual = layoutFor(rows, columns);
  const lines = readingLines(snapshot, ui, contextOf(ui, options), usual.columns, pen);
  const {main, events} = usual;
  // Who reads wants to read on more than to see the last events.
  const layout =
    wanted(snapshot, ui, lines, usual, options, pen) > main ? {...usual, main: main + events, events: 0} : usual;
  const height = layout.kind === 'line' ? tinyHeight(layout.rows) : layout.main;
  return {layout, reading: lines === null ? null : {lines, page: pageOf(lines, offsetOf(ui), height)}};
};

/** How far what is read can be scrolled; 0 where nothing is. */
export const furthestScroll = (
  snapshot: Snapshot,
  ui: Ui,
  rows: number,
  columns: number,
  options: FrameOptions,
  pen: Pen,
): number => {
  const {reading} = arrange(snapshot, ui, rows, columns, options, pen);
  return reading === null ? 0 : furthestOf(reading.lines, reading.page.shown);
};

const mainArea = (
  snapshot: Snapshot,
  ui: Ui,
  {layout, reading}: Arrangement,
  {workloadName}: FrameOptions,
  pen: Pen,
): readonly Line[] => {
  if (isPlainSmall(layout, ui)) return smallLines(snapshot, ui, layout, pen);
  const alone = layout.sideColumns === 0 || !leavesRoom(ui);
  const width = alone ? layout.columns : layout.mainColumns;
  const main = fitRows(
    underCameras(
      snapshot,
      ui,
      layout,
      mainLines(snapshot, ui, reading, workloadName, {width, height: layout.main}, pen),
      width,
      pen,
    ),
    layout.main,
  );
  if (alone) return main;
  return beside(
    main,
    sideLines(snapshot, ui, layout.sideColumns, layout.main, pen),
    layout.mainColumns,
    layout.sideColumns,
    layout.main,
    pen.glyphs.rule,
  );
};

/** Exactly as many lines as the terminal has rows, none wider than its columns. */
export const frameLines = (
  snapshot: Snapshot,
  ui: Ui,
  rows: number,
  columns: number,
  options: FrameOptions,
  pen: Pen,
): readonly Line[] => {
  const arrangement = arrange(snapshot, ui, rows, columns, options, pen);
  const {layout, reading} = arrangement;
  if (layout.kind === 'line') return tinyLines(snapshot, ui, layout, reading, options.workloadName, pen);
  return [
    headerLine(snapshot, options.place, ui.paused, layout.columns, pen),
    ...fitRows(bannerLines(snapshot, layout.banner, layout.columns, pen), layout.banner),
    isPlainSmall(layout, ui) ? smallTabs(snapshot) : tabsLine(snapshot, ui, reading?.page ?? null, layout.columns, pen),
    ...mainArea(snapshot, ui, arrangement, options, pen),
    ...eventLines(snapshot, layout, pen),
    keyBar(contextOf(ui, options), ui.mode.kind, ui.message, layout.columns, pen, options.canType),
  ].map((one) => clipLine(one, layout.columns, pen.glyphs.more));
};
