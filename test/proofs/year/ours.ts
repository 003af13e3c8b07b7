/** This tool over the year: the real assess, diagnose, remember and decide in every pass; storing and sending are played. */
import type {StateSoundness} from '../../../src/core/observation/observation.js';
import {pending} from '../../../src/core/incident/outbox.js';
import {markDelivered} from '../../support/delivered.js';
import {closeBreaker} from '../../../src/core/decision/reset.js';
import {known, unknown} from '../../../src/core/known.js';
import type {StateReading} from '../../../src/core/decision/situation.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {State} from '../../../src/core/state/state.js';
import {days, instant, since, type Instant} from '../../../src/core/time.js';
import {judge} from '../../../src/pass/judge.js';
import {aPolicy} from '../../support/observation.js';
import {sources, without} from '../properties/sources.js';
import {randomOf} from '../support/random.js';
import type {Installation} from './installation.js';
import {Leaks} from './leaks.js';
import type {Notes, Policy} from './policy.js';
import {Eye} from './seen.js';

const policy = aPolicy();
/** Whoever puts the state back does it every ten minutes: before every second pass. */
const WIPED_EVERY = 600;
/** Of two requests to an API server in trouble one fails. */
const FAILING = 0.5;

export class Ours implements Policy {
  readonly name = 'frigate-health';
  readonly every = 300;
  readonly #eye = new Eye();
  readonly #random = randomOf(7);
  #state: State = freshState;
  #reading: StateReading = 'fresh';
  /** The second, tiny memory: when people were last told that the state is put back. */
  #wipeNotifiedAt: Instant | null = null;
  #passes = 0;
  /** Rules that spoke, for the curious. */
  readonly rules = new Map<string, number>();
  readonly leaks = new Leaks();

  look(installation: Installation, notes: Notes): void {
    this.#passes += 1;
    this.#wipe(installation);
    this.#personResets(installation);
    const reading = this.#reading;
    const soundness = known<StateSoundness>({
      name: 'frigate-health-state',
      problems: [],
      missing: reading === 'fresh',
      newer: false,
      wipedBy: reading === 'wiped' ? ({by: 'manager', name: 'kustomize-controller'} as const) : null,
    });
    const whole = this.#eye.look(installation, soundness);
    const troubled = installation.has('api-errors');
    const stateFails = troubled && this.#random() < FAILING;
    const blind = installation.has('pods-forbidden')
      ? ['pods' as const]
      : troubled
        ? sources.filter((source) => source !== 'apiServer' && source !== 'state' && this.#random() < FAILING)
        : [];
    const partly = blind.reduce((seen, source) => without(seen, source, 'server-error'), whole);
    const observation = stateFails ? {...partly, state: unknown('server-error', 'GET the state: 503')} : partly;
    const read = stateFails ? 'unreadable' : reading;
    const told = this.#wipeNotifiedAt;
    const {findings, decision, diagnosis} = judge(
      {
        observation,
        recalledState: {
          state: stateFails ? freshState : this.#state,
          reading: read,
          soundness,
          map: null,
          guard: null,
          setAside: null,
        },
        reading: read,
        timings: new Map(),
      },
      {
        policy,
        attemptId: `attempt-${this.#passes}`,
        by: 'the year',
        request: null,
        alerting: true,
        wipeNotifiedAt: read === 'wiped' && told !== null && since(told, observation.at) < days(1) ? told : null,
        guard: null,
      },
    );
    this.leaks.saw(installation, findings, installation.now);
    this.rules.set(decision.rule, (this.rules.get(decision.rule) ?? 0) + 1);
    if (diagnosis.health === 'unhealthy' || diagnosis.health === 'degraded') notes.alarmed();
    if (stateFails) return; // what could not be read is not written over
    let next = decision.next;
    const {attempt} = decision;
    if (attempt !== null) {
      notes.restarted(installation.restart('pod', attempt.id));
      next = {
        ...next,
        restarts: next.restarts.map((restart) =>
          restart.id === attempt.id ? {...restart, phase: 'acted', settledAt: observation.at} : restart,
        ),
      };
    }
    if (reading === 'wiped' && next.outbox.length > this.#state.outbox.length) this.#wipeNotifiedAt = observation.at;
    this.#state = this.#send(next, installation, observation.at, notes);
    this.#reading = 'sound';
  }

  /** Whoever repaired what no restart could repair resets the breaker, as the alert said. */
  #personResets(installation: Installation): void {
    if (this.#state.breaker.state !== 'locked' || installation.sick.length > 0) return;
    this.#state = closeBreaker(this.#state, {by: 'a person', reason: 'repaired'}, instant(installation.now * 1000));
  }

  #wipe(installation: Installation): void {
    if (!installation.has('state-wiped') || installation.now % WIPED_EVERY !== 0) return;
    this.#state = freshState;
    this.#reading = 'wiped';
  }

  #send(state: State, installation: Installation, now: Instant, notes: Notes): State {
    if (installation.has('smtp-down')) return state;
    return pending(state).reduce((sent, {key}) => {
      notes.told();
      return markDelivered(sent, key, now);
    }, state);
  }
}
