/** The first line: what is watched and how fresh it is. The banner: what it comes to, and what automatic repair does about it. */
import {countsInWords} from '../../report/words.js';
import type {Status} from '../../core/finding.js';
import type {HealthClass} from '../../core/diagnosis/diagnosis.js';
import type {Place} from '../../pass/watch/live.js';
import type {Snapshot} from '../store.js';
import {clipLine, fitLine, line, lineColumns, span, toneOf, wrapText, type Line} from '../text.js';
import type {View} from '../view/view.js';
import type {Pen} from './pen.js';

const separator = '  ';
/** Narrower than this there is no room for our own name. */
const WIDE = 100;

export const headerLine = ({view, freshness}: Snapshot, place: Place, paused: boolean, columns: number, pen: Pen): Line => {
  const parts = [
    ...(columns < WIDE ? [] : ['frigate-health']), pen.text(`${place.context}/${place.namespace}`), pen.text(view?.pod.workload ?? place.workload),
    ...(view?.frigateVersion === null || view === null ? [] : [`Frigate ${pen.text(view.frigateVersion)}`]),
    ...(view?.uptime === null || view === null ? [] : [`up ${view.uptime}`]),
  ];
  const fresh = line(...(paused ? [span('PAUSED ', 'warn')] : []), span(freshness.text, freshness.live ? 'good' : view === null ? 'faint' : 'bad'));
  const room = columns - lineColumns(fresh) - separator.length;
  if (room < 10) return clipLine(fresh, columns, pen.glyphs.more);
  return [...fitLine(line(span(parts.join(separator), 'strong')), room, pen.glyphs.more), span(separator), ...fresh];
};

const statusOfHealth: Readonly<Record<HealthClass, Status>> = {
  healthy: 'ok', degraded: 'warning', unhealthy: 'critical', starting: 'warning', paused: 'warning', unknown: 'unknown',
};

/** The worst of the findings; the health class says what helps, the colour how bad it is. */
export const worstStatus = ({live: {judgement}}: View): Status =>
  (judgement.findings.some(({status}) => status === 'critical') ? 'critical' : statusOfHealth[judgement.diagnosis.health]);

const countsOf = (view: View): string => {
  const counts: Record<Status, number> = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const {status} of view.checks) counts[status] += 1;
  return countsInWords(counts);
};

const actions = {none: 'would do nothing', hold: 'would wait', alert: 'would alert a person', restart: 'would restart Frigate'} as const;

/** Health, cause and summary. */
export const verdictLine = (view: View, pen: Pen): Line => {
  const {diagnosis} = view.live.judgement;
  const status = worstStatus(view);
  const cause = diagnosis.cause === null ? '' : ` - cause: ${diagnosis.cause}`;
  return line(span(`${pen.glyphs.status[status]} ${diagnosis.health.toUpperCase()}`, toneOf[status]), span(`  ${pen.text(diagnosis.summary)}${cause}`, 'strong'));
};

/** What automatic repair would do now, and by which rule. */
export const repairText = (view: View, pen: Pen): string => {
  const {decision} = view.live.judgement;
  const lift = decision.liftedBy === null ? '' : ` - goes on when: ${decision.liftedBy}`;
  return pen.text(`Automatic repair ${actions[decision.action]} (${decision.rule}): ${decision.reason}${lift}`);
};

const lookingLines = (snapshot: Snapshot, pen: Pen): readonly Line[] => {
  const search = snapshot.view?.live.board.located?.search;
  const detail = search?.known === false ? pen.text(search.why.message) : 'looking at the cluster and at Frigate';
  return [line(span(`${pen.glyphs.status.unknown} LOOKING`, 'doubt'), span(`  ${detail}`))];
};

/** As many lines as asked for, the most telling first. */
export const bannerLines = (snapshot: Snapshot, rows: number, columns: number, pen: Pen): readonly Line[] => {
  const {view, freshness} = snapshot;
  if (view === null || !view.live.complete) return lookingLines(snapshot, pen).map((one) => clipLine(one, columns, pen.glyphs.more));
  const troubles = freshness.troubles.map((trouble) => line(span(`${pen.glyphs.status.unknown} ${pen.text(trouble)}`, 'doubt')));
  const repair = wrapText(repairText(view, pen), columns).map((text) => line(text));
  // Trouble with seeing comes before the second half of a sentence.
  const kept = rows - 1 - Math.min(troubles.length, Math.max(0, rows - 2));
  const lines = [verdictLine(view, pen), ...repair.slice(0, Math.max(1, kept)), ...troubles, line(span(countsOf(view), 'faint'))];
  return lines.slice(0, rows).map((one) => clipLine(one, columns, pen.glyphs.more));
};

/** All there is on a terminal with one line. */
export const oneLine = (snapshot: Snapshot, columns: number, pen: Pen): Line => {
  const {view, freshness} = snapshot;
  if (view === null || !view.live.complete) return clipLine(lookingLines(snapshot, pen)[0] ?? [], columns, pen.glyphs.more);
  const {decision} = view.live.judgement;
  const stale = freshness.live ? [] : [span(`${freshness.text} `, 'bad')];
  return clipLine([...stale, ...verdictLine(view, pen), span(`  ${decision.action.toUpperCase()} ${decision.rule}`)], columns, pen.glyphs.more);
};
