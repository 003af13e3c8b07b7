/** Everything about one camera, one detector or one check: numbers, evidence, what it comes to and what to type. */
import {catalogue} from '../../core/checks/catalogue.js';
import type {CheckId, Finding, Status} from '../../core/finding.js';
import {evidenceInWords} from '../../report/words.js';
import {fixLines} from '../../report/layout.js';
import {sparkline} from '../glyphs.js';
import {blank, line, span, wrapText, type Line, type Tone} from '../text.js';
import type {Snapshot} from '../store.js';
import type {Detail, Ui} from '../ui.js';
import type {View} from '../view/view.js';
import {rfc3339} from '../../core/time.js';
import {changeLine, changed, logLine} from './lists.js';
import {decimal, mark, type Pen} from './pen.js';
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

/** A fix is copied by hand: it is wrapped where it must be, never cut (check-ux R17). */
const fixOf = (fix: string, width: number, pen: Pen): readonly Line[] =>
  fixLines(fix, Math.max(20, width - LABEL))
    .flatMap((text) => wrapText(pen.text(text), Math.max(20, width - LABEL)))
    .map((text, index) => fact(index === 0 ? 'fix' : '', text, 'accent'));

const findingLines = (finding: Finding, width: number, pen: Pen): readonly Line[] => [
  line(mark(pen, finding.status, `${finding.id} ${finding.status}`), span(`  ${pen.text(finding.summary)}`)),
  ...finding.evidence.flatMap((evidence, index) =>
    wrapText(pen.text(evidenceInWords(evidence)), Math.max(20, width - LABEL)).map((text, part) =>
      fact(index === 0 && part === 0 ? 'evidence' : '', text),
    ),
  ),
  ...(finding.because === null ? [] : paragraph('because', pen.text(finding.because), width)),
  ...(finding.cause === null
    ? []
    : [
        fact(
          'cause',
          `${finding.cause}; ${finding.cure === 'restart' ? 'a restart cures it' : 'a restart does not cure it'}`,
        ),
      ]),
  ...(finding.fix === null ? [] : fixOf(finding.fix, width, pen)),
];

const findingsNamed = (view: View, ids: readonly CheckId[]): readonly Finding[] =>
  view.checks.filter(({id}) => ids.includes(id));

/** What is not well without a check that names it is a consequence of what the verdict tells. */
const unnamed = (
  {
    live: {
      judgement: {diagnosis},
    },
  }: View,
  status: Status,
  width: number,
  pen: Pen,
): readonly Line[] =>
  isWell(status) || diagnosis.health === 'healthy'
    ? [line(span('no check says anything against it', 'good'))]
    : paragraph('because', pen.text(`no check names it; what stands above it: ${diagnosis.summary}`), width);

const problems = (view: View, ids: readonly CheckId[], status: Status, width: number, pen: Pen): readonly Line[] =>
  ids.length === 0
    ? [blank, ...unnamed(view, status, width, pen)]
    : findingsNamed(view, ids).flatMap((finding) => [blank, ...findingLines(finding, width, pen)]);

const history = (snapshot: Snapshot, concerns: (subject: string) => boolean, pen: Pen): readonly Line[] => {
  const changes = snapshot.changes.filter(({subject}) => concerns(subject)).slice(-LAST);
  return changes.length === 0
    ? []
    : [blank, title('What happened'), ...changes.map((change) => changeLine(change, pen))];
};

const logOf = ({live: {board}}: View, camera: string, pen: Pen): readonly Line[] => {
  const lines = board.lines.filter((one) => one.camera === camera).slice(-LAST);
  return lines.length === 0 ? [] : [blank, title('What the log says'), ...lines.map((one) => logLine(one, pen))];
};

/** Of numbers that are old nothing is claimed: what they were stands under a line that says so. */
const titleOf = (
  what: string,
  name: string,
  {status, state}: {readonly status: Status; readonly state: string},
  {freshness: {live, text}}: Snapshot,
  pen: Pen,
): readonly Line[] => [
  line(
    span(`${what} `, 'faint'),
    span(pen.text(name), 'strong'),
    span('  '),
    live ? mark(pen, status, state) : span(`${pen.glyphs.status.unknown} was ${state}`, 'doubt'),
  ),
  ...(live ? [] : [line(span(`${text}: what stands here is of then`, 'bad'))]),
];

const gone = (what: string): readonly Line[] => [line(span(`${what} is not there any more`, 'faint'))];

const cameraDetail = (snapshot: Snapshot, view: View, name: string, width: number, pen: Pen): readonly Line[] => {
  const row = view.cameras.find((camera) => camera.name === name);
  if (row === undefined) return gone(`camera ${pen.text(name)}`);
  const graph = Math.max(10, Math.min(80, width - LABEL - 16));
  return [
    ...titleOf('Camera', name, row, snapshot, pen),
    blank,
    ...paragraph(
      'frames',
      `${decimal(row.fps, 1, pen)} of ${decimal(row.wanted, 0, pen)} fps delivered, ${decimal(row.process, 1, pen)} processed, ${decimal(row.skipped, 1, pen)} skipped, ${decimal(row.detection, 1, pen)} detections a second`,
      width,
    ),
    ...(pen.plain
      ? []
      : [
          fact(
            'last 20 min',
            `${sparkline(row.trend, row.wanted ?? 5, graph, pen.glyphs)}  0 to ${decimal(row.wanted ?? 5, 0, pen)} fps`,
            'accent',
          ),
        ]),
    fact('recording', recordingInWords(row)),
    fact('source', row.hosts.length === 0 ? 'not known' : row.hosts.map(pen.text).join(', ')),
    ...problems(view, row.findings, row.status, width, pen),
    ...logOf(view, name, pen),
    ...history(snapshot, (subject) => subject === name, pen),
  ];
};

