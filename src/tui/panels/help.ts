/** The key bar and the help: both made from the key table, so that they never promise what does not work. */
import {keysFor, type KeyBinding, type KeyContext} from '../keys.js';
import {cell, clipLine, line, span, type Line} from '../text.js';
import type {Pen} from './pen.js';

const KEY_COLUMNS = 16;

const row = ({keys, help}: KeyBinding): Line => line(span(cell(keys.join(' '), KEY_COLUMNS), 'accent'), ' ', help);

export const helpLines = (context: KeyContext, width: number, pen: Pen): readonly Line[] => [
  ...keysFor(context).map(row),
  ...(context.allowActions ? [] : [line(), line(span('R restarts and B resets the breaker when watch is started with --allow-actions.', 'faint'))]),
].map((one) => clipLine(one, width, pen.glyphs.more));

/** As many as fit, the most needed first; `message`, the answer to the last key, stands before them. */
export const keyBar = (context: KeyContext, message: string | null, columns: number, pen: Pen, canType: boolean): Line => {
  const parts: Line = message === null ? [] : [span(`${pen.text(message)}  `, 'warn')];
  if (!canType) return clipLine([...parts, span('no keys: the input is not a terminal', 'faint')], columns, pen.glyphs.more);
  const bindings = keysFor(context).filter(({label}) => label !== null);
  return clipLine([...parts, ...bindings.flatMap(({keys, label}) => [span(keys[0] === 'enter' ? 'enter' : keys[0] ?? '', 'accent'), span(` ${label ?? ''}  `, 'faint')])], columns, pen.glyphs.more);
};

/** The table of docs/watch.md. */
export const keyDocumentation = (bindings: readonly KeyBinding[]): string => [
  '| key | does |', '|---|---|',
  ...bindings.map(({keys, help, acts}) => `| ${keys.map((key) => `\`${key}\``).join(' ')} | ${help}${acts === true ? ' (only with `--allow-actions`)' : ''} |`),
].join('\n');
