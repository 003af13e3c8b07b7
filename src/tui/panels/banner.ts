/** The banner: the verdict, what automatic repair does about it, and which sources do not answer. */
import {countsInWords} from '../../report/words.js';
import type {Status} from '../../core/finding.js';
import {humanDuration, seconds} from '../../core/time.js';
import type {Snapshot} from '../store.js';
import {clip, clipLine, line, span, wrapText, type Line} from '../text.js';
import type {View} from '../view/view.js';
import type {Display} from './display.js';
import {briefRepair, repairText, verdictLine} from './verdict.js';

/** Narrower than this there is no space for the kind of the workload and for whole sentences. */
export const NARROW = 60;

const countsOf = (view: View): string => {
  const counts: Record<Status, number> = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const {status} of view.checks) counts[status] += 1;
  return countsInWords(counts);
};

/** The verdict was made before Frigate stopped answering. */
const isOlderThanSilence = ({
  live: {
    watchState: {
      frigate: {stats},
    },
  },
}: View): boolean => stats.known || stats.why.code === 'not-asked';

/** A missing answer is shown long before it counts: the API is judged hung only after timeouts on two transports. */
const silenceLine = (snapshot: Snapshot, display: Display): Line | null => {
  const {
    view,
    freshness: {silentFor},
  } = snapshot;
  if (silentFor === null || view === null || !isOlderThanSilence(view)) return null;
  const before = view.live.watchState.frigate.stats.known
    ? `; before: ${view.live.judgement.diagnosis.health.toUpperCase()}, ${view.live.judgement.diagnosis.summary}`
    : '';
  return line(
    span(`${display.glyphs.status.unknown} NO ANSWER`, 'bad'),
    span(
      `  Frigate has not answered for ${humanDuration(seconds(Math.floor(silentFor / 1000)))}${display.text(before)}`,
      'strong',
    ),
  );
};

/** The first line in as many as it needs, at most `rows`; what stands before it keeps its tone. */
const wrapped = (one: Line, columns: number, rows: number, display: Display): readonly Line[] => {
  const [head, ...rest] = one;
  if (head === undefined) return [];
  const tone = rest[0]?.tone ?? 'plain';
  const texts = wrapText(one.map(({text}) => text).join(''), columns);
  if (texts.length <= 1 || rows <= 1 || !(texts[0] ?? '').startsWith(head.text)) return [one];
  const shown =
    texts.length <= rows
      ? texts
      : [...texts.slice(0, rows - 1), clip(texts.slice(rows - 1).join(' '), columns, display.glyphs.more)];
  return shown.map((text, index) =>
    index === 0 ? line(head, span(text.slice(head.text.length), tone)) : line(span(text, tone)),
  );
};

const connectingLines = (snapshot: Snapshot, display: Display): readonly Line[] => {
  const search = snapshot.view?.live.watchState.located?.search;
  const detail =
    search?.known === false
      ? display.text(search.why.message)
      : 'waiting for the first answers of the cluster and of Frigate';
  return [line(span(`${display.glyphs.status.unknown} CONNECTING`, 'doubt'), span(`  ${detail}`))];
};

/** At most so many lines, the most important first. */
export const bannerLines = (snapshot: Snapshot, rows: number, columns: number, display: Display): readonly Line[] => {
  const {view, freshness} = snapshot;
  if (view === null || !view.live.complete)
    return connectingLines(snapshot, display).map((one) => clipLine(one, columns, display.glyphs.more));
  const troubles = freshness.troubles.map((trouble) =>
    line(span(`${display.glyphs.status.unknown} ${display.text(trouble)}`, 'doubt')),
  );
  const first = wrapped(
    silenceLine(snapshot, display) ?? verdictLine(view, freshness.live, display),
    columns,
    rows >= 3 ? 2 : 1,
    display,
  );
  // A source that does not answer is more important than the second half of a sentence.
  const left = rows - first.length;
  const kept = Math.max(1, left - Math.min(troubles.length, Math.max(0, left - 1)));
  const whole = wrapText(repairText(view, display), columns);
  const repair =
    columns < NARROW || (kept === 1 && whole.length > 1)
      ? [briefRepair(view, display)]
      : whole.length <= kept
        ? whole
        : [...whole.slice(0, kept - 1), whole.slice(kept - 1).join(' ')];
  const lines = [...first, ...repair.map((text) => line(text)), ...troubles, line(span(countsOf(view), 'faint'))];
  return lines.slice(0, rows).map((one) => clipLine(one, columns, display.glyphs.more));
};

/** All there is on a terminal with one line. */
export const oneLine = (snapshot: Snapshot, columns: number, display: Display): Line => {
  const {view, freshness} = snapshot;
  if (view === null || !view.live.complete)
    return clipLine(connectingLines(snapshot, display)[0] ?? [], columns, display.glyphs.more);
  const {decision} = view.live.judgement;
  const silence = silenceLine(snapshot, display);
  if (silence !== null) return clipLine(silence, columns, display.glyphs.more);
  const stale = freshness.live ? [] : [span(`${freshness.text} `, 'bad')];
  return clipLine(
    [
      ...stale,
      ...verdictLine(view, freshness.live, display),
      span(`  ${decision.action.toUpperCase()} ${decision.rule}`),
    ],
    columns,
    display.glyphs.more,
  );
};
