/** What the daemon knows of itself, for /health: of each part whether it works, and since when not. Never about a Frigate. */
import {seconds, since, type Instant} from '../../core/time.js';
import type {ComponentHealth, ComponentName, DiscoveryStatus} from '../../outcome/fleet.js';
import type {LeaderStatus} from './leader.js';

/** A loop that did not turn for so long stands: it turns every 15 seconds, and one turn may take a write and a mail. */
const STANDS_AFTER = seconds(30);

/** One Frigate's loop as the daemon sees it. Milliseconds by the monotonic clock. */
export interface LoopHealth {
  readonly begunAt: number;
  /** `null`: no turn has ended yet. */
  readonly lastTurnAt: number | null;
  /** It writes or notifies at the moment, under deadlines of its own. */
  readonly carriesOut: boolean;
  /** When Frigate last answered or was last found not to, by the local clock. */
  readonly polledAt: Instant | null;
  readonly stateError: string | null;
  readonly notifyError: string | null;
}

export interface DaemonFacts {
  readonly now: Instant;
  /** Monotonic. */
  readonly at: number;
  readonly leader: LeaderStatus;
  readonly discovery: DiscoveryStatus;
  readonly loops: readonly LoopHealth[];
  readonly notifies: boolean;
  /** Why the file with the channels is not in force as it is now; `null`: it is, or there is none. */
  readonly channelsError: string | null;
  /** Whether the file with the user's own checks is in force as it is now; absent: there is none. */
  readonly custom?: {readonly error: string | null};
}

const healthy = (lastAt: Instant | null): ComponentHealth => ({status: 'healthy', error: null, lastAt});
const degraded = (error: string, lastAt: Instant | null): ComponentHealth => ({status: 'degraded', error, lastAt});

const judgeHealth = ({loops, at, now}: DaemonFacts): ComponentHealth => {
  const standing = loops.filter(
    ({begunAt, lastTurnAt, carriesOut}) => !carriesOut && at - (lastTurnAt ?? begunAt) > STANDS_AFTER,
  );
  const turns = loops.flatMap(({lastTurnAt}) => (lastTurnAt === null ? [] : [lastTurnAt]));
  const lastAt = turns.length === 0 ? null : ((now - (at - Math.max(...turns))) as Instant);
  if (standing.length === 0) return healthy(lastAt);
  const error = `${standing.length} of ${loops.length} Frigates were not judged for ${STANDS_AFTER / 1000} s`;
  return standing.length === loops.length ? {status: 'unhealthy', error, lastAt} : degraded(error, lastAt);
};

const pollsHealth = ({loops, now}: DaemonFacts): ComponentHealth => {
  const polled = loops.flatMap(({polledAt}) => (polledAt === null ? [] : [polledAt]));
  const lastAt = polled.length === 0 ? null : (Math.max(...polled) as Instant);
  return lastAt !== null && since(lastAt, now) > STANDS_AFTER * 2
    ? degraded(`no Frigate was asked for ${Math.round(since(lastAt, now) / 1000)} s`, lastAt)
    : healthy(lastAt);
};

const firstOf = (
  loops: readonly LoopHealth[],
  errorOf: (loop: LoopHealth) => string | null,
  now: Instant,
): ComponentHealth => {
  const errors = loops.map(errorOf).filter((error) => error !== null);
  return errors[0] === undefined ? healthy(loops.length === 0 ? null : now) : degraded(errors[0], null);
};

export const componentsOf = (facts: DaemonFacts): Readonly<Partial<Record<ComponentName, ComponentHealth>>> => {
  const {leader, discovery, loops, notifies, channelsError, custom, now} = facts;
  const kubernetes = leader.error ?? discovery.lastError;
  return {
    kubernetes_api: kubernetes === null ? healthy(leader.lastAt) : degraded(kubernetes, leader.lastAt),
    discovery:
      discovery.lastError === null
        ? healthy(discovery.lastRelistAt)
        : degraded(discovery.lastError, discovery.lastRelistAt),
    ...(leader.leads
      ? {
          polls: pollsHealth(facts),
          judge: judgeHealth(facts),
          state: firstOf(loops, ({stateError}) => stateError, now),
          ...(notifies ? {notifications: firstOf(loops, ({notifyError}) => notifyError, now)} : {}),
        }
      : {}),
    ...(channelsError === null ? {} : {notifications: degraded(channelsError, null)}),
    ...(custom === undefined
      ? {}
      : {custom_checks: custom.error === null ? healthy(now) : degraded(custom.error, null)}),
    leader: leader.error === null ? healthy(leader.lastAt) : degraded(leader.error, leader.lastAt),
  };
};
