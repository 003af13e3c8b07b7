/** What automatic repair did, and what it does next. */
import {since} from '../../core/time.js';
import {isStateKnown} from '../../core/decision/situation.js';
import {reasonText} from '../../core/decision/wording.js';
import type {RestartPhase} from '../../core/state/state.js';
import type {Line, Tone} from '../text.js';
import {clockTime} from '../view/freshness.js';
import {coarse, type View} from '../view/view.js';
import {labelledLine, labelledLines} from './labelled-lines.js';
import type {Display} from './display.js';

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

/** Breaker and budget; `not known` where the state could not be read. */
const breakerLines = ({live}: View, width: number, display: Display): readonly Line[] => {
  const {
    judgement: {
      decision: {breaker, streak},
    },
    watchState: {recalledState},
    observed: {reading},
  } = live;
  if (recalledState === null) return [labelledLine('breaker', 'connecting', 'faint')];
  if (!isStateKnown(reading)) {
    const why = recalledState.soundness.known
      ? 'the state was written by a newer version'
      : recalledState.soundness.why.message;
    return labelledLines('breaker', `${display.glyphs.status.unknown} not known: ${display.text(why)}`, width, 'doubt');
  }
  const until = breaker.until === null ? '' : ` until ${clockTime(breaker.until)}`;
  return [
    labelledLine('breaker', `${breaker.state}${until}`, breakerTone[breaker.state]),
    ...labelledLines(
      'budget',
      `hour ${breaker.used} (max ${breaker.limit}), day ${breaker.usedToday} (max ${breaker.limitPerDay})`,
      width,
    ),
    labelledLine('failures', `${streak.count} in a row (${streak.needed} required)`),
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
  display: Display,
): readonly Line[] =>
  labelledLines(
    'next step',
    `${decision.action} (${decision.rule}): ${display.text(reasonText(decision.reason))}`,
    width,
    decision.action === 'none' ? 'good' : 'strong',
  );

/** How many restarts are listed: those of a bad night, or the last one. */
const MOST_RESTARTS = {whole: 3, brief: 1};

/** Breaker, budget, streak, restarts and whether they helped, incident, last pass. `brief`: without what the banner says too. */
export const repairLines = (
  view: View,
  extent: 'whole' | 'brief',
  width: number,
  display: Display,
): readonly Line[] => {
  const {
    watchState: {recalledState},
    at,
  } = view.live;
  const state = recalledState?.state ?? null;
  const last = state?.lastPass ?? null;
  const incident = state?.incident ?? null;
  return [
    ...(extent === 'whole' ? nextStepLines(view, width, display) : []),
    ...breakerLines(view, width, display),
    labelledLine(
      'last pass',
      last === null ? 'none yet' : `${coarse(since(last.at, at))} ago, ${display.text(last.result)}`,
      last === null ? 'faint' : 'plain',
    ),
    ...(incident === null
      ? []
      : labelledLines(
          'incident',
          `since ${clockTime(incident.since)}, ${incident.stage}${extent === 'whole' ? `: ${display.text(incident.summary)}` : ''}`,
          width,
          'warn',
        )),
    ...(state?.restarts ?? [])
      .slice(-MOST_RESTARTS[extent])
      .reverse()
      .map((record, index) =>
        labelledLine(
          index === 0 ? 'history' : '',
          `${clockTime(record.at)} ${phases[record.phase]}: ${record.cause}${record.who === 'automatic' ? '' : ', by a person'}`,
          record.phase === 'helped' && (record.cameBackAt ?? null) === null ? 'good' : 'warn',
        ),
      ),
  ];
};
