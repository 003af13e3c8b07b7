/** Which panels stand where, decided from the size of the terminal alone, in four steps (oclif's height ladder). */

export interface Layout {
  readonly kind: 'wide' | 'medium' | 'small' | 'line';
  readonly rows: number;
  readonly columns: number;
  /** Rows of each part; they sum to `rows`. */
  readonly header: number;
  readonly banner: number;
  /** Where one is and how to get elsewhere. */
  readonly tabs: number;
  readonly main: number;
  readonly events: number;
  readonly keys: number;
  /** Columns of the main panel and of what stands beside it; 0: nothing does. */
  readonly mainColumns: number;
  readonly sideColumns: number;
}

/** The size of one panel: columns and rows. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** Columns of the rule between main panel and side: a blank, the rule, a blank. */
export const RULE_COLUMNS = 3;

const WIDE = {rows: 30, columns: 100};
const MEDIUM = {rows: 20, columns: 70};
const SMALL = {rows: 10, columns: 40};
/** The side needs no more than this; the rest is the cameras'. */
const WIDEST_SIDE = 70;
const NARROWEST_SIDE = 40;
const MOST_EVENTS = 12;

const whole = (size: number): number => (Number.isFinite(size) ? Math.max(1, Math.floor(size)) : 1);

export const layoutFor = (givenRows: number, givenColumns: number): Layout => {
  const rows = whole(givenRows);
  const columns = whole(givenColumns);
  if (rows >= WIDE.rows && columns >= WIDE.columns) {
    const sideColumns = Math.min(WIDEST_SIDE, Math.max(NARROWEST_SIDE, Math.floor(columns * 0.4)));
    const events = Math.min(MOST_EVENTS, Math.floor(rows / 5));
    return {
      kind: 'wide',
      rows,
      columns,
      header: 1,
      banner: 4,
      tabs: 1,
      main: rows - 7 - events,
      events,
      keys: 1,
      mainColumns: columns - RULE_COLUMNS - sideColumns,
      sideColumns,
    };
  }
  if (rows >= MEDIUM.rows && columns >= MEDIUM.columns) {
    const events = rows >= 26 ? 5 : 4;
    const banner = rows >= 24 ? 4 : 3;
    return {
      kind: 'medium',
      rows,
      columns,
      header: 1,
      banner,
      tabs: 1,
      main: rows - 3 - banner - events,
      events,
      keys: 1,
      mainColumns: columns,
      sideColumns: 0,
    };
  }
  if (rows >= SMALL.rows && columns >= SMALL.columns) {
    return {
      kind: 'small',
      rows,
      columns,
      header: 1,
      banner: 2,
      tabs: 1,
      main: rows - 5,
      events: 0,
      keys: 1,
      mainColumns: columns,
      sideColumns: 0,
    };
  }
  return {
    kind: 'line',
    rows,
    columns,
    header: 0,
    banner: 1,
    tabs: 0,
    main: rows - 1,
    events: 0,
    keys: 0,
    mainColumns: columns,
    sideColumns: 0,
  };
};
