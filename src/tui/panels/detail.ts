/** Everything about one camera, one detector or one check: numbers, evidence, what follows and the command to type. */
import {catalogue} from '../../core/checks/catalogue.js';
import {isCureKnown, type CheckId, type Fix, type Status} from '../../core/finding.js';
import {evidenceInWords} from '../../report/words.js';
import {fixLines} from '../../report/layout.js';
import {sparkline} from '../glyphs.js';
import {blank, line, span, wrapText, type Line, type Tone} from '../text.js';
import type {Snapshot} from '../store.js';
import type {Detail, Ui} from '../ui.js';
import {fixOf, isOwn, reasonOf, type ShownCheck} from '../view/own-checks.js';
import type {View} from '../view/view.js';
import {rfc3339} from '../../core/time.js';
import {changeLine, changed, logLine} from './lists.js';
import {decimal, mark, type Display} from './display.js';
import {recordingInWords} from './recording.js';
import {changeRowAt, logRowAt} from './rows.js';

const LABEL = 12;
const LAST = 8;

const fact = (label: string, text: string, tone: Tone = 'plain'): Line =>
  line(span(label.padEnd(LABEL), 'faint'), span(text, tone));
const isWell = (status: Status): boolean => status === 'ok' || status === 'info' || status === 'skipped';
const title = (text: string): Line => line(span(text, 'strong'));

const paragraph = (label: string, text: string, width: number): readonly Line[] =>
  wrapText(text, Math.max(20, width - LABEL)).map((part, index) => fact(index === 0 ? label : '', part));

/** A fix is copied by hand: it is wrapped where it must be, never cut. */
const linesOf = (fix: Fix, width: number, display: Display): readonly Line[] =>
  fixLines(fix, Math.max(20, width - LABEL))
    .flatMap((text) => wrapText(display.text(text), Math.max(20, width - LABEL)))
    .map((text, index) => fact(index === 0 ? 'fix' : '', text, 'accent'));

const findingLines = (finding: ShownCheck, width: number, display: Display): readonly Line[] => [
  line(mark(display, finding.status, `${finding.id} ${finding.status}`), span(`  ${display.text(finding.summary)}`)),
  ...finding.evidence.flatMap((evidence, index) =>
    wrapText(display.text(evidenceInWords(evidence)), Math.max(20, width - LABEL)).map((text, part) =>
      fact(index === 0 && part === 0 ? 'evidence' : '', text),
    ),
  ),
  ...whyLines(reasonOf(finding), width, display),
  ...causeLines(finding),
  ...stepLines(fixOf(finding), width, display),
];

const whyLines = (reason: string | null, width: number, display: Display): readonly Line[] =>
  reason === null ? [] : paragraph('reason', display.text(reason), width);

const causeLines = (finding: ShownCheck): readonly Line[] => {
  const isBad = finding.status === 'warning' || finding.status === 'critical';
  const cause = isOwn(finding) ? (isBad ? 'dependency' : null) : finding.cause;
  return cause === null ? [] : [fact('cause', `${cause}; ${cureOf(finding)}`)];
};

const stepLines = (steps: Fix | null, width: number, display: Display): readonly Line[] =>
  steps === null ? [] : linesOf(steps, width, display);

const cureOf = (finding: ShownCheck): string => {
  if (isOwn(finding)) return 'a restart does not cure it';
  if (!isCureKnown(finding)) return 'not judged yet whether a restart cures it';
  return finding.cure === 'restart' ? 'a restart cures it' : 'a restart does not cure it';
};

const findingsNamed = (view: View, ids: readonly CheckId[]): readonly ShownCheck[] =>
  view.checks.filter(({id}) => ids.some((one) => one === id));

/** A camera in trouble that no check names suffers from what the verdict names. */
const unnamed = (
  {
    live: {
      judgement: {diagnosis},
    },
  }: View,
  status: Status,
  width: number,
  display: Display,
): readonly Line[] =>
  isWell(status) || diagnosis.health === 'healthy'
    ? [line(span('no check reports a problem', 'good'))]
    : paragraph('reason', display.text(`no check names it; the verdict: ${diagnosis.summary}`), width);

