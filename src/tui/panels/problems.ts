/** What is wrong, in whole sentences and with the fix, if there is enough space. */
import {fixLines} from '../../report/layout.js';
import {problemsAmong, type Problem} from '../../report/problems.js';
import type {Snapshot} from '../store.js';
import {clipLine, line, span, toneOf, wrapText, type Line} from '../text.js';
import type {Display} from './display.js';
import {isPending} from '../view/changes.js';
import {fixOf, isOwn, sentenceOf, type ShownCheck} from '../view/own-checks.js';

const INDENT = 2;
/** A sentence needs some space. */
const NARROWEST = 20;

/** What needs attention. A check without its first answer is not listed, nor what is unknown only because Frigate does not run. */
export const problemsOf = ({view}: Snapshot): ReadonlyArray<Problem<ShownCheck>> => {
  if (view === null || !view.live.complete) return [];
  const {watchState, running} = view.live;
  const down = watchState.located?.pods.known === true && running === null;
  const isInformative = (finding: ShownCheck): boolean =>
    isOwn(finding) ? finding.because?.kind !== 'not-asked' : !down && !isPending(finding);
  return problemsAmong(
    view.checks.filter((finding) => finding.status !== 'unknown' || isInformative(finding)),
    view.live.judgement.diagnosis,
  );
};

const sentence = (finding: ShownCheck, width: number, display: Display): readonly Line[] => {
  const {id, status} = finding;
  const said = sentenceOf(finding);
  const head = `${display.glyphs.status[status]} ${id}`;
  return wrapText(display.text(said), Math.max(NARROWEST, width - head.length - 1)).map((text, index) =>
    index === 0
      ? line(span(head, toneOf[status]), span(` ${text}`))
      : line(span(' '.repeat(head.length + 1)), span(text)),
  );
};

const fix = (check: ShownCheck, width: number, display: Display): readonly Line[] => {
  const steps = fixOf(check);
  return steps === null
    ? []
    : fixLines(steps, Math.max(NARROWEST, width - INDENT))
        .flatMap((one) => wrapText(display.text(one), Math.max(NARROWEST, width - INDENT)))
        .map((one) => line(span(' '.repeat(INDENT)), span(one, 'accent')));
};

const consequences = ({explains}: Problem<ShownCheck>, width: number, display: Display): readonly Line[] =>
  explains.flatMap(({id, summary}) =>
    wrapText(display.text(`explains ${id}: ${summary}`), Math.max(NARROWEST, width - INDENT)).map((one) =>
      line(span(' '.repeat(INDENT)), span(one, 'faint')),
    ),
  );

/** Whole sentences from the first problem on, and as many of the others as fit. */
const wholeSentences = (
  problems: ReadonlyArray<Problem<ShownCheck>>,
  width: number,
  height: number,
  display: Display,
): readonly Line[] => {
  const sentences = problems.map(({check}) => sentence(check, width, display));
  let left = height - sentences.reduce((sum, one) => sum + one.length, 0);
  return problems.flatMap((problem, index) => {
    const all = [...consequences(problem, width, display), ...fix(problem.check, width, display)];
    // What to type is worth more than what follows from it.
    const more = [all, fix(problem.check, width, display)].find((one) => one.length <= left) ?? [];
    left -= more.length;
    return [...(sentences[index] ?? []), ...more];
  });
};

/** At most `height` lines: whole sentences with their fixes as far as there is space, else one line each. */
export const problemLines = (
  problems: ReadonlyArray<Problem<ShownCheck>>,
  width: number,
  height: number,
  display: Display,
): readonly Line[] => {
  const whole = wholeSentences(problems, width, height, display);
  const lines =
    whole.length <= height
      ? whole
      : problems.map(({check}) =>
          line(
            span(`${display.glyphs.status[check.status]} ${check.id}`, toneOf[check.status]),
            span(` ${display.text(sentenceOf(check))}`),
          ),
        );
  return lines.slice(0, Math.max(0, height)).map((one) => clipLine(one, width, display.glyphs.more));
};
