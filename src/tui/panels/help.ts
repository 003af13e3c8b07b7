/** The key bar and the help: both made from the key table, so that they show only keys that work. */
import {KEYS_OF_LIST, keysFor, keysInDetail, type KeyBinding, type KeyContext} from '../keys.js';
import type {Mode} from '../ui.js';
import {cell, clipLine, line, lineColumns, span, wrapText, type Line} from '../text.js';
import type {Display} from './display.js';

const KEY_COLUMNS = 16;

const NARROWEST = 20;

const row = ({keys, help}: KeyBinding, width: number, mark: string): readonly Line[] =>
  wrapText(help, Math.max(NARROWEST, width - KEY_COLUMNS - 1)).map((part, index) =>
    line(span(cell(index === 0 ? keys.join(' ') : '', KEY_COLUMNS, mark), 'accent'), ' ', part),
  );

export const helpLines = (context: KeyContext, width: number, display: Display): readonly Line[] =>
  [
    ...keysFor(context).flatMap((binding) => row(binding, width, display.glyphs.more)),
    ...(context.allowActions
      ? []
      : [
          line(),
          ...wrapText('R restarts and B resets the breaker when watch is started with --allow-actions.', width).map(
            (text) => line(span(text, 'faint')),
          ),
        ]),
  ].map((one) => clipLine(one, width, display.glyphs.more));

/** Where keys are letters of a text, or where any of them closes: only these do something else. */
const ownKeys: Readonly<Partial<Record<Mode['kind'], ReadonlyArray<readonly [key: string, does: string]>>>> = {
  filter: [
    ['enter', 'apply'],
    ['escape', 'clear'],
    ['ctrl+c', 'quit'],
  ],
  confirm: [
    ['enter', 'ok'],
    ['escape', 'cancel'],
    ['ctrl+c', 'quit'],
  ],
  busy: [['ctrl+c', 'quit']],
  help: [
    ['any other key', 'close'],
    ['ctrl+c', 'quit'],
  ],
};

const hint = (key: string, does: string): Line => [span(key, 'accent'), span(` ${does}  `, 'faint')];
/** The blanks behind the last one are no reason to cut it. */
const ended = (hints: Line): Line =>
  hints.map((one, index) => (index === hints.length - 1 ? {...one, text: one.text.trimEnd()} : one));

const shownAs = ({keys, label}: KeyBinding): Line => hint(keys[0] ?? '', label ?? '');

/** The keys of the list of several Frigates. */
export const listKeyBar = (columns: number, display: Display): Line =>
  clipLine(ended(KEYS_OF_LIST.filter(({label}) => label !== null).flatMap(shownAs)), columns, display.glyphs.more);

/** As many as fit, the most needed first; `message`, the answer to the last key, stands before them. */
export const keyBar = (
  context: KeyContext,
  mode: Mode['kind'],
  message: string | null,
  columns: number,
  display: Display,
  canType: boolean,
): Line => {
  const parts: Line = [
    ...(message === null ? [] : [span(`${display.text(message)}  `, 'warn')]),
    ...(mode === 'detail' && canType ? hint('escape', 'back') : []),
  ];
  if (!canType)
    return clipLine([...parts, span('no keys: the input is not a terminal', 'faint')], columns, display.glyphs.more);
  const own = ownKeys[mode];
  if (own !== undefined)
    return clipLine([...parts, ...ended(own.flatMap(([key, does]) => hint(key, does)))], columns, display.glyphs.more);
  const bindings = (mode === 'detail' ? keysInDetail(context) : keysFor(context)).filter(({label}) => label !== null);
  // Quit is always shown; of the others as many as fit, each whole.
  const quit = ended(bindings.filter(({command}) => command === 'quit').flatMap(shownAs));
  let left = columns - lineColumns(parts) - lineColumns(quit);
  const fitting = bindings
    .filter(({command}) => command !== 'quit')
    .map(shownAs)
    .filter((one) => {
      left -= lineColumns(one);
      return left >= 0;
    });
  return clipLine([...parts, ...fitting.flat(), ...quit], columns, display.glyphs.more);
};

/** The table of docs/watch.md. */
export const keyDocumentation = (bindings: readonly KeyBinding[]): string =>
  [
    '| key | does |',
    '|---|---|',
    ...bindings.map(
      ({keys, help, acts}) =>
        `| ${keys.map((key) => `\`${key}\``).join(' ')} | ${help}${acts === true ? ' (only with `--allow-actions`)' : ''} |`,
    ),
  ].join('\n');
