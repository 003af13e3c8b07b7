/** Texts that scroll, because they can be longer than the screen: the help, a detail, the repair panel. */
import type {KeyContext} from '../keys.js';
import type {Snapshot} from '../store.js';
import {blank, line, span, type Line} from '../text.js';
import type {Ui} from '../ui.js';
import {detailLines} from './detail.js';
import {helpLines} from './help.js';
import type {Display} from './display.js';
import {podLines} from './pod.js';
import {repairLines} from './repair.js';

/** The part of the text that is shown. */
export interface Page {
  /** The first line that is shown, from 0. */
  readonly start: number;
  readonly shown: number;
  readonly count: number;
}

const repairPanel = ({view, freshness}: Snapshot, width: number, display: Display): readonly Line[] => {
  if (view === null) return [line(span('connecting', 'faint'))];
  return [...repairLines(view, 'whole', width, display), blank, ...podLines(view, freshness.live, width, display)];
};

/** All of its lines; `null`: the screen shows rows, or asks. */
export const scrolledLines = (
  snapshot: Snapshot,
  ui: Ui,
  context: KeyContext,
  width: number,
  display: Display,
): readonly Line[] | null => {
  const {mode, panel} = ui;
  switch (mode.kind) {
    case 'help':
      return helpLines(context, width, display);
    case 'detail':
      return detailLines(mode.of, snapshot, ui, width, display);
    case 'browse':
    case 'filter':
      return panel === 'repair' ? repairPanel(snapshot, width, display) : null;
    case 'confirm':
    case 'busy':
      return null;
  }
};

/** How far it was scrolled. */
export const offsetOf = ({mode, selection}: Ui): number =>
  mode.kind === 'help' || mode.kind === 'detail' ? mode.offset : selection.repair.index;

/** How far it can be scrolled. */
export const furthestOf = (lines: readonly Line[], height: number): number => Math.max(0, lines.length - height);

export const pageOf = (lines: readonly Line[], offset: number, height: number): Page => {
  const start = Math.max(0, Math.min(offset, furthestOf(lines, height)));
  return {start, shown: Math.max(0, Math.min(height, lines.length - start)), count: lines.length};
};
