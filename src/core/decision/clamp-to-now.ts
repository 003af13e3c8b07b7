/** A future instant counts as now (docs/how-it-decides.md, "State"): applied once to the stored state, before anything is decided. */
import type {ContainerStart} from '../state/baselines.js';
import type {State} from '../state/state.js';
import {days, earliest, later, type Instant} from '../time.js';

/** The longest wait that this version ever writes; a later end came from a clock that jumped. */
const LONGEST_WAIT = days(1);

export interface Clamped {
  readonly state: State;
  /** How far the newest clamped instant lay in the future, milliseconds; 0 when none did. */
  readonly ahead: number;
}

export const clampToNow = (state: State, now: Instant): Clamped => {
  let ahead = 0;
  const past = (at: Instant): Instant => {
    ahead = Math.max(ahead, at - now);
    return earliest(at, now);
  };
  const pastOrNull = (at: Instant | null): Instant | null => (at === null ? null : past(at));
  const wait = (at: Instant | null): Instant | null => (at === null ? null : earliest(at, later(now, LONGEST_WAIT)));
  const {streak, breaker, incident, lastPass, memory} = state;
  const clamped: State = {
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
      wellSince: pastOrNull(restart.wellSince ?? null),
      cameBackAt: pastOrNull(restart.cameBackAt ?? null),
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
            quietLast: pastOrNull(incident.quietLast ?? null),
            joined: incident.joined.map((entry) => ({...entry, at: past(entry.at)})),
            faults: incident.faults.map((fault) => ({...fault, at: past(fault.at)})),
            quiet: incident.quiet.map((part) => ({...part, since: past(part.since)})),
          },
    outbox: state.outbox.map((entry) => ({
      ...entry,
      at: past(entry.at),
      lastTry: pastOrNull(entry.lastTry),
      deliveredAt: pastOrNull(entry.deliveredAt),
    })),
    lastPass: lastPass === null ? null : {...lastPass, at: past(lastPass.at)},
    servedAt: pastOrNull(state.servedAt),
    standing: state.standing.map((standing) => ({...standing, since: past(standing.since), last: past(standing.last)})),
    memory: {
      ...memory,
      restartCounts: memory.restartCounts.map((entry) => ({...entry, at: past(entry.at)})),
      start: clampedStart(memory.start, pastOrNull),
      switches:
        memory.switches === null || memory.switches === undefined
          ? null
          : {...memory.switches, off: memory.switches.off.map((each) => ({...each, since: past(each.since)}))},
      mountProbe: memory.mountProbe === null ? null : {...memory.mountProbe, at: past(memory.mountProbe.at)},
    },
  };
  return {state: clamped, ahead};
};

const clampedStart = (
  start: ContainerStart | null,
  past: (at: Instant | null) => Instant | null,
): ContainerStart | null =>
  start === null
    ? null
    : {
        ...start,
        workedAt: past(start.workedAt),
        shownAt: past(start.shownAt ?? null),
        workLoggedAt: past(start.workLoggedAt),
        failure:
          start.failure === null || start.failure === undefined
            ? null
            : {...start.failure, at: past(start.failure.at) ?? start.failure.at},
        cpu:
          start.cpu === null || start.cpu === undefined
            ? null
            : {
                at: past(start.cpu.at) ?? start.cpu.at,
                busyAt: past(start.cpu.busyAt),
                idleSince: past(start.cpu.idleSince),
              },
        step: start.step === null ? null : {...start.step, at: past(start.step.at) ?? start.step.at},
      };
