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
import {recollect} from './recollect.js';
import type {Remembered} from './state-store.js';
import type {World} from './world.js';

const LIMIT = seconds(10);
/** Somebody else may write in between: the reset is made anew on what he wrote. */
const TRIES = 5;

export interface ResetOutcome {
  readonly stateName: string;
  readonly namespace: string;
  readonly before: Breaker;
  /** The breaker as it stands after the reset: the hour's limit may hold on. */
  readonly after: BreakerView;
  readonly by: string;
  readonly reason: string | null;
}

/** Throws CommandFailure where the state cannot be read or written. */
export const resetBreaker = async (context: Context, reset: BreakerReset): Promise<ResetOutcome> => {
  const {world, close} = await openWorld(context, 'reset-breaker');
  try {
    return await resetIn(world, reset, context.signal);
  } finally {
    await close();
  }
};

/** The use case in a given world. */
export const resetIn = async (world: World, reset: BreakerReset, signal: AbortSignal): Promise<ResetOutcome> => {
  const {cluster, settings, namespace, clock} = world;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const {store, remembered, workload} = await recollect(world, LIMIT, signal);
    if (remembered.reading === 'newer') throw new CommandFailure('refused', `The state in ${namespace}/${settings.stateName} is from a newer version of this tool (R-02)`, 'run the newer version');
    const now = cluster.serverTime() ?? clock.now();
    const next = resetOf(remembered, workload, reset, now);
    const outcome = await store.store(remembered, next, within(LIMIT, signal));
    if (outcome.kind === 'done') {
      return {stateName: settings.stateName, namespace, before: remembered.state.breaker, after: viewBreaker(next, next.restarts, workload, null, now, settings.policy), ...reset};
    }
    if (outcome.kind !== 'conflict') throw failureOf(outcome.why);
  }
  throw new CommandFailure('conflict', `Somebody else wrote ${namespace}/${settings.stateName} each time this command did`, 'try again in a moment');
};

/**
 * What this command stores reads as sound from then on: so a state that was new, lost or put back is restored first, and
 * its cool-down, which is no finding of the breaker, holds on.
 */
const resetOf = ({state, reading}: Remembered, workload: Workload | null, reset: BreakerReset, now: Instant): State => {
  const restored = restore(state, reading, workload, now);
  const closed = closeBreaker(restored, reset, now);
  return reading === 'sound' ? closed : {...closed, breaker: {...closed.breaker, coolDownUntil: restored.breaker.coolDownUntil}};
};
