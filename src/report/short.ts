/** `-o short`: the verdict and one line for each problem, to paste into a chat. */
import {clean, hanging} from './layout.js';
import {themeOf} from './style.js';
import type {Style} from './style.js';
import {problemsOf} from './problems.js';
import type {CheckReport, ReportedCheck} from '../outcome/check-report.js';
import {headerParts, repairInWords, verdict} from './words.js';

const INDENT = 4;

/** What is not known stands there with its reason. */
const saidOf = ({status, summary, because}: ReportedCheck): string =>
  status === 'unknown' && because !== null ? `${summary} (${because})` : summary;

export const renderShort = (report: CheckReport, style: Style): string => {
  const theme = themeOf(style);
  const lines = [
    ...hanging('', headerParts(report).join(theme.separator), 2, style.columns),
    ...report.errors.flatMap((error) =>
      hanging(`${theme.symbol('critical')} ${error.code}  `, clean(error.message), INDENT, style.columns, (prefix) =>
        theme.status('critical', prefix),
      ),
    ),
    ...problemsOf(report).flatMap(({check, explains}) =>
      hanging(
        `${theme.symbol(check.status)} ${check.id} ${check.status}  `,
        clean(saidOf(check)) +
          (explains.length === 0 ? '' : ` (explains ${explains.map((other) => other.id).join(', ')})`),
        INDENT,
        style.columns,
        (prefix) => theme.status(check.status, prefix),
      ),
    ),
    ...(report.checks.length === 0 && report.errors.length > 0
      ? []
      : [...hanging('', verdict(report), 0, style.columns), ...hanging('', repairInWords(report), 0, style.columns)]),
  ];
  return `${lines.join('\n')}\n`;
};
