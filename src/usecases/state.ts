/** `state`: everything that is stored, as a report. Reads only. */
import {clampToNow} from '../core/decision/clamp-to-now.js';
import {presentFault, viewBreaker} from '../core/decision/breaker.js';
import type {BreakerView} from '../core/decision/decision.js';
import {activePause, type Pause} from '../core/pause.js';
import type {StateReading} from '../core/decision/situation.js';
import {breakerText} from '../core/decision/wording.js';
import type {Known, UnknownReason} from '../core/known.js';
import type {StateSoundness, Wiper} from '../core/observation/observation.js';
import {isServed} from '../core/serving.js';
import type {State} from '../core/state/state.js';
import {milliseconds, rfc3339, seconds, since, type Instant} from '../core/time.js';
import type {StateReport} from '../outcome/state-report.js';
import type {Context} from '../pass/context.js';
import {TABLE} from '../settings/table.js';
import {openPorts} from '../pass/open-ports.js';
import {loadState} from '../pass/load-state.js';
import type {PassPorts} from '../pass/ports.js';

const LIMIT = seconds(10);

export interface StateOptions {
  /** The last so many decisions and restarts. */
  readonly history: number;
}

/** Throws CommandFailure where the ConfigMap cannot be read. */
export const showState = async (context: Context, options: StateOptions): Promise<StateReport> => {
  const {ports, close} = await openPorts(context, 'state');
  try {
    return await showStateIn(ports, options, context.signal);
  } finally {
    await close();
  }
};

/** The use case in given ports. */
export const showStateIn = async (
  ports: PassPorts,
  {history}: StateOptions,
  signal: AbortSignal,
): Promise<StateReport> => {
  const {cluster, clock} = ports;
  const {
    recalledState: {reading, soundness, state: stored},
    workload,
    missing,
    settings,
    unreadCronJob,
  } = await loadState(ports, LIMIT, signal);
  const now = cluster.serverTime() ?? clock.now();
  const {state, ahead} = clampToNow(stored, now);
  const breaker = viewBreaker(
    state,
    state.restarts,
    workload,
    presentFault(state.streak?.cause ?? null),
    now,
    settings.policy,
  );
  const pause = activePause(workload, now);
  return buildStateReport(
    {...ports, settings},
    {reading, soundness, state, missing, ahead, breaker, pause, now, unreadCronJob},
    history,
  );
};

interface Remembrance {
  readonly reading: StateReading;
  readonly soundness: Known<StateSoundness>;
  readonly state: State;
  /** What was searched for where no Frigate is. */
  readonly missing: string | null;
  /** How far the newest clipped instant lay in the future, milliseconds. */
  readonly ahead: number;
  readonly breaker: BreakerView;
  readonly pause: Pause | null;
  readonly now: Instant;
  readonly unreadCronJob: UnknownReason | null;
}

/** A clock step of a minute or less is nobody's news (FRG-103 warns from there on). */
const SHOWN_STEP = 60_000;

const wipeText = (wiper: Wiper): string => {
  switch (wiper.by) {
    case 'another-checker':
      return 'another installation of frigate-health restarted this Frigate; its state is in another ConfigMap';
    case 'manager':
      return `${wiper.name} replaced the state with an old one`;
    case 'unknown':
      return 'the state was replaced with an old one; the ConfigMap does not show who wrote it';
    case 'deletion':
      return 'the state ConfigMap was deleted';
  }
};

const problemsOf = ({soundness, missing, ahead}: Remembrance): readonly string[] => [
  ...(missing === null ? [] : [`no Frigate workload found (${missing})`]),
  ...(soundness.known ? soundness.value.problems : []),
  ...(soundness.known && soundness.value.wipedBy !== null ? [wipeText(soundness.value.wipedBy)] : []),
  ...(ahead > SHOWN_STEP
    ? [`times up to ${Math.round(ahead / 1000)} s in the future count as now: a clock jumped`]
    : []),
];

/** By these the numbers of the report are held against limits. */
const SHOWN: ReadonlySet<string> = new Set([
  TABLE.consecutiveFailures.variable,
  TABLE.restartsPerHour.variable,
  TABLE.restartsPerDay.variable,
  TABLE.interval.variable,
  TABLE.mode.variable,
]);

const atOrNull = (instant: Instant | null): string | null => (instant === null ? null : rfc3339(instant));

const buildStateReport = (
  {cluster, settings, namespace, version}: PassPorts,
  remembrance: Remembrance,
  history: number,
): StateReport => {
  const {reading, state, breaker, pause, now} = remembrance;
  const {streak, incident, lastPass} = state;
  return {
    apiVersion: 'frigate-health.io/v1',
    kind: 'StateReport',
    metadata: {
      generatedAt: rfc3339(now),
      version,
      context: cluster.context,
      inCluster: cluster.inCluster,
      namespace,
      name: settings.stateName,
    },
    reading,
    problems: problemsOf(remembrance),
    target: state.target,
    pause: pause === null ? null : {until: rfc3339(pause.until), reason: pause.reason},
    breaker: {
      state: breaker.state,
      why: breaker.why === null ? null : breakerText(breaker.why),
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
    restarts: state.restarts.slice(-history).map((restart) => ({
      id: restart.id,
      at: rfc3339(restart.at),
      cause: restart.cause,
      rule: restart.rule,
      who: restart.who,
      reason: restart.reason,
      findings: restart.findings,
      phase: restart.phase,
      settledAt: atOrNull(restart.settledAt),
      faults: restart.faults ?? [],
      cameBackAt: atOrNull(restart.cameBackAt ?? null),
      ...(restart.evidence === undefined ? {} : {evidence: restart.evidence}),
    })),
    healed: (state.memory.exits ?? []).map((exit) => ({...exit, at: rfc3339(exit.at)})),
    incident:
      incident === null
        ? null
        : {
            ...incident,
            since: rfc3339(incident.since),
            faults: incident.faults.map(({at, summary}) => ({at: rfc3339(at), summary})),
            lastAlertAt: atOrNull(incident.lastAlertAt),
            quietSince: atOrNull(incident.quietSince),
            ack: incident.ack === null ? null : {...incident.ack, at: rfc3339(incident.ack.at)},
          },
    outbox: state.outbox.map(({key, kind, tries, lastError, at, deliveredAt, deliveries}) => ({
      key,
      kind,
      tries,
      lastError,
      deliveries: deliveries.map(({channel, tries: made, lastError: why, doneAt}) => ({
        channel,
        tries: made,
        lastError: why,
        doneAt: atOrNull(doneAt),
      })),
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
    settings: settings.origins.filter(({name}) => SHOWN.has(name)),
    settingsProblem:
      remembrance.unreadCronJob === null
        ? null
        : `the settings of the CronJob could not be read (${remembrance.unreadCronJob.message}); limits and interval are those of this shell`,
    serve:
      state.servedAt === null
        ? null
        : {
            lastPassAt: rfc3339(state.servedAt),
            ageSeconds: Math.round(since(state.servedAt, now) / 1000),
            active: isServed(state.servedAt, now, settings.policy.interval),
          },
    decisions: state.decisions.slice(-history).map((decision) => ({...decision, at: rfc3339(decision.at)})),
  };
};
