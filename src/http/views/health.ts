/** `/health`, `/ready` and `/startup`: the daemon about itself. */
import {humanDuration, rfc3339, seconds, since, type Instant} from '../../core/time.js';
import {
  COMPONENTS,
  type ComponentHealth,
  type ComponentName,
  type DaemonStatus,
  type FleetSnapshot,
} from '../../outcome/fleet.js';
import type {ServiceHealth} from '../schemas/types.js';

type Level = ServiceHealth['status'];

/**
 * The judge works at least each 15 s. Standing for 30 s, only a restart of the daemon helps. The daemon reports it itself, unless
 * what reports it stands too: then its last word is older than any work under way may take.
 */
const STANDS = seconds(120);

const LEVELS: readonly Level[] = ['healthy', 'degraded', 'unhealthy'];
const worse = (a: Level, b: Level): Level => (LEVELS.indexOf(a) > LEVELS.indexOf(b) ? a : b);

interface Part {
  readonly name: ComponentName;
  readonly status: Level;
  readonly error: string | null;
}

const saidOf = (name: ComponentName, {status, error}: ComponentHealth): Part => ({
  name,
  status,
  error: error === null ? null : `${name}: ${error}`,
});

/** Where there is a Frigate to judge. */
const partOf = (name: ComponentName, component: ComponentHealth, now: Instant): Part => {
  const said = saidOf(name, component);
  const {lastAt} = component;
  if (name !== 'judge' || lastAt === null || since(lastAt, now) <= STANDS) return said;
  return {name, status: 'unhealthy', error: said.error ?? `${name}: no work for ${humanDuration(since(lastAt, now))}`};
};

const partsOf = ({frigates, daemon: {components}}: FleetSnapshot, now: Instant): readonly Part[] =>
  COMPONENTS.flatMap((name) => {
    const component = components[name];
    return component === undefined ? [] : [frigates.size > 0 ? partOf(name, component, now) : saidOf(name, component)];
  });

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: ServiceHealth;
}

const report = (daemon: DaemonStatus, now: Instant, status: Level, parts: readonly Part[], error: string | null) => ({
  status,
  timestamp: rfc3339(now),
  service: 'frigate-health' as const,
  version: daemon.version,
  checks: Object.fromEntries(parts.map((part) => [part.name, part.status])),
  metadata: {
    uptime_seconds: Math.floor(since(daemon.startedAt, now) / 1000),
    last_error: error ?? parts.find((part) => part.error !== null)?.error ?? null,
  },
});

/** 503 only where a restart of the daemon would help; an invented failure answers 200, so that no kubelet acts on it. */
export const healthOf = (snapshot: FleetSnapshot, now: Instant): HealthAnswer => {
  const {daemon} = snapshot;
  const parts = partsOf(snapshot, now);
  const real = parts.map(({status}) => status).reduce(worse, 'healthy');
  const isInvented = daemon.debugFailureUntil !== null && daemon.debugFailureUntil > now;
  return {
    status: real === 'unhealthy' ? 503 : 200,
    body: report(
      daemon,
      now,
      isInvented ? 'unhealthy' : real,
      parts,
      isInvented ? `POST /debug/fail: an invented failure until ${rfc3339(daemon.debugFailureUntil)}` : null,
    ),
  };
};

/** Ready to serve; 503 until the watches are synced and each Frigate was observed once. */
export const readinessOf = (snapshot: FleetSnapshot, now: Instant): HealthAnswer => {
  const {daemon} = snapshot;
  const parts = partsOf(snapshot, now);
  const level = parts.map(({status}) => status).reduce(worse, 'healthy');
  return daemon.ready
    ? {status: 200, body: report(daemon, now, level, parts, null)}
    : {
        status: 503,
        body: report(daemon, now, 'unhealthy', parts, 'not every Frigate has been observed yet'),
      };
};

/** The configuration is read and the listeners run: nothing else is asked. */
export const startupOf = (daemon: DaemonStatus, now: Instant): HealthAnswer => ({
  status: 200,
  body: report(daemon, now, 'healthy', [], null),
});
