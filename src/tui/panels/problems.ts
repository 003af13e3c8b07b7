/** What is wrong, in whole sentences and with the fix, where there is room for that. */
import {inOneLine, type Finding} from '../../core/finding.js';
import {runningOn} from '../../pass/watch/room.js';
import {fixLines} from '../../report/layout.js';
import {problemsAmong, type Problem} from '../../report/problems.js';
import type {Snapshot} from '../store.js';
import {clipLine, line, span, toneOf, wrapText, type Line} from '../text.js';
import type {Pen} from './pen.js';

const INDENT = 2;
/** A sentence needs some room. */
const NARROWEST = 20;

/** What a person has to look at. What is still being looked at is nothing yet, and of a Frigate that does not run that alone is worth telling. */
export const problemsOf = ({view}: Snapshot): ReadonlyArray<Problem<Finding>> => {
  if (view === null || !view.live.complete) return [];
  const {board} = view.live;
  const down = board.located?.pods.known === true && runningOn(board) === null;
  const tells = ({because}: Finding): boolean => !down && because?.includes('still looking') !== true;
  return problemsAmong(
    view.checks.filter((finding) => finding.status !== 'unknown' || tells(finding)),
    view.live.judgement.diagnosis,
  );
};

const saidOf = (finding: Finding): string => (finding.summary === '' ? (finding.because ?? '') : inOneLine(finding));

const sentence = (finding: Finding, width: number, pen: Pen): readonly Line[] => {
  const {id, status} = finding;
  const said = saidOf(finding);
  const head = `${pen.glyphs.status[status]} ${id}`;
  return wrapText(pen.text(said), Math.max(NARROWEST, width - head.length - 1)).map((text, index) =>
    index === 0
      ? line(span(head, toneOf[status]), span(` ${text}`))
      : line(span(' '.repeat(head.length + 1)), span(text)),
  );
};

const fix = ({fix: text}: Finding, width: number, pen: Pen): readonly Line[] =>
  text === null
    ? []
    : fixLines(text, Math.max(NARROWEST, width - INDENT))
        .flatMap((one) => wrapText(pen.text(one), Math.max(NARROWEST, width - INDENT)))
        .map((one) => line(span(' '.repeat(INDENT)), span(one, 'accent')));

const consequences = ({explains}: Problem<Finding>, width: number, pen: Pen): readonly Line[] =>
  explains.flatMap(({id, summary}) =>
    wrapText(pen.text(`explains ${id}: ${summary}`), Math.max(NARROWEST, width - INDENT)).map((one) =>
      line(span(' '.repeat(INDENT)), span(one, 'faint')),
    ),
  );

/** In whole sentences, and as many of the further ones as have room, from the first problem on. */
const told = (problems: ReadonlyArray<Problem<Finding>>, width: number, height: number, pen: Pen): readonly Line[] => {
  const sentences = problems.map(({check}) => sentence(check, width, pen));
  let left = height - sentences.reduce((sum, one) => sum + one.length, 0);
  return problems.flatMap((problem, index) => {
    const all = [...consequences(problem, width, pen), ...fix(problem.check, width, pen)];
    // What to type is worth more than what follows from it.
    const more = [all, fix(problem.check, width, pen)].find((one) => one.length <= left) ?? [];
    left -= more.length;
    return [...(sentences[index] ?? []), ...more];
  });
};

/** At most `height` lines: whole sentences with their fixes as far as there is room, else one line each. */
export const problemLines = (
  problems: ReadonlyArray<Problem<Finding>>,
  width: number,
  height: number,
  pen: Pen,
): readonly Line[] => {
  const whole = told(problems, width, height, pen);
  const lines =
    whole.length <= height
      ? whole
      : problems.map(({check}) =>
          line(
            span(`${pen.glyphs.status[check.status]} ${check.id}`, toneOf[check.status]),
            span(` ${pen.text(saidOf(check))}`),
          ),
        );
  return lines.slice(0, Math.max(0, height)).map((one) => clipLine(one, width, pen.glyphs.more));
};
