/** `-o text` and `-o wide`: failures first with evidence and fix, then one line per category, the verdict, and what automatic repair would do. */
import {verdictStatus} from '../core/diagnosis/verdict-status.js';
import type {Fix, Status} from '../core/finding.js';
import {clean, fixLines, hanging, padded, wholeLines, widthOf} from './layout.js';
import {themeOf, WORST_FIRST} from './style.js';
import type {Style, Theme} from './style.js';
import {problemsOf} from './problems.js';
import type {Problem} from './problems.js';
import type {CheckReport, ReportedCheck, ReportedError} from '../outcome/check-report.js';
import {
  breakerInWords,
  causeInWords,
  evidenceInWords,
  headerParts,
  objectInWords,
  repairInWords,
  verdict,
} from './words.js';

const LABEL_INDENT = 4;
const LABEL_WIDTH = 10;
const CATEGORY_WIDTH = 11;

interface Page {
  readonly theme: Theme;
  readonly columns: number | null;
}

const labelled = (page: Page, label: string, text: string): readonly string[] =>
  hanging(
    ' '.repeat(LABEL_INDENT) + padded(label, LABEL_WIDTH),
    text,
    LABEL_INDENT + LABEL_WIDTH,
    page.columns,
    page.theme.faint,
  );

const FIX_INDENT = LABEL_INDENT + LABEL_WIDTH;

const fixBlock = ({theme}: Page, lines: readonly string[]): readonly string[] =>
  lines.map(
    (line, index) =>
      (index === 0 ? theme.faint(' '.repeat(LABEL_INDENT) + padded('fix', LABEL_WIDTH)) : ' '.repeat(FIX_INDENT)) +
      line,
  );

const stepLines = ({columns}: Page, steps: Fix): readonly string[] =>
  fixLines(steps, columns === null ? null : Math.max(1, columns - FIX_INDENT));

const headline = (page: Page, check: ReportedCheck): readonly string[] =>
  hanging(
    `${page.theme.symbol(check.status)} ${check.id} ${check.status}  `,
    clean(check.summary),
    LABEL_INDENT,
    page.columns,
    (prefix) => page.theme.status(check.status, prefix),
  );

const problemBlock = (page: Page, {check, explains}: Problem<ReportedCheck>): readonly string[] => [
  ...headline(page, check),
  ...(check.object === null ? [] : labelled(page, 'object', objectInWords(check.object))),
  ...check.evidence.flatMap((evidence, index) =>
    labelled(page, index === 0 ? 'evidence' : '', evidenceInWords(evidence)),
  ),
  ...(check.because === null ? [] : labelled(page, 'because', clean(check.because))),
  ...(check.status === 'unknown' ? [] : labelled(page, 'cause', causeInWords(check))),
  ...explains.flatMap((other, index) =>
    labelled(page, index === 0 ? 'explains' : '', `${other.id} ${other.status}: ${clean(other.summary)}`),
  ),
  ...fixBlock(page, stepLines(page, check.steps)),
  ...labelled(page, 'docs', check.docs),
];

const errorBlock = (page: Page, error: ReportedError): readonly string[] => [
  ...hanging(
    `${page.theme.symbol('critical')} ${error.code}  `,
    clean(error.message),
    LABEL_INDENT,
    page.columns,
    (prefix) => page.theme.status('critical', prefix),
  ),
  ...(error.lastLines ?? []).flatMap((line, index) => labelled(page, index === 0 ? 'last log' : '', clean(line))),
  ...(error.fix === null ? [] : fixBlock(page, wholeLines(error.fix))),
];

const worstOf = (checks: readonly ReportedCheck[]): Status =>
  WORST_FIRST.find((status) => status !== 'skipped' && checks.some((check) => check.status === status)) ?? 'skipped';

const countsOf = (checks: readonly ReportedCheck[]): string =>
  WORST_FIRST.map((status) => ({status, count: checks.filter((check) => check.status === status).length}))
    .filter(({count}) => count > 0)
    .map(({status, count}) => `${count} ${status}`)
    .join(', ');

/** As many of the good summaries as fit on the rest of the line; they are for orientation only and stand whole in `wide`. */
const highlights = (checks: readonly ReportedCheck[], space: number): string => {
  let line = '';
  for (const check of checks) {
    const next = line === '' ? clean(check.summary) : `${line}; ${clean(check.summary)}`;
    if (widthOf(next) > space) break;
    line = next;
  }
  return line;
};

const skippedNote = (checks: readonly ReportedCheck[]): string => {
  const reasons = new Set(
    checks.filter((check) => check.status === 'skipped').map((check) => clean(check.because ?? check.summary)),
  );
  const note = [...reasons].join('; ');
  return note === '' || checks.every((check) => check.status === 'skipped') ? note : `skipped: ${note}`;
};

