/** `check --list` and `check --explain X-…`: the checks of the user's own beside those of the catalogue. */
import {isRead, type CustomCheck} from '../core/custom/custom-check.js';
import {comparisonText, targetOf, VALUE} from '../core/custom/judge-answer.js';
import {maskedLine} from '../core/mask.js';
import {humanDuration} from '../core/time.js';
import {isData, renderValue, type Format} from './render.js';
import {hanging, padded, toAscii} from './layout.js';
import {themeOf, type Style} from './style.js';

const LABEL = 12;

/** What is asked, without its secrets. */
const describedCustom = ({
  id,
  title,
  probe,
  every,
  timeout,
  severity,
  frigate,
  dependsOn,
  fix,
}: CustomCheck): object => ({
  id,
  category: 'custom',
  title,
  cause: 'dependency',
  needs: dependsOn,
  docs: {
    kind: probe.kind,
    target: targetOf(probe),
    ...(isRead(probe) ? {} : {every, timeout}),
    severity,
    frigate,
    fix,
  },
});

const questionOf = ({probe}: CustomCheck): string => {
  const expected = 'expect' in probe && probe.expect !== null ? probe.expect : null;
  const wanted =
    expected === null
      ? ''
      : 'operator' in expected
        ? `, expected ${comparisonText(expected)}`
        : expected.length === 0
          ? ''
          : `, expected ${expected.join(' or ')}`;
  const place =
    probe.kind === 'stats'
      ? `: ${probe.pointer}`
      : probe.kind === 'log'
        ? `: lines of the last ${humanDuration(probe.window)} that match ${maskedLine(probe.pattern, VALUE)}`
        : '';
  return `${probe.kind} ${targetOf(probe)}${place}${wanted}`;
};

export const renderCustomExplanation = async (check: CustomCheck, format: Format, style: Style): Promise<string> => {
  if (isData(format)) return renderValue(describedCustom(check), format);
  const theme = themeOf(style);
  const rows: ReadonlyArray<readonly [string, string]> = [
    ['asks', questionOf(check)],
    ...(isRead(check.probe)
      ? ([['every', 'with each observation of Frigate; nothing is asked for it']] as const)
      : ([
          ['every', `${humanDuration(check.every)} in watch and serve; once in check and run-cron`],
          ['timeout', humanDuration(check.timeout)],
        ] as const)),
    ['severity', check.severity],
    ['Frigate', check.frigate ?? (isRead(check.probe) ? 'each' : 'all of them together')],
    ['depends on', check.dependsOn.length === 0 ? 'nothing' : check.dependsOn.join(', ')],
    ['restart', 'never: what it finds does not reach the decision'],
    ['fix', check.fix ?? 'none is given in the file'],
    ['try', `kubectl frigate-health check --only ${check.id}`],
  ];
  const lines = [
    theme.strong(`${check.id} ${check.title}`),
    ...rows.flatMap(([label, text]) => hanging(padded(label, LABEL), text, LABEL, style.columns)),
  ];
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return style.ascii ? toAscii(text) : text;
};

const ID_WIDTH = 9;
const CATEGORY_WIDTH = 11;
const CAUSE_WIDTH = 11;

/** The rows that follow those of the catalogue; empty where there are none. */
export const customRows = (checks: readonly CustomCheck[], style: Style): string => {
  const lines = checks.flatMap(({id, title}) =>
    hanging(
      padded(id, Math.max(ID_WIDTH, id.length + 1)) +
        padded('custom', CATEGORY_WIDTH) +
        padded('dependency', CAUSE_WIDTH),
      title,
      ID_WIDTH,
      style.columns,
    ),
  );
  const text = lines.map((line) => `${line.trimEnd()}\n`).join('');
  return style.ascii ? toAscii(text) : text;
};

export const describedList = (checks: readonly CustomCheck[]): readonly object[] => checks.map(describedCustom);
