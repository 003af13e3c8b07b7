/** The question before an action: what it does, what the rules answer to it now, and the name to type. */
import type {Area} from '../layout.js';
import type {Snapshot} from '../store.js';
import {clip, columnsOf, line, span, wrapText, type Line} from '../text.js';
import type {ActionName, Mode} from '../ui.js';
import type {Display} from './display.js';
import {breakerText, rulesText} from './verdict.js';

export type Question = Extract<Mode, {kind: 'confirm'}>;

const questions: Readonly<Record<ActionName, string>> = {
  restart:
    'Restart Frigate? Recording stops until it is back. The rules of automatic repair are checked first and can refuse it.',
  'reset-breaker':
    'Reset the breaker? This closes and unlocks it, so that automatic repair may restart Frigate again. Frigate is not restarted now.',
};

const verbs: Readonly<Record<ActionName, string>> = {restart: 'Restart', 'reset-breaker': 'Reset breaker'};

/** What the rules would answer now, or the state of the breaker. */
const outlook = ({view}: Snapshot, action: ActionName, display: Display): readonly string[] =>
  view === null ? [] : action === 'restart' ? rulesText(view, display) : [breakerText(view, display)];

/** What was typed, its end in any case. */
const typedLine = (head: string, typed: string, width: number, {text, glyphs}: Display): Line => {
  const space = Math.max(1, width - columnsOf(head) - glyphs.cursor.length);
  const shown = text(typed);
  const end = columnsOf(shown) <= space ? shown : Array.from(shown).slice(-space).join('');
  return line(span(`${head}${end}${glyphs.cursor}`, 'accent'));
};

/** At most as high as the area, and always with what is typed. */
export const confirmLines = (
  snapshot: Snapshot,
  {action, typed}: Question,
  workloadName: string | null,
  {width, height}: Area,
  display: Display,
): readonly Line[] => {
  const name = display.text(workloadName ?? '');
  const wrapped = (text: string): readonly Line[] => wrapText(text, width).map((part) => line(part));
  const question = wrapText(questions[action], width).map((part) => line(span(part, 'strong')));
  const answer = outlook(snapshot, action, display).flatMap(wrapped);
  const whole = `Type the name of the workload, ${name}, and press enter; escape cancels.`;
  const ask =
    columnsOf(whole) <= width
      ? [line('Type the name of the workload, ', span(name, 'strong'), ', and press enter; escape cancels.')]
      : wrapped(whole);
  const input = typedLine('> ', typed, width, display);
  const spacious = [...question, line(), ...answer, line(), ...ask, input];
  if (spacious.length <= height) return spacious;
  const dense = [...question, ...answer, ...ask, input];
  if (dense.length <= height) return dense;
  // Few rows: how to answer and what is typed first, then as much of the rest as there is space for.
  const brief = [
    ...wrapText(`${verbs[action]}? Type ${name}, enter.`, width).map((part) => line(span(part, 'strong'))),
    input,
  ];
  return [...brief.slice(0, -1), ...answer.slice(0, Math.max(0, height - brief.length)), input].slice(
    -Math.max(1, height),
  );
};

/** At least so much of what is typed is shown. */
const SHORTEST_TYPED = 8;

/** The same where there is one line for it. */
export const confirmLine = (
  {action, typed}: Question,
  workloadName: string | null,
  width: number,
  display: Display,
): Line => {
  const {glyphs} = display;
  const name = display.text(workloadName ?? '');
  const heads = [`${verbs[action]}? Type ${name}, enter: `, `${verbs[action]}? ${name}: `, `${verbs[action]}: `];
  const head =
    heads.find((one) => columnsOf(one) + columnsOf(name) + glyphs.cursor.length <= width) ??
    clip(`${verbs[action]}: `, Math.max(0, width - SHORTEST_TYPED), '');
  return typedLine(head, typed, width, display);
};
