/** `state` for people: breaker first, then what it rests on, readable at a glance. */
import {contextOf} from '../core/cluster-context.js';
import {inContext} from '../core/checks/kubectl.js';
import {plural} from '../core/checks/evidence/wording.js';
import {humanDuration, milliseconds} from '../core/time.js';
import {clean, hanging, toAscii} from './layout.js';
import {themeOf, type Style, type Theme} from './style.js';
import {masked} from './render.js';
import type {StateReport} from '../outcome/state-report.js';
import type {Status} from '../core/finding.js';

const LABEL = 12;

interface Page {
  readonly theme: Theme;
  readonly style: Style;
}

export const renderStateText = (given: StateReport, style: Style): string => {
  const report = masked(given);
  const page: Page = {theme: themeOf(style), style};
  const {metadata} = report;
  const lines = [
    page.theme.strong(
      [
        `frigate-health ${metadata.version}`,
        `context ${clean(metadata.context)}`,
        `namespace ${clean(metadata.namespace)}`,
        `ConfigMap ${clean(metadata.name)}`,
        metadata.generatedAt,
      ].join(page.theme.separator),
    ),
    '',
    ...problems(page, report),
    ...(report.pause === null ? [] : line(page, 'warning', 'paused', pauseWords(report.pause))),
    ...line(page, breakerStatus(report), 'breaker', breakerWords(report)),
    ...line(page, report.streak.count > 0 ? 'warning' : 'ok', 'streak', streakWords(report)),
    ...line(page, passStatus(report), 'last pass', passWords(report)),
    ...line(page, report.incident === null ? 'ok' : report.incident.worst, 'incident', incidentWords(report)),
    ...(report.healed.length === 0 ? [] : line(page, 'info', 'healed', healedWords(report))),
    ...line(
      page,
      report.outbox.some((entry) => entry.deliveredAt === null) ? 'warning' : 'ok',
      'outbox',
      outboxWords(report),
    ),
    ...settingLines(page, report),
    '',
    page.theme.strong('restarts'),
    ...restarts(page, report),
    '',
    page.theme.strong('decisions'),
    ...decisions(page, report),
  ];
  const text = `${lines.join('\n')}\n`;
  return style.ascii ? toAscii(text) : text;
};

const line = ({theme, style}: Page, status: Status, label: string, words: string): readonly string[] =>
  hanging(`${theme.symbol(status)} ${label.padEnd(LABEL)}`, clean(words), LABEL + 2, style.columns, (prefix) =>
    theme.status(status, prefix),
  );

const row = ({style}: Page, words: string): readonly string[] => hanging('  ', clean(words), 4, style.columns);

const problems = (page: Page, report: StateReport): readonly string[] => {
  const fresh =
    report.reading === 'fresh'
      ? [
          `there is no state yet: no pass has stored one; ${typed(report, 'check', '--only FRG-105')} shows whether one runs`,
        ]
      : [];
  const newer =
    report.reading === 'newer'
      ? ['it was written by a newer version of this program; use that version to read it']
      : [];
  return [
    ...[...report.problems, ...newer].flatMap((problem) => line(page, 'critical', 'state', problem)),
    ...fresh.flatMap((problem) => line(page, 'info', 'state', problem)),
  ];
};

/** A command for the same place. */
const typed = ({metadata}: StateReport, command: string, ...more: readonly string[]): string =>
  [`kubectl frigate-health ${command}${inContext(contextOf(metadata))} -n ${metadata.namespace}`, ...more].join(' ');

const pauseWords = ({until, reason}: NonNullable<StateReport['pause']>): string =>
  `until ${until}${reason === null ? '' : `: ${reason}`}; nothing is restarted and nothing is notified until then`;

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
  return `${breaker.state}${until}${why}; ${plural(breaker.usedThisHour, 'restart')} in the last hour (limit ${breaker.limitPerHour}), ${breaker.usedToday} in the last 24 hours (limit ${breaker.limitPerDay})${lift}${reset}`;
};

const streakWords = ({streak}: StateReport): string =>
  streak.count === 0
    ? `no failure (${streak.needed} in a row required for a restart)`
    : `${plural(streak.count, 'failure')} in a row since ${streak.since ?? '?'} (${streak.needed} required for a restart; cause ${streak.cause ?? 'not known'})`;

