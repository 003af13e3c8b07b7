/**
 * What must hold in every state of every execution (docs/how-it-decides.md, "What always holds"), each watched for itself,
 * in words that a counter-example can quote.
 */
import {decodeState} from '../../../src/core/state/codec.js';
import type {RestartRecord, State} from '../../../src/core/state/state.js';
import {days, hours, seconds} from '../../../src/core/time.js';
import type {Policy} from '../../../src/core/policy.js';
import type {ConfigMap} from '../../../src/kubernetes/cluster.js';
import {DOCUMENT_KEY} from '../../../src/pass/state-store.js';
import {STATE, type Rollout, type Runner, type Stage} from './stage.js';

export const invariants = {
  once: 'at most one rollout per attempt id',
  limits: 'never more than the limits in any window',
  intent: 'no act without a stored intent',
  unknown: 'no act on anything unknown',
  fence: 'no act on a target that changed since it was looked at',
  fresh: 'no act on an observation older than 30 s',
  kept: 'nothing that the state remembered is lost by our own writes',
  unread: 'what could not be read is not written over',
  target: 'only the one workload is patched',
  truth: 'the record of an attempt says what became of it',
  well: 'a Frigate that does its job is not restarted',
  told: 'the alert of a rollout stands in the outbox before it',
  ended: '"well again" only after "began"',
} as const;

export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** An observation may be this old when the PATCH is sent (act.ts). */
const LIFETIME = seconds(30);

const stateOf = (map: ConfigMap | null | undefined): State => decodeState(map?.data.get(DOCUMENT_KEY) ?? '').state;
const outboxOf = (map: ConfigMap): State['outbox'] => stateOf(map).outbox;
const recordsOf = (map: ConfigMap | null | undefined): readonly RestartRecord[] => stateOf(map).restarts;

/** Watches one execution. */
export class Watch {
  readonly violations: Violation[] = [];
  readonly #stage: Stage;
  readonly #policy: Policy;
  /** The time of each intent that was stored, by the odometer: its pass took it from the API server's clock when it looked. */
  readonly #intents = new Map<string, number>();
  /** Attempts whose alert was stored. */
  readonly #announced = new Set<string>();
  #seenRollouts = 0;
  /** A person took the state away or put an old one back: it may forget then. */
  forgiven = false;

  constructor(stage: Stage, policy: Policy) {
    this.#stage = stage;
    this.#policy = policy;
    stage.onStored = (runner, map, before) => this.#stored(runner, map, before);
  }

  /** After each step. */
  look(): void {
    const {rollouts} = this.#stage;
    for (; this.#seenRollouts < rollouts.length; this.#seenRollouts += 1) {
      const rollout = rollouts[this.#seenRollouts];
      if (rollout !== undefined) this.#rolledOut(rollout, rollouts.slice(0, this.#seenRollouts));
    }
  }

  /** When everything has come to rest and two undisturbed passes went by. */
  atRest(): void {
    const {workload, mails, maps} = this.#stage;
    const record = recordsOf(maps.get(STATE)).find(({id}) => id === workload.attempt);
    if (
      workload.attempt !== null &&
      !this.forgiven &&
      (record === undefined || record.phase === 'abandoned' || record.phase === 'intended')
    ) {
      this.#broken(
        'truth',
        `${workload.attempt} stands on the workload, the record says ${record?.phase ?? 'nothing'}`,
      );
    }
    for (const mail of mails) {
      const incident = /^<(.*)-ended-\d+@/.exec(mail)?.[1];
      if (
        incident !== undefined &&
        !mails.some((other) => other.startsWith(`<${incident}-`) && !other.includes('-ended-'))
      )
        this.#broken('ended', mail);
    }
  }

  #broken(invariant: Invariant, detail: string): void {
    this.violations.push({invariant, detail});
  }

  #stored(runner: Runner | null, map: ConfigMap, before: ConfigMap | null): void {
    const records = recordsOf(map);
    for (const {id, phase} of records)
      if (phase === 'intended' && !this.#intents.has(id))
        this.#intents.set(id, runner?.timedAt ?? this.#stage.odometer);
    for (const {attempt} of outboxOf(map)) if (attempt !== null) this.#announced.add(attempt);
    if (runner?.stateUnread === true) this.#broken('unread', `${runner.name} wrote the state that it could not read`);
    const missing = recordsOf(before).filter(({id}) => !records.some((record) => record.id === id));
    if (missing.length > 0)
      this.#broken('kept', `${missing.map(({id}) => id).join(', ')} forgotten by ${runner?.name ?? 'nobody'}`);
  }

  #rolledOut(rollout: Rollout, earlier: readonly Rollout[]): void {
    const {attempt, patch, blind, observedAt, sentAt, observedAttempt, before} = rollout;
    if (earlier.some((other) => other.attempt === attempt)) this.#broken('once', attempt);
    if (!this.#intents.has(attempt)) this.#broken('intent', `${attempt} was never stored`);
    if (!this.#announced.has(attempt)) this.#broken('told', `no alert about ${attempt} was stored`);
    if (blind && !rollout.forced) this.#broken('unknown', `${rollout.by} acted though a read had failed`);
    if (before !== observedAttempt)
      this.#broken('fence', `${rollout.by} saw ${observedAttempt ?? 'none'}, there stood ${before ?? 'none'}`);
    if (sentAt - observedAt > LIFETIME)
      this.#broken('fresh', `${attempt} was sent ${(sentAt - observedAt) / 1000} s after the look`);
    if (
      patch.kind !== 'Deployment' ||
      patch.name !== 'frigate' ||
      patch.namespace !== 'frigate' ||
      patch.uid !== this.#stage.workload.uid
    )
      this.#broken('target', `${patch.kind}/${patch.name}`);
    if (this.#stage.well && !rollout.forced) this.#broken('well', `${rollout.by} restarted it`);
    if (!rollout.forced) this.#withinLimits(rollout, earlier);
  }

  /** By the instants at which the intents were stored: a PATCH may be in flight for as long as its runner is frozen. */
  #withinLimits(rollout: Rollout, earlier: readonly Rollout[]): void {
    const at = this.#intents.get(rollout.attempt) ?? this.#stage.odometer;
    // Where the state was taken away, two rollouts within two minutes look like one on the workload: a person's forced one is not held against us.
    const counted = this.forgiven ? earlier.filter(({forced}) => !forced) : earlier;
    const times = counted.map(({attempt}) => this.#intents.get(attempt) ?? -Infinity);
    const within = (window: number): number => times.filter((time) => Math.abs(at - time) < window).length + 1;
    if (within(hours(1)) > this.#policy.restartsPerHour)
      this.#broken('limits', `${within(hours(1))} rollouts within an hour, ${this.#policy.restartsPerHour} allowed`);
    if (within(days(1)) > this.#policy.restartsPerDay)
      this.#broken('limits', `${within(days(1))} rollouts within a day, ${this.#policy.restartsPerDay} allowed`);
  }
}
