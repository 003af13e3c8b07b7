/** Words into lines: display width, wrapping, hanging indents, and the ASCII rendering of any text. */
import {eastAsianWidth} from 'get-east-asian-width';
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

/**
 * Breaks at spaces so that no line is wider than `columns`, the first one `used` columns less; a single longer word stays
 * whole, so that it can be copied.
 */
export const wrap = (text: string, columns: number | null, used = 0): readonly string[] => {
  if (columns === null || used + widthOf(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  let width = used;
  for (const word of text.split(' ')) {
    const wordWidth = widthOf(word);
    if (line !== '' && width + 1 + wordWidth > columns) {
      lines.push(line);
      line = word;
      width = wordWidth;
    } else {
      width += wordWidth + (line === '' ? 0 : 1);
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
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
  const room = columns === null ? null : Math.max(LEAST_COLUMNS, columns - indent);
  const used = widthOf(prefix) - indent;
  if (room !== null && room - used < LEAST_COLUMNS)
    return [paint(prefix.trimEnd()), ...wrap(text, room).map((line) => left + line)];
  const [head = '', ...rest] = wrap(text, room, used);
  return [`${paint(prefix)}${head}`, ...rest.map((line) => left + line)];
};

/** Pads to a display width. */
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** What begins a command rather than a sentence: such a line is printed whole, so that it can be copied (check-ux R17). */
const COMMAND =
  /^(\$ |kubectl|helm|flux|docker|curl|ping|dig|nc|ssh|sudo|ls|df|mount|lsusb|dmesg|journalctl|systemctl|nvidia-smi|export|ffprobe|openssl|nslookup)(\s|$)/;

/** The lines of a fix: commands whole, sentences wrapped. */
export const fixLines = (fix: string, columns: number | null): readonly string[] =>
  fix
    .split('\n')
    .map(clean)
    .filter((line) => line !== '')
    .flatMap((line) => (COMMAND.test(line) || line.includes('kubectl ') ? [line] : wrap(line, columns)));
