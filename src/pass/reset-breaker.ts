/** `reset-breaker`: closes and unlocks by compare-and-swap; what another runner stores in between is kept. */
import {viewBreaker} from '../core/decision/breaker.js';
import type {BreakerView} from '../core/decision/decision.js';
import {closeBreaker, type BreakerReset} from '../core/decision/reset.js';
import {restore} from '../core/decision/restore.js';
import {seconds, type Instant} from '../core/time.js';
import type {Workload} from '../core/observation/workload.js';
import type {Breaker, State} from '../core/state/state.js';
import {CommandFailure} from '../report/failure.js';
import {failureOf} from './access.js';
import type {Context} from './context.js';
import {within} from './deadline.js';
import {openWorld} from './open-world.js';
import {recollect, type Recollection} from './recollect.js';
import type {Remembered} from './state-store.js';
import type {World} from './world.js';

const LIMIT = seconds(10);
/** Somebody else may write in between: the reset is made anew on what he wrote. */
const TRIES = 5;

export interface ResetOutcome {
  readonly stateName: string;
  /** The context of the kubeconfig, where one was used. */
  readonly context: string | null;
  readonly namespace: string;
  readonly before: Breaker;
  /** The breaker as it stands after the reset: the hour's limit may hold on. */
  readonly after: BreakerView;
  readonly by: string;
  readonly reason: string | null;
}

/** What would be closed, and where: for the question whether it shall be. */
export type BreakerStanding = Pick<ResetOutcome, 'stateName' | 'context' | 'namespace'> & {
  readonly breaker: BreakerView;
};

/** Throws where the answer is no. */
export type Consent = (standing: BreakerStanding) => Promise<void>;

/** Throws CommandFailure where the state cannot be read or written, or without consent. `consent`: `null` where it was given before. */
export const resetBreaker = async (
  context: Context,
  reset: BreakerReset,
  consent: Consent | null,
): Promise<ResetOutcome> => {
  const {world, close} = await openWorld(context, 'reset-breaker');
  try {
    // A person may think for minutes, so that everything is read anew after the answer.
    await consent?.(await standingIn(world, context.signal));
    return await resetIn(world, reset, context.signal);
  } finally {
    await close();
  }
};

/** The use case in a given world. */
export const resetIn = async (world: World, reset: BreakerReset, signal: AbortSignal): Promise<ResetOutcome> => {
  const {cluster, settings, namespace, clock} = world;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const {store, remembered, workload} = await recollectOurs(world, signal);
    const now = cluster.serverTime() ?? clock.now();
    const next = resetOf(remembered, workload, reset, now);
    const outcome = await store.store(remembered, next, within(LIMIT, signal));
    if (outcome.kind === 'done') {
      return {
        ...placeOf(world),
        before: remembered.state.breaker,
        after: viewBreaker(next, next.restarts, workload, null, now, settings.policy),
        ...reset,
      };
    }
    if (outcome.kind !== 'conflict') throw failureOf(outcome.why);
  }
  throw new CommandFailure(
    'conflict',
    `Somebody else wrote ${namespace}/${settings.stateName} each time this command did`,
    'try again in a moment',
  );
};

const placeOf = ({cluster, settings, namespace}: World): Pick<ResetOutcome, 'stateName' | 'context' | 'namespace'> => ({
  stateName: settings.stateName,
  context: cluster.context,
  namespace,
});

/** Where nothing is remembered there is nothing to reset: mostly it is the wrong namespace, and a new state must not be left there. */
const recollectOurs = async (world: World, signal: AbortSignal): Promise<Recollection> => {
  const {
    namespace,
    settings: {stateName},
  } = world;
  const recollection = await recollect(world, LIMIT, signal);
  const {reading, map} = recollection.remembered;
  if (reading === 'newer')
    throw new CommandFailure(
      'refused',
      `The state in ${namespace}/${stateName} is from a newer version of this tool (R-02)`,
      'run the newer version',
    );
  if (reading === 'fresh' && map === null)
    throw new CommandFailure(
      'refused',
      `Nothing is remembered in ${namespace}/${stateName}, so there is no breaker to close`,
      'name the namespace of Frigate with -n',
    );
  return recollection;
};

const standingIn = async (world: World, signal: AbortSignal): Promise<BreakerStanding> => {
  const {
    remembered: {state},
    workload,
  } = await recollectOurs(world, signal);
  const now = world.cluster.serverTime() ?? world.clock.now();
  return {
    ...placeOf(world),
    breaker: viewBreaker(state, state.restarts, workload, state.streak?.cause ?? null, now, world.settings.policy),
  };
};

/**
 * What this command stores reads as sound from then on: so a state that was new, lost or put back is restored first, and
 * its cool-down, which is no finding of the breaker, holds on.
 */
const resetOf = ({state, reading}: Remembered, workload: Workload | null, reset: BreakerReset, now: Instant): State => {
  const restored = restore(state, reading, workload, now);
  const closed = closeBreaker(restored, reset, now);
  return reading === 'sound'
    ? closed
    : {...closed, breaker: {...closed.breaker, coolDownUntil: restored.breaker.coolDownUntil}};
};
