/** Checks, the log and the events, one line each. */
import type {Finding} from '../../core/finding.js';
import type {LogLine} from '../../pass/watch/board.js';
import {cell, clipLine, line, selected, span, toneOf, type Line} from '../text.js';
import type {Change} from '../view/changes.js';
import {clockTime} from '../view/freshness.js';
import type {Pen} from './pen.js';
import {windowStart} from './table.js';

/** The lines around the selected one; the newest ones where nothing is selected. */
export const listLines = (
  lines: readonly Line[],
  index: number | null,
  width: number,
  height: number,
  pen: Pen,
  empty: string,
): readonly Line[] => {
  if (lines.length === 0) return [line(span(empty, 'faint'))];
  const start = index === null ? Math.max(0, lines.length - height) : windowStart(index, lines.length, height);
  return lines
    .slice(start, start + Math.max(0, height))
    .map((one, place) =>
      index === start + place
        ? selected(clipLine(one, width, pen.glyphs.more), width)
        : clipLine(one, width, pen.glyphs.more),
    );
};

export const checkLine = (finding: Finding, pen: Pen): Line =>
  line(
    span(`${pen.glyphs.status[finding.status]} ${finding.id} ${cell(finding.status, 8)} `, toneOf[finding.status]),
    span(pen.text(finding.summary), finding.status === 'skipped' ? 'faint' : 'plain'),
  );

export const logLine = ({at, text}: LogLine, pen: Pen): Line =>
  line(span(`${clockTime(at)} `, 'faint'), pen.text(text));

/** `live → no frames`, or what happened where there is no before. */
export const changed = ({from, to}: Change, pen: Pen): string =>
  `${from === null ? '' : `${pen.text(from)} ${pen.glyphs.arrow} `}${pen.text(to)}`;

/** `14:01:40Z front live → no frames 0.0 fps`. */
export const changeLine = (change: Change, pen: Pen): Line => {
  const {at, subject, status, detail} = change;
  return line(
    span(`${clockTime(at)} `, 'faint'),
    span(`${pen.glyphs.status[status]} `, toneOf[status]),
    span(`${pen.text(subject)} `, 'strong'),
    span(changed(change, pen), toneOf[status]),
    span(detail === '' ? '' : `  ${pen.text(detail)}`, 'faint'),
  );
};
