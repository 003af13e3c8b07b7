/** What is read from its top to its end, and is longer than the screen where need be: the help, a detail, the panel of repair. */
import type {KeyContext} from '../keys.js';
import type {Snapshot} from '../store.js';
import {blank, line, span, type Line} from '../text.js';
import type {Ui} from '../ui.js';
import {detailLines} from './detail.js';
import {helpLines} from './help.js';
import type {Pen} from './pen.js';
import {podLines} from './pod.js';
import {repairLines} from './repair.js';

/** A part of what is read. */
export interface Page {
  /** The first line that is shown, from 0. */
  readonly start: number;
  readonly shown: number;
  readonly count: number;
}

const repairPanel = ({view, freshness}: Snapshot, width: number, pen: Pen): readonly Line[] => {
  if (view === null) return [line(span('looking', 'faint'))];
  return [...repairLines(view, 'whole', width, pen), blank, ...podLines(view, freshness.live, width, pen)];
};

/** All of its lines; `null`: the screen shows rows, or asks. */
export const readingLines = (
  snapshot: Snapshot,
  ui: Ui,
  context: KeyContext,
  width: number,
  pen: Pen,
): readonly Line[] | null => {
  const {mode, panel} = ui;
  switch (mode.kind) {
    case 'help':
      return helpLines(context, width, pen);
    case 'detail':
      return detailLines(mode.of, snapshot, ui, width, pen);
    case 'browse':
    case 'filter':
      return panel === 'repair' ? repairPanel(snapshot, width, pen) : null;
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
