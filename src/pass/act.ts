/**
 * The act, crash-safe (docs/how-it-decides.md, "The restart"): the intent is stored before the one PATCH, whose preconditions fence off everybody else.
 * SIGTERM stops it only before the intent; after it the PATCH and its record are finished within a few seconds of their own.
 */
import type {UnknownReason} from '../core/known.js';
import type {RestartRecord, State} from '../core/state/state.js';
import type {Workload} from '../core/observation/workload.js';
import {seconds, type Instant} from '../core/time.js';
import {within} from '../core/timers.js';
import type {Evidence} from './evidence.js';
import {reasonFields, type Journal} from './journal.js';
import type {RecalledState, StateStore} from './state-store.js';
import type {PassPorts} from './ports.js';

/** A decision older than this rests on an observation that no longer holds. */
const DECISION_LIFETIME = seconds(30);
const NOT_LEADING = 'another replica may act now: the Lease was lost';
/** The PATCH and the record of it have these seconds of their own, whatever ended the pass. */
const ACT_LIMIT = seconds(8);

/**
 * `conflict`: somebody else wrote the state, nothing was done · `failed`: no durable write, so nothing was done ·
 * `lost`: somebody changed the workload after it was observed, the intent is abandoned. `why`: what the API server said;
 * `null`: it was not asked, because there was no time left or the observation was too old.
 */
export type ActOutcome =
  | {readonly kind: 'acted' | 'in-doubt' | 'lost'; readonly recalledState: RecalledState; readonly detail: string}
  | {
      readonly kind: 'refused';
      readonly recalledState: RecalledState;
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
  readonly recalledState: RecalledState;
  /** When the observation was complete, by the monotonic clock. */
  readonly decidedAt: number;
  readonly now: Instant;
  /** Asked right before each write, where another replica may have taken over; once it says no nothing more is written by this act. */
  readonly holds?: () => boolean;
  /** What the restart rests on, for the journal; `null`: no journal keeps it. */
  readonly evidence: Evidence | null;
}

export const act = async (
  ports: PassPorts,
  store: StateStore,
  {workload, attempt: decided, next: decidedState, recalledState, decidedAt, now, evidence, holds = () => true}: Act,
  journal: Journal,
  signal: AbortSignal,
): Promise<ActOutcome> => {
  const {cluster, clock} = ports;
  const attempt: RestartRecord = evidence === null ? decided : {...decided, evidence: evidence.digest};
  const next = withRecord(decidedState, attempt);
  if (signal.aborted) return {kind: 'failed', detail: 'interrupted before the intent was stored', why: null};
  if (!holds()) return {kind: 'conflict', detail: NOT_LEADING};
  const intent = await store.store(recalledState, next, within(clock, ACT_LIMIT, signal));
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
  // The intent stays as it is: whoever leads now finds it, and that it never reached the workload.
  if (!holds()) return {kind: 'conflict', detail: NOT_LEADING};
  if (evidence !== null)
    journal('restart.evidence', {attempt: attempt.id, sha256: evidence.digest, evidence: evidence.fields});

  if (clock.monotonic() - decidedAt > DECISION_LIFETIME) {
    const abandoned = await settle(ports, store, intent.value, next, {...attempt, phase: 'abandoned', settledAt: now});
    return {
      kind: 'refused',
      recalledState: abandoned,
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
    within(clock, ACT_LIMIT),
  );
  switch (outcome.kind) {
    case 'done':
      journal('restart.sent', {attempt: attempt.id, kind: workload.kind, name: workload.name});
      return {
        kind: 'acted',
        recalledState: await settle(ports, store, intent.value, next, {...attempt, phase: 'acted', settledAt: now}),
        detail: '',
      };
    case 'in-doubt':
      journal('restart.in-doubt', {attempt: attempt.id, reason: outcome.why.message});
      return {kind: 'in-doubt', recalledState: intent.value, detail: outcome.why.message};
    case 'conflict':
    case 'refused': {
      const detail = outcome.kind === 'conflict' ? outcome.why : outcome.why.message;
      journal('restart.refused', {
        attempt: attempt.id,
        ...(outcome.kind === 'conflict' ? {reason: detail} : reasonFields(outcome.why)),
      });
      const abandoned = await settle(ports, store, intent.value, next, {
        ...attempt,
        phase: 'abandoned',
        settledAt: now,
      });
      return outcome.kind === 'conflict'
        ? {kind: 'lost', recalledState: abandoned, detail}
        : {kind: 'refused', recalledState: abandoned, detail, why: outcome.why};
    }
  }
};

const withRecord = (state: State, attempt: RestartRecord): State => ({
  ...state,
  restarts: state.restarts.map((restart) => (restart.id === attempt.id ? attempt : restart)),
});

/** Records what became of the attempt. When even that cannot be written, the next pass reads it off the workload. */
const settle = async (
  {clock}: PassPorts,
  store: StateStore,
  recalledState: RecalledState,
  next: State,
  attempt: RestartRecord,
): Promise<RecalledState> => {
  const settled = withRecord(next, attempt);
  const outcome = await store.store(recalledState, settled, within(clock, ACT_LIMIT));
  return outcome.kind === 'done' ? outcome.value : {...recalledState, state: settled};
};
