/** how often, and how soon again. Computed anew in every pass from the restart log and the workload itself. */
import type {CauseClass, CheckId} from '../finding.js';
import type {Workload} from '../observation/workload.js';
import type {Policy} from '../policy.js';
import type {Incident, RestartRecord, State} from '../state/state.js';
import {days, earlier, hours, later, milliseconds, minutes, since, type Duration, type Instant} from '../time.js';
import type {BreakerView} from './decision.js';

const HOUR = hours(1);
const DAY = days(1);

/** The first wait after a restart that did not help; it doubles each time. */
const FIRST_WAIT = minutes(30);

/** So many restarts in a row that did not help lock the breaker until a person resets it. */
const FAILURES_TO_LOCK = 3;

/** A restart of ours and the `restartedAt` that it wrote are the same event when they are no further apart. */
const SAME_EVENT = minutes(2);

/** All restarts that count: ours in the log, and the one that stands on the workload but not in the log (docs/how-it-decides.md, "What is remembered"). */
export const countedRestarts = (restarts: readonly RestartRecord[], workload: Workload | null): readonly Instant[] => {
  const times = restarts.map((restart) => restart.at);
  const foreign = workload?.restartedAt ?? null;
  if (foreign !== null && !times.some((at) => Math.abs(at - foreign) <= SAME_EVENT)) times.push(foreign);
  return times.sort((a, b) => a - b);
};

/** Restarts in a row, newest first, that did not help this cause since a person last reset the breaker. */
export const failuresInARow = (
  restarts: readonly RestartRecord[],
  cause: CauseClass | null,
  reset: Instant | null,
): number => {
  let failures = 0;
  for (const restart of [...restarts].reverse()) {
    if (reset !== null && restart.at <= reset) break;
    if (cause !== null && restart.cause !== cause) continue;
    if (restart.phase === 'helped') break;
    if (restart.phase === 'did-not-help') failures += 1;
  }
  return failures;
};

/**
 * Whether this incident was answered by a restart that did not help, and its cause is still that one: a second restart has no
 * better reason than the first. Another cause, the end of the incident or a person's reset is a new situation; that the same comes
 * back later is what the waits are for.
 */
const triedInVain = (
  restarts: readonly RestartRecord[],
  incident: Incident | null,
  cause: CauseClass | null,
  reset: Instant | null,
): boolean =>
  incident !== null &&
  restarts.some(
    (restart) =>
      restart.phase === 'did-not-help' &&
      restart.findings.some((id) => stoodBefore(incident, id, restart.at)) &&
      (cause === null || restart.cause === cause) &&
      (reset === null || restart.at > reset),
  );

/** The finding is part of the incident, and was when the restart came; one that went away and came back is a new situation, whatever else keeps the incident alive. */
const stoodBefore = ({since: began, findings, joined}: Incident, id: CheckId, at: Instant): boolean =>
  findings.includes(id) && at >= (joined.find((entry) => entry.id === id)?.at ?? began);

/** How long to wait after the last of `failures` restarts that did not help. */
export const waitAfter = (failures: number): Duration =>
  milliseconds(failures === 0 ? 0 : FIRST_WAIT * 2 ** Math.min(failures - 1, 16));

export const viewBreaker = (
  {breaker, incident}: Pick<State, 'breaker' | 'incident'>,
  restarts: readonly RestartRecord[],
  workload: Workload | null,
  cause: CauseClass | null,
  now: Instant,
  policy: Policy,
): BreakerView => {
  const times = countedRestarts(restarts, workload);
  const inHour = times.filter((at) => since(at, now) < HOUR);
  const inDay = times.filter((at) => since(at, now) < DAY);
  const view = (
    state: BreakerView['state'],
    why: string | null,
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

  const failures = failuresInARow(restarts, cause, breaker.reset?.at ?? null);
  if (breaker.state === 'locked' || failures >= FAILURES_TO_LOCK) {
    return view('locked', `${Math.max(failures, breaker.failures)} restarts in a row did not help`, null, 'R-10');
  }
  if (triedInVain(restarts, incident, cause, breaker.reset?.at ?? null)) {
    return view('open', 'the restart in this incident did not help, and the cause is the same', null, 'R-10');
  }
  const limits: readonly Hold[] = [
    ...fullWindow(
      inHour,
      policy.restartsPerHour,
      HOUR,
      `${inHour.length} of ${policy.restartsPerHour} restarts in the last hour are used`,
    ),
    ...fullWindow(
      inDay,
      policy.restartsPerDay,
      DAY,
      `${inDay.length} of ${policy.restartsPerDay} restarts in the last 24 hours are used`,
    ),
    ...(breaker.coolDownUntil !== null && breaker.coolDownUntil > now
      ? [{why: 'the remembered state was new, lost or put back less than an hour ago', until: breaker.coolDownUntil}]
      : []),
  ];
  const waits = backOff(restarts, failures, now);
  // The limit is named first: it is the simpler fact. It opens when the last of all holds ends.
  const told = longest(limits) ?? longest(waits);
  const last = longest([...limits, ...waits]);
  if (told !== null && last !== null) return view('open', told.why, last.until, limits.length > 0 ? 'R-09' : 'R-10');
  return failures > 0
    ? view('half-open', 'the last restart did not help; one more trial is allowed', null, null)
    : view('closed', null, null, null);
};

const longest = (holds: readonly Hold[]): Hold | null =>
  holds.reduce<Hold | null>((most, hold) => (most === null || hold.until > most.until ? hold : most), null);

interface Hold {
  readonly why: string;
  readonly until: Instant;
}

/** Full when `limit` restarts stand in the window; it opens again when the oldest of the newest `limit` leaves it. */
const fullWindow = (times: readonly Instant[], limit: number, window: Duration, why: string): readonly Hold[] => {
  if (times.length < limit) return [];
  const leaving = times.at(-Math.max(1, limit));
  return leaving === undefined ? [] : [{why, until: later(leaving, window)}];
};

const backOff = (restarts: readonly RestartRecord[], failures: number, now: Instant): readonly Hold[] => {
  const last = restarts.at(-1);
  if (failures === 0 || last === undefined) return [];
  const until = later(last.at, waitAfter(failures));
  return until > now
    ? [{why: failures === 1 ? 'the last restart did not help' : `the last ${failures} restarts did not help`, until}]
    : [];
};

/** A state that somebody puts back may be put back again at any moment: an hour from now, whatever the workload shows. */
export const coolDownAfterWipe = (now: Instant): Instant => later(now, HOUR);

/**
 * The cool-down of a state that is fresh or lost: an hour from the newest rollout that the workload shows. Where the workload shows
 * none, nothing was restarted lately and none is needed; where it cannot be seen, the hour begins now.
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
 * After a loss: the restarts of the last day as the workload's revisions tell them, so that the day's limit holds on (docs/how-it-decides.md, "What is remembered").
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
      who: 'read off the workload',
      reason: 'a rollout of the workload; the remembered state was lost',
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
 * installation is in use (docs/how-it-decides.md, "What is remembered").
 */
export const knowsAttempt = (restarts: readonly RestartRecord[], workload: Workload): boolean =>
  workload.attempt === null || restarts.some((restart) => restart.id === workload.attempt);
