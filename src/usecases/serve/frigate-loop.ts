/**
 * One Frigate of `serve`, from its feeds to its decision: judged on new evidence or every 15 seconds, one turn after another, and
 * never waiting for any other Frigate. Each turn: state → judge → publish → act, store, notify.
 */
import type {Decision} from '../../core/decision/decision.js';
import {pending, waitingFor} from '../../core/incident/outbox.js';
import type {State} from '../../core/state/state.js';
import {milliseconds, minutes, seconds, since, type Duration, type Instant} from '../../core/time.js';
import {within} from '../../core/timers.js';
import type {FrigateTarget} from '../../outcome/fleet.js';
import type {RecoverOutcome, RecoverRequest} from '../../outcome/recover.js';
import {carryOut, journalJudged} from '../../pass/carry-out.js';
import type {Journal, JournalEvent, JournalFields} from '../../pass/journal.js';
import {judge, type Judgement} from '../../pass/judge.js';
import type {ObservedPass} from '../../pass/observe.js';
import type {PassPorts} from '../../pass/ports.js';
import {guardMemoryOf, StateStore, wipeNotifiedAt} from '../../pass/state-store.js';
import {buildReport} from '../build-report.js';
import {startFeeds, type Feeds} from '../watch/feeds.js';
import {isComplete, observedPassOf} from '../watch/live.js';
import {refreshableSleep, type RefreshableSleep} from '../watch/refreshable-sleep.js';
import {workloadOn, type Demand} from '../watch/watch-context.js';
import type {WatchState} from '../watch/watch-state.js';
import type {FleetSafety} from './fleet-safety.js';
import type {FleetStore} from './fleet-store.js';
import {KeptState} from './kept-state.js';
import type {Term} from './leader.js';
import type {LoopHealth} from './daemon-health.js';
import {NOT_READY, outcomeOf, refusalOf} from './recover-outcome.js';
import {heartbeatIsDue, isWorthWriting} from './worth-writing.js';

/** Judged at least so often, news or not: times that pass are evidence too. */
const JUDGE_EVERY = seconds(15);
/** A snapshot comes each 15 or 16 s and is read up to 5 s later: after this time without a new one its age is what changes. */
const SNAPSHOT_LATE = seconds(21);
/** Judged so often then, until it is known that none comes any more. */
const JUDGE_LATE_EVERY = seconds(3);
const SNAPSHOT_GONE = minutes(3);
/** A burst of news is judged once. */
const GATHER = milliseconds(100);
/** So long the first answers are waited for before it is judged by what there is. */
const FIRST_ANSWERS = seconds(60);
/** A notification that was not delivered is tried again after this, doubled with each try up to the interval. */
const NOTIFY_AGAIN = minutes(1);

export interface FrigateLoopOptions {
  /** Of this Frigate: its namespace, its workload, the name of its state. */
  readonly ports: PassPorts;
  readonly target: FrigateTarget;
  readonly poll: Duration;
  readonly demand: Demand;
  /** Called with how much later than planned a poll begins. */
  readonly onPollLag?: (late: Duration) => void;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly term: Term;
  readonly fleet: FleetSafety;
  readonly store: FleetStore;
  /** A journal for what is decided together, under this id. */
  readonly journalFor: (pass: string) => Journal;
}

interface Asked {
  readonly request: RecoverRequest;
  readonly answer: (outcome: RecoverOutcome) => void;
}

/** What one turn came to before anything is written. */
interface Turn {
  readonly observed: ObservedPass;
  readonly judgement: Judgement;
  /** When the observation was complete, by the monotonic clock. */
  readonly decidedAt: number;
  readonly journal: Journal;
  readonly stateError: string | null;
}

export class FrigateLoop {
  readonly #options: FrigateLoopOptions;
  readonly #stateStore: StateStore;
  readonly #kept: KeptState;
  readonly #alarm: RefreshableSleep;
  readonly #feeds: Feeds;
  readonly #begun: number;
  readonly #asked: Asked[] = [];
  readonly #judged = Promise.withResolvers<null>();
  readonly #signal: AbortSignal;
  /** News came since the last turn began. */
  #news = true;
  /** What the journal said last of it. */
  #said = '';
  #ended = false;
  #carriesOut = false;
  #lastTurn: {readonly at: number; readonly stateError: string | null; readonly notifyError: string | null} | null =
    null;

