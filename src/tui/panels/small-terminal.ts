/** Terminals with less space than the panels need: what is wrong first, and of everything else what is left. */
import type {Layout} from '../layout.js';
import type {Snapshot} from '../store.js';
import {clipLine, fitRows, line, span, type Line} from '../text.js';
import type {Ui} from '../ui.js';
import {oneLine} from './banner.js';
import {confirmLine} from './confirm.js';
import {busyText, panelLines, type Scrolled} from './main.js';
import type {Display} from './display.js';
import {problemLines, problemsOf} from './problems.js';

/** A table of fewer lines is all title. */
const LEAST_TABLE = 3;

/** The problems, and below them the cameras. */
export const smallLines = (snapshot: Snapshot, ui: Ui, {columns, main}: Layout, display: Display): readonly Line[] => {
  if (snapshot.view?.live.complete !== true) return fitRows([line(span('connecting', 'faint'))], main);
  const problems = problemLines(problemsOf(snapshot), columns, main, display);
  const left = main - problems.length;
  return fitRows(
    left < LEAST_TABLE ? problems : [...problems, ...panelLines(snapshot, ui, {width: columns, height: left}, display)],
    main,
  );
};

export const smallTabs = (snapshot: Snapshot): Line =>
  line(span(`PROBLEMS ${problemsOf(snapshot).length}`, 'strong'), span('  1-7 panels', 'faint'));

/** What was asked or answered comes before everything else: who types has to see it. */
const conversation = (
  {mode, message, filter, panel}: Ui,
  workloadName: string | null,
  columns: number,
  display: Display,
): readonly Line[] => {
  switch (mode.kind) {
    case 'confirm':
      return [confirmLine(mode, workloadName, columns, display)];
    case 'busy':
      return [line(span(busyText[mode.action], 'accent'))];
    case 'filter':
      return [line(span(`/${display.text(filter[panel])}${display.glyphs.cursor}`, 'accent'))];
    case 'help':
    case 'detail':
    case 'browse':
      return message === null ? [] : [line(span(display.text(message), 'warn'))];
  }
};

/** Lines that are left for what is read on a terminal of so many. */
export const tinyHeight = (rows: number): number => Math.max(0, rows - 1);

/** All there is on a terminal of a few lines: the verdict, and what is wrong or what is read in the lines below. */
export const tinyLines = (
  snapshot: Snapshot,
  ui: Ui,
  {rows, columns}: Layout,
  scrolled: Scrolled | null,
  workloadName: string | null,
  display: Display,
): readonly Line[] => {
  const below =
    scrolled === null
      ? problemLines(problemsOf(snapshot), columns, tinyHeight(rows), display)
      : scrolled.lines.slice(scrolled.page.start, scrolled.page.start + scrolled.page.shown);
  return fitRows(
    [...conversation(ui, workloadName, columns, display), oneLine(snapshot, columns, display), ...below],
    rows,
  ).map((one) => clipLine(one, columns, display.glyphs.more));
};
