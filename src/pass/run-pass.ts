/** One pass (docs/how-it-decides.md): observe → assess → diagnose → decide → act → remember → tell, under one deadline. */
import type {Judgement} from './judge.js';
import {isRemembered, type RestartRequest} from '../core/decision/situation.js';
import type {UnknownReason} from '../core/known.js';
import type {Right} from '../core/observation/observation.js';
import type {State} from '../core/state/state.js';
import {milliseconds, seconds, type Duration} from '../core/time.js';
import {act} from './act.js';
import {within} from './deadline.js';
import {reasonFields, type Journal} from './journal.js';
import {judge} from './judge.js';
import {lastMailFailure, observe, type Sight} from './observe.js';
import {resourceOf, reviewIsDue, rightsFor, type Seen} from './rights.js';
import {StateStore, toldOfWipe, type Remembered} from './state-store.js';
import {tell} from './tell.js';
import type {World} from './world.js';

/** What remains of the deadline after looking: for the writes and the mails. Of a short deadline half. */
const WRITING_TIME = seconds(20);
const STATE_LIMIT = seconds(8);

export interface PassOptions {
  readonly request: RestartRequest | null;
  /** Decides, tells and stores, but does not act; the decision says "would restart". */
  readonly dryRun: boolean;
}

/** What became of the pass, beside what it saw and decided. */
export type PassEnd =
  /** Everything that was decided is done and remembered. */
  | {readonly kind: 'done'}
  /** Somebody else wrote the state or changed the workload meanwhile: this pass restarted nothing (docs/how-it-decides.md, "What is remembered"). */
  | {readonly kind: 'conflict'; readonly detail: string}
  /** The state could not be stored, or the act was refused. */
  | {readonly kind: 'failed'; readonly detail: string; readonly why: UnknownReason | null}
  /** Not known whether the restart was applied; the next pass finds out. */
  | {readonly kind: 'in-doubt'; readonly detail: string}
  | {readonly kind: 'interrupted'};

export interface Pass {
  readonly sight: Sight;
  readonly judgement: Judgement;
  readonly end: PassEnd;
  readonly state: State;
}

export const runPass = async (
  world: World,
  options: PassOptions,
  journal: Journal,
  signal: AbortSignal,
): Promise<Pass> => {
  const {settings, clock, namespace} = world;
  const store = new StateStore(world.cluster, namespace, settings.stateName);
  const deadline = within(settings.deadline, signal);
  const looking = within(lookingTime(settings.deadline), signal);
  const sight = await observe(
    world,
    store,
    {kind: null, rights: (seen) => rightsDue(world, options, seen), cronJob: false, mailFailure: lastMailFailure},
    looking,
  );
  const decidedAt = clock.monotonic();
  const {observation, remembered, reading} = sight;
  const now = observation.at;
  journal('observed', {via: observation.via, took: Object.fromEntries(sight.timings)});

  const policy = options.dryRun ? {...settings.policy, mode: 'dry-run' as const} : settings.policy;
  const judgement = judge(sight, {
    policy,
    attemptId: world.newId(),
    by: world.runner,
    request: options.request,
    alerting: world.mailer.configured,
    toldOfWipe: toldOfWipe(remembered, now),
  });
  const {diagnosis, decision} = judgement;
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
    reason: decision.reason,
    liftedBy: decision.liftedBy,
    streak: decision.streak.count,
    needed: decision.streak.needed,
    breaker: isRemembered(reading) ? decision.breaker.state : 'unknown',
  });

  const finish = (end: PassEnd, state: State): Pass => ({sight, judgement, end, state});
  if (signal.aborted) return finish({kind: 'interrupted'}, remembered.state);
  // What could not be read must not be written over (B-11); a newer version's state is not ours to touch.
  if (reading === 'unreadable' || reading === 'newer')
    return finish({kind: 'failed', detail: decision.reason, why: null}, remembered.state);

  const {attempt} = decision;
  const search = observation.workload;
  if (attempt !== null && search.known && search.value.found === 'one') {
    const outcome = await act(
      world,
      store,
      {workload: search.value.workload, attempt, next: decision.next, remembered, decidedAt, now},
      journal,
      deadline,
    );
    if (outcome.kind === 'conflict') return finish({kind: 'conflict', detail: outcome.detail}, remembered.state);
    if (outcome.kind === 'failed')
      return finish({kind: 'failed', detail: outcome.detail, why: outcome.why}, remembered.state);
    const state = await settleOutbox(world, store, outcome.remembered, journal, deadline, sight);
    if (outcome.kind === 'in-doubt') return finish({kind: 'in-doubt', detail: outcome.detail}, state);
    if (outcome.kind === 'lost') return finish({kind: 'conflict', detail: outcome.detail}, state);
    return finish(
      outcome.kind === 'refused' ? {kind: 'failed', detail: outcome.detail, why: outcome.why} : {kind: 'done'},
      state,
    );
  }

  const stored = await store.store(remembered, decision.next, within(STATE_LIMIT, deadline));
  if (stored.kind === 'conflict') {
    journal('state.conflict', {reason: stored.why});
    return finish({kind: 'conflict', detail: stored.why}, remembered.state);
  }
  if (stored.kind !== 'done') {
    journal('state.failed', reasonFields(stored.why));
    return finish({kind: 'failed', detail: stored.why.message, why: stored.why}, remembered.state);
  }
  journal('state.stored', {name: settings.stateName});
  if (reading !== 'sound') {
    const told = reading === 'wiped' && decision.next.outbox.some((entry) => entry.at === now);
    await store.standGuard(remembered, told, now, within(STATE_LIMIT, deadline));
  }
  return finish({kind: 'done'}, await settleOutbox(world, store, stored.value, journal, deadline, sight));
};

/** What this pass may need before it ends, reviewed while there is time to tell. */
const rightsDue = ({settings, namespace}: World, {dryRun}: PassOptions, seen: Seen): readonly Right[] => {
  if (!reviewIsDue(seen)) return [];
  const kind = seen.workload?.kind ?? seen.remembered.state.target?.kind ?? null;
  const workload = {resource: resourceOf(kind ?? 'Deployment'), name: seen.workload?.name ?? settings.workload};
  // To look for it is the same for every kind. Which one would be patched is not known before it was found once, and to name another is to ask for too much.
  const acts = kind !== null && !dryRun && settings.policy.mode !== 'observe';
  return rightsFor({
    namespace,
    workload,
    stateName: settings.stateName,
    cronJobName: null,
    via: settings.via,
    mode: acts ? 'act' : 'observe',
  });
};

const lookingTime = (deadline: Duration): Duration => milliseconds(deadline - Math.min(WRITING_TIME, deadline / 2));

/** Sends what waits and remembers what arrived. A mark that is lost only makes one alert come twice (docs/how-it-decides.md, "The act"). */
const settleOutbox = async (
  world: World,
  store: StateStore,
  remembered: Remembered,
  journal: Journal,
  deadline: AbortSignal,
  {observation}: Sight,
): Promise<State> => {
  const state = await tell(world, remembered.state, observation.at, journal, deadline);
  if (state === remembered.state) return state;
  const outcome = await store.store(remembered, state, within(STATE_LIMIT));
  if (outcome.kind !== 'done')
    journal('state.failed', {reason: outcome.kind === 'conflict' ? outcome.why : outcome.why.message, after: 'alerts'});
  return state;
};
