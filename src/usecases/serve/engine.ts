/** The loops of one term: one for each Frigate that there is, begun when it is found and ended when it is gone, or with the term. */
import {seconds, type Duration} from '../../core/time.js';
import {aborted, type Timers} from '../../core/timers.js';
import type {FrigateTarget, InstanceId} from '../../outcome/fleet.js';
import type {Journal} from '../../pass/journal.js';
import type {PassPorts} from '../../pass/ports.js';
import type {Demand} from '../watch/watch-context.js';
import {BeginSlots} from './begin-slots.js';
import type {LoopHealth} from './daemon-health.js';
import type {FleetSafety} from './fleet-safety.js';
import type {FleetStore} from './fleet-store.js';
import {FrigateLoop} from './frigate-loop.js';
import type {Term} from './leader.js';
import {stateNameFor} from './state-name.js';

/** After a bug of ours in the loop of one Frigate: the others never notice. */
const AFTER_A_BUG = seconds(30);
/** What belongs to no decision. */
const NO_PASS = '-';

export interface EngineOptions {
  readonly clock: Timers;
  /** The ports for one Frigate; its state's name is settled here. */
  readonly portsFor: (target: FrigateTarget, stateName: string | null) => PassPorts;
  /** Between two polls of one Frigate, of so many. */
  readonly pollFor: (frigates: number) => Duration;
  readonly demand: Demand;
  /** Called with how much later than planned a poll begins; absent: nobody counts. */
  readonly onPollLag?: (late: Duration) => void;
  readonly random: () => number;
  readonly fleet: FleetSafety;
  readonly store: FleetStore;
  readonly journalFor: (pass: string) => Journal;
}

interface Running {
  readonly key: string;
  readonly end: AbortController;
  /** `null` while it has not begun. */
  loop: FrigateLoop | null;
  readonly done: Promise<void>;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #term: Term;
  readonly #signal: AbortSignal;
  readonly #slots: BeginSlots;
  readonly #running = new Map<InstanceId, Running>();
  /** Loops that end. */
  readonly #ending = new Set<Promise<void>>();
  readonly begunAt: number;

  constructor(options: EngineOptions, term: Term, signal: AbortSignal) {
    this.#options = options;
    this.#term = term;
    this.#signal = AbortSignal.any([signal, term.lost]);
    this.#slots = new BeginSlots(options.clock);
    this.begunAt = options.clock.monotonic();
  }

  setTargets(targets: readonly FrigateTarget[]): void {
    if (this.#signal.aborted) return;
    const wanted = new Map(targets.map((target) => [target.id, target]));
    for (const [id, running] of this.#running) {
      if (keyOf(wanted.get(id)) === running.key) continue;
      this.#running.delete(id);
      running.end.abort();
      const ended = running.done.finally(() => this.#ending.delete(ended));
      this.#ending.add(ended);
    }
    for (const [id, target] of wanted) {
      if (this.#running.has(id)) continue;
      const siblings = targets.filter(({namespace}) => namespace === target.namespace).length - 1;
      this.#running.set(id, this.#start(target, siblings));
    }
  }

  loopOf(id: InstanceId): FrigateLoop | null {
    return this.#running.get(id)?.loop ?? null;
  }

  get health(): readonly LoopHealth[] {
    return [...this.#running.values()].flatMap(({loop}) => (loop === null ? [] : [loop.health]));
  }

  refresh(): void {
    for (const {loop} of this.#running.values()) loop?.refresh();
  }

  /** Resolves when every loop has ended, after the signal or the loss of the term. */
  async done(): Promise<void> {
    await aborted(this.#signal);
    await Promise.all([...this.#running.values()].map(({done}) => done));
    await Promise.all(this.#ending);
  }

  #start(target: FrigateTarget, siblings: number): Running {
    const end = new AbortController();
    const running: Running = {
      key: keyOf(target),
      end,
      loop: null,
      done: Promise.resolve().then(() =>
        this.#run(target, siblings, running, AbortSignal.any([this.#signal, end.signal])),
      ),
    };
    return running;
  }

  async #run(target: FrigateTarget, siblings: number, running: Running, signal: AbortSignal): Promise<void> {
    const {clock, portsFor, pollFor, demand, onPollLag, random, fleet, store, journalFor} = this.#options;
    const poll = pollFor(this.#running.size);
    // A thousand that begin in one instant would be asked in one instant for ever.
    await clock.sleep((random() * poll) as Duration, signal);
    while (!signal.aborted) {
      const ended = new AbortController();
      const own = AbortSignal.any([signal, ended.signal]);
      const isJudged = await this.#slots.take(own);
      try {
        const stateName = await stateNameFor(portsFor(target, null), target, siblings, own);
        if (isOver(signal)) return;
        const ports = portsFor(target, stateName);
        const loop = new FrigateLoop(
          {
            ports,
            target,
            poll,
            demand,
            ...(onPollLag === undefined ? {} : {onPollLag}),
            random,
            term: this.#term,
            fleet,
            store,
            journalFor,
          },
          own,
        );
        running.loop = loop;
        void loop.judged.then(isJudged);
        await loop.run();
      } catch (error) {
        ended.abort();
        isJudged();
        journalFor(NO_PASS)('warning', {
          frigate: target.id,
          summary: 'a bug of this program ended the loop of this Frigate; it begins again',
          reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
        await clock.sleep(AFTER_A_BUG, signal);
      }
    }
  }
}

/** A Frigate of another kind, or at another URL, is another one. */
const keyOf = (target: FrigateTarget | undefined): string =>
  target === undefined ? '' : `${target.kind} ${target.url ?? ''}`;

/** Asked again after each wait. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;