const detectorDetail = (snapshot: Snapshot, view: View, name: string, width: number, pen: Pen): readonly Line[] => {
  const row = view.detectors.find((detector) => detector.name === name);
  if (row === undefined) return gone(`detector ${pen.text(name)}`);
  const graph = Math.max(10, Math.min(80, width - LABEL - 18));
  return [
    ...titleOf('Detector', name, {status: row.status, state: row.status}, snapshot, pen),
    blank,
    fact('type', pen.text(row.type ?? 'not known')),
    fact('inference', `${decimal(row.inference, 1, pen)} ms (limit ${row.limit} ms)`),
    ...(pen.plain
      ? []
      : [fact('last 20 min', `${sparkline(row.trend, row.limit, graph, pen.glyphs)}  0 to ${row.limit} ms`, 'accent')]),
    fact(
      'busy',
      row.busy === null
        ? 'no inference was under way at the last snapshot'
        : `one inference had taken ${row.busy.toFixed(1)} s`,
    ),
    fact('process', row.pidChanges === 0 ? 'the same all the time' : `was another one ${row.pidChanges} times`),
    ...(row.temperature === null ? [] : [fact('temperature', `${row.temperature.toFixed(1)} deg C`)]),
    ...problems(view, row.findings, row.status, width, pen),
    ...history(snapshot, (subject) => row.findings.some((id) => id === subject), pen),
  ];
};

const plainText = (markdown: string): string => markdown.replaceAll('`', '').replace(/\s+/g, ' ');

const checkDetail = (snapshot: Snapshot, view: View, id: string, width: number, pen: Pen): readonly Line[] => {
  const finding = view.checks.find((one) => one.id === id);
  const check = catalogue.find((one) => one.id === id);
  if (finding === undefined || check === undefined) return gone(`check ${pen.text(id)}`);
  const {folded} = view.live.judgement.diagnosis;
  const under = folded.find((fold) => fold.id === finding.id)?.under;
  return [
    line(span(`${check.id} `, 'faint'), span(check.title, 'strong')),
    blank,
    ...findingLines(finding, width, pen),
    ...(under === undefined ? [] : [fact('explained', `a consequence of ${under}`)]),
    blank,
    ...(['what', 'limits', 'cure', 'next'] as const).flatMap((part) =>
      paragraph(
        {what: 'what it is', limits: 'limits', cure: 'restart', next: 'what to do'}[part],
        pen.text(plainText(check.docs[part])),
        width,
      ),
    ),
    ...history(snapshot, (subject) => subject === id, pen),
  ];
};

const logDetail = (snapshot: Snapshot, ui: Ui, key: string, width: number, pen: Pen): readonly Line[] => {
  const row = logRowAt(snapshot, ui, key);
  if (row === null) return gone('this line of the log');
  return [
    line(span("Frigate's log ", 'faint'), span(row.signature, 'strong')),
    blank,
    fact('time', rfc3339(row.at)),
    ...(row.camera === null ? [] : [fact('camera', pen.text(row.camera))]),
    ...paragraph('line', pen.text(row.text), width),
  ];
};

const changeDetail = (
  snapshot: Snapshot,
  view: View,
  ui: Ui,
  key: string,
  width: number,
  pen: Pen,
): readonly Line[] => {
  const row = changeRowAt(snapshot, ui, key);
  if (row === null) return gone('this event');
  const finding = row.kind === 'check' ? view.checks.find(({id}) => id === row.subject) : undefined;
  return [
    line(span('Event ', 'faint'), mark(pen, row.status, pen.text(row.subject))),
    blank,
    fact('time', rfc3339(row.at)),
    ...paragraph('what', changed(row, pen), width),
    ...(row.detail === '' ? [] : paragraph('told', pen.text(row.detail), width)),
    ...(finding === undefined ? [] : [blank, title('How it stands now'), ...findingLines(finding, width, pen)]),
  ];
};

/** Longer than the screen where need be: the caller scrolls. */
export const detailLines = (
  {panel, key}: Detail,
  snapshot: Snapshot,
  ui: Ui,
  width: number,
  pen: Pen,
): readonly Line[] => {
  const {view} = snapshot;
  if (view === null) return [];
  switch (panel) {
    case 'cameras':
      return cameraDetail(snapshot, view, key, width, pen);
    case 'detectors':
      return detectorDetail(snapshot, view, key, width, pen);
    case 'checks':
      return checkDetail(snapshot, view, key, width, pen);
    case 'log':
      return logDetail(snapshot, ui, key, width, pen);
    case 'events':
      return changeDetail(snapshot, view, ui, key, width, pen);
  }
};
