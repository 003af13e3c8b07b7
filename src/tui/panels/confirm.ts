/** The question before an act: what it does, what the guards say of it now, and the name to type. */
import type {Area} from '../layout.js';
import type {Snapshot} from '../store.js';
import {clip, columnsOf, line, span, wrapText, type Line} from '../text.js';
import type {ActionName, Mode} from '../ui.js';
import type {Pen} from './pen.js';
import {breakerText, guardsText} from './verdict.js';

export type Question = Extract<Mode, {kind: 'confirm'}>;

const questions: Readonly<Record<ActionName, string>> = {
  restart:
    'Restart Frigate? Recording stops until it is back. The guards of automatic repair decide whether it is done.',
  'reset-breaker':
    'Reset the breaker? It is closed and unlocked, and automatic repair may restart Frigate again. Nothing is restarted by this.',
};

const verbs: Readonly<Record<ActionName, string>> = {restart: 'Restart', 'reset-breaker': 'Reset breaker'};

/** What the guards, or the breaker, say as things stand. */
const outlook = ({view}: Snapshot, action: ActionName, pen: Pen): readonly string[] =>
  view === null ? [] : action === 'restart' ? guardsText(view, pen) : [breakerText(view, pen)];

/** What was typed, its end in any case. */
const typedLine = (head: string, typed: string, width: number, {text, glyphs}: Pen): Line => {
  const room = Math.max(1, width - columnsOf(head) - glyphs.cursor.length);
  const shown = text(typed);
  const end = columnsOf(shown) <= room ? shown : Array.from(shown).slice(-room).join('');
  return line(span(`${head}${end}${glyphs.cursor}`, 'accent'));
};

/** At most as high as the place, with what is typed always in it. */
export const confirmLines = (
  snapshot: Snapshot,
  {action, typed}: Question,
  workloadName: string | null,
  {width, height}: Area,
  pen: Pen,
): readonly Line[] => {
  const name = pen.text(workloadName ?? '');
  const wrapped = (text: string): readonly Line[] => wrapText(text, width).map((part) => line(part));
  const question = wrapText(questions[action], width).map((part) => line(span(part, 'strong')));
  const told = outlook(snapshot, action, pen).flatMap(wrapped);
  const whole = `Type the name of the workload, ${name}, and press enter; escape cancels.`;
  const ask =
    columnsOf(whole) <= width
      ? [line('Type the name of the workload, ', span(name, 'strong'), ', and press enter; escape cancels.')]
      : wrapped(whole);
  const input = typedLine('> ', typed, width, pen);
  const spacious = [...question, line(), ...told, line(), ...ask, input];
  if (spacious.length <= height) return spacious;
  const dense = [...question, ...told, ...ask, input];
  if (dense.length <= height) return dense;
  // Short of room: how to answer and what is typed first, then as much of the rest as there is room for.
  const brief = [
    ...wrapText(`${verbs[action]}? Type ${name}, enter.`, width).map((part) => line(span(part, 'strong'))),
    input,
  ];
  return [...brief.slice(0, -1), ...told.slice(0, Math.max(0, height - brief.length)), input].slice(
    -Math.max(1, height),
  );
};

/** Of what is typed at least so much is seen. */
const SHORTEST_TYPED = 8;

/** The same where there is one line for it. */
export const confirmLine = ({action, typed}: Question, workloadName: string | null, width: number, pen: Pen): Line => {
  const {glyphs} = pen;
  const name = pen.text(workloadName ?? '');
  const heads = [`${verbs[action]}? Type ${name}, enter: `, `${verbs[action]}? ${name}: `, `${verbs[action]}: `];
  const head =
    heads.find((one) => columnsOf(one) + columnsOf(name) + glyphs.cursor.length <= width) ??
    clip(`${verbs[action]}: `, Math.max(0, width - SHORTEST_TYPED), '');
  return typedLine(head, typed, width, pen);
};
