/** `check --list` and `check --explain ID`: the catalogue for readers, from the literals of the checks. */
import type {Check} from '../core/checks/check.js';
import {hanging, padded, toAscii, wrap} from './layout.js';
import {themeOf} from './look.js';
import type {Look} from './look.js';
import {CommandFailure} from './failure.js';
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

const ended = (lines: readonly string[], look: Look): string => {
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return look.ascii ? toAscii(text) : text;
};

/** The data format that is asked for; `null`: text. There is no verdict to show here, so that two formats have nothing to say. */
const dataFormat = (format: Format): DataFormat | null => {
  if (isData(format)) return format;
  if (isMachine(format))
    throw new CommandFailure(
      'usage',
      `The checks themselves cannot be told as ${format}, only what they find`,
      '-o text, json, yaml or jsonl',
    );
  return null;
};

const ID_WIDTH = 9;
const CATEGORY_WIDTH = 11;
const CAUSE_WIDTH = 11;

/** One line for each check, in the order of the catalogue. */
export const renderList = async (checks: readonly Check[], format: Format, look: Look): Promise<string> => {
  const data = dataFormat(format);
  if (data !== null) return renderValue(checks.map(described), data);
  const theme = themeOf(look);
  const row = (id: string, category: string, cause: string): string =>
    padded(id, ID_WIDTH) + padded(category, CATEGORY_WIDTH) + padded(cause, CAUSE_WIDTH);
  return ended(
    [
      theme.strong(`${row('ID', 'CATEGORY', 'CAUSE')}CHECK`),
      ...checks.flatMap((check) =>
        hanging(row(check.id, check.category, check.cause), check.title, ID_WIDTH, look.columns),
      ),
    ],
    look,
  );
};

/** Everything about one check: what it looks at, its limits, what a restart does, what to do, and where the facts come from. */
export const renderExplanation = async (check: Check, format: Format, look: Look): Promise<string> => {
  const data = dataFormat(format);
  if (data !== null) return renderValue(described(check), data);
  const theme = themeOf(look);
  const section = (title: string, text: string): readonly string[] => [
    '',
    theme.strong(title),
    ...text.split('\n').flatMap((line) => wrap(line, look.columns)),
  ];
  return ended(
    [
      theme.strong(`${check.id} ${check.title}`),
      `category ${check.category}, cause ${check.cause}${check.needs.length === 0 ? '' : `, needs ${check.needs.join(', ')}`}`,
      '',
      ...check.docs.what.split('\n').flatMap((line) => wrap(line, look.columns)),
      ...section('When it is bad', check.docs.limits),
      ...section('What a restart does', check.docs.cure),
      ...section('What to do next', `${check.docs.next}\n\nkubectl frigate-health check --only ${check.id}`),
      ...section('Where this comes from', check.docs.source),
    ],
    look,
  );
};
