/** What keeps one mistake from being made a thousand times: few restarts at once over the whole fleet, and none for what several have in common. */
import type {FleetHold} from '../../core/decision/fleet-hold.js';
import type {CauseClass} from '../../core/finding.js';
import {singleWorkload} from '../../core/observation/workload.js';
import {later, minutes, since, type Instant} from '../../core/time.js';
import type {FleetIncident, FrigateStatus, InstanceId, JudgedFrigate} from '../../outcome/fleet.js';

/** Restarts of the whole fleet are counted over this time. */
const WINDOW = minutes(10);
/** At most this share of the Frigates, and always one. */
const SHARE = 0.1;
/** So many with one common cause are one incident. */
const MANY = 3;

type Statuses = ReadonlyMap<InstanceId, FrigateStatus>;

/** One thing that Frigates can have in common, as one of them shows it. */
interface Common {
  readonly cause: CauseClass;
  readonly name: string;
}

const subnetOf = (host: string): string | null => {
  const parts = /^(\d+\.\d+\.\d+)\.\d+$/.exec(host);
  return parts?.[1] === undefined ? null : `${parts[1]}.0/24`;
};

/** The subnets of the cameras that a bad finding of a network or camera names. */
const failingSubnets = ({findings, observation}: JudgedFrigate): readonly string[] => {
  const {config} = observation.frigate;
  if (!config.known) return [];
  const down = new Set(
    findings
      .filter(
        ({status, cause}) =>
          (status === 'critical' || status === 'warning') && (cause === 'network' || cause === 'camera'),
      )
      .flatMap(({cameras}) => cameras),
  );
  const hosts = config.value.cameras.filter(({name}) => down.has(name)).flatMap((camera) => camera.hosts);
  return [...new Set(hosts.map(subnetOf).filter((subnet) => subnet !== null))].filter(
    (subnet) => !subnet.startsWith('127.'),
  );
};

/** The server of the mount that the recordings are on; local file systems have none. */
const storageServer = ({observation}: JudgedFrigate): string | null => {
  const {mounts} = observation.frigate;
  const sources = mounts.known ? mounts.value.map(({source}) => source) : [];
  for (const source of sources) {
    const server = /^(?:\/\/([^/]+)\/|([^/:]+|\[[^\]]+\]):\/)/.exec(source ?? '');
    if (server !== null) return server[1] ?? server[2] ?? null;
  }
  return null;
};

const commonsOf = (judged: JudgedFrigate): readonly Common[] => {
  const {observation, diagnosis} = judged;
  if (!observation.apiServer.known && observation.outside === undefined)
    return [{cause: 'cluster', name: 'API server'}];
  switch (diagnosis.cause) {
    case 'node': {
      const node = observation.node.known ? observation.node.value : null;
      return node === null ? [] : [{cause: 'node', name: node.name}];
    }
    case 'network':
    case 'camera':
      return failingSubnets(judged).map((name) => ({cause: 'network', name}));
    case 'storage': {
      const server = storageServer(judged);
      return server === null ? [] : [{cause: 'storage', name: server}];
    }
    default:
      return [];
  }
};

/** The incidents of several Frigates as of now; one that goes on keeps its id and its beginning. */
export const fleetIncidents = (
  frigates: Statuses,
  before: readonly FleetIncident[],
  now: Instant,
): readonly FleetIncident[] => {
  const sharing = new Map<string, {readonly common: Common; readonly instances: InstanceId[]}>();
  for (const [id, {judged}] of frigates) {
    if (judged === null) continue;
    for (const common of commonsOf(judged)) {
      const key = `${common.cause} ${common.name}`;
      const group = sharing.get(key) ?? {common, instances: []};
      group.instances.push(id);
      sharing.set(key, group);
    }
  }
  return [...sharing.values()]
    .filter(({instances}) => instances.length >= MANY)
    .map(({common: {cause, name}, instances}): FleetIncident => {
      const known = before.find((incident) => incident.cause === cause && incident.common === name);
      return {
        id: known?.id ?? `f${Math.floor(now / 1000).toString(36)}-${cause}`,
        since: known?.since ?? now,
        cause,
        common: name,
        instances: instances.toSorted(),
      };
    });
};

export interface FleetSafetyOptions {
  readonly frigates: () => Statuses;
  readonly incidents: () => readonly FleetIncident[];
}

/** The budget of restarts of the whole fleet, by the attempts that stand on the workloads, and by those that are on their way there. */
export class FleetSafety {
  readonly #options: FleetSafetyOptions;
  readonly #reserved = new Map<InstanceId, Instant>();

  constructor(options: FleetSafetyOptions) {
    this.#options = options;
  }

  /** What the fleet has against a restart of this one; `null`: nothing. */
  holdFor(id: InstanceId, now: Instant): FleetHold | null {
    const incident = this.#options.incidents().find(({instances}) => instances.includes(id));
    if (incident !== undefined)
      return {
        code: 'fleet-incident',
        incident: incident.id,
        common: incident.common,
        count: incident.instances.length,
        notifies: incident.instances[0] === id,
      };
    const restarted = this.#restartedAt(now);
    restarted.delete(id);
    const limit = Math.max(1, Math.floor(this.#options.frigates().size * SHARE));
    if (restarted.size < limit) return null;
    // As many as the limit leaves must run out first.
    const oldest = [...restarted.values()].sort((a, b) => a - b)[restarted.size - limit] ?? now;
    return {code: 'fleet-limit', used: restarted.size, limit, until: later(oldest, WINDOW)};
  }

  /** Takes one of the budget, in the same tick as the decision, so that no other Frigate takes it too. */
  reserve(id: InstanceId, now: Instant): void {
    this.#reserved.set(id, now);
  }

  /** Nothing was restarted after all. */
  release(id: InstanceId): void {
    this.#reserved.delete(id);
  }

  #restartedAt(now: Instant): Map<InstanceId, Instant> {
    const restarted = new Map<InstanceId, Instant>();
    for (const [id, {judged}] of this.#options.frigates()) {
      const workload = judged === null ? null : singleWorkload(judged.observation.workload);
      if (workload === null || workload.attempt === null || workload.restartedAt === null) continue;
      if (since(workload.restartedAt, now) < WINDOW) restarted.set(id, workload.restartedAt);
    }
    for (const [id, at] of this.#reserved) {
      if (since(at, now) >= WINDOW) this.#reserved.delete(id);
      else restarted.set(id, at);
    }
    return restarted;
  }
}