  /** Its feeds start at once. `signal` ends them and the loop. */
  constructor(options: FrigateLoopOptions, signal: AbortSignal) {
    const {ports, target, poll, random, demand, onPollLag, term} = options;
    this.#options = options;
    this.#signal = AbortSignal.any([signal, term.lost]);
    this.#stateStore = new StateStore(ports.cluster, ports.namespace, ports.settings.stateName);
    this.#kept = new KeptState(this.#stateStore, ports.clock);
    this.#alarm = refreshableSleep(ports.clock);
    this.#begun = ports.clock.monotonic();
    this.#feeds = startFeeds({
      ports,
      kind: target.kind === 'url' ? null : target.kind,
      interval: poll,
      random,
      store: null,
      demand,
      ...(onPollLag === undefined ? {} : {onPollLag}),
      onChange: (urgency) => {
        if (urgency !== 'news') return;
        this.#news = true;
        this.#alarm.ring();
      },
      signal: this.#signal,
    });
  }

  /** Turns until the signal ends it; a turn that is under way is finished first. Rejects with a bug of ours. */
  async run(): Promise<void> {
    const {clock} = this.#options.ports;
    try {
      while (!this.#signal.aborted) {
        if (!this.#news && this.#asked.length === 0) await this.#alarm.wait(this.#untilNextTurn(), this.#signal);
        if (this.#news) await clock.sleep(GATHER, this.#signal);
        if (isOver(this.#signal)) break;
        this.#news = false;
        await this.#turn();
      }
      await this.#feeds.done;
    } finally {
      this.#ended = true;
      this.#judged.resolve(null);
      for (const {answer} of this.#asked.splice(0)) answer(NOT_READY);
    }
  }

  /** Resolves when it was judged for the first time, or ended before. */
  get judged(): Promise<null> {
    return this.#judged.promise;
  }

  get health(): LoopHealth {
    const {answeredAt, trouble} = this.#feeds.writer.now.sources.frigate;
    return {
      begunAt: this.#begun,
      lastTurnAt: this.#lastTurn?.at ?? null,
      carriesOut: this.#carriesOut,
      polledAt: trouble === null ? answeredAt : this.#options.ports.clock.now(),
      stateError: this.#lastTurn?.stateError ?? null,
      notifyError: this.#lastTurn?.notifyError ?? null,
    };
  }

  /** Asks this Frigate everything now that is otherwise asked in a while. */
  refresh(): void {
    this.#feeds.refresh();
  }

  /** A person's wish, through the very same turn as an automatic restart. */
  recover(request: RecoverRequest): Promise<RecoverOutcome> {
    if (this.#ended || this.#signal.aborted) return Promise.resolve(NOT_READY);
    return new Promise((answer) => {
      this.#asked.push({request, answer});
      this.#alarm.ring();
    });
  }

  #untilNextTurn(): Duration {
    const {lastStats, frigate} = this.#feeds.writer.now;
    if (lastStats === null || !frigate.stats.known) return JUDGE_EVERY;
    const age = since(lastStats.answeredAt, this.#options.ports.clock.now());
    return age >= SNAPSHOT_LATE && age < SNAPSHOT_GONE ? JUDGE_LATE_EVERY : JUDGE_EVERY;
  }

  async #turn(): Promise<void> {
    const {ports, fleet, target} = this.#options;
    const {clock, settings} = ports;
    const {writer} = this.#feeds;
    const recalledState = await this.#kept.current(workloadOn(writer.now), this.#signal);
    writer.put({recalledState}, 'expected');
    const stateError = recalledState.soundness.known ? null : recalledState.soundness.why.message;
    const asked = this.#asked.shift() ?? null;
    if (isOver(this.#signal) || !this.#canJudge(writer.now)) {
      asked?.answer(NOT_READY);
      this.#turned(stateError, null);
      return;
    }

    this.#judged.resolve(null);
    const observed = observedPassOf(withOpenQuestion(writer.now), ports);
    const decidedAt = clock.monotonic();
    const {at} = observed.observation;
    const hold = fleet.holdFor(target.id, at);
    const pass = ports.newId();
    const judgement = judge(observed, {
      policy: settings.policy,
      attemptId: pass,
      by: ports.runner,
      request:
        asked === null ? null : {who: asked.request.by, reason: asked.request.reason, force: asked.request.force},
      alerting: ports.channels.length > 0,
      wipeNotifiedAt: wipeNotifiedAt(observed.recalledState, at),
      guard: guardMemoryOf(observed.recalledState),
      fleet: hold,
    });
    if (judgement.decision.attempt !== null) fleet.reserve(target.id, at);
    const journal = this.#journal(pass, observed, judgement);
    this.#publish(observed, judgement, judgement.decision.next);
    const turn = {observed, judgement, decidedAt, journal, stateError};
    // A request that was refused changes nothing: what a person may not do leaves no trace in the state.
    if (asked !== null && judgement.decision.attempt === null) {
      asked.answer(refusalOf(judgement, hold));
      this.#turned(stateError, lastError(judgement.decision.next));
    } else if (this.#mustCarryOut(observed, judgement.decision, at)) await this.#carryOut(turn, asked);
    else this.#keep(turn);
  }

  /** Nothing of it needs a write. */
  #keep({observed: {reading}, judgement: {decision}, stateError}: Turn): void {
    if (reading !== 'unreadable' && reading !== 'newer') this.#kept.keep(decision.next);
    this.#turned(stateError, lastError(decision.next));
  }

  async #carryOut({observed, judgement, decidedAt, journal, stateError}: Turn, asked: Asked | null): Promise<void> {
    const {ports, term, fleet, target} = this.#options;
    const {decision} = judgement;
    this.#carriesOut = true;
    const {end, state, recalledState} = await carryOut(
      ports,
      this.#stateStore,
      {observed, judgement, decidedAt, holds: () => term.holds()},
      journal,
      {interruption: this.#signal, deadline: within(ports.clock, ports.settings.deadline, this.#signal)},
    );
    this.#carriesOut = false;
    this.#kept.written(recalledState);
    const sent = end.kind === 'done' || end.kind === 'in-doubt';
    if (decision.attempt !== null && !sent) fleet.release(target.id);
    asked?.answer(outcomeOf(end, decision));
    if (sent) this.#publish(observed, judgement, state);
    // Somebody else acted, or that is not known: what was decided rests on an old state. The next turn reads it.
    if (recalledState === null && end.kind === 'conflict') this.#news = true;
    this.#turned(end.kind === 'failed' ? end.detail : stateError, lastError(state));
  }

  #canJudge(watchState: WatchState): boolean {
    return (
      isComplete(watchState, this.#options.ports) ||
      this.#options.ports.clock.monotonic() - this.#begun >= FIRST_ANSWERS
    );
  }

  #mustCarryOut({reading}: ObservedPass, {attempt, next}: Decision, now: Instant): boolean {
    const {stored} = this.#kept;
    const {interval} = this.#options.ports.settings.policy;
    if (reading === 'unreadable' || reading === 'newer' || stored === null) return false;
    return (
      attempt !== null ||
      reading !== 'sound' ||
      isWorthWriting(stored, next) ||
      heartbeatIsDue(stored, now, interval) ||
      (this.#options.ports.channels.length > 0 && notificationIsDue(next, now, interval))
    );
  }

  /** Only what changed is said: a calm Frigate is judged four times a minute. */
  #journal(pass: string, observed: ObservedPass, judgement: Judgement): Journal {
    const {target, journalFor} = this.#options;
    const write = journalFor(pass);
    const journal: Journal = (event: JournalEvent, fields: JournalFields) =>
      write(event, {frigate: target.id, ...fields});
    const {diagnosis, decision} = judgement;
    const saying = JSON.stringify([
      diagnosis.health,
      diagnosis.cause,
      diagnosis.primary,
      decision.action,
      decision.rule,
      decision.reason.code,
    ]);
    if (saying !== this.#said || decision.attempt !== null) {
      this.#said = saying;
      journal('observed', {via: observed.observation.via});
      journalJudged(journal, judgement, observed.reading);
    }
    return journal;
  }

  #publish(observed: ObservedPass, judgement: Judgement, state: State): void {
    const {ports, store, target} = this.#options;
    const {findings, diagnosis, decision} = judgement;
    const {observation} = observed;
    store.setJudged(
      target.id,
      {
        at: observation.at,
        observation,
        findings,
        ...(ports.custom === undefined ? {} : {custom: ports.custom.ofFrigate(findings, observation)}),
        diagnosis,
        decision,
        state,
        ...(ports.channels.length === 0
          ? {}
          : {waiting: new Map(ports.channels.map((channel) => [channel.name, waitingFor(state, channel)]))}),
        report: () =>
          buildReport(ports, observed, judgement, {
            only: null,
            skip: new Set(),
            failOn: 'warning',
            duration: 0,
            custom: ports.custom?.findings(findings, observation) ?? [],
          }),
      },
      this.#feeds.writer.now,
    );
  }

  #turned(stateError: string | null, notifyError: string | null): void {
    this.#lastTurn = {at: this.#options.ports.clock.monotonic(), stateError, notifyError};
  }
}

/** Asked again after each wait. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** A question that is open for longer than an answer ever takes: what Frigate said before is no longer what it says. */
const withOpenQuestion = (watchState: WatchState): WatchState => {
  const {askedAt, trouble} = watchState.sources.frigate;
  const {frigate} = watchState;
  if (askedAt === null || trouble === null || !frigate.stats.known) return watchState;
  return {
    ...watchState,
    frigate: {
      ...frigate,
      stats: {known: false, why: trouble.why},
      liveness: [{via: frigate.via ?? 'direct', verdict: 'unknown', why: trouble.why.message}],
    },
  };
};

const notificationIsDue = (state: State, now: Instant, interval: Duration): boolean =>
  pending(state).some(
    ({lastTry, tries}) =>
      lastTry === null || since(lastTry, now) >= Math.min(interval, NOTIFY_AGAIN * 2 ** Math.max(0, tries - 1)),
  );

const lastError = (state: State): string | null =>
  pending(state).findLast(({lastError: error}) => error !== null)?.lastError ?? null;
