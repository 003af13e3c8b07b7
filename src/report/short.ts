/** `-o short`: the verdict and one line for each problem, to paste into a chat. */
import {inOneLine} from '../core/finding.js';
import {clean, hanging} from './layout.js';
import {themeOf} from './look.js';
import type {Look} from './look.js';
import {problemsOf} from './problems.js';
import type {CheckReport} from './report.js';
import {headerParts, repairInWords, verdict} from './words.js';

const INDENT = 4;

export const renderShort = (report: CheckReport, look: Look): string => {
  const theme = themeOf(look);
  const lines = [
    ...hanging('', headerParts(report).join(theme.separator), 2, look.columns),
    ...report.errors.flatMap((error) =>
      hanging(`${theme.symbol('critical')} ${error.code}  `, clean(error.message), INDENT, look.columns, (prefix) =>
        theme.status('critical', prefix),
      ),
    ),
    ...problemsOf(report).flatMap(({check, explains}) =>
      hanging(
        `${theme.symbol(check.status)} ${check.id} ${check.status}  `,
        clean(inOneLine(check)) +
          (explains.length === 0 ? '' : ` (explains ${explains.map((other) => other.id).join(', ')})`),
        INDENT,
        look.columns,
        (prefix) => theme.status(check.status, prefix),
      ),
    ),
    ...(report.checks.length === 0 && report.errors.length > 0
      ? []
      : [...hanging('', verdict(report), 0, look.columns), ...hanging('', repairInWords(report), 0, look.columns)]),
  ];
  return `${lines.join('\n')}\n`;
};
