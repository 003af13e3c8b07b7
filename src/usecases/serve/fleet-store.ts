/**
 * Makes the fleet snapshots: whatever changes is gathered for a moment, then one immutable snapshot with the next sequence number
 * goes to all who subscribed. The only writer of what the faces read.
 */
import {days, milliseconds, minutes, since, type Instant} from '../../core/time.js';
import {after, type Timers} from '../../core/timers.js';
import type {
  DaemonStatus,
  DiscoveryStatus,
  FleetIncident,
  FleetSnapshot,
  FleetSource,
  FrigateStatus,
  FrigateTarget,
  InstanceId,
  JudgedFrigate,
  StatusChange,
} from '../../outcome/fleet.js';

/** A burst of changes is one snapshot. */
const GATHER = milliseconds(50);
const CHANGES_KEPT_FOR = days(1);
const MOST_CHANGES = 500;
const TREND_KEPT_FOR = minutes(20);
const MOST_TREND = 80;

export interface FleetStoreOptions {
  readonly clock: Timers;
  /** The API server's time; the local clock before its first answer. */
  readonly now: () => Instant;
  readonly daemon: DaemonStatus;
  readonly discovery: DiscoveryStatus;
  /** Of all Frigates, those that share one cause; given what was before. */
  readonly incidentsOf: (
    frigates: ReadonlyMap<InstanceId, FrigateStatus>,
    before: readonly FleetIncident[],
    now: Instant,
  ) => readonly FleetIncident[];
}

export class FleetStore implements FleetSource {
  readonly #options: FleetStoreOptions;
  readonly #listeners = new Set<(snapshot: FleetSnapshot) => void>();
  readonly #frigates = new Map<InstanceId, FrigateStatus>();
  #daemon: DaemonStatus;
  #discovery: DiscoveryStatus;
  #incidents: readonly FleetIncident[] = [];
  #current: FleetSnapshot;
  #pending: (() => void) | null = null;

  constructor(options: FleetStoreOptions) {
    this.#options = options;
    this.#daemon = options.daemon;
    this.#discovery = options.discovery;
    this.#current = this.#snapshot(1);
  }

  get current(): FleetSnapshot {
    return this.#current;
  }

  /** As of now, published or not: what a decision about the whole fleet rests on. */
  get frigates(): ReadonlyMap<InstanceId, FrigateStatus> {
    return this.#frigates;
  }

  get discovery(): DiscoveryStatus {
    return this.#discovery;
  }

  get incidents(): readonly FleetIncident[] {
    return this.#incidents;
  }

  subscribe(onUpdate: (snapshot: FleetSnapshot) => void): () => void {
    this.#listeners.add(onUpdate);
    return () => void this.#listeners.delete(onUpdate);
  }

  /** The Frigates that there are; what was known of one that stays is kept. */
  setTargets(targets: Iterable<FrigateTarget>): void {
    const now = this.#options.now();
    const left = new Set(this.#frigates.keys());
    let news = false;
    for (const target of targets) {
      left.delete(target.id);
      const before = this.#frigates.get(target.id);
      if (before !== undefined && JSON.stringify(before.target) === JSON.stringify(target)) continue;
      news = true;
      this.#frigates.set(
        target.id,
        before === undefined
          ? {target, judged: null, health: 'unknown', since: now, changes: [], trend: [], filling: []}
          : {...before, target},
      );
    }
    for (const id of left) this.#frigates.delete(id);
    if (news || left.size > 0) this.#changed();
  }

  /** What was judged now of one Frigate; of one that is not there any more nothing is kept. */
  setJudged(id: InstanceId, judged: JudgedFrigate, {trend, filling}: Pick<FrigateStatus, 'trend' | 'filling'>): void {
    const before = this.#frigates.get(id);
    if (before === undefined) return;
    const {health, cause, summary} = judged.diagnosis;
    const last = before.changes.at(-1);
    const same = last?.health === health && last.cause === cause;
    const change: StatusChange = {at: judged.at, health, cause, summary};
    this.#frigates.set(id, {
      ...before,
      judged,
      health,
      since: before.judged !== null && before.health === health ? before.since : judged.at,
      changes: (same ? before.changes : [...before.changes, change])
        .filter(({at}, index, all) => index === all.length - 1 || since(at, judged.at) < CHANGES_KEPT_FOR)
        .slice(-MOST_CHANGES),
      trend: trend
        .filter(({lastUpdated}) => lastUpdated !== null && since(lastUpdated, judged.at) <= TREND_KEPT_FOR)
        .slice(-MOST_TREND),
      filling,
    });
    this.#changed();
  }

  /** Nobody judges any more from here: what is shown of each Frigate is not known. */
  forget(): void {
    const now = this.#options.now();
    for (const [id, {target}] of this.#frigates)
      this.#frigates.set(id, {
        target,
        judged: null,
        health: 'unknown',
        since: now,
        changes: [],
        trend: [],
        filling: [],
      });
    this.#changed();
  }

  setDaemon(change: (daemon: DaemonStatus) => DaemonStatus): void {
    const next = change(this.#daemon);
    // When each part last did its work moves all the time: alone that is no news.
    if (withoutStamps(next) === withoutStamps(this.#daemon)) {
      this.#daemon = next;
      return;
    }
    this.#daemon = next;
    this.#changed();
  }

  setDiscovery(change: Partial<DiscoveryStatus>): void {
    const before = this.#discovery;
    this.#discovery = {...before, ...change};
    if (JSON.stringify(before) !== JSON.stringify(this.#discovery)) this.#changed();
  }

  /** Publishes at once what waits; for the end. */
  flush(): void {
    this.#pending?.();
    this.#pending = null;
    this.#publish();
  }

  #changed(): void {
    this.#incidents = this.#options.incidentsOf(this.#frigates, this.#incidents, this.#options.now());
    this.#pending ??= after(this.#options.clock, GATHER, () => {
      this.#pending = null;
      this.#publish();
    });
  }

  #publish(): void {
    this.#current = this.#snapshot(this.#current.sequence + 1);
    for (const listener of this.#listeners) listener(this.#current);
  }

  #snapshot(sequence: number): FleetSnapshot {
    return {
      sequence,
      at: this.#options.now(),
      frigates: new Map([...this.#frigates].sort(([a], [b]) => (a < b ? -1 : 1))),
      incidents: this.#incidents,
      discovery: this.#discovery,
      daemon: this.#daemon,
    };
  }
}

const withoutStamps = ({components, ...rest}: DaemonStatus): string =>
  JSON.stringify([rest, Object.entries(components).map(([name, {status, error}]) => [name, status, error])]);
