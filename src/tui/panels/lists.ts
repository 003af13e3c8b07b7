/** Checks, the log and the events, one line each. */
import type {LogLine} from '../../usecases/watch/watch-state.js';
import {cell, clipLine, line, selected, span, toneOf, type Line} from '../text.js';
import type {Change} from '../view/changes.js';
import {clockTime} from '../view/freshness.js';
import type {ShownCheck} from '../view/own-checks.js';
import type {Display} from './display.js';
import {windowStart} from './table.js';

/** The lines around the selected one; the newest ones where nothing is selected. */
export const listLines = (
  lines: readonly Line[],
  index: number | null,
  width: number,
  height: number,
  display: Display,
  empty: string,
): readonly Line[] => {
  if (lines.length === 0) return [line(span(empty, 'faint'))];
  const start = index === null ? Math.max(0, lines.length - height) : windowStart(index, lines.length, height);
  return lines
    .slice(start, start + Math.max(0, height))
    .map((one, position) =>
      index === start + position
        ? selected(one, width, display.glyphs.more)
        : clipLine(one, width, display.glyphs.more),
    );
};

export const checkLine = (finding: ShownCheck, display: Display): Line =>
  line(
    span(
      `${display.glyphs.status[finding.status]} ${finding.id} ${cell(finding.status, 8, display.glyphs.more)} `,
      toneOf[finding.status],
    ),
    span(display.text(finding.summary), finding.status === 'skipped' ? 'faint' : 'plain'),
  );

export const logLine = ({at, text}: LogLine, display: Display): Line =>
  line(span(`${clockTime(at)} `, 'faint'), display.text(text));

/** `live → no frames`, or what happened where there is no before. */
export const changed = ({from, to}: Change, display: Display): string =>
  `${from === null ? '' : `${display.text(from)} ${display.glyphs.arrow} `}${display.text(to)}`;

/** ` (and 41 similar)`; empty where nothing was left out. */
export const similarText = ({similar = 0}: Change): string => (similar === 0 ? '' : ` (and ${similar} similar)`);

/** `14:01:40Z front live → no frames 0.0 fps`. */
export const changeLine = (change: Change, display: Display): Line => {
  const {at, subject, status, detail} = change;
  return line(
    span(`${clockTime(at)} `, 'faint'),
    span(`${display.glyphs.status[status]} `, toneOf[status]),
    span(`${display.text(subject)} `, 'strong'),
    span(changed(change, display), toneOf[status]),
    span(`${detail === '' ? '' : `  ${display.text(detail)}`}${similarText(change)}`, 'faint'),
  );
};
