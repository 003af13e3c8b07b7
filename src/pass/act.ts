/**
 * The act, crash-safe (docs/how-it-decides.md, "The act"): the intent is stored before the one PATCH, whose preconditions fence off everybody else.
 * SIGTERM stops it only before the intent; after it the PATCH and its record are finished within a few seconds of their own.
 */
import type {UnknownReason} from '../core/known.js';
import type {RestartRecord, State} from '../core/state/state.js';
import type {Workload} from '../core/observation/workload.js';
import {seconds, type Instant} from '../core/time.js';
import {within} from './deadline.js';
import {reasonFields, type Journal} from './journal.js';
import type {Remembered, StateStore} from './state-store.js';
import type {World} from './world.js';

/** A decision older than this rests on an observation that no longer holds. */
const DECISION_LIFETIME = seconds(30);
/** The PATCH and the record of it have these seconds of their own, whatever ended the pass. */
const ACT_LIMIT = seconds(8);

/**
 * `conflict`: somebody else wrote the state, nothing was done · `failed`: no durable write, so nothing was done ·
 * `lost`: somebody changed the workload after it was looked at, the intent is abandoned. `why`: what the API server said;
 * `null`: it was not asked, because there was no time left or what had been seen was too old.
 */
export type ActOutcome =
  | {readonly kind: 'acted' | 'in-doubt' | 'lost'; readonly remembered: Remembered; readonly detail: string}
  | {
      readonly kind: 'refused';
      readonly remembered: Remembered;
      readonly detail: string;
      readonly why: UnknownReason | null;
    }
  | {readonly kind: 'conflict'; readonly detail: string}
  | {readonly kind: 'failed'; readonly detail: string; readonly why: UnknownReason | null};

export interface Act {
  readonly workload: Workload;
  readonly attempt: RestartRecord;
  /** The decided state, with the attempt as an intent and the alert in the outbox. */
  readonly next: State;
  readonly remembered: Remembered;
  /** When the observation was complete, by the monotonic clock. */
  readonly decidedAt: number;
  readonly now: Instant;
}

export const act = async (
  world: World,
  store: StateStore,
  {workload, attempt, next, remembered, decidedAt, now}: Act,
  journal: Journal,
  signal: AbortSignal,
): Promise<ActOutcome> => {
  const {cluster, clock} = world;
  if (signal.aborted) return {kind: 'failed', detail: 'ended before the intent was stored', why: null};
  const intent = await store.store(remembered, next, within(ACT_LIMIT, signal));
  if (intent.kind === 'conflict') {
    journal('state.conflict', {reason: intent.why});
    return {kind: 'conflict', detail: intent.why};
  }
  // In doubt is no intent: without a durable write nothing is restarted; the next pass finds and settles it if it was stored.
  if (intent.kind !== 'done') {
    journal('state.failed', reasonFields(intent.why));
    return {kind: 'failed', detail: intent.why.message, why: intent.why};
  }
  journal('intent.stored', {attempt: attempt.id, cause: attempt.cause});

  if (clock.monotonic() - decidedAt > DECISION_LIFETIME) {
    const abandoned = await settle(store, intent.value, next, {...attempt, phase: 'abandoned', settledAt: now});
    return {
      kind: 'refused',
      remembered: abandoned,
      detail: 'the observation was too old by the time the intent was stored',
      why: null,
    };
  }
  const outcome = await cluster.restart(
    {
      kind: workload.kind,
      namespace: workload.namespace,
      name: workload.name,
      uid: workload.uid,
      generation: workload.generation,
      annotated: workload.annotated,
      expectedAttempt: workload.attempt,
      attempt: attempt.id,
      restartedAt: attempt.at,
      dryRun: false,
    },
    within(ACT_LIMIT),
  );
  switch (outcome.kind) {
    case 'done':
      journal('restart.sent', {attempt: attempt.id, kind: workload.kind, name: workload.name});
      return {
        kind: 'acted',
        remembered: await settle(store, intent.value, next, {...attempt, phase: 'acted', settledAt: now}),
        detail: '',
      };
    case 'in-doubt':
      journal('restart.in-doubt', {attempt: attempt.id, reason: outcome.why.message});
      return {kind: 'in-doubt', remembered: intent.value, detail: outcome.why.message};
    case 'conflict':
    case 'refused': {
      const detail = outcome.kind === 'conflict' ? outcome.why : outcome.why.message;
      journal('restart.refused', {
        attempt: attempt.id,
        ...(outcome.kind === 'conflict' ? {reason: detail} : reasonFields(outcome.why)),
      });
      const abandoned = await settle(store, intent.value, next, {...attempt, phase: 'abandoned', settledAt: now});
      return outcome.kind === 'conflict'
        ? {kind: 'lost', remembered: abandoned, detail}
        : {kind: 'refused', remembered: abandoned, detail, why: outcome.why};
    }
  }
};

/** Records what became of the attempt. When even that cannot be written, the next pass reads it off the workload. */
const settle = async (
  store: StateStore,
  remembered: Remembered,
  next: State,
  attempt: RestartRecord,
): Promise<Remembered> => {
  const settled: State = {
    ...next,
    restarts: next.restarts.map((restart) => (restart.id === attempt.id ? attempt : restart)),
  };
  const outcome = await store.store(remembered, settled, within(ACT_LIMIT));
  return outcome.kind === 'done' ? outcome.value : {...remembered, state: settled};
};
