/** `check --wait`: observes again until Frigate is well, and ends at once on what time does not cure. */
import {inNamespace} from '../core/checks/kubectl.js';
import {containerStart} from '../core/checks/evidence/facts.js';
import {rolloutOf} from '../core/checks/workload/frg-204-rollout-settled.js';
import type {CheckId, Finding} from '../core/finding.js';
import {scriptOf} from '../core/fix.js';
import {singleWorkload} from '../core/observation/workload.js';
import {isSettled, observedRollout} from '../core/rollout/observed.js';
import {progressOf, type FailedProgress, type Progress} from '../core/rollout/progress.js';
import {failureText} from '../core/rollout/wording.js';
import {milliseconds, seconds, since, type Duration, type Instant} from '../core/time.js';
import type {CheckReport, ReportedError} from '../outcome/check-report.js';
import {EXIT} from '../outcome/exit-code.js';
import type {CheckOptions} from '../pass/context.js';
import {lastLines} from '../pass/last-lines.js';
import type {ObservedPass} from '../pass/observe.js';
import type {PassPorts} from '../pass/ports.js';

/** Between two observations. */
const OBSERVE_AGAIN = seconds(5);
const HEARTBEAT = seconds(15);
const LAST_LINES = 15;

/** Time does not cure these: a missing permission, a workload that is gone or is one of several. */
const permanent: ReadonlySet<CheckId> = new Set<CheckId>(['FRG-102', 'FRG-201']);

/** One observation, judged. */
export interface CheckOnce {
  readonly report: CheckReport;
  readonly observed: ObservedPass;
  readonly findings: readonly Finding[];
}

/**
 * Ends when the result is below `--fail-on`, a pod runs, and neither a rollout nor a start is under way, whatever `--fail-on`
 * is. Ends at once with a failing exit code where waiting cannot help, by the same rule as `restart --wait`.
 */
export const waitUntilWell = async (
  ports: PassPorts,
  options: Pick<CheckOptions, 'onProgress'>,
  wait: Duration,
  observe: () => Promise<CheckOnce>,
  signal: AbortSignal,
): Promise<CheckReport> => {
  const {clock} = ports;
  const begun = clock.monotonic();
  let waitingSince: Instant | null = null;
  let reported = '';
  let reportedAt = begun;
  for (;;) {
    const once = await observe();
    const {report} = once;
    if (signal.aborted) return report;
    waitingSince ??= once.observed.observation.at;
    const progress = progressIn(once, waitingSince);
    if (progress?.kind === 'failed') return failed(report, await errorOf(ports, once, progress, signal));
    if (once.findings.some(({id, status}) => status === 'critical' && permanent.has(id))) return failed(report, null);
    if (report.summary.exitCode === 0 && isOver(once, progress)) return report;
    const left = wait - (clock.monotonic() - begun);
    if (left <= OBSERVE_AGAIN) return {...report, summary: {...report.summary, exitCode: EXIT.waitRanOut}};
    const {health} = report.summary;
    const {summary} = report.diagnosis;
    const code = progress?.kind === 'waiting' ? progress.why.code : '';
    const cause = [health, summary, code].join(' ');
    if (cause !== reported || clock.monotonic() - reportedAt >= HEARTBEAT) {
      options.onProgress({left: milliseconds(left), health, summary, progress});
      reported = cause;
      reportedAt = clock.monotonic();
    }
    await clock.sleep(OBSERVE_AGAIN, signal);
    // Interrupted while waiting: the last observation is what is known; another one with a dead signal would see nothing.
    if (abortedBy(signal)) return report;
  }
};

const abortedBy = (signal: AbortSignal): boolean => signal.aborted;

/** `null` where workload or pods are not known, and where nothing is meant to run. */
const progressIn = ({observed: {observation, recalledState}}: CheckOnce, waitingSince: Instant): Progress | null => {
  const rollout = observedRollout(observation, recalledState.state.memory, {
    flags: inNamespace(observation),
    waitingSince,
  });
  return rollout === null || rollout.workload.desiredReplicas === 0 ? null : progressOf(rollout);
};

/** What is not known is not over: the end needs a pod that was observed. */
const isOver = ({observed: {observation, settings}}: CheckOnce, progress: Progress | null): boolean => {
  const workload = singleWorkload(observation.workload);
  if (progress === null || workload === null) return false;
  const started = containerStart(observation);
  return isSettled(progress, {
    underWay: ['under-way', 'stuck'].includes(rolloutOf(workload)),
    starting: started !== null && since(started, observation.at) < settings.policy.startupGrace,
  });
};

const errorOf = async (
  ports: PassPorts,
  {observed}: CheckOnce,
  {why, fix, log}: FailedProgress,
  signal: AbortSignal,
): Promise<ReportedError> => {
  const workload = singleWorkload(observed.observation.workload);
  return {
    code: 'FRG-E-ROLLOUT',
    message: `Waiting cannot help: ${failureText(why)}`,
    fix: scriptOf(fix),
    lastLines: log === null || workload === null ? [] : await lastLines(ports, workload, log, LAST_LINES, signal),
  };
};

/** A wait that ended in a failure never exits 0, whatever `--fail-on` is. */
const failed = (report: CheckReport, error: ReportedError | null): CheckReport => ({
  ...report,
  summary: {...report.summary, exitCode: report.summary.exitCode === EXIT.ok ? EXIT.critical : report.summary.exitCode},
  errors: error === null ? report.errors : [...report.errors, error],
});
