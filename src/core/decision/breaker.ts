/** how often, and how soon again. Computed again in every pass from the restart log and the workload itself. */
import type {CauseClass, CheckId} from '../finding.js';
import type {Workload} from '../observation/workload.js';
import type {Policy} from '../policy.js';
import type {Incident, RestartRecord, State} from '../state/state.js';
import {days, earlier, hours, later, milliseconds, minutes, since, type Duration, type Instant} from '../time.js';
import type {BreakerView} from './decision.js';
import type {BreakerReason} from './reason.js';

const HOUR = hours(1);
const DAY = days(1);

/** The first wait after a restart that did not help; it doubles each time. */
const FIRST_WAIT = minutes(30);

/** So many restarts in a row that did not help lock the breaker until a person resets it. */
const FAILURES_TO_LOCK = 3;

/** A restart of ours and the `restartedAt` that it wrote are the same event when they are no further apart. */
const SAME_EVENT = minutes(2);

/** All restarts that count: ours in the log, and the one that stands on the workload but not in the log (docs/how-it-decides.md, "State"). */
export const countedRestarts = (restarts: readonly RestartRecord[], workload: Workload | null): readonly Instant[] => {
  const times = restarts.map((restart) => restart.at);
  const foreign = workload?.restartedAt ?? null;
  if (foreign !== null && !times.some((at) => Math.abs(at - foreign) <= SAME_EVENT)) times.push(foreign);
  return times.sort((a, b) => a - b);
};

/** It did not help, or the same fault was back within the hour. */
const fellShort = ({phase, cameBackAt = null}: RestartRecord): boolean =>
  phase === 'did-not-help' || (phase === 'helped' && cameBackAt !== null);

/** What is wrong now, as far as it is a matter of the breaker. */
export interface PresentFault {
  readonly cause: CauseClass | null;
  /** Keys of what is down (finding.ts, `faults`). */
  readonly faults: readonly string[];
}

/** For those who show the breaker without observing Frigate. */
export const presentFault = (cause: CauseClass | null): PresentFault => ({cause, faults: []});

/** Whether the restart was made for what is down now. Where one of them names nothing, they count as the same. */
const isSameFault = ({faults: repaired = []}: RestartRecord, {faults}: PresentFault): boolean =>
  repaired.length === 0 || faults.length === 0 || faults.some((fault) => repaired.includes(fault));

/** Restarts in a row, newest first, that did not help this cause, or not for an hour, since a person last reset the breaker. */
export const failuresInARow = (
  restarts: readonly RestartRecord[],
  cause: CauseClass | null,
  reset: Instant | null,
): number => {
  let failures = 0;
  for (const restart of [...restarts].reverse()) {
    if (reset !== null && restart.at <= reset) break;
    if (cause !== null && restart.cause !== cause) continue;
    if (fellShort(restart)) failures += 1;
    else if (restart.phase === 'helped') break;
  }
  return failures;
};

/**
 * The restart that answered this incident without lasting success while the fault is still that one: a second restart has no
 * better reason than the first. Another fault, the end of the incident or a person's reset is a new situation; that the same comes
 * back later is what the waits are for.
 */
const triedInVain = (
  restarts: readonly RestartRecord[],
  incident: Incident | null,
  present: PresentFault,
  reset: Instant | null,
): RestartRecord | null =>
  incident === null
    ? null
    : (restarts.findLast(
        (restart) =>
          fellShort(restart) &&
          restart.findings.some((id) => stoodBefore(incident, id, restart.at)) &&
          (present.cause === null || restart.cause === present.cause) &&
          isSameFault(restart, present) &&
          (reset === null || restart.at > reset),
      ) ?? null);

/**
 * The finding is part of the incident, and was when the restart came. One that went away and came back is a new situation, whatever
 * else keeps the incident alive; but within an hour of the restart it was not away: a container that starts shows nothing of it.
 */
const stoodBefore = ({since: began, findings, joined}: Incident, id: CheckId, at: Instant): boolean => {
  const from = joined.find((entry) => entry.id === id)?.at ?? began;
  return findings.includes(id) && at >= began && (at >= from || since(at, from) < HOUR);
};

/** How long to wait after the last of `failures` restarts that did not help, or not for an hour. */
export const waitAfter = (failures: number): Duration =>
  milliseconds(failures === 0 ? 0 : FIRST_WAIT * 2 ** Math.min(failures - 1, 16));

