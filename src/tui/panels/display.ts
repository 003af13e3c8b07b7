/** How every panel writes: its characters, with or without graphs, and names and messages made safe to show. */
import {humanDuration, minutes, type Duration} from '../../core/time.js';
import type {Status} from '../../core/finding.js';
import type {Glyphs} from '../glyphs.js';
import {shown, span, toneOf, type Span} from '../text.js';

const MINUTE = minutes(1);

export interface Display {
  readonly glyphs: Glyphs;
  /** Without graphs: for slow lines. */
  readonly plain: boolean;
  /** Text from outside, safe to show. */
  readonly text: (text: string) => string;
}

export const displayOf = (glyphs: Glyphs, plain: boolean): Display => ({
  glyphs,
  plain,
  text: (text) => shown(text, glyphs.ascii),
});

/** Symbol and word, in the status's tone. */
export const mark = ({glyphs}: Display, status: Status, word: string): Span =>
  span(`${glyphs.status[status]} ${word}`, toneOf[status]);

/** Old data gets a question mark instead of its symbol. */
export const standing = ({glyphs}: Display, status: Status, live: boolean): string =>
  live ? glyphs.status[status] : glyphs.status.unknown;

export const decimal = (value: number | null, digits: number, {glyphs}: Display): string =>
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

/** An age in steps that do not change at each poll while all is well: a calm screen costs no bytes. */
export const calmAge = (age: Duration): string =>
  age < 30_000 ? '<30s' : age < MINUTE ? '<60s' : humanDuration(minutes(Math.floor(age / MINUTE)));

/**
 * Frames per second as a table shows them: in halves, below one in tenths, so that 5.1 after 5.0 is no change. Details
 * show the exact number.
 */
export const roughly = (value: number | null, display: Display): string =>
  decimal(value === null || value < 1 ? value : Math.round(value * 2) / 2, 1, display);
