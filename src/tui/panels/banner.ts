/** The banner: what it comes to, what automatic repair does about it, and what cannot be seen. */
import {countsInWords} from '../../report/words.js';
import type {Status} from '../../core/finding.js';
import {humanDuration, seconds} from '../../core/time.js';
import type {Snapshot} from '../store.js';
import {clip, clipLine, line, span, wrapText, type Line} from '../text.js';
import type {View} from '../view/view.js';
import type {Pen} from './pen.js';
import {briefRepair, repairText, verdictLine} from './verdict.js';

/** Narrower than this there is no room for the kind of the workload and for whole sentences. */
export const NARROW = 60;

const countsOf = (view: View): string => {
  const counts: Record<Status, number> = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const {status} of view.checks) counts[status] += 1;
  return countsInWords(counts);
};

/** The verdict rests on an answer that is older than the silence. */
const isUnheard = ({
  live: {
    board: {
      frigate: {stats},
    },
  },
}: View): boolean => stats.known || stats.why.code === 'not-asked';

/** That there is no answer is known long before anything can be said of it: its API counts as dead after two timeouts. */
const silenceLine = (snapshot: Snapshot, pen: Pen): Line | null => {
  const {
    view,
    freshness: {silentFor},
  } = snapshot;
  if (silentFor === null || view === null || !isUnheard(view)) return null;
  const before = view.live.board.frigate.stats.known
    ? `; before: ${view.live.judgement.diagnosis.health.toUpperCase()}, ${view.live.judgement.diagnosis.summary}`
    : '';
  return line(
    span(`${pen.glyphs.status.unknown} NO ANSWER`, 'bad'),
    span(
      `  Frigate has been silent for ${humanDuration(seconds(Math.floor(silentFor / 1000)))}${pen.text(before)}`,
      'strong',
    ),
  );
};

/** The first line in as many as it needs, at most `rows`; what stands before it keeps its tone. */
const wrapped = (one: Line, columns: number, rows: number, pen: Pen): readonly Line[] => {
  const [head, ...rest] = one;
  if (head === undefined) return [];
  const tone = rest[0]?.tone ?? 'plain';
  const texts = wrapText(one.map(({text}) => text).join(''), columns);
  if (texts.length <= 1 || rows <= 1 || !(texts[0] ?? '').startsWith(head.text)) return [one];
  const shown =
    texts.length <= rows
      ? texts
      : [...texts.slice(0, rows - 1), clip(texts.slice(rows - 1).join(' '), columns, pen.glyphs.more)];
  return shown.map((text, index) =>
    index === 0 ? line(head, span(text.slice(head.text.length), tone)) : line(span(text, tone)),
  );
};

const lookingLines = (snapshot: Snapshot, pen: Pen): readonly Line[] => {
  const search = snapshot.view?.live.board.located?.search;
  const detail = search?.known === false ? pen.text(search.why.message) : 'looking at the cluster and at Frigate';
  return [line(span(`${pen.glyphs.status.unknown} LOOKING`, 'doubt'), span(`  ${detail}`))];
};

/** As many lines as asked for, the most telling first. */
export const bannerLines = (snapshot: Snapshot, rows: number, columns: number, pen: Pen): readonly Line[] => {
  const {view, freshness} = snapshot;
  if (view === null || !view.live.complete)
    return lookingLines(snapshot, pen).map((one) => clipLine(one, columns, pen.glyphs.more));
  const troubles = freshness.troubles.map((trouble) =>
    line(span(`${pen.glyphs.status.unknown} ${pen.text(trouble)}`, 'doubt')),
  );
  const first = wrapped(
    silenceLine(snapshot, pen) ?? verdictLine(view, freshness.live, pen),
    columns,
    rows >= 3 ? 2 : 1,
    pen,
  );
  // Trouble with seeing comes before the second half of a sentence.
  const left = rows - first.length;
  const kept = Math.max(1, left - Math.min(troubles.length, Math.max(0, left - 1)));
  const whole = wrapText(repairText(view, pen), columns);
  const repair =
    columns < NARROW || (kept === 1 && whole.length > 1)
      ? [briefRepair(view, pen)]
      : whole.length <= kept
        ? whole
        : [...whole.slice(0, kept - 1), whole.slice(kept - 1).join(' ')];
  const lines = [...first, ...repair.map((text) => line(text)), ...troubles, line(span(countsOf(view), 'faint'))];
  return lines.slice(0, rows).map((one) => clipLine(one, columns, pen.glyphs.more));
};

/** All there is on a terminal with one line. */
export const oneLine = (snapshot: Snapshot, columns: number, pen: Pen): Line => {
  const {view, freshness} = snapshot;
  if (view === null || !view.live.complete)
    return clipLine(lookingLines(snapshot, pen)[0] ?? [], columns, pen.glyphs.more);
  const {decision} = view.live.judgement;
  const silence = silenceLine(snapshot, pen);
  if (silence !== null) return clipLine(silence, columns, pen.glyphs.more);
  const stale = freshness.live ? [] : [span(`${freshness.text} `, 'bad')];
  return clipLine(
    [...stale, ...verdictLine(view, freshness.live, pen), span(`  ${decision.action.toUpperCase()} ${decision.rule}`)],
    columns,
    pen.glyphs.more,
  );
};
