/** `check --list` and `check --explain ID`: the catalogue for readers, from the literals of the checks. */
import type {Check} from '../core/checks/check.js';
import type {CustomCheck} from '../core/custom/custom-check.js';
import {customRows, describedList} from './custom-catalogue.js';
import {hanging, padded, toAscii, wrap} from './layout.js';
import {themeOf} from './style.js';
import type {Style} from './style.js';
import {CommandFailure} from '../outcome/failure.js';
import {isData, isMachine, renderValue} from './render.js';
import type {DataFormat, Format} from './render.js';

const described = (check: Check): object => ({
  id: check.id,
  category: check.category,
  title: check.title,
  cause: check.cause,
  needs: check.needs,
  docs: check.docs,
});

const ended = (lines: readonly string[], style: Style): string => {
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return style.ascii ? toAscii(text) : text;
};

/** The data format that is asked for; `null`: text. There is no verdict to show here, so that two formats have nothing to say. */
const dataFormat = (format: Format): DataFormat | null => {
  if (isData(format)) return format;
  if (isMachine(format))
    throw new CommandFailure(
      'usage',
      `The list of checks cannot be printed as ${format}, only a report can`,
      '-o text, json, yaml or jsonl',
    );
  return null;
};

const ID_WIDTH = 9;
const CATEGORY_WIDTH = 11;
const CAUSE_WIDTH = 11;

/** One line for each check, in the order of the catalogue. */
export const renderList = async (
  checks: readonly Check[],
  format: Format,
  style: Style,
  custom: readonly CustomCheck[] = [],
): Promise<string> => {
  const data = dataFormat(format);
  if (data !== null) return renderValue([...checks.map(described), ...describedList(custom)], data);
  const theme = themeOf(style);
  const row = (id: string, category: string, cause: string): string =>
    padded(id, ID_WIDTH) + padded(category, CATEGORY_WIDTH) + padded(cause, CAUSE_WIDTH);
  const own = customRows(custom, style);
  const list = ended(
    [
      theme.strong(`${row('ID', 'CATEGORY', 'CAUSE')}CHECK`),
      ...checks.flatMap((check) =>
        hanging(row(check.id, check.category, check.cause), check.title, ID_WIDTH, style.columns),
      ),
    ],
    style,
  );
  return `${list}${own}`;
};

/** Everything about one check: what it reads, its limits, what a restart does, what to do, and where the facts come from. */
export const renderExplanation = async (check: Check, format: Format, style: Style): Promise<string> => {
  const data = dataFormat(format);
  if (data !== null) return renderValue(described(check), data);
  const theme = themeOf(style);
  const section = (title: string, text: string): readonly string[] => [
    '',
    theme.strong(title),
    ...text.split('\n').flatMap((line) => wrap(line, style.columns)),
  ];
  return ended(
    [
      theme.strong(`${check.id} ${check.title}`),
      `category ${check.category}, cause ${check.cause}${check.needs.length === 0 ? '' : `, needs ${check.needs.join(', ')}`}`,
      '',
      ...check.docs.what.split('\n').flatMap((line) => wrap(line, style.columns)),
      ...section('When it is bad', check.docs.limits),
      ...section('What a restart does', check.docs.cure),
      ...section('What to do next', `${check.docs.next}\n\nkubectl frigate-health check --only ${check.id}`),
      ...section('Where this comes from', check.docs.source),
    ],
    style,
  );
};
