/** What follows a decision: act → store → notify. The same for a pass of the CronJob and for each turn of `serve`. */
import {isStateKnown, type StateReading} from '../core/decision/situation.js';
import {reasonText, unblockText} from '../core/decision/wording.js';
import type {UnknownReason} from '../core/known.js';
import {singleWorkload} from '../core/observation/workload.js';
import type {State} from '../core/state/state.js';
import {seconds} from '../core/time.js';
import {within} from '../core/timers.js';
import {act} from './act.js';
import {gatherEvidence} from './evidence.js';
import {reasonFields, type Journal} from './journal.js';
import type {Judgement} from './judge.js';
import {notifyAndStore} from './notify.js';
import type {ObservedPass} from './observe.js';
import type {PassPorts} from './ports.js';
import type {RecalledState, StateStore} from './state-store.js';

const STATE_LIMIT = seconds(8);

/** What became of a decision. */
export type PassEnd =
  /** Everything that was decided is done and stored. */
  | {readonly kind: 'done'}
  /** Somebody else wrote the state or changed the workload meanwhile: this pass restarted nothing (docs/how-it-decides.md, "State"). */
  | {readonly kind: 'conflict'; readonly detail: string}
  /** The state could not be stored, or the act was refused. */
  | {readonly kind: 'failed'; readonly detail: string; readonly why: UnknownReason | null}
  /** Not known whether the restart was applied; the next pass finds out. */
  | {readonly kind: 'in-doubt'; readonly detail: string}
  | {readonly kind: 'interrupted'};

export interface CarriedOut {
  readonly end: PassEnd;
  readonly state: State;
  /** The state as it stands in the cluster now; `null`: that is not known, it has to be read again. */
  readonly recalledState: RecalledState | null;
}

export interface Decided {
  readonly observed: ObservedPass;
  readonly judgement: Pick<Judgement, 'decision' | 'findings'>;
  /** When the observation was complete, by the monotonic clock. */
  readonly decidedAt: number;
  /** Whether this process may still act (Act.holds); absent: nobody else acts in its place. */
  readonly holds?: () => boolean;
}

/** Both lines of the journal about one judgement. */
export const journalJudged = (journal: Journal, {diagnosis, decision}: Judgement, reading: StateReading): void => {
  journal('diagnosed', {
    health: diagnosis.health,
    cause: diagnosis.cause,
    summary: diagnosis.summary,
    primary: diagnosis.primary,
    folded: diagnosis.folded.map(({id, under}) => `${id} under ${under}`),
  });
  journal('decided', {
    action: decision.action,
    rule: decision.rule,
    code: decision.reason.code,
    reason: reasonText(decision.reason),
    liftedBy: unblockText(decision.reason),
    streak: decision.streak.count,
    needed: decision.streak.needed,
    breaker: isStateKnown(reading) ? decision.breaker.state : 'unknown',
  });
};

/** `interruption`: the end of the program; `deadline`: of all that is done here, interruption included. */
export const carryOut = async (
  ports: PassPorts,
  store: StateStore,
  {observed: {observation, recalledState, reading}, judgement: {decision, findings}, decidedAt, holds}: Decided,
  journal: Journal,
  {interruption, deadline}: {readonly interruption: AbortSignal; readonly deadline: AbortSignal},
): Promise<CarriedOut> => {
  const {clock, settings} = ports;
  const now = observation.at;
  const untouched = (end: PassEnd): CarriedOut => ({end, state: recalledState.state, recalledState});
  const unsure = (end: PassEnd, state: State = recalledState.state): CarriedOut => ({end, state, recalledState: null});
  if (interruption.aborted) return untouched({kind: 'interrupted'});
  // What could not be read must not be written over (B-11); a newer version's state is not ours to touch.
  if (reading === 'unreadable' || reading === 'newer')
    return untouched({kind: 'failed', detail: reasonText(decision.reason), why: null});

  const {attempt} = decision;
  const workload = singleWorkload(observation.workload);
  if (attempt !== null && workload !== null) {
    const evidence = await gatherEvidence(ports, {observation, findings}, deadline);
    const outcome = await act(
      ports,
      store,
      {
        workload,
        attempt,
        next: decision.next,
        recalledState,
        decidedAt,
        now,
        evidence,
        ...(holds === undefined ? {} : {holds}),
      },
      journal,
      deadline,
    );
    if (outcome.kind === 'conflict') return unsure({kind: 'conflict', detail: outcome.detail});
    if (outcome.kind === 'failed') return unsure({kind: 'failed', detail: outcome.detail, why: outcome.why});
    const notified = await notifyAndStore(ports, store, outcome.recalledState, now, journal, deadline);
    const finish = (end: PassEnd): CarriedOut => ({end, state: notified.state, recalledState: notified.recalledState});
    if (outcome.kind === 'in-doubt') return finish({kind: 'in-doubt', detail: outcome.detail});
    if (outcome.kind === 'lost') return finish({kind: 'conflict', detail: outcome.detail});
    return finish(
      outcome.kind === 'refused' ? {kind: 'failed', detail: outcome.detail, why: outcome.why} : {kind: 'done'},
    );
  }

  const stored = await store.store(recalledState, decision.next, within(clock, STATE_LIMIT, deadline));
  if (stored.kind === 'conflict') {
    journal('state.conflict', {reason: stored.why});
    return unsure({kind: 'conflict', detail: stored.why});
  }
  if (stored.kind !== 'done') {
    journal('state.failed', reasonFields(stored.why));
    return unsure({kind: 'failed', detail: stored.why.message, why: stored.why});
  }
  journal('state.stored', {name: settings.stateName});
  if (reading !== 'sound') {
    await store.standGuard(recalledState, decision.next, now, within(clock, STATE_LIMIT, deadline));
  }
  const notified = await notifyAndStore(ports, store, stored.value, now, journal, deadline);
  return {end: {kind: 'done'}, state: notified.state, recalledState: notified.recalledState};
};