const problems = (
  view: View,
  ids: readonly CheckId[],
  status: Status,
  width: number,
  display: Display,
): readonly Line[] =>
  ids.length === 0
    ? [blank, ...unnamed(view, status, width, display)]
    : findingsNamed(view, ids).flatMap((finding) => [blank, ...findingLines(finding, width, display)]);

const history = (snapshot: Snapshot, concerns: (subject: string) => boolean, display: Display): readonly Line[] => {
  const changes = snapshot.changes.filter(({subject}) => concerns(subject)).slice(-LAST);
  return changes.length === 0
    ? []
    : [blank, title('Recent events'), ...changes.map((change) => changeLine(change, display))];
};

const logOf = ({live: {watchState}}: View, camera: string, display: Display): readonly Line[] => {
  const lines = watchState.lines.filter((one) => one.camera === camera).slice(-LAST);
  return lines.length === 0 ? [] : [blank, title("Frigate's log"), ...lines.map((one) => logLine(one, display))];
};

/** Old numbers get a line that says so. */
const titleOf = (
  what: string,
  name: string,
  {status, state}: {readonly status: Status; readonly state: string},
  {freshness: {live, text}}: Snapshot,
  display: Display,
): readonly Line[] => [
  line(
    span(`${what} `, 'faint'),
    span(display.text(name), 'strong'),
    span('  '),
    live ? mark(display, status, state) : span(`${display.glyphs.status.unknown} was ${state}`, 'doubt'),
  ),
  ...(live ? [] : [line(span(`${text}: these are the last known values`, 'bad'))]),
];

const gone = (what: string): readonly Line[] => [line(span(`${what} does not exist any more`, 'faint'))];

const cameraDetail = (
  snapshot: Snapshot,
  view: View,
  name: string,
  width: number,
  display: Display,
): readonly Line[] => {
  const row = view.cameras.find((camera) => camera.name === name);
  if (row === undefined) return gone(`camera ${display.text(name)}`);
  const graph = Math.max(10, Math.min(80, width - LABEL - 16));
  return [
    ...titleOf('Camera', name, row, snapshot, display),
    blank,
    ...paragraph(
      'frames',
      `${decimal(row.fps, 1, display)} of ${decimal(row.wanted, 0, display)} fps delivered, ${decimal(row.process, 1, display)} processed, ${decimal(row.skipped, 1, display)} skipped, ${decimal(row.detection, 1, display)} detections a second`,
      width,
    ),
    ...(display.plain
      ? []
      : [
          fact(
            'last 20 min',
            `${sparkline(row.trend, row.wanted ?? 5, graph, display.glyphs)}  0 to ${decimal(row.wanted ?? 5, 0, display)} fps`,
            'accent',
          ),
        ]),
    fact('recording', recordingInWords(row)),
    fact('source', row.hosts.length === 0 ? 'not known' : row.hosts.map(display.text).join(', ')),
    ...problems(view, row.findings, row.status, width, display),
    ...logOf(view, name, display),
    ...history(snapshot, (subject) => subject === name, display),
  ];
};

const detectorDetail = (
  snapshot: Snapshot,
  view: View,
  name: string,
  width: number,
  display: Display,
): readonly Line[] => {
  const row = view.detectors.find((detector) => detector.name === name);
  if (row === undefined) return gone(`detector ${display.text(name)}`);
  const graph = Math.max(10, Math.min(80, width - LABEL - 18));
  return [
    ...titleOf('Detector', name, {status: row.status, state: row.status}, snapshot, display),
    blank,
    fact('type', display.text(row.type ?? 'not known')),
    fact('inference', `${decimal(row.inference, 1, display)} ms (limit ${row.limit} ms)`),
    ...(display.plain
      ? []
      : [
          fact(
            'last 20 min',
            `${sparkline(row.trend, row.limit, graph, display.glyphs)}  0 to ${row.limit} ms`,
            'accent',
          ),
        ]),
    fact(
      'busy',
      row.busy === null
        ? 'no inference was running at the last snapshot'
        : `one inference was running for ${row.busy.toFixed(1)} s`,
    ),
    fact('process', row.pidChanges === 0 ? 'not restarted' : `restarted ${row.pidChanges} times`),
    ...(row.temperature === null ? [] : [fact('temperature', `${row.temperature.toFixed(1)} deg C`)]),
    ...problems(view, row.findings, row.status, width, display),
    ...history(snapshot, (subject) => row.findings.some((id) => id === subject), display),
  ];
};

