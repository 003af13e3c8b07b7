/** The whole screen as lines: a pure function of what there is, what the person did, and the size of the terminal. */
import type {WatchedTarget} from '../usecases/watch/live.js';
import type {KeyContext} from './keys.js';
import {layoutFor, type Layout} from './layout.js';
import {bannerLines} from './panels/banner.js';
import {confirmLines} from './panels/confirm.js';
import {changeLine, listLines} from './panels/lists.js';
import {detectorLines} from './panels/detectors.js';
import {keyBar} from './panels/help.js';
import {headerLine} from './panels/header.js';
import {mainLines, type Scrolled} from './panels/main.js';
import type {Display} from './panels/display.js';
import {podLines} from './panels/pod.js';
import {problemLines, problemsOf} from './panels/problems.js';
import {furthestOf, offsetOf, pageOf, scrolledLines} from './panels/scrolled.js';
import {repairLines} from './panels/repair.js';
import {rowKeys} from './panels/rows.js';
import {smallLines, smallTabs, tinyHeight, tinyLines} from './panels/small-terminal.js';
import {storageLines} from './panels/storage.js';
import {tabsLine} from './panels/tabs.js';
import type {Snapshot} from './store.js';
import {beside, clipLine, fitRows, line, span, type Line} from './text.js';
import type {Ui} from './ui.js';

export interface FrameOptions {
  readonly target: WatchedTarget;
  readonly allowActions: boolean;
  readonly severalFrigates: boolean;
  /** Keys can be read. */
  readonly canType: boolean;
  /** The name that a person types to confirm; `null`: there is nothing to act on. */
  readonly workloadName: string | null;
}

const heading = (text: string): Line => line(span(text, 'strong'));

const rowsOf = (blocks: readonly (readonly Line[])[]): number => blocks.reduce((sum, block) => sum + block.length, 0);

/** Detectors, storage, repair and pod beside the main panel, unless they are the main panel. Where space is short, what the banner already says is left out first, then the blank lines. */
const sideLines = (snapshot: Snapshot, ui: Ui, width: number, height: number, display: Display): readonly Line[] => {
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
            {rows: view.detectors, index: null, width, height: Math.max(2, detectors), live, empty: 'none known'},
            display,
          ),
        ],
    [heading('POD'), ...podLines(view, live, width, display)],
    ui.panel === 'storage'
      ? []
      : [
          heading('STORAGE'),
          ...storageLines(
            {rows: view.mounts, index: null, width, height: Math.max(2, mounts), live, empty: 'none known'},
            display,
          ),
        ],
  ].filter((block) => block.length > 0);
  const whole = [heading('REPAIR'), ...repairLines(view, 'whole', width, display)];
  const blocks = [
    rowsOf(others) + whole.length <= height
      ? whole
      : [heading('REPAIR'), ...repairLines(view, 'brief', width, display)],
    ...others,
  ];
  const gap = rowsOf(blocks) + blocks.length - 1 <= height ? 1 : 0;
  return blocks.flatMap((block, index) => (index === 0 || gap === 0 ? block : [line(), ...block]));
};

const eventLines = (snapshot: Snapshot, layout: Layout, display: Display): readonly Line[] => {
  const {columns, events} = layout;
  if (events === 0) return [];
  const list = listLines(
    snapshot.changes.map((change) => changeLine(change, display)),
    null,
    columns,
    events - 1,
    display,
    'no changes since watch started',
  );
  return fitRows(
    [
      line(span('EVENTS', 'strong'), span(snapshot.changeCount === 0 ? '' : ` ${snapshot.changeCount}`, 'faint')),
      ...list,
    ],
    events,
  );
};

/** Fewer lines than this are not useful. */
const LEAST_PROBLEMS = 2;

/** Under the rows of the cameras, where they leave space: what is wrong and what to type. */
const underCameras = (
  snapshot: Snapshot,
  ui: Ui,
  layout: Layout,
  lines: readonly Line[],
  width: number,
  display: Display,
): readonly Line[] => {
  const problems = problemsOf(snapshot);
  const used = Math.max(1, rowKeys('cameras', snapshot, ui).length) + 1;
  const space = layout.main - used - 2;
  if (ui.panel !== 'cameras' || ui.mode.kind !== 'browse' || problems.length === 0 || space < LEAST_PROBLEMS)
    return lines;
  return [
    ...lines.slice(0, used),
    line(),
    heading(`WHAT IS WRONG ${problems.length}`),
    ...problemLines(problems, width, space, display),
  ];
};

const isPlainSmall = (layout: Layout, ui: Ui): boolean =>
  layout.kind === 'small' && ui.mode.kind === 'browse' && ui.panel === 'cameras' && ui.filter.cameras === '';

