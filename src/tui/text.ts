/** Text as the screen is made of: lines of toned spans, fitted to columns. Pure; Ink only draws them. */
import {clean, toAscii, widthOf, wrap} from '../report/layout.js';
import type {Status} from '../core/finding.js';

/** What a piece of text means; the theme defines its style, and the words beside it repeat it. */
export type Tone = 'plain' | 'faint' | 'strong' | 'good' | 'warn' | 'bad' | 'doubt' | 'accent';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
  /** Selected: reverse video, never a colour alone (k9s #3955). */
  readonly inverse?: boolean;
  /** A graph or a bar: stays as it is where its row is selected, because a reversed low one resembles a high one. */
  readonly graph?: boolean;
}

export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({text, tone});
export const line = (...parts: ReadonlyArray<Span | string>): Line =>
  parts.map((part) => (typeof part === 'string' ? span(part) : part));
export const blank: Line = [];

/** Most text is plain and one column a character; only the rest is measured. */
const PLAIN = /^[ -~√×·–…→│─▁-█]*$/;

/** Terminal columns that a text takes. */
export const columnsOf = (text: string): number => (PLAIN.test(text) ? text.length : widthOf(text));
export const lineColumns = (spans: Line): number => spans.reduce((sum, {text}) => sum + columnsOf(text), 0);

/** Pictures are drawn one or two columns wide as the terminal's font pleases: names show them as `?`. */
const PICTURES = /[\p{Extended_Pictographic}\u200d\ufe0f\u20e3]/gu;
/** What `clean` lets stand but a frame of lines does not: digits, signs and letters that count as pictures stay. */
const KEPT = /[#*0-9©®™→]/u;

/**
 * Marks above and below letters that stand in no letter of Unicode's own, signs that format, flags, what is not assigned,
 * and the digits on black squares: how many columns they take depends on the age of the terminal's tables. Of marks only
 * the oldest block is agreed on.
 */
const DOUBTFUL = /(?![\u0300-\u036f])[\p{M}\p{Cf}\p{Cn}\p{Co}\p{Emoji_Modifier}\p{Regional_Indicator}\u3248-\u324f]/gu;

/** Other people's text, fit to be shown: one line, no control characters, no pictures, nothing of a doubtful width, and ASCII where asked for. */
export const shown = (text: string, ascii: boolean): string => {
  const safe = clean(text)
    .normalize('NFC')
    .replace(PICTURES, (picture) => (KEPT.test(picture) ? picture : '?'))
    .replace(DOUBTFUL, '?');
  return ascii ? toAscii(safe) : safe;
};

const cut = (text: string, columns: number): string => {
  if (PLAIN.test(text)) return text.slice(0, columns);
  let kept = '';
  let used = 0;
  for (const character of text) {
    const width = columnsOf(character);
    if (used + width > columns) break;
    kept += character;
    used += width;
  }
  return kept;
};

/** The text in at most `columns`, its end replaced by the mark when it is cut. */
export const clip = (text: string, columns: number, mark: string): string => {
  if (columns <= 0) return '';
  if (columnsOf(text) <= columns) return text;
  return columns <= mark.length ? cut(text, columns) : `${cut(text, columns - mark.length)}${mark}`;
};

/** Exactly `columns` wide. */
export const cell = (text: string, columns: number, mark: string): string => {
  const kept = clip(text, columns, mark);
  return kept + ' '.repeat(Math.max(0, columns - columnsOf(kept)));
};

export const cellRight = (text: string, columns: number, mark: string): string => {
  const kept = clip(text, columns, mark);
  return ' '.repeat(Math.max(0, columns - columnsOf(kept))) + kept;
};

/** The line in at most `columns`. */
export const clipLine = (spans: Line, columns: number, mark: string): Line => {
  const kept: Span[] = [];
  let left = columns;
  const whole = lineColumns(spans) <= columns;
  for (const part of spans) {
    if (left <= 0) break;
    const last = !whole && columnsOf(part.text) >= left;
    const text = last ? clip(`${part.text} `, left, mark) : part.text;
    kept.push({...part, text});
    left -= columnsOf(text);
  }
  return kept;
};

/** Exactly `columns` wide. */
export const fitLine = (spans: Line, columns: number, mark: string): Line => {
  const kept = clipLine(spans, columns, mark);
  const missing = columns - lineColumns(kept);
  return missing > 0 ? [...kept, span(' '.repeat(missing))] : kept;
};

/** In one piece: reversed colours would make patches of it. The words and symbols in it say what the colours said. */
export const selected = (spans: Line, columns: number, mark: string): Line =>
  fitLine(spans, columns, mark).map((part) =>
    part.graph === true
      ? part
      : {
          ...part,
          tone: part.tone === 'strong' || part.tone === 'bad' ? ('strong' as const) : ('plain' as const),
          inverse: true,
        },
  );

/** Exactly `rows` lines: cut at the end, or filled up with empty ones. */
export const fitRows = (lines: readonly Line[], rows: number): readonly Line[] =>
  lines.length >= rows
    ? lines.slice(0, Math.max(0, rows))
    : [...lines, ...Array.from({length: rows - lines.length}, () => blank)];

/** Two blocks side by side with a rule between them; both as high as `rows`. */
export const beside = (
  left: readonly Line[],
  right: readonly Line[],
  leftColumns: number,
  rightColumns: number,
  rows: number,
  rule: string,
  mark: string,
): readonly Line[] => {
  const leftLines = fitRows(left, rows);
  const rightLines = fitRows(right, rows);
  return leftLines.map((part, index) => [
    ...fitLine(part, leftColumns, mark),
    span(` ${rule} `, 'faint'),
    ...clipLine(rightLines[index] ?? blank, rightColumns, mark),
  ]);
};

/** The word in pieces of at most `columns`. */
const pieces = (word: string, columns: number): readonly string[] => {
  const found: string[] = [];
  let rest = word;
  while (columnsOf(rest) > columns) {
    const piece = cut(rest, columns) || rest.slice(0, 1);
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...found, rest];
};

/** Breaks at blanks into lines of at most `columns`; a longer word is cut into pieces, so that nothing is lost. */
export const wrapText = (text: string, columns: number): readonly string[] =>
  columns < 1 ? [] : wrap(text, columns, {pieces, measure: columnsOf});

export const toneOf: Readonly<Record<Status, Tone>> = {
  ok: 'good',
  info: 'plain',
  warning: 'warn',
  critical: 'bad',
  unknown: 'doubt',
  skipped: 'faint',
};