const HIGHLIGHT_COLUMNS = 100;

const categoryLine = (
  page: Page,
  category: ReportedCheck['category'],
  checks: readonly ReportedCheck[],
  countsWidth: number,
): readonly string[] => {
  const worst = worstOf(checks);
  const head = `${page.theme.symbol(worst)} ${padded(category, CATEGORY_WIDTH)} `;
  const counts = countsOf(checks);
  const prefix = `${head}${padded(counts, countsWidth)}  `;
  const space = (page.columns ?? HIGHLIGHT_COLUMNS) - widthOf(prefix);
  // An info is never left out: nothing else on the page says it. What is ok is for orientation, as far as there is space.
  const infos = checks
    .filter((check) => check.status === 'info')
    .map((check) => clean(check.summary))
    .join('; ');
  const isCalm = worst === 'ok' || worst === 'info';
  const good = isCalm
    ? highlights(
        checks.filter((check) => check.status === 'ok'),
        space - (infos === '' ? 0 : widthOf(infos) + 2),
      )
    : '';
  const said = [infos, good, skippedNote(checks)].filter((part) => part !== '').join('; ');
  const inColour = (text: string): string => page.theme.status(worst, text);
  // Many counts on a narrow page are wrapped like what follows them.
  return page.columns !== null && widthOf(`${head}${counts}`) > page.columns
    ? hanging(head, said === '' ? counts : `${counts}; ${said}`, LABEL_INDENT, page.columns, inColour)
    : hanging(prefix, said, LABEL_INDENT, page.columns, inColour);
};

const byCategory = (
  checks: readonly ReportedCheck[],
): ReadonlyMap<ReportedCheck['category'], readonly ReportedCheck[]> => Map.groupBy(checks, (check) => check.category);

const wideCategory = (
  page: Page,
  category: ReportedCheck['category'],
  checks: readonly ReportedCheck[],
): readonly string[] => [
  page.theme.strong(category),
  ...checks.flatMap((check) => [
    ...headline(page, check),
    ...labelled(page, 'title', `${check.title} (${check.durationMs} ms)`),
    ...(check.status === 'ok'
      ? check.evidence.flatMap((evidence, index) =>
          labelled(page, index === 0 ? 'evidence' : '', evidenceInWords(evidence)),
        )
      : []),
    ...(check.status === 'skipped' && check.because !== null ? labelled(page, 'because', clean(check.because)) : []),
  ]),
  '',
];

const settingsBlock = (page: Page, report: CheckReport): readonly string[] =>
  report.settings.length === 0
    ? []
    : [
        page.theme.strong('settings'),
        ...report.settings.flatMap((setting) =>
          hanging(
            `  ${clean(setting.name)} `,
            `${clean(setting.value)}  (${clean(setting.origin)})`,
            LABEL_INDENT,
            page.columns,
          ),
        ),
        '',
      ];

const verdictBlock = (page: Page, report: CheckReport): readonly string[] => {
  const [health = '', rest = ''] = verdict(report).split(/(?<=^\w+: )/);
  const worst = verdictStatus(report.summary.health, report.summary.counts.critical > 0);
  return [
    ...hanging(health, rest, 0, page.columns, (text) => page.theme.status(worst, text)),
    ...hanging('', repairInWords(report), 0, page.columns),
    // Without a Frigate there is nothing that a breaker would hold.
    ...(report.metadata.target === null && report.decision.breaker.state !== 'unknown'
      ? []
      : hanging('', breakerInWords(report.decision), 0, page.columns)),
  ];
};

/** The report for people. `wide` lists every check and every setting as well. */
export const renderText = (report: CheckReport, style: Style, wide = false): string => {
  const page: Page = {theme: themeOf(style), columns: style.columns};
  const categories = [...byCategory(report.checks)];
  const countsWidth = Math.max(0, ...categories.map(([, checks]) => widthOf(countsOf(checks))));
  const lines = [
    ...hanging('', headerParts(report).join(page.theme.separator), 2, page.columns),
    '',
    ...report.errors.flatMap((error) => [...errorBlock(page, error), '']),
    ...problemsOf(report).flatMap((problem) => [...problemBlock(page, problem), '']),
    ...categories.flatMap(([category, checks]) =>
      wide ? wideCategory(page, category, checks) : categoryLine(page, category, checks, countsWidth),
    ),
    ...(wide || categories.length === 0 ? [] : ['']),
    ...(wide ? settingsBlock(page, report) : []),
    ...(report.checks.length === 0 && report.errors.length > 0 ? [] : verdictBlock(page, report)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
};
