/** `state` for people: breaker first, then what it rests on, readable at a glance. */
import {inContext} from '../core/checks/kubectl.js';
import {humanDuration, milliseconds} from '../core/time.js';
import {clean, hanging, toAscii} from './layout.js';
import {themeOf, type Look, type Theme} from './look.js';
import {masked} from './render.js';
import type {StateReport} from './state-report.js';
import type {Status} from '../core/finding.js';

const LABEL = 12;

interface Page {
  readonly theme: Theme;
  readonly look: Look;
}

export const renderStateText = (given: StateReport, look: Look): string => {
  const report = masked(given);
  const page: Page = {theme: themeOf(look), look};
  const {metadata} = report;
  const lines = [
    page.theme.strong(
      [
        `frigate-health ${metadata.version}`,
        ...(metadata.context === null ? [] : [`context ${clean(metadata.context)}`]),
        `namespace ${clean(metadata.namespace)}`,
        `ConfigMap ${clean(metadata.name)}`,
        metadata.generatedAt,
      ].join(page.theme.separator),
    ),
    '',
    ...problems(page, report),
    ...line(page, breakerStatus(report), 'breaker', breakerWords(report)),
    ...line(page, report.streak.count > 0 ? 'warning' : 'ok', 'streak', streakWords(report)),
    ...line(page, passStatus(report), 'last pass', passWords(report)),
    ...line(page, report.incident === null ? 'ok' : report.incident.worst, 'incident', incidentWords(report)),
    ...line(
      page,
      report.outbox.some((entry) => entry.deliveredAt === null) ? 'warning' : 'ok',
      'outbox',
      outboxWords(report),
    ),
    '',
    page.theme.strong('restarts'),
    ...restarts(page, report),
    '',
    page.theme.strong('decisions'),
    ...decisions(page, report),
  ];
  const text = `${lines.join('\n')}\n`;
  return look.ascii ? toAscii(text) : text;
};

const line = ({theme, look}: Page, status: Status, label: string, words: string): readonly string[] =>
  hanging(`${theme.symbol(status)} ${label.padEnd(LABEL)}`, clean(words), LABEL + 2, look.columns, (prefix) =>
    theme.status(status, prefix),
  );

const row = ({look}: Page, words: string): readonly string[] => hanging('  ', clean(words), 4, look.columns);

const problems = (page: Page, report: StateReport): readonly string[] => {
  const fresh =
    report.reading === 'fresh'
      ? [
          `nothing is remembered yet: no pass has stored its state; ${typed(report, 'check', '--only FRG-105')} tells whether one runs`,
        ]
      : [];
  const newer =
    report.reading === 'newer' ? ['it was written by a newer version of this tool, which has to read it'] : [];
  return [
    ...[...report.problems, ...newer].flatMap((problem) => line(page, 'critical', 'state', problem)),
    ...fresh.flatMap((problem) => line(page, 'info', 'state', problem)),
  ];
};

/** A command for the same place. */
const typed = ({metadata: {context, namespace}}: StateReport, command: string, ...more: readonly string[]): string =>
  [`kubectl frigate-health ${command}${inContext(context)} -n ${namespace}`, ...more].join(' ');

const breakerStatus = ({breaker}: StateReport): Status =>
  breaker.state === 'locked' ? 'critical' : breaker.state === 'closed' ? 'ok' : 'warning';

const breakerWords = (report: StateReport): string => {
  const {breaker} = report;
  const until = breaker.until === null ? '' : ` until ${breaker.until}`;
  const why = breaker.why === null ? '' : `: ${breaker.why}`;
  const lift = breaker.state === 'locked' ? `; ${typed(report, 'reset-breaker', '--reason "…"')} unlocks it` : '';
  const reset =
    breaker.reset === null
      ? ''
      : `; last reset ${breaker.reset.at} by ${breaker.reset.by}${breaker.reset.reason === null ? '' : ` (${breaker.reset.reason})`}`;
  return `${breaker.state}${until}${why}; ${breaker.usedThisHour} of ${breaker.limitPerHour} restarts used in the last hour, ${breaker.usedToday} of ${breaker.limitPerDay} in the last 24 hours${lift}${reset}`;
};

const streakWords = ({streak}: StateReport): string =>
  streak.count === 0
    ? `0 of ${streak.needed} failures in a row`
    : `${streak.count} of ${streak.needed} failures in a row since ${streak.since ?? '?'} (cause ${streak.cause ?? 'not known'})`;

const passStatus = ({lastPass}: StateReport): Status =>
  lastPass === null ? 'unknown' : lastPass.overdue ? 'critical' : 'ok';

const passWords = (report: StateReport): string => {
  const {lastPass} = report;
  if (lastPass === null) return 'none yet';
  const age = humanDuration(milliseconds(lastPass.ageSeconds * 1000));
  return `${age} ago by ${lastPass.by}: ${lastPass.result}${lastPass.overdue ? `; overdue: ${typed(report, 'check', '--only FRG-105')} tells why` : ''}`;
};

const incidentWords = ({incident}: StateReport): string => {
  if (incident === null) return 'none';
  const quiet = incident.quietSince === null ? '' : `; quiet since ${incident.quietSince}`;
  const told = incident.told
    ? `${incident.alerts} ${incident.alerts === 1 ? 'alert' : 'alerts'} decided`
    : 'nobody was told: no alert channel is configured';
  return `since ${incident.since}: ${incident.summary} (${[incident.cause, ...incident.findings].join(', ')}); ${told}${quiet}`;
};

const outboxWords = ({outbox}: StateReport): string => {
  const waiting = outbox.filter((entry) => entry.deliveredAt === null);
  if (waiting.length === 0) return outbox.length === 0 ? 'empty' : `empty; ${outbox.length} delivered in the last day`;
  const error = waiting.find((entry) => entry.lastError !== null)?.lastError ?? null;
  return `${waiting.length} waiting since ${waiting[0]?.at ?? '?'}${error === null ? '' : `; last error: ${error}`}`;
};

const outcomes: Readonly<Record<StateReport['restarts'][number]['phase'], string>> = {
  intended: 'intended; not known yet whether it was sent',
  acted: 'sent; not known yet whether it helped',
  helped: 'helped',
  'did-not-help': 'did not help',
  abandoned: 'never reached the workload',
  unjudged: 'nobody watched whether it helped',
};

const restarts = (page: Page, report: StateReport): readonly string[] =>
  report.restarts.length === 0
    ? row(page, 'none in the last 7 days')
    : [...report.restarts]
        .reverse()
        .flatMap((restart) =>
          row(
            page,
            `${restart.at}  ${outcomes[restart.phase]}; cause ${restart.cause}, rule ${restart.rule}, by ${restart.who}: ${restart.reason}`,
          ),
        );

const decisions = (page: Page, report: StateReport): readonly string[] =>
  report.decisions.length === 0
    ? row(page, 'none yet')
    : [...report.decisions]
        .reverse()
        .flatMap((decision) =>
          row(page, `${decision.at}  ${decision.action} by ${decision.rule}, ${decision.health}: ${decision.reason}`),
        );