const picksRows = ({mode}: Ui): boolean => mode.kind === 'browse' || mode.kind === 'filter';

/** Tables leave space beside them; sentences, commands and log lines need the whole width. */
const leavesSpace = (ui: Ui): boolean =>
  (ui.panel === 'cameras' || ui.panel === 'detectors' || ui.panel === 'storage') && picksRows(ui);

const contextOf = ({panel}: Ui, {allowActions, severalFrigates}: FrameOptions): KeyContext => ({
  panel,
  allowActions,
  severalFrigates,
});

/** The layout for the open dialog or panel, and the part of a longer text that fits. */
interface Arrangement {
  readonly layout: Layout;
  readonly scrolled: Scrolled | null;
}

/** The rows that the main panel would fill if it could. */
const wanted = (
  snapshot: Snapshot,
  ui: Ui,
  lines: readonly Line[] | null,
  {columns}: Layout,
  options: FrameOptions,
  display: Display,
): number => {
  if (lines !== null) return lines.length;
  if (ui.mode.kind === 'confirm')
    return confirmLines(snapshot, ui.mode, options.workloadName, {width: columns, height: Infinity}, display).length;
  // The events would stand there twice.
  return ui.panel === 'events' && picksRows(ui) ? Infinity : 0;
};

const arrange = (
  snapshot: Snapshot,
  ui: Ui,
  rows: number,
  columns: number,
  options: FrameOptions,
  display: Display,
): Arrangement => {
  const usual = layoutFor(rows, columns);
  const lines = scrolledLines(snapshot, ui, contextOf(ui, options), usual.columns, display);
  const {main, events} = usual;
  // A long text is worth more rows than the last events.
  const layout =
    wanted(snapshot, ui, lines, usual, options, display) > main ? {...usual, main: main + events, events: 0} : usual;
  const height = layout.kind === 'line' ? tinyHeight(layout.rows) : layout.main;
  return {layout, scrolled: lines === null ? null : {lines, page: pageOf(lines, offsetOf(ui), height)}};
};

/** How far what is read can be scrolled; 0 where nothing is. */
export const furthestScroll = (
  snapshot: Snapshot,
  ui: Ui,
  rows: number,
  columns: number,
  options: FrameOptions,
  display: Display,
): number => {
  const {scrolled} = arrange(snapshot, ui, rows, columns, options, display);
  return scrolled === null ? 0 : furthestOf(scrolled.lines, scrolled.page.shown);
};

const mainArea = (
  snapshot: Snapshot,
  ui: Ui,
  {layout, scrolled}: Arrangement,
  {workloadName}: FrameOptions,
  display: Display,
): readonly Line[] => {
  if (isPlainSmall(layout, ui)) return smallLines(snapshot, ui, layout, display);
  const alone = layout.sideColumns === 0 || !leavesSpace(ui);
  const width = alone ? layout.columns : layout.mainColumns;
  const main = fitRows(
    underCameras(
      snapshot,
      ui,
      layout,
      mainLines(snapshot, ui, scrolled, workloadName, {width, height: layout.main}, display),
      width,
      display,
    ),
    layout.main,
  );
  if (alone) return main;
  return beside(
    main,
    sideLines(snapshot, ui, layout.sideColumns, layout.main, display),
    layout.mainColumns,
    layout.sideColumns,
    layout.main,
    display.glyphs.rule,
    display.glyphs.more,
  );
};

/** Exactly as many lines as the terminal has rows, none wider than its columns. */
export const frameLines = (
  snapshot: Snapshot,
  ui: Ui,
  rows: number,
  columns: number,
  options: FrameOptions,
  display: Display,
): readonly Line[] => {
  const arrangement = arrange(snapshot, ui, rows, columns, options, display);
  const {layout, scrolled} = arrangement;
  if (layout.kind === 'line') return tinyLines(snapshot, ui, layout, scrolled, options.workloadName, display);
  return [
    headerLine(snapshot, options.target, ui.paused, layout.columns, display),
    ...fitRows(bannerLines(snapshot, layout.banner, layout.columns, display), layout.banner),
    isPlainSmall(layout, ui)
      ? smallTabs(snapshot)
      : tabsLine(snapshot, ui, scrolled?.page ?? null, layout.columns, display),
    ...mainArea(snapshot, ui, arrangement, options, display),
    ...eventLines(snapshot, layout, display),
    keyBar(contextOf(ui, options), ui.mode.kind, ui.message, layout.columns, display, options.canType),
  ].map((one) => clipLine(one, layout.columns, display.glyphs.more));
};
