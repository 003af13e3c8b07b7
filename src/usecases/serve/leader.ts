/**
 * Which replica acts: a Lease, by client-go's algorithm and figures (k8s.io/client-go/tools/leaderelection). Time is counted by the
 * local monotonic clock from a change that was observed, never by a stamp that somebody stored. The Lease alone fences nothing off:
 * that do the compare-and-swap of the state and the preconditions of the patch.
 */
import {milliseconds, seconds, type Duration, type Instant} from '../../core/time.js';
import {after, within, type Timers} from '../../core/timers.js';
import type {Cluster, Lease, LeaseRecord} from '../../kubernetes/cluster.js';

export const LEASE_NAME = 'frigate-health';
/** A leader that did not renew for this long may be replaced. */
const DURATION = seconds(15);
/** A leader that could not renew for this long acts no more. */
const RENEW_DEADLINE = seconds(10);
/** Between two tries to renew or to acquire; up to a fifth shorter, so that replicas do not try together. */
const RETRY = seconds(2);
const REQUEST_LIMIT = seconds(5);
const RELEASE_LIMIT = milliseconds(1500);

/** The time in which this replica leads. */
export interface Term {
  /** Aborted in the tick in which the Lease is lost. Not by the end of the program: what is under way is finished before the release. */
  readonly lost: AbortSignal;
  /** Whether this replica may act at this very moment; asked before each write. A process that stood still finds out here. */
  holds(): boolean;
}

export interface LeaderStatus {
  readonly leads: boolean;
  readonly identity: string;
  /** Who leads as far as is known; `null`: nobody. */
  readonly holder: string | null;
  /** Where the holder answers other replicas; `null`: it does not say, or nobody leads. */
  readonly address: string | null;
  /** The last question to the API server about the Lease, where it failed; `null`: it was answered. */
  readonly error: string | null;
  /** When the Lease was last read or written. */
  readonly lastAt: Instant | null;
}

export interface ElectionOptions {
  readonly cluster: Pick<Cluster, 'readLease' | 'createLease' | 'replaceLease' | 'serverTime'>;
  readonly clock: Timers;
  readonly namespace: string;
  readonly name: string;
  /** Unique for each process. */
  readonly identity: string;
  /** Where this process answers other replicas; `null`: nowhere. */
  readonly address: () => string | null;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly onChange: (status: LeaderStatus) => void;
  /** The Lease was given back, so that another replica may take it at once. */
  readonly onReleased: () => void;
}

/** RFC 3339 with microseconds, as the API server takes `MicroTime`. */
const microTime = (at: Instant): string => new Date(at).toISOString().replace('Z', '000Z');

