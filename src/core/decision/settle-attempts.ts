/** Settles attempts at the beginning of every pass: was it sent, and did it help? (docs/how-it-decides.md, "The rules": helped). */
import type {CheckId, Finding} from '../finding.js';
import type {Workload} from '../observation/workload.js';
import type {Policy} from '../policy.js';
import type {RestartRecord} from '../state/state.js';
import {days, earlier, hours, later, milliseconds, minutes, since, type Duration, type Instant} from '../time.js';

/** An intent younger than this may still be under way in another runner. */
const INTENT_LIFETIME = minutes(2);

/** A fault that is there again within this time after the grace is the same one: it came back, or was never gone. */
const PROBATION = hours(1);

/** The shortest healthy span after which a restart is said to have helped. */
const LEAST_HEALTHY = minutes(10);

/** The restart log of a week is kept: every limit covers a day at most. */
const KEEP = days(7);

export const settleAttempts = (
  restarts: readonly RestartRecord[],
  workload: Workload | null,
  findings: readonly Finding[],
  now: Instant,
  policy: Policy,
): readonly RestartRecord[] =>
  restarts
    // The newest stays whatever its age: its id stands on the workload and must be known there.
    .filter((restart, index, all) => restart.at > earlier(now, KEEP) || index === all.length - 1)
    .map((restart) => settleIntent(restart, workload, now))
    .map((restart) => judgeOutcome(restart, findings, now, policy));

/** The attempt id on the workload is the proof that the PATCH was applied, whatever its answer was. */
const settleIntent = (restart: RestartRecord, workload: Workload | null, now: Instant): RestartRecord => {
  if (workload === null || (restart.phase !== 'intended' && restart.phase !== 'abandoned')) return restart;
  // Also one that was given up: the PATCH of a runner that was frozen over it may arrive late.
  if (workload.attempt === restart.id) return {...restart, phase: 'acted', settledAt: now};
  return restart.phase === 'intended' && since(restart.at, now) > INTENT_LIFETIME
    ? {...restart, phase: 'abandoned', settledAt: now}
    : restart;
};

const judgeOutcome = (
  restart: RestartRecord,
  findings: readonly Finding[],
  now: Instant,
  policy: Policy,
): RestartRecord => {
  if (restart.phase !== 'acted' && restart.phase !== 'helped') return restart;
  if (now < later(restart.at, policy.startupGrace)) return restart;
  const isRecent = since(restart.at, now) <= milliseconds(policy.startupGrace + PROBATION);
  if (findings.some((finding) => isThereAgain(restart, finding))) {
    if (restart.phase === 'acted')
      return isRecent ? {...restart, phase: 'did-not-help', settledAt: now, wellSince: null} : restart;
    return isRecent && (restart.cameBackAt ?? null) === null ? {...restart, cameBackAt: now} : restart;
  }
  if (restart.phase === 'helped') return restart;
  const judged = findings.filter(({id}) => restart.findings.includes(id));
  // What cannot be observed neither proves that it is gone nor ends the time in which it was.
  if (judged.length === 0 || !judged.every(isObserved) || isPartLost(restart, findings)) return restart;
  const wellSince = restart.wellSince ?? now;
  return since(wellSince, now) >= healthySpan(policy)
    ? {...restart, phase: 'helped', settledAt: now, wellSince: null}
    : {...restart, wellSince};
};

/** What worked before the restart does not now: something was switched off by the start, or a camera that delivered is away. */
const isPartLost = ({worked = []}: RestartRecord, findings: readonly Finding[]): boolean =>
  findings.some(
    ({id, status, cameras}) =>
      (id === 'FRG-607' && status === 'warning') ||
      ((id === 'FRG-501' || id === 'FRG-601') &&
        status === 'critical' &&
        cameras.some((name) => worked.includes(name))),
  );

/** So long after the grace nothing of the fault may be observed until the restart is said to have helped: a failure after that is a new one. */
const healthySpan = ({interval, consecutiveFailures}: Policy): Duration =>
  milliseconds(Math.max(LEAST_HEALTHY, interval * consecutiveFailures));

/** The same process, camera or detector is down as before the restart: by another check too, where a restart would be the cure again. */
const isThereAgain = ({findings, faults = []}: RestartRecord, finding: Finding): boolean => {
  if (finding.status !== 'critical') return false;
  const sameCheck = findings.includes(finding.id);
  if (faults.length === 0 || finding.faults.length === 0) return sameCheck;
  return (sameCheck || finding.cure === 'restart') && finding.faults.some((fault) => faults.includes(fault));
};

/** Asked only where a camera points there (core/checks/evidence/follow-up.ts): without a sign there is nothing to ask. */
const askedOnSuspicion: ReadonlySet<CheckId> = new Set<CheckId>(['FRG-801']);

/** What another finding keeps from being observed is not known. */
const isObserved = ({id, status, because}: Finding): boolean =>
  (status !== 'unknown' && status !== 'skipped') ||
  (status === 'skipped' && askedOnSuspicion.has(id) && because?.kind === 'unknown' && because.why.code === 'not-asked');

/** An attempt whose fate is not known yet: another runner may be at it this moment. */
export const underWay = (restarts: readonly RestartRecord[], now: Instant): RestartRecord | null =>
  restarts.find((restart) => restart.phase === 'intended' && since(restart.at, now) <= INTENT_LIFETIME) ?? null;
