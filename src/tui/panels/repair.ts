/** What automatic repair remembers and does next. */
import {since} from '../../core/time.js';
import {isRemembered} from '../../core/decision/situation.js';
import type {RestartPhase} from '../../core/state/state.js';
import type {Line, Tone} from '../text.js';
import {clockTime} from '../view/freshness.js';
import {coarse, type View} from '../view/view.js';
import {row, rows} from './facts.js';
import type {Pen} from './pen.js';

const phases: Readonly<Record<RestartPhase, string>> = {
  intended: 'intended',
  acted: 'sent',
  helped: 'helped',
  'did-not-help': 'did not help',
  abandoned: 'not sent',
  unjudged: 'outcome not known',
};

const breakerTone: Readonly<Record<'closed' | 'open' | 'half-open' | 'locked', Tone>> = {
  closed: 'good',
  open: 'warn',
  'half-open': 'warn',
  locked: 'bad',
};

/** Breaker and budget; of a state that could not be read nothing is claimed. */
const breakerLines = ({live}: View, width: number, pen: Pen): readonly Line[] => {
  const {
    judgement: {
      decision: {breaker, streak},
    },
    board: {remembered},
    sight: {reading},
  } = live;
  if (remembered === null) return [row('breaker', 'looking', 'faint')];
  if (!isRemembered(reading)) {
    const why = remembered.soundness.known
      ? 'the remembered state is of a newer version'
      : remembered.soundness.why.message;
    return rows('breaker', `${pen.glyphs.status.unknown} not known: ${pen.text(why)}`, width, 'doubt');
  }
  const until = breaker.until === null ? '' : ` until ${clockTime(breaker.until)}`;
  return [
    row('breaker', `${breaker.state}${until}`, breakerTone[breaker.state]),
    row(
      'budget',
      `${breaker.used} of ${breaker.limit} this hour, ${breaker.usedToday} of ${breaker.limitPerDay} today`,
    ),
    row('failures', `${streak.count} of ${streak.needed} in a row counted`),
  ];
};

/** What is done next, and why: the banner says it too. */
const nextStepLines = (
  {
    live: {
      judgement: {decision},
    },
  }: View,
  width: number,
  pen: Pen,
): readonly Line[] =>
  rows(
    'next step',
    `${decision.action} (${decision.rule}): ${pen.text(decision.reason)}`,
    width,
    decision.action === 'none' ? 'good' : 'strong',
  );

/** Restarts that are told: all of a bad night, or the last one. */
const MOST_RESTARTS = {whole: 3, brief: 1};

/** Breaker, budget, streak, restarts and whether they helped, incident, last pass. `brief`: without what the banner says too. */
export const repairLines = (view: View, extent: 'whole' | 'brief', width: number, pen: Pen): readonly Line[] => {
  const {
    board: {remembered},
    at,
  } = view.live;
  const state = remembered?.state ?? null;
  const last = state?.lastPass ?? null;
  const incident = state?.incident ?? null;
  return [
    ...(extent === 'whole' ? nextStepLines(view, width, pen) : []),
    ...breakerLines(view, width, pen),
    row(
      'last pass',
      last === null ? 'none yet' : `${coarse(since(last.at, at))} ago, ${pen.text(last.result)}`,
      last === null ? 'faint' : 'plain',
    ),
    ...(incident === null
      ? []
      : rows(
          'incident',
          `since ${clockTime(incident.since)}, ${incident.stage}${extent === 'whole' ? `: ${pen.text(incident.summary)}` : ''}`,
          width,
          'warn',
        )),
    ...(state?.restarts ?? [])
      .slice(-MOST_RESTARTS[extent])
      .reverse()
      .map((record, index) =>
        row(
          index === 0 ? 'history' : '',
          `${clockTime(record.at)} ${phases[record.phase]}: ${record.cause}${record.who === 'automatic' ? '' : ', by a person'}`,
          record.phase === 'helped' ? 'good' : 'warn',
        ),
      ),
  ];
};
