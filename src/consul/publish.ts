/**
 * Keeps Consul as the fleet snapshot wants it. A changed status is written at once, every check is refreshed after a third of its
 * TTL. Consul is a mirror: what becomes of it never reaches the judgement.
 */
import {backOff} from '../core/back-off.js';
import {milliseconds, seconds, type Duration} from '../core/time.js';
import {within, type Timers} from '../core/timers.js';
import type {ComponentHealth, FleetSnapshot, FleetSource, FrigateStatus} from '../outcome/fleet.js';
import type {ConsulAnswer, ConsulClient} from './client.js';
import type {ConsulOptions} from './options.js';
import {MANAGED_BY, OURS, wantedOf, wantedSelf, type Wanted} from './wanted.js';

/** Requests at the same time; the agent needs some milliseconds for each. */
const AT_ONCE = 8;
/** Snapshots that follow each other within this time are one round. */
const GATHER = milliseconds(50);
const SELF_REFRESH = seconds(5);
const AWAY = {first: seconds(1), longest: seconds(30)};
/** From SIGTERM on, to deregister this replica. */
const LAST_WORDS = seconds(2);

/** What was written last of one service. */
interface Written {
  readonly wanted: Wanted;
  /** By the monotonic clock. */
  readonly at: number;
}

type Failure = Exclude<ConsulAnswer<null>, {kind: 'done'}>;

export interface ConsulPublisher {
  /** For `daemon.components.consul`. */
  health(): ComponentHealth;
  /** Ended by the signal: this replica is deregistered, the Frigates are not. */
  readonly done: Promise<void>;
}

const isSameRegistration = (a: Wanted, b: Wanted): boolean => {
  // The status in the registration is only the first one.
  const plain = ({registration}: Wanted): string =>
    JSON.stringify({...registration, Checks: registration.Checks.map((check) => ({...check, Status: null}))});
  return a.registration === b.registration || plain(a) === plain(b);
};

const isAway = (failure: Failure | null): boolean => failure?.kind === 'away';

const failureText = (failure: Failure): string =>
  failure.kind === 'not-found' ? 'the agent does not know the service' : failure.message;

