/** The characters of the screen: all one column wide, in a set for today's terminals and one of ASCII. */
import type {Status} from '../core/finding.js';

export interface Glyphs {
  readonly ascii: boolean;
  readonly status: Readonly<Record<Status, string>>;
  readonly rule: string;
  readonly dash: string;
  readonly arrow: string;
  readonly more: string;
  readonly cursor: string;
  readonly none: string;
  /** From lowest to highest. */
  readonly levels: readonly string[];
  readonly full: string;
  readonly empty: string;
}

export const unicodeGlyphs: Glyphs = {
  ascii: false,
  status: {ok: '√', info: 'i', warning: '!', critical: '×', unknown: '?', skipped: '-'},
  rule: '│',
  dash: '─',
  arrow: '→',
  more: '…',
  cursor: '█',
  none: '–',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  full: '█',
  empty: '·',
};

export const asciiGlyphs: Glyphs = {
  ascii: true,
  status: {ok: '+', info: 'i', warning: '!', critical: 'x', unknown: '?', skipped: '-'},
  rule: '|',
  dash: '-',
  arrow: '->',
  more: '~',
  cursor: '_',
  none: '-',
  levels: ['.', ':', '-', '=', '+', '*', '#'],
  full: '#',
  empty: '.',
};

/**
 * One column for each value, the newest last, on a fixed scale from 0 to `top`, so that two graphs can be compared.
 * A missing value is a gap: no data is not zero. Values over the top are drawn at the top.
 */
export const sparkline = (
  values: ReadonlyArray<number | null>,
  top: number,
  width: number,
  {levels}: Glyphs,
): string => {
  const shown = values.slice(-Math.max(0, width));
  const drawn = shown.map((value) => {
    if (value === null || !Number.isFinite(value)) return ' ';
    const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
    // The nearest one: 4.9 of 5 frames are not a step less than all of them.
    return levels[Math.round(share * (levels.length - 1))] ?? ' ';
  });
  return drawn.join('').padStart(Math.max(0, width));
};

/** A bar of `width` columns; `share` from 0 to 1. */
export const bar = (share: number | null, width: number, {full, empty}: Glyphs): string => {
  if (share === null || !Number.isFinite(share)) return ' '.repeat(width);
  // A little is not nothing.
  const filled = share > 0 ? Math.max(1, Math.round(Math.min(1, share) * width)) : 0;
  return full.repeat(filled) + empty.repeat(width - filled);
};
