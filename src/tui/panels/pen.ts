/** What every panel writes with: the characters, and other people's text made fit. */
import {humanDuration, minutes, type Duration} from '../../core/time.js';
import type {Status} from '../../core/finding.js';
import type {Glyphs} from '../glyphs.js';
import {shown, span, toneOf, type Span} from '../text.js';

const MINUTE = minutes(1);

export interface Pen {
  readonly glyphs: Glyphs;
  /** Without graphs: for slow lines. */
  readonly plain: boolean;
  /** Other people's text. */
  readonly text: (text: string) => string;
}

export const penOf = (glyphs: Glyphs, plain: boolean): Pen => ({
  glyphs,
  plain,
  text: (text) => shown(text, glyphs.ascii),
});

/** Symbol and word, in the status's tone. */
export const mark = ({glyphs}: Pen, status: Status, word: string): Span =>
  span(`${glyphs.status[status]} ${word}`, toneOf[status]);

/** Of data that is old nothing is claimed: the question mark stands before what was. */
export const standing = ({glyphs}: Pen, status: Status, live: boolean): string =>
  live ? glyphs.status[status] : glyphs.status.unknown;

export const decimal = (value: number | null, digits: number, {glyphs}: Pen): string =>
  value === null ? glyphs.none : value.toFixed(digits);

/** Bytes as people say them: `4.0 GiB`. */
export const bytes = (count: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`;
};

/** An age in steps that do not change at each look while all is well: a calm screen costs no bytes. */
export const calmAge = (age: Duration): string =>
  age < 30_000 ? '<30s' : age < MINUTE ? '<60s' : humanDuration(minutes(Math.floor(age / MINUTE)));

/**
 * Frames per second as a table tells them: in halves, below one in tenths, so that 5.1 after 5.0 is nothing new. Details
 * tell the very number.
 */
export const roughly = (value: number | null, pen: Pen): string =>
  decimal(value === null || value < 1 ? value : Math.round(value * 2) / 2, 1, pen);
