/** Settles attempts at the beginning of every pass: was it sent, and did it help? (docs/how-it-decides.md, "The rules": helped). */
import type {CheckId, Finding} from '../finding.js';
import type {Workload} from '../observation/workload.js';
import type {Policy} from '../policy.js';
import type {RestartRecord} from '../state/state.js';
import {days, earlier, hours, later, milliseconds, minutes, since, type Instant} from '../time.js';

/** An intent younger than this may still be under way in another runner. */
const INTENT_LIFETIME = minutes(2);

/** A finding that comes back within this time after the grace was not helped. */
const PROBATION = hours(1);

/** The restart log of a week is kept: every limit looks back a day at most. */
const KEEP = days(7);

export const recover = (
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
  const judgedFrom = later(restart.at, policy.startupGrace);
  const probation = milliseconds(policy.startupGrace + PROBATION);
  if (now < judgedFrom) return restart;
  const seen = findings.filter((finding) => restart.findings.includes(finding.id));
  if (seen.some((finding) => finding.status === 'critical')) {
    return since(restart.at, now) <= probation ? {...restart, phase: 'did-not-help', settledAt: now} : restart;
  }
  if (restart.phase === 'helped' || since(restart.at, now) <= probation) return restart;
  return seen.length > 0 && seen.every(isGone) ? {...restart, phase: 'helped', settledAt: now} : restart;
};

/** Looked at only where a camera points there (core/questions.ts): without a sign there is nothing to look at. */
const askedOnSuspicion: ReadonlySet<CheckId> = new Set<CheckId>(['FRG-801']);

/** Seen to be no longer critical; what another finding keeps from being looked at is not known. */
const isGone = ({id, status, because}: Finding): boolean =>
  status === 'ok' ||
  status === 'info' ||
  status === 'warning' ||
  (status === 'skipped' && askedOnSuspicion.has(id) && because?.startsWith('FRG-') === false);

/** An attempt whose fate is not known yet: another runner may be at it this moment. */
export const underWay = (restarts: readonly RestartRecord[], now: Instant): RestartRecord | null =>
  restarts.find((restart) => restart.phase === 'intended' && since(restart.at, now) <= INTENT_LIFETIME) ?? null;
