/** The sentences of a report, shared by the text formats. */
import type {Evidence, Status, Subject} from '../core/finding.js';
import {plural} from '../core/checks/evidence/wording.js';
import {humanDuration, milliseconds} from '../core/time.js';
import {clean} from './layout.js';
import type {CheckReport, ReportedCheck, ReportedDecision} from '../outcome/check-report.js';
import {checkReportList} from '../outcome/check-report-list.js';
import {EXIT} from '../outcome/exit-code.js';
import {WORST_FIRST} from './style.js';

const number = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toFixed(2)));

const plain = (value: Evidence['value']): string => {
  if (value === null) return 'not known';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? number(value) : clean(value);
};

/** `last frame 372 s (limit 60 s)`. */
export const evidenceInWords = (evidence: Evidence): string => {
  const unit = evidence.unit === undefined ? '' : ` ${clean(evidence.unit)}`;
  const limit = evidence.limit === undefined ? '' : ` (limit ${plain(evidence.limit)}${unit})`;
  return `${clean(evidence.name)} ${plain(evidence.value)}${evidence.value === null ? '' : unit}${limit}`;
};

/** `1 critical, 2 unknown, 25 ok`: worst first, what is zero left out. */
export const countsInWords = (counts: Readonly<Record<Status, number>>): string => {
  const parts = WORST_FIRST.filter((status) => counts[status] > 0).map((status) => `${counts[status]} ${status}`);
  return parts.length === 0 ? 'no check ran' : parts.join(', ');
};

const healthWords: Readonly<Record<CheckReport['summary']['health'], string>> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  unhealthy: 'Unhealthy',
  starting: 'Starting',
  paused: 'Paused',
  unknown: 'Unknown',
};

const HEALTH_WORST_FIRST = ['unhealthy', 'degraded', 'unknown', 'starting', 'paused', 'healthy'] as const;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The exit code is the result for a script; the outcome of `--wait` is stated only here. */
const ending = ({health, exitCode}: CheckReport['summary']): string => {
  if (exitCode === EXIT.ok)
    return health === 'unhealthy' || health === 'degraded'
      ? ' Exit code 0: --only, --skip or --fail-on exclude every failing check.'
      : '';
  return exitCode === EXIT.waitRanOut ? ` Exit code ${exitCode}: --wait timed out.` : ` Exit code ${exitCode}.`;
};

/** `Degraded: 4 of 8 cameras deliver no frames. 1 critical, 25 ok in 0.8s.` */
export const verdict = (report: CheckReport): string => {
  const {health, counts} = report.summary;
  const what = clean(report.diagnosis.summary);
  const took = humanDuration(milliseconds(report.metadata.durationMs));
  const said = what === '' ? '' : ` ${sentence(what)}`;
  return `${healthWords[health]}:${said} ${countsInWords(counts)} in ${took}.${ending(report.summary)}`;
};

/** `3 Frigates: 1 unhealthy, 2 healthy. Exit code 2.`; `null` for a single one, whose verdict says it all. */
export const fleetVerdict = (reports: readonly CheckReport[]): string | null => {
  if (reports.length < 2) return null;
  const {exitCode, health} = checkReportList(reports).summary;
  const words = HEALTH_WORST_FIRST.flatMap((word) => (health[word] === undefined ? [] : [`${health[word]} ${word}`]));
  return `${reports.length} Frigates: ${words.join(', ')}.${exitCode === EXIT.ok ? '' : ` Exit code ${exitCode}.`}`;
};

const targetName = (report: CheckReport): string =>
  report.metadata.target === null
    ? 'the workload'
    : `${report.metadata.target.kind}/${clean(report.metadata.target.name)}`;

const would: Readonly<Record<ReportedDecision['action'], (report: CheckReport) => string>> = {
  none: () => 'would do nothing',
  hold: () => 'would wait',
  alert: () => 'would alert a person and not restart',
  restart: (report) => `would restart ${targetName(report)} now`,
};

/** There is no CronJob (then FRG-105 has no object to be about), or its passes do not come about. */
const isIdle = ({checks, metadata}: CheckReport): boolean =>
  metadata.target !== null &&
  checks.some(
    ({id, status, object}) => id === 'FRG-105' && (status === 'critical' || (status === 'info' && object === null)),
  );

/** What automatic repair would do now, by which rule, and what unblocks it. It says so where no repair is scheduled. */
export const repairInWords = (report: CheckReport): string => {
  const {decision} = report;
  const lift = decision.liftedBy === null ? '' : ` To unblock: ${sentence(clean(decision.liftedBy))}`;
  const idle = decision.action !== 'none' && isIdle(report) ? ' But no pass is scheduled (FRG-105).' : '';
  return `Automatic repair ${would[decision.action](report)} (${decision.rule}): ${sentence(clean(decision.reason))}${lift}${idle}`;
};

/** `Breaker closed, 0 restarts in the last hour (limit 2); 1 failure in a row, this pass included (2 required for a restart).` */
export const breakerInWords = ({breaker, streak}: ReportedDecision): string => {
  if (breaker.state === 'unknown')
    return `Breaker and failures in a row are not known: ${sentence(clean(breaker.why ?? 'there is no state'))}`;
  const until = breaker.until === null ? '' : ` until ${clean(breaker.until)}`;
  const why = breaker.why === null ? '' : ` (${clean(breaker.why)})`;
  return `Breaker ${breaker.state}${until}${why}, ${plural(breaker.used, 'restart')} in the last hour (limit ${breaker.limit}); ${plural(streak.count, 'failure')} in a row, this pass included (${streak.needed} required for a restart).`;
};

/** `Pod/frigate-0`; a path keeps its own slash: `Mount /media/frigate`. */
export const objectInWords = ({kind, name}: Subject): string =>
  `${clean(kind)}${name.startsWith('/') ? ' ' : '/'}${clean(name)}`;

const cureWords = {
  restart: 'a restart cures it',
  none: 'a restart does not cure it',
  'not-judged': 'not judged yet whether a restart cures it',
} as const;

/** `detector; a restart cures it`. */
export const causeInWords = (check: ReportedCheck): string =>
  `${check.cause ?? 'not known'}; ${cureWords[check.judged === false ? 'not-judged' : check.cure]}`;

/** The parts of the first line: what was observed, how and when, so that a report about the wrong cluster is noticed at once. */
export const headerParts = ({metadata}: CheckReport): readonly string[] => [
  `frigate-health ${metadata.version}`,
  ...(metadata.context === null ? [] : [`context ${clean(metadata.context)}`]),
  ...(metadata.namespace === null ? [] : [`namespace ${clean(metadata.namespace)}`]),
  ...(metadata.target === null ? [] : [`${metadata.target.kind}/${clean(metadata.target.name)}`]),
  ...(metadata.frigateVersion === null ? [] : [`Frigate ${clean(metadata.frigateVersion)}`]),
  ...(metadata.via === null ? [] : [`via ${metadata.via}`]),
  metadata.generatedAt,
];