export const viewBreaker = (
  {breaker, incident}: Pick<State, 'breaker' | 'incident'>,
  restarts: readonly RestartRecord[],
  workload: Workload | null,
  present: PresentFault,
  now: Instant,
  policy: Policy,
): BreakerView => {
  const times = countedRestarts(restarts, workload);
  const inHour = times.filter((at) => since(at, now) < HOUR);
  const inDay = times.filter((at) => since(at, now) < DAY);
  const view = (
    state: BreakerView['state'],
    why: BreakerReason | null,
    until: Instant | null,
    rule: BreakerView['rule'],
  ): BreakerView => ({
    state,
    why,
    until,
    rule,
    used: inHour.length,
    usedToday: inDay.length,
    limit: policy.restartsPerHour,
    limitPerDay: policy.restartsPerDay,
  });

  const failures = failuresInARow(restarts, present.cause, breaker.reset?.at ?? null);
  if (breaker.state === 'locked' || failures >= FAILURES_TO_LOCK) {
    return view('locked', {code: 'locked', failures: Math.max(failures, breaker.failures)}, null, 'R-10');
  }
  const vain = triedInVain(restarts, incident, present, breaker.reset?.at ?? null);
  if (vain !== null) {
    return view('open', {code: vain.phase === 'helped' ? 'came-back' : 'same-cause'}, null, 'R-10');
  }
  const limits: readonly Hold[] = [
    ...fullWindow('hour-limit', inHour, policy.restartsPerHour, HOUR),
    ...fullWindow('day-limit', inDay, policy.restartsPerDay, DAY),
    ...(breaker.coolDownUntil !== null && breaker.coolDownUntil > now
      ? [{why: {code: 'cool-down'} as const, until: breaker.coolDownUntil}]
      : []),
  ];
  const waits = backOff(restarts, failures, now);
  // The limit is named first: it is the simpler fact. The breaker closes when the last of all holds ends.
  const named = longest(limits) ?? longest(waits);
  const last = longest([...limits, ...waits]);
  if (named !== null && last !== null) return view('open', named.why, last.until, limits.length > 0 ? 'R-09' : 'R-10');
  return failures > 0
    ? view('half-open', {code: 'one-more-trial', failures}, null, null)
    : view('closed', null, null, null);
};

const longest = (holds: readonly Hold[]): Hold | null =>
  holds.reduce<Hold | null>((most, hold) => (most === null || hold.until > most.until ? hold : most), null);

interface Hold {
  readonly why: BreakerReason;
  readonly until: Instant;
}

/** Full when `limit` restarts stand in the window; it opens again when the oldest of the newest `limit` leaves it. */
const fullWindow = (
  code: 'hour-limit' | 'day-limit',
  times: readonly Instant[],
  limit: number,
  window: Duration,
): readonly Hold[] => {
  if (times.length < limit) return [];
  const leaving = times.at(-Math.max(1, limit));
  return leaving === undefined ? [] : [{why: {code, used: times.length, limit}, until: later(leaving, window)}];
};

const backOff = (restarts: readonly RestartRecord[], failures: number, now: Instant): readonly Hold[] => {
  const last = restarts.at(-1);
  if (failures === 0 || last === undefined) return [];
  const until = later(last.at, waitAfter(failures));
  return until > now ? [{why: {code: 'did-not-help', failures}, until}] : [];
};

/** A state that somebody puts back may be put back again at any moment: an hour from now, whatever the workload shows. */
export const coolDownAfterWipe = (now: Instant): Instant => later(now, HOUR);

/**
 * The cool-down of a state that is fresh or lost: an hour from the newest rollout that the workload shows. Where the workload shows
 * none, nothing was restarted lately and none is needed; where it could not be read, the hour begins now.
 */
export const coolDownAfterLoss = (workload: Workload | null, now: Instant): Instant | null => {
  if (workload === null) return later(now, HOUR);
  const newest = rolloutsOf(workload).at(-1);
  if (newest === undefined) return workload.attempt === null ? null : later(now, HOUR);
  const until = later(newest, HOUR);
  return until > now ? until : null;
};

/** When the workload was rolled out, oldest first; its creation is no restart. The annotation counts where no revision stands for it. */
const rolloutsOf = ({createdAt, revisions, restartedAt}: Workload): readonly Instant[] => {
  const annotated =
    restartedAt === null || revisions.some((at) => Math.abs(at - restartedAt) <= SAME_EVENT) ? [] : [restartedAt];
  return [...revisions, ...annotated]
    .filter((at) => createdAt === null || at - createdAt > SAME_EVENT)
    .sort((a, b) => a - b);
};

/**
 * After a loss: the restarts of the last day as the workload's revisions show them, so that the day's limit holds on (docs/how-it-decides.md, "State").
 * The attempt that stands on the workload is taken over whatever its age, so that it is known from now on. A revision and a
 * record close together are one restart, but only one to one: two revisions are two rollouts, however soon they followed.
 */
export const restartsFromRevisions = (
  workload: Workload | null,
  known: readonly RestartRecord[],
  now: Instant,
): readonly RestartRecord[] => {
  if (workload === null) return known;
  const restored = [...known];
  const add = (at: Instant, id: string): void => {
    restored.push({
      id,
      at,
      cause: 'process',
      rule: 'R-02',
      who: 'read from the workload',
      reason: 'a rollout of the workload; the state was lost',
      findings: [],
      phase: 'unjudged',
      settledAt: now,
    });
  };
  const standing = workload.attempt;
  if (standing !== null && !known.some(({id}) => id === standing)) add(workload.restartedAt ?? now, standing);
  const unmatched = [...restored];
  for (const at of rolloutsOf(workload)) {
    const match = unmatched.findIndex((restart) => Math.abs(restart.at - at) <= SAME_EVENT);
    if (match >= 0) unmatched.splice(match, 1);
    else if (at > earlier(now, DAY)) add(at, `revision-${Math.floor(at / 1000)}`);
  }
  return restored.sort((a, b) => a.at - b.at).slice(-64);
};

/**
 * Whether the workload carries an attempt that the state does not know: an old state was put back, or the state of another
 * installation is in use (docs/how-it-decides.md, "State").
 */
export const knowsAttempt = (restarts: readonly RestartRecord[], workload: Workload): boolean =>
  workload.attempt === null || restarts.some((restart) => restart.id === workload.attempt);
