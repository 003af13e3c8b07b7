/** `watch -A`: the list of every Frigate, with the last short look at each. */
import type {Status} from '../../core/finding.js';
import type {FoundFrigate, Glance} from '../../pass/watch/find-all.js';
import {cell, clipLine, columnsOf, fitRows, line, selected, span, toneOf, type Line} from '../text.js';
import type {Pen} from './pen.js';
import {windowStart} from './table.js';

export interface ChooserRow {
  readonly frigate: FoundFrigate;
  /** `null`: not looked at yet. A text: why it could not be looked at. */
  readonly glance: Glance | string | null;
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

const rowLine = (row: ChooserRow, nameColumns: number, columns: number, pen: Pen): Line => {
  const {glance} = row;
  const status = statusOf(glance);
  const name = cell(nameOf(row, pen), nameColumns, pen.glyphs.more);
  return clipLine(line(span(`${name} `, 'strong'), span(`${pen.glyphs.status[status]} `, toneOf[status]), pen.text(wordsOf(glance))), columns, pen.glyphs.more);
};

export const chooserLines = (rows: readonly ChooserRow[], index: number, size: {readonly rows: number; readonly columns: number}, context: string, pen: Pen): readonly Line[] => {
  const room = Math.max(1, size.rows - 3);
  const start = windowStart(index, rows.length, room);
  const nameColumns = Math.min(Math.floor(size.columns * NAME_SHARE), Math.max(...rows.map((row) => columnsOf(nameOf(row, pen)))));
  const body = rows.slice(start, start + room).map((row, place) => {
    const drawn = rowLine(row, nameColumns, size.columns, pen);
    return start + place === index ? selected(drawn, size.columns) : drawn;
  });
  return fitRows([
    line(span(`frigate-health  ${pen.text(context)}  ${rows.length} Frigates`, 'strong')),
    line(),
    ...fitRows(body, room),
    line(span('enter', 'accent'), span(' open  ', 'faint'), span('r', 'accent'), span(' look again  ', 'faint'), span('q', 'accent'), span(' quit', 'faint')),
  ].map((one) => clipLine(one, size.columns, pen.glyphs.more)), size.rows);
};
