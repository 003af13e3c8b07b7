/** `watch -A`: the list of every Frigate, with the last short look at each. */
import type {Status} from '../../core/finding.js';
import type {Instant} from '../../core/time.js';
import type {FoundFrigate, Glance} from '../../pass/watch/find-all.js';
import {cell, clipLine, columnsOf, fitLine, fitRows, line, selected, span, toneOf, type Line} from '../text.js';
import {clockTime} from '../view/freshness.js';
import {listKeyBar} from './help.js';
import type {Pen} from './pen.js';
import {windowStart} from './table.js';

export interface ChooserRow {
  readonly frigate: FoundFrigate;
  /** `null`: not looked at yet. A text: why it could not be looked at. */
  readonly glance: Glance | string | null;
  /** When it was looked at, by the local clock: a list is never live. */
  readonly lookedAt: Instant | null;
}

const statusOf = (glance: ChooserRow['glance']): Status => {
  if (glance === null || typeof glance === 'string') return 'unknown';
  if (glance.critical) return 'critical';
  return glance.health === 'healthy' ? 'ok' : glance.health === 'unknown' ? 'unknown' : 'warning';
};

const wordsOf = (glance: ChooserRow['glance']): string => {
  if (glance === null) return 'looking';
  return typeof glance === 'string' ? glance : `${glance.health}: ${glance.summary} (${glance.action} ${glance.rule})`;
};

/** Names take what they need, but no more than this share. */
const NAME_SHARE = 0.4;

const nameOf = ({frigate: {namespace, name}}: ChooserRow, pen: Pen): string => pen.text(`${namespace}/${name}`);

/** A blank and `14:02:11Z`. */
const TIME = 10;

const rowLine = (row: ChooserRow, nameColumns: number, columns: number, pen: Pen): Line => {
  const {glance} = row;
  const status = statusOf(glance);
  const name = cell(nameOf(row, pen), nameColumns, pen.glyphs.more);
  const told = line(
    span(`${name} `, 'strong'),
    span(`${pen.glyphs.status[status]} `, toneOf[status]),
    pen.text(wordsOf(glance)),
  );
  return row.lookedAt === null
    ? clipLine(told, columns, pen.glyphs.more)
    : clipLine(
        [...fitLine(told, Math.max(0, columns - TIME), pen.glyphs.more), span(` ${clockTime(row.lookedAt)}`, 'faint')],
        columns,
        pen.glyphs.more,
      );
};

/** Rows of Frigates that a terminal has room for. */
export const listRoom = (rows: number): number => Math.max(1, rows - 3);

export const chooserLines = (
  rows: readonly ChooserRow[],
  index: number,
  size: {readonly rows: number; readonly columns: number},
  context: string,
  pen: Pen,
): readonly Line[] => {
  const room = listRoom(size.rows);
  const start = windowStart(index, rows.length, room);
  const nameColumns = Math.min(
    Math.floor(size.columns * NAME_SHARE),
    Math.max(...rows.map((row) => columnsOf(nameOf(row, pen)))),
  );
  const body = rows.slice(start, start + room).map((row, place) => {
    const drawn = rowLine(row, nameColumns, size.columns, pen);
    return start + place === index ? selected(drawn, size.columns) : drawn;
  });
  return fitRows(
    [
      line(
        span(`frigate-health  ${pen.text(context)}  ${rows.length} Frigates`, 'strong'),
        span('  as of the time beside each', 'faint'),
      ),
      line(),
      ...fitRows(body, room),
      listKeyBar(size.columns, pen),
    ].map((one) => clipLine(one, size.columns, pen.glyphs.more)),
    size.rows,
  );
};