export class Election {
  readonly #options: ElectionOptions;
  #status: LeaderStatus;
  /** The newest version of the Lease, and when it runs out if nobody writes it, by the monotonic clock. */
  #observed: {readonly version: string; readonly runsOut: number} | null = null;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#status = {leads: false, identity: options.identity, holder: null, address: null, error: null, lastAt: null};
  }

  get status(): LeaderStatus {
    return this.#status;
  }

  /** Leads whenever it can, until the signal ends it; `lead` resolves when its work has ended, after the signal or the loss. */
  async run(lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const asked = this.#options.clock.monotonic();
      const lease = await this.#acquire(signal);
      if (lease !== null) await this.#lead(lease, asked, lead, signal);
      await this.#options.clock.sleep(this.#untilNextTry(), signal);
    }
  }

  /** One try; the Lease where it is ours now. */
  async #acquire(signal: AbortSignal): Promise<Lease | null> {
    const {cluster, clock, namespace, name, identity} = this.#options;
    const limited = (): AbortSignal => within(clock, REQUEST_LIMIT, signal);
    const found = await cluster.readLease(namespace, name, limited());
    if (signal.aborted) return null;
    if (!found.known) return this.#failed(found.why.message);
    const lease = found.value;
    if (lease !== null) this.#observe(lease);
    this.#note({...holderOf(lease), error: null, lastAt: this.#now()});
    if (lease !== null && lease.holder !== null && !this.#hasRunOut()) return null;
    const outcome =
      lease === null
        ? await cluster.createLease(namespace, name, this.#record(null), limited())
        : await cluster.replaceLease(lease, this.#record(lease), limited());
    switch (outcome.kind) {
      case 'done':
        return outcome.value;
      case 'conflict':
        return null;
      case 'refused':
      case 'in-doubt':
        return isAborted(signal) ? null : this.#failed(`${identity} cannot take the Lease: ${outcome.why.message}`);
    }
  }

  async #lead(first: Lease, asked: number, lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    const {cluster, clock, namespace, name, identity} = this.#options;
    const loss = new AbortController();
    let lease = first;
    let renewed = asked;
    const holds = (): boolean => {
      if (clock.monotonic() - renewed >= RENEW_DEADLINE) loss.abort();
      return !loss.signal.aborted;
    };
    let stopTimer = (): void => undefined;
    const rearm = (at: number): void => {
      renewed = at;
      stopTimer();
      stopTimer = after(
        clock,
        milliseconds(Math.max(0, RENEW_DEADLINE - (clock.monotonic() - at))),
        () => void holds(),
      );
    };
    rearm(asked);
    loss.signal.addEventListener('abort', () => this.#note({leads: false}));
    this.#note({leads: true, holder: identity, address: first.address, error: null, lastAt: this.#now()});

    const ended = new AbortController();
    const work = lead({lost: loss.signal, holds}).finally(() => ended.abort());
    const over = AbortSignal.any([loss.signal, ended.signal]);
    while (!over.aborted) {
      await clock.sleep(this.#retry(), over);
      if (isAborted(over) || !holds()) break;
      const at = clock.monotonic();
      const limited = within(clock, REQUEST_LIMIT, over);
      const outcome = await cluster.replaceLease(lease, this.#renewal(lease), limited);
      if (outcome.kind === 'done') {
        lease = outcome.value;
        rearm(at);
        this.#note({error: null, lastAt: this.#now()});
        continue;
      }
      if (outcome.kind !== 'conflict') {
        if (!isAborted(over)) this.#note({error: outcome.why.message});
        continue;
      }
      // Our own write, whose answer was lost, or somebody else's.
      const found = await cluster.readLease(namespace, name, within(clock, REQUEST_LIMIT, over));
      if (!found.known) continue;
      if (found.value?.holder === identity) lease = found.value;
      else {
        this.#note(holderOf(found.value));
        loss.abort();
      }
    }
    await work;
    stopTimer();
    const held = holds();
    this.#note({leads: false});
    if (held) await this.#release(lease);
    loss.abort();
    if (signal.aborted) return;
    this.#observed = null;
  }

  /** So that the next one need not wait until it runs out. Best effort. */
  async #release(lease: Lease): Promise<void> {
    const {cluster, clock, identity} = this.#options;
    const limited = within(clock, RELEASE_LIMIT);
    const release = (held: Lease): ReturnType<Cluster['replaceLease']> =>
      cluster.replaceLease(held, {...this.#renewal(held), holder: null, address: null, durationSeconds: 1}, limited);
    let outcome = await release(lease);
    if (outcome.kind === 'conflict') {
      // A renewal that was under way at the end may have been written.
      const found = await cluster.readLease(lease.namespace, lease.name, limited);
      if (found.known && found.value?.holder === identity) outcome = await release(found.value);
    }
    if (outcome.kind !== 'done') return;
    this.#note({...holderOf(null), lastAt: this.#now()});
    this.#options.onReleased();
  }

  #observe({resourceVersion, durationSeconds}: Lease): void {
    if (this.#observed?.version === resourceVersion) return;
    const holdsFor = Math.max(DURATION, seconds(durationSeconds ?? 0));
    this.#observed = {version: resourceVersion, runsOut: this.#options.clock.monotonic() + holdsFor};
  }

  /** Nobody wrote it for as long as it holds, observed from here. */
  #hasRunOut(): boolean {
    return this.#observed !== null && this.#options.clock.monotonic() >= this.#observed.runsOut;
  }

  /** Not later than the moment in which the Lease of another one runs out. */
  #untilNextTry(): Duration {
    const runsOutIn = (this.#observed?.runsOut ?? Infinity) - this.#options.clock.monotonic();
    return runsOutIn > 0 ? milliseconds(Math.min(this.#retry(), runsOutIn)) : this.#retry();
  }

  #record(before: Lease | null): LeaseRecord {
    const now = microTime(this.#now());
    return {
      holder: this.#options.identity,
      durationSeconds: DURATION / 1000,
      acquiredAt: now,
      renewedAt: now,
      transitions: before === null ? 0 : before.transitions + 1,
      address: this.#options.address(),
    };
  }

  #renewal({acquiredAt, transitions}: Lease): LeaseRecord {
    return {
      holder: this.#options.identity,
      durationSeconds: DURATION / 1000,
      acquiredAt,
      renewedAt: microTime(this.#now()),
      transitions,
      address: this.#options.address(),
    };
  }

  #failed(error: string): null {
    this.#note({error});
    return null;
  }

  #note(changes: Partial<LeaderStatus>): void {
    this.#status = {...this.#status, ...changes};
    this.#options.onChange(this.#status);
  }

  #now(): Instant {
    return this.#options.cluster.serverTime() ?? this.#options.clock.now();
  }

  #retry(): Duration {
    return milliseconds(RETRY * (1 - this.#options.random() * 0.2));
  }
}

const holderOf = (lease: Lease | null): Pick<LeaderStatus, 'holder' | 'address'> =>
  lease === null || lease.holder === null
    ? {holder: null, address: null}
    : {holder: lease.holder, address: lease.address};

/** Asked again after each wait. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
