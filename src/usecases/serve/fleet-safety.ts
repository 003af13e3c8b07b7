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
/** A Frigate that notified for several and is well leaves that to another one after this. */
const HANDOVER = minutes(10);
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

/**
 * The MQTT broker that a Frigate lost; what only the resolver of its namespace knows (`mosquitto`) is another broker in each.
 * `null`: FRG-802 says nothing of one, or it runs beside Frigate.
 */
const lostBroker = ({findings, observation}: JudgedFrigate): string | null => {
  const {config} = observation.frigate;
  const isLost = findings.some(({id, status}) => id === 'FRG-802' && (status === 'warning' || status === 'critical'));
  const host = config.known ? (config.value.mqttHost ?? null) : null;
  if (!isLost || host === null || host === 'localhost' || host === '::1' || host.startsWith('127.')) return null;
  const plain = host.replace(/\.svc(?:\.[a-z0-9.-]+)?$/, '');
  const namespace = singleWorkload(observation.workload)?.namespace ?? null;
  return plain.includes('.') || plain.includes(':') || namespace === null ? plain : `${plain}.${namespace}`;
};

/** One cause; of several that no restart cures each, for what is down for two reasons has both in common with others. */
const causesOf = ({diagnosis, findings}: JudgedFrigate): ReadonlySet<CauseClass> => {
  const {cause, cure, primary} = diagnosis;
  if (cause !== 'mixed') return new Set(cause === null ? [] : [cause]);
  return new Set(
    cure === 'none'
      ? findings.flatMap((finding) =>
          primary.includes(finding.id) && finding.status === 'critical' && finding.cause !== null
            ? [finding.cause]
            : [],
        )
      : [],
  );
};

const commonsOf = (judged: JudgedFrigate): readonly Common[] => {
  const {observation} = judged;
  if (!observation.apiServer.known && observation.outside === undefined)
    return [{cause: 'cluster', name: 'API server'}];
  const causes = causesOf(judged);
  const node = causes.has('node') && observation.node.known ? observation.node.value : null;
  const server = causes.has('storage') ? storageServer(judged) : null;
  const broker = causes.has('dependency') ? lostBroker(judged) : null;
  const subnets = causes.has('network') || causes.has('camera') ? failingSubnets(judged) : [];
  return [
    ...(node === null ? [] : [{cause: 'node' as const, name: node.name}]),
    ...subnets.map((name) => ({cause: 'network' as const, name})),
    ...(server === null ? [] : [{cause: 'storage' as const, name: server}]),
    ...(broker === null ? [] : [{cause: 'dependency' as const, name: `MQTT broker ${broker}`}]),
  ];
};

/** Whose common thing is not known at the moment (mounts are only asked about while something points there), and whose cause is the same: still a part. */
const stillIn = (before: readonly FleetIncident[], id: InstanceId, judged: JudgedFrigate): readonly Common[] => {
  const known = new Set(commonsOf(judged).map(({cause}) => cause));
  const causes = causesOf(judged);
  return before
    .filter(
      ({cause, instances}) =>
        instances.includes(id) &&
        !known.has(cause) &&
        (causes.has(cause) || (cause === 'network' && causes.has('camera'))),
    )
    .map(({cause, common: name}) => ({cause, name}));
};

/** Who notifies goes on to do so; one that is well for a while leaves it to another, so that those who are still down are not forgotten. */
const speakerOf = (
  instances: readonly InstanceId[],
  before: FleetIncident | undefined,
  now: Instant,
): NonNullable<FleetIncident['speaker']> => {
  const first = instances[0] ?? '.';
  const speaker = before?.speaker ?? {id: first, leftAt: null};
  if (instances.includes(speaker.id)) return {id: speaker.id, leftAt: null};
  const leftAt = speaker.leftAt ?? now;
  return since(leftAt, now) < HANDOVER ? {id: speaker.id, leftAt} : {id: first, leftAt: null};
};

/**
 * The incidents of several Frigates as of now; one that goes on keeps its id and its beginning. It ends with the last of them:
 * those that recover later than others begin no incidents of their own. But when only a few are left, no restart that would help
 * one of them is held any more.
 */
export const fleetIncidents = (
  frigates: Statuses,
  before: readonly FleetIncident[],
  now: Instant,
): readonly FleetIncident[] => {
  const sharing = new Map<string, {readonly common: Common; readonly instances: InstanceId[]; incurable: boolean}>();
  for (const [id, {judged}] of frigates) {
    if (judged === null) continue;
    for (const common of [...commonsOf(judged), ...stillIn(before, id, judged)]) {
      const key = `${common.cause} ${common.name}`;
      const group = sharing.get(key) ?? {common, instances: [], incurable: true};
      group.instances.push(id);
      group.incurable &&= judged.diagnosis.cure === 'none';
      sharing.set(key, group);
    }
  }
  return [...sharing.values()].flatMap(({common: {cause, name}, instances: found, incurable}): FleetIncident[] => {
    const known = before.find((incident) => incident.cause === cause && incident.common === name);
    if (found.length < MANY && (known === undefined || !incurable)) return [];
    const instances = found.toSorted();
    return [
      {
        id: known?.id ?? `f${Math.floor(now / 1000).toString(36)}-${cause}`,
        since: known?.since ?? now,
        cause,
        common: name,
        instances,
        speaker: speakerOf(instances, known, now),
      },
    ];
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
        notifies: (incident.speaker?.id ?? incident.instances[0]) === id,
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
