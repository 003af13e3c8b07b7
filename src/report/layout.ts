/** Words into lines: display width, wrapping, hanging indents, and the ASCII rendering of any text. */
import {eastAsianWidth} from 'get-east-asian-width';
import type {Fix} from '../core/fix.js';
import {oneLine} from '../core/mask.js';

/** Longest text of one field; more is noise in a terminal and stands in the JSON anyway. */
const LONGEST_FIELD = 4000;

const ZERO = /\p{M}|\p{Cf}/u;

/** Printable ASCII takes a column each: most texts need no table. */
const ASCII = /^[ -~]*$/;

/**
 * Terminal columns that a text without escape codes takes. By code points, as terminals count: by clusters, as string-width
 * does, a Thai name is narrower than what a terminal draws.
 */
export const widthOf = (text: string): number => {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += ZERO.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
};

/** Camera names, logs and API errors are other people's text: no control characters, no line breaks, no bidi tricks. */
export const clean = (text: string): string => oneLine(text, LONGEST_FIELD);

const spelled: ReadonlyMap<string, string> = new Map([
  ['√', 'ok'],
  ['×', 'x'],
  ['·', '-'],
  ['–', '-'],
  ['—', '-'],
  ['−', '-'],
  ['…', '...'],
  ['→', '->'],
  ['≥', '>='],
  ['≤', '<='],
  ['≠', '!='],
  ['‘', "'"],
  ['’', "'"],
  ['“', '"'],
  ['”', '"'],
  ['Σ', 'sum '],
  ['½', '1/2'],
  ['⅓', '1/3'],
  ['°', ' deg'],
  ['µ', 'u'],
  ['\u00A0', ' '],
]);

/** The same text in bytes below 0x80. What has no spelling is escaped, never dropped: two camera names must not become one. */
export const toAscii = (text: string): string =>
  text.replace(
    /[^\x00-\x7F]/gu,
    (character) => spelled.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

export interface Wrapping {
  /** Columns of the first line that are taken already. */
  readonly used?: number;
  /** Pieces of a word that is wider than a line; without it the word stays whole, so that it can be copied. */
  readonly pieces?: (word: string, columns: number) => readonly string[];
  /** The width of a piece of text. */
  readonly measure?: (text: string) => number;
}

/**
 * Breaks at spaces so that no line is wider than `columns`. Reports, the live screen and the demonstration share it. Not
 * wrap-ansi: that one measures by clusters (see `widthOf`), so that its lines would not fit into the frame they are drawn in.
 */
export const wrap = (
  text: string,
  columns: number | null,
  {used = 0, pieces = (word) => [word], measure = widthOf}: Wrapping = {},
): readonly string[] => {
  if (columns === null || used + measure(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  let width = used;
  for (const word of text.split(' ')) {
    for (const piece of measure(word) > columns ? pieces(word, columns) : [word]) {
      const pieceWidth = measure(piece);
      if (line !== '' && width + 1 + pieceWidth > columns) {
        lines.push(line);
        line = piece;
        width = pieceWidth;
      } else {
        width += pieceWidth + (line === '' ? 0 : 1);
        line = line === '' ? piece : `${line} ${piece}`;
      }
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
};

/** Narrower than this nothing readable is left beside a prefix; the text then begins on the next line. */
const LEAST_COLUMNS = 16;

const same = (text: string): string => text;

/** `prefix` and then the text, wrapped, its further lines indented by `indent` columns. `paint` colours the prefix after the lines are cut. */
export const hanging = (
  prefix: string,
  text: string,
  indent: number,
  columns: number | null,
  paint: (prefix: string) => string = same,
): readonly string[] => {
  if (text === '') return [paint(prefix.trimEnd())];
  const left = ' '.repeat(indent);
  const space = columns === null ? null : Math.max(LEAST_COLUMNS, columns - indent);
  const used = widthOf(prefix) - indent;
  if (space !== null && space - used < LEAST_COLUMNS)
    return [paint(prefix.trimEnd()), ...wrap(text, space).map((line) => left + line)];
  const [head = '', ...rest] = wrap(text, space, {used});
  return [`${paint(prefix)}${head}`, ...rest.map((line) => left + line)];
};

/** Pads to a display width. */
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/**
 * The lines of a fix. Commands are printed whole, so that they can be copied; beside a command a text stands as a comment of the
 * shell, so that all of it can be pasted.
 */
export const fixLines = (fix: Fix, columns: number | null): readonly string[] => {
  const mark = fix.some((step) => 'command' in step) ? '# ' : '';
  const space = columns === null ? null : Math.max(LEAST_COLUMNS, columns - mark.length);
  return fix.flatMap((step) =>
    'command' in step ? [clean(step.command)] : wrap(clean(step.text), space).map((line) => mark + line),
  );
};

/** The lines of a text that is printed whole. */
export const wholeLines = (text: string): readonly string[] => text.split('\n').map(clean);