const plainText = (markdown: string): string => markdown.replaceAll('`', '').replace(/\s+/g, ' ');

const checkDetail = (snapshot: Snapshot, view: View, id: string, width: number, display: Display): readonly Line[] => {
  const finding = view.checks.find((one) => one.id === id);
  if (finding !== undefined && isOwn(finding))
    return [
      line(span(`${finding.id} `, 'faint'), span(display.text(finding.title), 'strong')),
      blank,
      ...findingLines(finding, width, display),
      blank,
      ...paragraph('what it is', 'a check of your own (FRIGATE_HC_CHECKS_FILE); no restart comes of it', width),
      ...history(snapshot, (subject) => subject === id, display),
    ];
  const check = catalogue.find((one) => one.id === id);
  if (finding === undefined || check === undefined) return gone(`check ${display.text(id)}`);
  const {folded} = view.live.judgement.diagnosis;
  const under = folded.find((fold) => fold.id === finding.id)?.under;
  return [
    line(span(`${check.id} `, 'faint'), span(check.title, 'strong')),
    blank,
    ...findingLines(finding, width, display),
    ...(under === undefined ? [] : [fact('explained', `a consequence of ${under}`)]),
    blank,
    ...(['what', 'limits', 'cure', 'next'] as const).flatMap((part) =>
      paragraph(
        {what: 'what it is', limits: 'limits', cure: 'restart', next: 'what to do'}[part],
        display.text(plainText(check.docs[part])),
        width,
      ),
    ),
    ...history(snapshot, (subject) => subject === id, display),
  ];
};

const logDetail = (snapshot: Snapshot, ui: Ui, key: string, width: number, display: Display): readonly Line[] => {
  const row = logRowAt(snapshot, ui, key);
  if (row === null) return gone('this log line');
  return [
    line(span("Frigate's log ", 'faint'), span(row.signature, 'strong')),
    blank,
    fact('time', rfc3339(row.at)),
    ...(row.camera === null ? [] : [fact('camera', display.text(row.camera))]),
    ...paragraph('line', display.text(row.text), width),
  ];
};

const changeDetail = (
  snapshot: Snapshot,
  view: View,
  ui: Ui,
  key: string,
  width: number,
  display: Display,
): readonly Line[] => {
  const row = changeRowAt(snapshot, ui, key);
  if (row === null) return gone('this event');
  const finding = row.kind === 'check' ? view.checks.find(({id}) => id === row.subject) : undefined;
  return [
    line(span('Event ', 'faint'), mark(display, row.status, display.text(row.subject))),
    blank,
    fact('time', rfc3339(row.at)),
    ...paragraph('what', changed(row, display), width),
    ...(row.detail === '' ? [] : paragraph('details', display.text(row.detail), width)),
    ...(finding === undefined ? [] : [blank, title('Now'), ...findingLines(finding, width, display)]),
  ];
};

/** Longer than the screen where need be: the caller scrolls. */
export const detailLines = (
  {panel, key}: Detail,
  snapshot: Snapshot,
  ui: Ui,
  width: number,
  display: Display,
): readonly Line[] => {
  const {view} = snapshot;
  if (view === null) return [];
  switch (panel) {
    case 'cameras':
      return cameraDetail(snapshot, view, key, width, display);
    case 'detectors':
      return detectorDetail(snapshot, view, key, width, display);
    case 'checks':
      return checkDetail(snapshot, view, key, width, display);
    case 'log':
      return logDetail(snapshot, ui, key, width, display);
    case 'events':
      return changeDetail(snapshot, view, ui, key, width, display);
  }
};
