/** What it comes to and what automatic repair does about it, in a line each: the same words in the banner, in line mode and in the summary. */
import type {Status} from '../../core/finding.js';
import {restartCommand} from '../../core/checks/kubectl.js';
import {verdictStatus} from '../../core/diagnosis/verdict-status.js';
import {line, span, toneOf, type Line} from '../text.js';
import {clockTime} from '../view/freshness.js';
import type {View} from '../view/view.js';
import type {Pen} from './pen.js';

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
  alert: 'would alert a person',
  restart: 'would restart Frigate',
} as const;

/** Health, cause and summary. `live`: the numbers are of now; of old ones nobody can say that all is well. */
export const verdictLine = (view: View, live: boolean, pen: Pen): Line => {
  const {diagnosis} = view.live.judgement;
  const worst = worstStatus(view);
  const wasWell = !live && worst === 'ok';
  const status = wasWell ? 'unknown' : worst;
  const cause = diagnosis.cause === null ? '' : ` - cause: ${diagnosis.cause}`;
  return line(
    span(`${pen.glyphs.status[status]} ${wasWell ? 'WAS ' : ''}${diagnosis.health.toUpperCase()}`, toneOf[status]),
    span(`  ${pen.text(diagnosis.summary)}${cause}`, 'strong'),
  );
};

/** What automatic repair would do now, and by which rule. */
export const repairText = (view: View, pen: Pen): string => {
  const {decision} = view.live.judgement;
  const lift = decision.liftedBy === null ? '' : ` - what lifts it: ${decision.liftedBy}`;
  return pen.text(`Automatic repair ${actions[decision.action]} (${decision.rule}): ${decision.reason}${lift}`);
};

const briefly = {none: 'does nothing', hold: 'waits', alert: 'alerts a person', restart: 'would restart'} as const;

/** The same where there is one line for it. */
export const briefRepair = (view: View, pen: Pen): string => {
  const {decision} = view.live.judgement;
  return pen.text(`Repair ${briefly[decision.action]} (${decision.rule}): ${decision.reason}`);
};

/** What a person's own restart would meet now: the guards are the same, but that the mode (R-11) holds only automatic repair. */
export const guardsText = (view: View, pen: Pen): readonly string[] => {
  const {
    sight,
    judgement: {decision},
  } = view.live;
  if (decision.action === 'restart' || decision.rule === 'R-11')
    return [pen.text(`The guards would let it pass now: ${decision.reason}.`)];
  const lift = decision.liftedBy === null ? '' : ` What lifts it: ${decision.liftedBy}.`;
  const refusal = `The guards would refuse it now, by ${decision.rule}: ${decision.reason}.${lift}`;
  const force = `To force it, from a shell: ${restartCommand(sight.observation)} --force --reason "..."`;
  return [refusal, ...(decision.rule === 'R-01' || decision.rule === 'R-02' ? [] : [force])].map(pen.text);
};

/** What a reset of the breaker would change now. */
export const breakerText = (view: View, pen: Pen): string => {
  const {breaker} = view.live.judgement.decision;
  const until = breaker.until === null ? '' : ` until ${clockTime(breaker.until)}`;
  return pen.text(`It is ${breaker.state}${until}${breaker.why === null ? '' : `: ${breaker.why}`}.`);
};
