/** `watch -A`: the list of every Frigate, with the last result of each. */
import type {Status} from '../../core/finding.js';
import type {Instant} from '../../core/time.js';
import type {FoundFrigate, BriefObservation} from '../../usecases/watch/find-all.js';
import {cell, clipLine, columnsOf, fitLine, fitRows, line, selected, span, toneOf, type Line} from '../text.js';
import {clockTime} from '../view/freshness.js';
import {listKeyBar} from './help.js';
import type {Display} from './display.js';
import {windowStart} from './table.js';

export interface ChooserRow {
  readonly frigate: FoundFrigate;
  /** `null`: not checked yet. A text: why it could not be checked. */
  readonly observation: BriefObservation | string | null;
  /** When it was checked, by the local clock: a list is never live. */
  readonly observedAt: Instant | null;
}

const statusOf = (observation: ChooserRow['observation']): Status => {
  if (observation === null || typeof observation === 'string') return 'unknown';
  if (observation.critical) return 'critical';
  return observation.health === 'healthy' ? 'ok' : observation.health === 'unknown' ? 'unknown' : 'warning';
};

const wordsOf = (observation: ChooserRow['observation']): string => {
  if (observation === null) return 'checking';
  return typeof observation === 'string'
    ? observation
    : `${observation.health}: ${observation.summary} (${observation.action} ${observation.rule})`;
};

/** Names take what they need, but no more than this share. */
const NAME_SHARE = 0.4;

const nameOf = ({frigate: {namespace, name}}: ChooserRow, display: Display): string =>
  display.text(`${namespace}/${name}`);

/** A blank and `14:02:11Z`. */
const TIME = 10;

const rowLine = (row: ChooserRow, nameColumns: number, columns: number, display: Display): Line => {
  const {observation} = row;
  const status = statusOf(observation);
  const name = cell(nameOf(row, display), nameColumns, display.glyphs.more);
  const content = line(
    span(`${name} `, 'strong'),
    span(`${display.glyphs.status[status]} `, toneOf[status]),
    display.text(wordsOf(observation)),
  );
  return row.observedAt === null
    ? clipLine(content, columns, display.glyphs.more)
    : clipLine(
        [
          ...fitLine(content, Math.max(0, columns - TIME), display.glyphs.more),
          span(` ${clockTime(row.observedAt)}`, 'faint'),
        ],
        columns,
        display.glyphs.more,
      );
};

/** Rows of Frigates that a terminal has space for. */
export const listRows = (rows: number): number => Math.max(1, rows - 3);

export const chooserLines = (
  rows: readonly ChooserRow[],
  index: number,
  size: {readonly rows: number; readonly columns: number},
  context: string,
  display: Display,
): readonly Line[] => {
  const space = listRows(size.rows);
  const start = windowStart(index, rows.length, space);
  const nameColumns = Math.min(
    Math.floor(size.columns * NAME_SHARE),
    Math.max(...rows.map((row) => columnsOf(nameOf(row, display)))),
  );
  const body = rows.slice(start, start + space).map((row, position) => {
    const drawn = rowLine(row, nameColumns, size.columns, display);
    return start + position === index ? selected(drawn, size.columns, display.glyphs.more) : drawn;
  });
  return fitRows(
    [
      line(
        span(`frigate-health  ${display.text(context)}  ${rows.length} Frigates`, 'strong'),
        span('  each with the time of its last check', 'faint'),
      ),
      line(),
      ...fitRows(body, space),
      listKeyBar(size.columns, display),
    ].map((one) => clipLine(one, size.columns, display.glyphs.more)),
    size.rows,
  );
};
