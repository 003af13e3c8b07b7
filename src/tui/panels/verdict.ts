/** The verdict and what automatic repair does about it, in a line each: the same words in the banner, in line mode and in the summary. */
import type {Status} from '../../core/finding.js';
import {restartLine} from '../../core/checks/kubectl.js';
import {breakerText as whyOpen, reasonText, unblockText} from '../../core/decision/wording.js';
import {verdictStatus} from '../../core/diagnosis/verdict-status.js';
import {line, span, toneOf, type Line} from '../text.js';
import {clockTime} from '../view/freshness.js';
import type {View} from '../view/view.js';
import type {Display} from './display.js';

/** The status of the whole picture. */
export const worstStatus = ({
  live: {
    judgement: {
      findings,
      diagnosis: {health},
    },
  },
}: View): Status =>
  verdictStatus(
    health,
    findings.some(({status, normalAtStart}) => status === 'critical' && !(health === 'starting' && normalAtStart)),
  );

const actions = {
  none: 'would do nothing',
  hold: 'would wait',
  alert: 'would send an alert',
  restart: 'would restart Frigate',
} as const;

/** Health, cause and summary. `live`: the numbers are current; old ones do not prove that Frigate is healthy. */
export const verdictLine = (view: View, live: boolean, display: Display): Line => {
  const {diagnosis} = view.live.judgement;
  const worst = worstStatus(view);
  const wasWell = !live && worst === 'ok';
  const status = wasWell ? 'unknown' : worst;
  const cause = diagnosis.cause === null ? '' : ` - cause: ${diagnosis.cause}`;
  return line(
    span(`${display.glyphs.status[status]} ${wasWell ? 'WAS ' : ''}${diagnosis.health.toUpperCase()}`, toneOf[status]),
    span(`  ${display.text(diagnosis.summary)}${cause}`, 'strong'),
  );
};

/** What automatic repair would do now, and by which rule. */
export const repairText = (view: View, display: Display): string => {
  const {decision} = view.live.judgement;
  const unblock = unblockText(decision.reason);
  const hint = unblock === null ? '' : `. To unblock: ${unblock}`;
  return display.text(
    `Automatic repair ${actions[decision.action]} (${decision.rule}): ${reasonText(decision.reason)}${hint}`,
  );
};

const briefly = {none: 'does nothing', hold: 'waits', alert: 'sends an alert', restart: 'would restart'} as const;

/** The same where there is one line for it. */
export const briefRepair = (view: View, display: Display): string => {
  const {decision} = view.live.judgement;
  return display.text(`Repair ${briefly[decision.action]} (${decision.rule}): ${reasonText(decision.reason)}`);
};

/** What the rules would answer to a restart by a person now: they are the same, except that the mode (R-11) holds only automatic repair. */
export const rulesText = (view: View, display: Display): readonly string[] => {
  const {
    observed,
    judgement: {decision},
  } = view.live;
  if (decision.action === 'restart' || decision.rule === 'R-11')
    return [display.text(`The rules allow it now: ${reasonText(decision.reason)}.`)];
  const unblock = unblockText(decision.reason);
  const hint = unblock === null ? '' : ` To unblock: ${unblock}.`;
  const refusal = `Rule ${decision.rule} would refuse it now: ${reasonText(decision.reason)}.${hint}`;
  const force = `To force it from a shell: ${restartLine(observed.observation)} --force --reason "..."`;
  return [refusal, ...(decision.rule === 'R-01' || decision.rule === 'R-02' ? [] : [force])].map(display.text);
};

/** What a reset of the breaker would change now. */
export const breakerText = (view: View, display: Display): string => {
  const {breaker} = view.live.judgement.decision;
  const until = breaker.until === null ? '' : ` until ${clockTime(breaker.until)}`;
  return display.text(
    `The breaker is ${breaker.state}${until}${breaker.why === null ? '' : `: ${whyOpen(breaker.why)}`}.`,
  );
};
