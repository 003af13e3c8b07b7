/** Tables that show only the rows that fit, and always the selected one: 500 cameras cost no more than forty. */
import {blank, cell, cellRight, clipLine, columnsOf, selected, span, type Line, type Span, type Tone} from '../text.js';

export interface Column<Row> {
  readonly title: string;
  /** Columns of the terminal. `rest`: as many as its longest text needs, out of what the others leave, so that the end of a row is near its beginning. */
  readonly width: number | 'rest';
  readonly right?: boolean;
  readonly cell: (row: Row, width: number) => {readonly text: string; readonly tone: Tone};
  /** Takes what the names of `rest` do not need, up to this many columns. */
  readonly most?: number;
  /** It draws instead of writing. */
  readonly graph?: boolean;
  /** Left out when space is short, the highest number first. Absent: never. */
  readonly drop?: number;
}

/** Where the window begins so that `index` lies in it, as near to the position before as can be. */
export const windowStart = (index: number, count: number, space: number): number => {
  if (count <= space || space <= 0) return 0;
  return Math.max(0, Math.min(index - Math.floor(space / 2), count - space));
};

const GAP = 1;
const NARROWEST_REST = 10;

const widthOfAll = <Row>(columns: ReadonlyArray<Column<Row>>): number =>
  columns.reduce(
    (sum, {width}) => sum + (width === 'rest' ? NARROWEST_REST : width),
    GAP * Math.max(0, columns.length - 1),
  );

/** Those that fit into the width. */
const fitting = <Row>(columns: ReadonlyArray<Column<Row>>, width: number): ReadonlyArray<Column<Row>> => {
  let kept = columns;
  while (widthOfAll(kept) > width) {
    const droppable = kept.filter(({drop}) => drop !== undefined).sort((a, b) => (b.drop ?? 0) - (a.drop ?? 0))[0];
    if (droppable === undefined) break;
    kept = kept.filter((column) => column !== droppable);
  }
  return kept;
};

export interface TableOptions<Row> {
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly rows: readonly Row[];
  /** Of the row that is selected; `null`: none is. */
  readonly index: number | null;
  readonly width: number;
  /** With the line of titles. */
  readonly height: number;
  readonly more: string;
  /** Shown in place of rows. */
  readonly empty: string;
}

export const tableLines = <Row>({
  columns,
  rows,
  index,
  width,
  height,
  more: mark,
  empty,
}: TableOptions<Row>): readonly Line[] => {
  const kept = fitting(columns, width);
  const fixed = kept.reduce(
    (sum, column) => sum + (column.width === 'rest' ? 0 : column.width),
    GAP * Math.max(0, kept.length - 1),
  );
  const rest = Math.max(0, width - fixed);
  const named = kept.find((column) => column.width === 'rest');
  const longest =
    named === undefined
      ? 0
      : rows.reduce(
          (most, row) => Math.max(most, columnsOf(named.cell(row, rest).text)),
          Math.max(NARROWEST_REST, columnsOf(named.title)),
        );
  const grown = kept.find(({most}) => most !== undefined);
  const own = grown === undefined || grown.width === 'rest' ? 0 : grown.width;
  const more = grown === undefined ? 0 : Math.min(Math.max(0, rest - longest), Math.max(0, (grown.most ?? 0) - own));
  const widthOf = (column: Column<Row>): number =>
    column.width === 'rest' ? Math.min(rest - more, longest) : column.width + (column === grown ? more : 0);
  const compose = (parts: (column: Column<Row>, columns: number) => Span): Line =>
    kept.flatMap((column, position): Span[] => [
      ...(position === 0 ? [] : [span(' '.repeat(GAP))]),
      parts(column, widthOf(column)),
    ]);
  const titles = compose((column, space) =>
    span((column.right === true ? cellRight : cell)(column.title, space, mark), 'faint'),
  );
  if (height <= 0) return [];
  if (rows.length === 0)
    return [clipLine(titles, width, mark), clipLine([span(empty, 'faint')], width, mark)].slice(0, height);
  const space = height - 1;
  const start = windowStart(index ?? 0, rows.length, space);
  const body = rows.slice(start, start + space).map((row, position) => {
    const drawn = compose((column, columnsOfCell) => {
      const {text, tone} = column.cell(row, columnsOfCell);
      return {
        ...span((column.right === true ? cellRight : cell)(text, columnsOfCell, mark), tone),
        ...(column.graph === true ? {graph: true} : {}),
      };
    });
    return index === start + position ? selected(drawn, width, mark) : clipLine(drawn, width, mark);
  });
  return [clipLine(titles, width, mark), ...body, ...(body.length === 0 ? [blank] : [])].slice(0, height);
};
