/** The sentences of a report, shared by the text formats. */
import type {Evidence, Status, Subject} from '../core/finding.js';
import {humanDuration, milliseconds} from '../core/time.js';
import {clean} from './layout.js';
import type {CheckReport, ReportedCheck, ReportedDecision} from './report.js';
import {EXIT} from './exit-code.js';
import {WORST_FIRST} from './look.js';

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

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The code is the result of a script's look; what became of `--wait` stands nowhere else. */
const ending = ({health, exitCode}: CheckReport['summary']): string => {
  if (exitCode === EXIT.ok)
    return health === 'unhealthy' || health === 'degraded'
      ? ' Exit code 0: --only, --skip or --fail-on leave nothing that fails.'
      : '';
  return exitCode === EXIT.waitRanOut ? ` Exit code ${exitCode}: --wait ran out.` : ` Exit code ${exitCode}.`;
};

/** `Degraded: 4 of 8 cameras deliver no frames. 1 critical, 25 ok in 0.8s.` */
export const verdict = (report: CheckReport): string => {
  const {health, counts} = report.summary;
  const what = clean(report.diagnosis.summary);
  const took = humanDuration(milliseconds(report.metadata.durationMs));
  const said = what === '' ? '' : ` ${sentence(what)}`;
  return `${healthWords[health]}:${said} ${countsInWords(counts)} in ${took}.${ending(report.summary)}`;
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

/** What automatic repair would do now, by which rule, and what would lift it. Nobody is to wait for a repair that does not run. */
export const repairInWords = (report: CheckReport): string => {
  const {decision} = report;
  const lift = decision.liftedBy === null ? '' : ` What lifts it: ${sentence(clean(decision.liftedBy))}`;
  const idle = decision.action !== 'none' && isIdle(report) ? ' But no pass runs by itself (FRG-105).' : '';
  return `Automatic repair ${would[decision.action](report)} (${decision.rule}): ${sentence(clean(decision.reason))}${lift}${idle}`;
};

/** `Breaker closed, 0 of 2 restarts used in the last hour; 1 of 2 failures in a row, this look included.` */
export const breakerInWords = ({breaker, streak}: ReportedDecision): string => {
  if (breaker.state === 'unknown')
    return `Breaker and failures in a row are not known: ${sentence(clean(breaker.why ?? 'nothing is remembered'))}`;
  const until = breaker.until === null ? '' : ` until ${clean(breaker.until)}`;
  const why = breaker.why === null ? '' : ` (${clean(breaker.why)})`;
  return `Breaker ${breaker.state}${until}${why}, ${breaker.used} of ${breaker.limit} restarts used in the last hour; ${streak.count} of ${streak.needed} failures in a row, this look included.`;
};

/** `Pod/frigate-0`; a path keeps its own slash: `Mount /media/frigate`. */
export const objectInWords = ({kind, name}: Subject): string =>
  `${clean(kind)}${name.startsWith('/') ? ' ' : '/'}${clean(name)}`;

/** `detector; a restart cures it`. */
export const causeInWords = (check: ReportedCheck): string =>
  `${check.cause ?? 'not known'}; ${check.cure === 'restart' ? 'a restart cures it' : 'a restart does not cure it'}`;

/** The parts of the first line: what was looked at, with what and when, so that a report about the wrong cluster is seen at once. */
export const headerParts = ({metadata}: CheckReport): readonly string[] => [
  `frigate-health ${metadata.version}`,
  ...(metadata.context === null ? [] : [`context ${clean(metadata.context)}`]),
  ...(metadata.namespace === null ? [] : [`namespace ${clean(metadata.namespace)}`]),
  ...(metadata.target === null ? [] : [`${metadata.target.kind}/${clean(metadata.target.name)}`]),
  ...(metadata.frigateVersion === null ? [] : [`Frigate ${clean(metadata.frigateVersion)}`]),
  ...(metadata.via === null ? [] : [`via ${metadata.via}`]),
  metadata.generatedAt,
];
