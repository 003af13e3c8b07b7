/** A future instant counts as now (docs/how-it-decides.md, "What is remembered"): applied once to what was remembered, before anything is decided. */
import type {State} from '../state/state.js';
import {days, earliest, later, type Instant} from '../time.js';

/** The longest wait that this version ever writes; a later end came from a clock that jumped. */
const LONGEST_WAIT = days(1);

export interface Clipped {
  readonly state: State;
  /** How far the newest clipped instant lay in the future, milliseconds; 0 when none did. */
  readonly ahead: number;
}

export const clip = (state: State, now: Instant): Clipped => {
  let ahead = 0;
  const past = (at: Instant): Instant => {
    ahead = Math.max(ahead, at - now);
    return earliest(at, now);
  };
  const pastOrNull = (at: Instant | null): Instant | null => (at === null ? null : past(at));
  const wait = (at: Instant | null): Instant | null => (at === null ? null : earliest(at, later(now, LONGEST_WAIT)));
  const {streak, breaker, incident, lastPass, memory} = state;
  const clipped: State = {
    ...state,
    streak:
      streak === null
        ? null
        : {
            ...streak,
            first: past(streak.first),
            last: past(streak.last),
            evidenceAt: streak.evidenceAt === null ? null : earliest(streak.evidenceAt, now),
          },
    restarts: state.restarts.map((restart) => ({
      ...restart,
      at: past(restart.at),
      settledAt: pastOrNull(restart.settledAt),
    })),
    breaker: {...breaker, until: wait(breaker.until), coolDownUntil: wait(breaker.coolDownUntil)},
    incident:
      incident === null
        ? null
        : {
            ...incident,
            since: past(incident.since),
            lastAlertAt: pastOrNull(incident.lastAlertAt),
            quietSince: pastOrNull(incident.quietSince),
            joined: incident.joined.map((entry) => ({...entry, at: past(entry.at)})),
            quiet: incident.quiet.map((part) => ({...part, since: past(part.since)})),
          },
    outbox: state.outbox.map((entry) => ({
      ...entry,
      at: past(entry.at),
      lastTry: pastOrNull(entry.lastTry),
      deliveredAt: pastOrNull(entry.deliveredAt),
    })),
    lastPass: lastPass === null ? null : {...lastPass, at: past(lastPass.at)},
    standing: state.standing.map((standing) => ({...standing, since: past(standing.since), last: past(standing.last)})),
    memory: {
      ...memory,
      restartCounts: memory.restartCounts.map((entry) => ({...entry, at: past(entry.at)})),
      mountProbe: memory.mountProbe === null ? null : {...memory.mountProbe, at: past(memory.mountProbe.at)},
    },
  };
  return {state: clipped, ahead};
};