const passStatus = ({lastPass}: StateReport): Status =>
  lastPass === null ? 'unknown' : lastPass.overdue ? 'critical' : 'ok';

/** Who acts: the daemon, or the CronJob in its place. */
const serveWords = ({serve}: StateReport): string => {
  if (serve === null) return '';
  return serve.active
    ? '; serve is active'
    : `; serve has not run for ${humanDuration(milliseconds(serve.ageSeconds * 1000))}`;
};

const passWords = (report: StateReport): string => {
  const {lastPass} = report;
  if (lastPass === null) return 'none yet';
  const age = humanDuration(milliseconds(lastPass.ageSeconds * 1000));
  return `${age} ago by ${lastPass.by}: ${lastPass.result}${serveWords(report)}${lastPass.overdue ? `; overdue: ${typed(report, 'check', '--only FRG-105')} shows why` : ''}`;
};

const incidentWords = ({incident}: StateReport): string => {
  if (incident === null) return 'none';
  const quiet = incident.quietSince === null ? '' : `; quiet since ${incident.quietSince}`;
  const notified = incident.told
    ? `${incident.alerts} ${incident.alerts === 1 ? 'notification' : 'notifications'}`
    : 'not notified: no alert channel is configured';
  const {ack} = incident;
  const known =
    ack === null
      ? ''
      : `; acknowledged ${ack.at} by ${ack.by}${ack.reason === null ? '' : ` (${ack.reason})`}: no reminders`;
  return `since ${incident.since}: ${incident.summary} (${[incident.cause, ...incident.findings].join(', ')}); ${notified}${quiet}${known}`;
};

/** Ended and ran again by itself: no incident, but worth a line. */
const healedWords = ({healed}: StateReport): string =>
  `${healed.length === 1 ? 'the container ended once' : `the container ended ${healed.length} times`} in the last day and ran again: ${healed
    .slice(-3)
    .map(({at, words}) => `${at} ${words}`)
    .join('; ')}`;

const outboxWords = ({outbox}: StateReport): string => {
  const waiting = outbox.filter((entry) => entry.deliveredAt === null);
  if (waiting.length === 0) return outbox.length === 0 ? 'empty' : `empty; ${outbox.length} delivered in the last day`;
  const error = waiting.find((entry) => entry.lastError !== null)?.lastError ?? null;
  return `${waiting.length} waiting since ${waiting[0]?.at ?? '?'}${error === null ? '' : `; last error: ${error}`}`;
};

/** Only what is not a default: by whose settings the limits above hold. */
const settingLines = (page: Page, {settings, settingsProblem}: StateReport): readonly string[] => {
  if (settingsProblem !== null) return line(page, 'unknown', 'settings', settingsProblem);
  const given = settings.filter(({origin}) => origin !== 'default');
  return given.length === 0
    ? []
    : line(page, 'ok', 'settings', given.map(({name, value, origin}) => `${name}=${value} (${origin})`).join('; '));
};

const outcomes: Readonly<Record<StateReport['restarts'][number]['phase'], string>> = {
  intended: 'intended; not known yet whether it was sent',
  acted: 'sent; not known yet whether it helped',
  helped: 'helped',
  'did-not-help': 'did not help',
  abandoned: 'never reached the workload',
  unjudged: 'not known whether it helped',
};

/** The log of the Job has it under this digest. */
const evidenceWords = ({evidence}: StateReport['restarts'][number]): string =>
  evidence === undefined ? '' : `; evidence in the log of the pass, sha256 ${evidence.slice(0, 12)}`;

const restarts = (page: Page, report: StateReport): readonly string[] =>
  report.restarts.length === 0
    ? row(page, 'none in the last 7 days')
    : [...report.restarts]
        .reverse()
        .flatMap((restart) =>
          row(
            page,
            `${restart.at}  ${outcomes[restart.phase]}${restart.cameBackAt === null ? '' : `, but the fault came back at ${restart.cameBackAt}`}; cause ${restart.cause}, rule ${restart.rule}, by ${restart.who}: ${restart.reason}${evidenceWords(restart)}`,
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
