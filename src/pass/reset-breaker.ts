/** `reset-breaker`: closes and unlocks by compare-and-swap; what another runner stores in between is kept. */
import {viewBreaker} from '../core/decision/breaker.js';
import type {BreakerView} from '../core/decision/decision.js';
import {closeBreaker, type BreakerReset} from '../core/decision/reset.js';
import {seconds} from '../core/time.js';
import type {Breaker} from '../core/state/state.js';
import {CommandFailure} from '../report/failure.js';
import {failureOf} from './access.js';
import type {Context} from './context.js';
import {within} from './deadline.js';
import {openWorld} from './open-world.js';
import {StateStore} from './state-store.js';
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
export const resetIn = async ({cluster, settings, namespace, clock}: World, reset: BreakerReset, signal: AbortSignal): Promise<ResetOutcome> => {
  const store = new StateStore(cluster, namespace, settings.stateName);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const remembered = await store.recall(within(LIMIT, signal));
    if (!remembered.soundness.known) throw failureOf(remembered.soundness.why);
    if (remembered.reading === 'newer') throw new CommandFailure('refused', `The state in ${namespace}/${settings.stateName} is from a newer version of this tool (R-02)`, 'run the newer version');
    const now = cluster.serverTime() ?? clock.now();
    const next = closeBreaker(remembered.state, reset, now);
    const outcome = await store.store(remembered, next, within(LIMIT, signal));
    if (outcome.kind === 'done') {
      return {stateName: settings.stateName, namespace, before: remembered.state.breaker, after: viewBreaker(next.breaker, next.restarts, null, null, now, settings.policy), ...reset};
    }
    if (outcome.kind !== 'conflict') throw failureOf(outcome.why);
  }
  throw new CommandFailure('conflict', `Somebody else wrote ${namespace}/${settings.stateName} each time this command did`, 'try again in a moment');
};
