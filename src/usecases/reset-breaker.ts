/** `reset-breaker`: closes and unlocks by compare-and-swap; what another runner stores in between is kept. */
import {contextOf} from '../core/cluster-context.js';
import {presentFault, viewBreaker} from '../core/decision/breaker.js';
import {closeBreaker, type BreakerReset} from '../core/decision/reset.js';
import {restoreLostState} from '../core/decision/restore-lost-state.js';
import {seconds, type Instant} from '../core/time.js';
import type {Workload} from '../core/observation/workload.js';
import type {State} from '../core/state/state.js';
import {CommandFailure} from '../outcome/failure.js';
import type {BreakerStanding, ResetResult} from '../outcome/reset-result.js';
import {failureOf} from '../pass/access.js';
import type {Context} from '../pass/context.js';
import {within} from '../core/timers.js';
import {openPorts} from '../pass/open-ports.js';
import {loadState, type LoadedState} from '../pass/load-state.js';
import type {RecalledState} from '../pass/state-store.js';
import type {PassPorts} from '../pass/ports.js';

const LIMIT = seconds(10);
/** Somebody else may write in between: then the reset is made again on what they wrote. */
const TRIES = 5;

/** Throws where the answer is no. */
export type Consent = (standing: BreakerStanding) => Promise<void>;

/** Throws CommandFailure where the state cannot be read or written, or without consent. `consent`: `null` where it was given before. */
export const resetBreaker = async (
  context: Context,
  reset: BreakerReset,
  consent: Consent | null,
): Promise<ResetResult> => {
  const {ports, close} = await openPorts(context, 'reset-breaker');
  try {
    // A person may think for minutes, so everything is read again after the answer.
    await consent?.(await standingIn(ports, context.signal));
    return await resetIn(ports, reset, context.signal);
  } finally {
    await close();
  }
};

/** The use case in given ports. */
export const resetIn = async (ports: PassPorts, reset: BreakerReset, signal: AbortSignal): Promise<ResetResult> => {
  const {cluster, namespace, clock} = ports;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const {store, recalledState, workload, settings} = await ownState(ports, signal);
    const now = cluster.serverTime() ?? clock.now();
    const next = resetOf(recalledState, workload, reset, now);
    const outcome = await store.store(recalledState, next, within(clock, LIMIT, signal));
    if (outcome.kind === 'done') {
      return {
        ...locationOf(ports),
        before: recalledState.state.breaker,
        after: viewBreaker(next, next.restarts, workload, presentFault(null), now, settings.policy),
        ...reset,
      };
    }
    if (outcome.kind !== 'conflict') throw failureOf(outcome.why);
  }
  throw new CommandFailure(
    'conflict',
    `Conflict: another run changed ${namespace}/${ports.settings.stateName} at each of ${TRIES} attempts`,
    'run the command again',
  );
};

const locationOf = ({
  cluster,
  settings,
  namespace,
}: PassPorts): Pick<ResetResult, 'stateName' | 'context' | 'namespace'> => ({
  stateName: settings.stateName,
  context: contextOf(cluster),
  namespace,
});

/** Without a stored state there is nothing to reset: mostly it is the wrong namespace, and a new state must not be left there. */
const ownState = async (ports: PassPorts, signal: AbortSignal): Promise<LoadedState> => {
  const {
    namespace,
    settings: {stateName},
  } = ports;
  const loaded = await loadState(ports, LIMIT, signal);
  const {reading, map} = loaded.recalledState;
  if (reading === 'newer')
    throw new CommandFailure(
      'refused',
      `The state in ${namespace}/${stateName} was written by a newer version of this program (R-02)`,
      'run the newer version',
    );
  if (reading === 'fresh' && map === null)
    throw new CommandFailure(
      'refused',
      `There is no state in ${namespace}/${stateName}, so there is no breaker to close`,
      'name the namespace of Frigate with -n',
    );
  return loaded;
};

const standingIn = async (ports: PassPorts, signal: AbortSignal): Promise<BreakerStanding> => {
  const {
    recalledState: {state},
    workload,
    settings,
  } = await ownState(ports, signal);
  const now = ports.cluster.serverTime() ?? ports.clock.now();
  return {
    ...locationOf(ports),
    breaker: viewBreaker(
      state,
      state.restarts,
      workload,
      presentFault(state.streak?.cause ?? null),
      now,
      settings.policy,
    ),
  };
};

/**
 * What this command stores reads as sound from then on: so a state that was new, lost or put back is restored first, and
 * its cool-down, which is no finding of the breaker, holds on.
 */
const resetOf = (
  {state, reading}: RecalledState,
  workload: Workload | null,
  reset: BreakerReset,
  now: Instant,
): State => {
  const restored = restoreLostState(state, reading, workload, now);
  const closed = closeBreaker(restored, reset, now);
  return reading === 'sound'
    ? closed
    : {...closed, breaker: {...closed.breaker, coolDownUntil: restored.breaker.coolDownUntil}};
};