export const publish = (
  client: ConsulClient,
  options: ConsulOptions,
  source: FleetSource,
  timers: Timers,
  signal: AbortSignal,
): ConsulPublisher => {
  const written = new Map<string, Written>();
  const cache = new WeakMap<FrigateStatus, Wanted>();
  let selfId: string | null = null;
  let failures = 0;
  let error: string | null = null;
  let lastAt: ComponentHealth['lastAt'] = null;
  /** What the agent holds has to be compared with what is wanted: at first, and after it was away. */
  let isCompared = false;
  let wasLeader = false;
  let changed = new AbortController();

  const leads = (): boolean => source.current.daemon.leader.leads && !signal.aborted;

  const cached = (status: FrigateStatus): Wanted => {
    const known = cache.get(status);
    if (known !== undefined) return known;
    const made = wantedOf(status, options);
    cache.set(status, made);
    return made;
  };

  /** Registers it and says at once how it is: a registration has no output. */
  const register = async (wanted: Wanted, may: () => boolean): Promise<Failure | null> => {
    const {registration, maintenance} = wanted;
    const calls = [
      () =>
        client.register(
          {...registration, Checks: registration.Checks.map((check) => ({...check, Status: wanted.status}))},
          signal,
        ),
      () => client.updateCheck(wanted.checkId, wanted.status, wanted.output, signal),
      // A maintenance of before outlives a registration.
      () => client.setMaintenance(registration.ID, maintenance, signal),
    ];
    for (const call of calls) {
      if (!may()) return null;
      const answer = await call();
      if (answer.kind !== 'done') return answer;
    }
    return null;
  };

  const update = async (before: Wanted, wanted: Wanted, may: () => boolean): Promise<Failure | null> => {
    const checked = await client.updateCheck(wanted.checkId, wanted.status, wanted.output, signal);
    if (checked.kind !== 'done') return checked;
    if (before.maintenance === wanted.maintenance || !may()) return null;
    const maintained = await client.setMaintenance(wanted.registration.ID, wanted.maintenance, signal);
    return maintained.kind === 'done' ? null : maintained;
  };

  const write = async (wanted: Wanted, refresh: Duration, may: () => boolean): Promise<Failure | null> => {
    if (!may()) return null;
    const id = wanted.registration.ID;
    const before = written.get(id);
    const at = timers.monotonic();
    const isKnown = before !== undefined && isSameRegistration(before.wanted, wanted);
    const isDue =
      !isKnown ||
      before.wanted.status !== wanted.status ||
      before.wanted.maintenance !== wanted.maintenance ||
      at - before.at >= refresh;
    if (!isDue) return null;
    const first = isKnown ? await update(before.wanted, wanted, may) : await register(wanted, may);
    const failure = first?.kind === 'not-found' && isKnown && may() ? await register(wanted, may) : first;
    // A write that was cut off is repeated when this replica leads again.
    if (failure === null && may()) written.set(id, {wanted, at});
    else written.delete(id);
    return failure;
  };

  /** Those of ours that nobody wants any more: a Frigate that is gone, also one of a leader before this one. */
  const tidy = async (ids: ReadonlySet<string>): Promise<Failure | null> => {
    const gone = new Set([...written.keys()].filter((id) => id !== selfId && !ids.has(id)));
    if (!isCompared) {
      const found = await client.servicesWith(MANAGED_BY, OURS, signal);
      if (found.kind !== 'done') return found;
      for (const {id, meta} of found.value)
        if (!ids.has(id) && (meta['cluster'] ?? null) === options.cluster) gone.add(id);
      isCompared = true;
    }
    for (const id of gone) {
      if (!leads()) return null;
      const answer = await client.deregister(id, signal);
      if (answer.kind !== 'done' && answer.kind !== 'not-found') return answer;
      written.delete(id);
    }
    return null;
  };

  /** One round. The first failure that says that the agent is away ends it. */
  const round = async (snapshot: FleetSnapshot): Promise<Failure | null> => {
    const self = wantedSelf(snapshot, options);
    selfId = self.registration.ID;
    const failed = await write(self, SELF_REFRESH, () => !signal.aborted);
    if (isAway(failed)) return failed;
    if (!leads()) {
      // Another replica writes them now; when this one leads again it starts from nothing.
      for (const id of written.keys()) if (id !== selfId) written.delete(id);
      wasLeader = false;
      return failed;
    }
    if (!wasLeader) isCompared = false;
    wasLeader = true;
    let worst: Failure | null = failed;
    // One that Consul named is registered there already, by somebody else.
    const ours = [...snapshot.frigates.values()].filter(({target}) => target.foundBy !== 'consul');
    const wanted = ours.map(cached);
    const queue = wanted.values();
    const work = async (): Promise<void> => {
      for (const next of queue) {
        if (isAway(worst)) return;
        worst = (await write(next, milliseconds(options.ttl / 3), leads)) ?? worst;
      }
    };
    await Promise.all(Array.from({length: AT_ONCE}, work));
    if (isAway(worst) || !leads()) return worst;
    // Before every Frigate was found, one that is missing says nothing.
    const tidied = snapshot.daemon.ready ? await tidy(new Set(wanted.map(({registration}) => registration.ID))) : null;
    return tidied ?? worst;
  };

  const pauseAfter = (failure: Failure | null): Duration => {
    if (failure === null) {
      failures = 0;
      error = null;
      lastAt = timers.now();
      return milliseconds(Math.min(SELF_REFRESH, options.ttl / 3));
    }
    failures += 1;
    error = failureText(failure);
    if (isAway(failure)) {
      // A dev agent forgets everything when it is restarted: all of it is written again.
      written.clear();
      isCompared = false;
    }
    return backOff(AWAY, failures, options.random);
  };

  const run = async (): Promise<void> => {
    const unsubscribe = source.subscribe(() => changed.abort());
    try {
      while (!signal.aborted) {
        changed = new AbortController();
        const pause = pauseAfter(await round(source.current));
        // A change ends the wait, but never a back-off.
        await timers.sleep(pause, failures > 0 ? signal : AbortSignal.any([signal, changed.signal]));
        if (failures === 0) await timers.sleep(GATHER, signal);
      }
    } finally {
      unsubscribe();
    }
    if (selfId !== null) await client.deregister(selfId, within(timers, LAST_WORDS));
  };

  return {
    health: () => ({status: error === null ? 'healthy' : 'degraded', error, lastAt}),
    done: run(),
  };
};
