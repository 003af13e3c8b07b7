/** `state`: everything remembered, as a report. Reads only. */
import {ANOTHER_CHECKER} from '../core/checks/cluster/state.js';
import {clip} from '../core/decision/clip.js';
import {viewBreaker} from '../core/decision/breaker.js';
import type {BreakerView} from '../core/decision/decision.js';
import type {StateReading} from '../core/decision/situation.js';
import type {Known} from '../core/known.js';
import type {StateSoundness} from '../core/observation/observation.js';
import type {State} from '../core/state/state.js';
import {milliseconds, rfc3339, seconds, since, type Instant} from '../core/time.js';
import type {StateReport} from '../report/state-report.js';
import type {Context} from './context.js';
import {openWorld} from './open-world.js';
import {recollect} from './recollect.js';
import type {World} from './world.js';

const LIMIT = seconds(10);

export interface StateOptions {
  /** The last so many decisions and restarts. */
  readonly history: number;
}

/** Throws CommandFailure where the ConfigMap cannot be read. */
export const showState = async (context: Context, options: StateOptions): Promise<StateReport> => {
  const {world, close} = await openWorld(context, 'state');
  try {
    return await showStateIn(world, options, context.signal);
  } finally {
    await close();
  }
};

/** The use case in a given world. */
export const showStateIn = async (world: World, {history}: StateOptions, signal: AbortSignal): Promise<StateReport> => {
  const {cluster, settings, clock} = world;
  const {
    remembered: {reading, soundness, state: stored},
    workload,
    missing,
  } = await recollect(world, LIMIT, signal);
  const now = cluster.serverTime() ?? clock.now();
  const {state, ahead} = clip(stored, now);
  const breaker = viewBreaker(state, state.restarts, workload, state.streak?.cause ?? null, now, settings.policy);
  return buildStateReport(world, {reading, soundness, state, missing, ahead, breaker, now}, history);
};

interface Remembrance {
  readonly reading: StateReading;
  readonly soundness: Known<StateSoundness>;
  readonly state: State;
  /** What was looked for where no Frigate is. */
  readonly missing: string | null;
  /** How far the newest clipped instant lay in the future, milliseconds. */
  readonly ahead: number;
  readonly breaker: BreakerView;
  readonly now: Instant;
}

/** A clock step of a minute or less is nobody's news (FRG-103 warns from there on). */
const TOLD_STEP = 60_000;

const problemsOf = ({soundness, missing, ahead}: Remembrance): readonly string[] => [
  ...(missing === null ? [] : [`no Frigate was found here (${missing})`]),
  ...(soundness.known ? soundness.value.problems : []),
  ...(soundness.known && soundness.value.wipedBy !== null
    ? [
        `${soundness.value.wipedBy} ${soundness.value.wipedBy === ANOTHER_CHECKER ? 'restarted this Frigate and remembers it elsewhere' : 'put an old state back, or deleted it'}`,
      ]
    : []),
  ...(ahead > TOLD_STEP
    ? [`instants up to ${Math.round(ahead / 1000)} s in the future count as now: a clock jumped`]
    : []),
];

const atOrNull = (instant: Instant | null): string | null => (instant === null ? null : rfc3339(instant));

const buildStateReport = (
  {cluster, settings, namespace, version}: World,
  remembrance: Remembrance,
  history: number,
): StateReport => {
  const {reading, state, breaker, now} = remembrance;
  const {streak, incident, lastPass} = state;
  return {
    apiVersion: 'frigate-health.io/v1',
    kind: 'StateReport',
    metadata: {generatedAt: rfc3339(now), version, context: cluster.context, namespace, name: settings.stateName},
    reading,
    problems: problemsOf(remembrance),
    target: state.target,
    breaker: {
      state: breaker.state,
      why: breaker.why,
      until: atOrNull(breaker.until),
      usedThisHour: breaker.used,
      limitPerHour: breaker.limit,
      usedToday: breaker.usedToday,
      limitPerDay: breaker.limitPerDay,
      failuresInARow: state.breaker.failures,
      reset: state.breaker.reset === null ? null : {...state.breaker.reset, at: rfc3339(state.breaker.reset.at)},
    },
    streak: {
      count: streak?.count ?? 0,
      needed: settings.policy.consecutiveFailures,
      since: atOrNull(streak?.first ?? null),
      last: atOrNull(streak?.last ?? null),
      cause: streak?.cause ?? null,
    },
    restarts: state.restarts
      .slice(-history)
      .map((restart) => ({...restart, at: rfc3339(restart.at), settledAt: atOrNull(restart.settledAt)})),
    incident:
      incident === null
        ? null
        : {
            ...incident,
            since: rfc3339(incident.since),
            lastAlertAt: atOrNull(incident.lastAlertAt),
            quietSince: atOrNull(incident.quietSince),
          },
    outbox: state.outbox.map(({key, kind, tries, lastError, at, deliveredAt}) => ({
      key,
      kind,
      tries,
      lastError,
      at: rfc3339(at),
      deliveredAt: atOrNull(deliveredAt),
    })),
    lastPass:
      lastPass === null
        ? null
        : {
            ...lastPass,
            at: rfc3339(lastPass.at),
            ageSeconds: Math.round(since(lastPass.at, now) / 1000),
            overdue: since(lastPass.at, now) > milliseconds(settings.policy.interval * 3),
          },
    decisions: state.decisions.slice(-history).map((decision) => ({...decision, at: rfc3339(decision.at)})),
  };
};
