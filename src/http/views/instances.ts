/** `/api/instances…`: what discovery found. */
import {rfc3339, since, type Instant} from '../../core/time.js';
import type {FleetSnapshot, FrigateStatus} from '../../outcome/fleet.js';
import type {DiscoveryInfo, InstanceRow} from '../schemas/types.js';
import {timeOf} from './row.js';

export const instanceOf = ({target, judged, health, since: from}: FrigateStatus): InstanceRow => ({
  ...target,
  status: health,
  cause: judged?.diagnosis.cause ?? null,
  since: rfc3339(from),
});

export const discoveryOf = (
  {discovery}: FleetSnapshot,
  frigates: readonly FrigateStatus[],
  now: Instant,
): DiscoveryInfo => ({
  mode: discovery.mode,
  namespaces: [...discovery.namespaces],
  services: frigates.map(({target: {id, namespace, name, kind, foundBy, stale}}) => ({
    id,
    namespace,
    name,
    kind,
    foundBy,
    stale,
  })),
  cache: {
    age_seconds: discovery.lastRelistAt === null ? null : Math.round(since(discovery.lastRelistAt, now) / 1000),
    ttl_seconds: discovery.refreshEvery / 1000,
    last_relist: timeOf(discovery.lastRelistAt),
  },
  lastError: discovery.lastError,
  count: frigates.length,
});
