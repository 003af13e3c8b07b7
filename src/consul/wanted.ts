/** What Consul shall hold of the fleet: pure, from the snapshot. */
import {chosenPod} from '../core/checks/evidence/facts.js';
import {maskedLine} from '../core/mask.js';
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import type {FleetSnapshot, FrigateStatus} from '../outcome/fleet.js';
import type {CheckStatus, ServiceRegistration} from './client.js';
import type {ConsulOptions} from './options.js';

/** The entry of the meta data by which our services are found again. */
export const MANAGED_BY = 'managed-by';
export const OURS = 'frigate-health';
/** Which workload a Frigate is; a service of somebody else that has them is found by them (discover.ts). */
export const META_NAMESPACE = 'k8s-namespace';
export const META_WORKLOAD = 'k8s-workload';
/** What is registered of this program itself. */
export const SELF_SERVICE = 'frigate-health';

export interface Wanted {
  readonly registration: ServiceRegistration;
  readonly checkId: string;
  readonly status: CheckStatus;
  /** Why; at most 512 bytes. */
  readonly output: string;
  /** The reason of the maintenance; `null`: none. */
  readonly maintenance: string | null;
}

/**
 * `unknown` is warning: the health is not known, so nothing is cut off (DNS answers what is passing or warning). A paused Frigate is in
 * maintenance, which is critical whatever the check says.
 */
export const CHECK_STATUS: Readonly<Record<HealthClass, CheckStatus>> = {
  healthy: 'passing',
  degraded: 'warning',
  starting: 'warning',
  unknown: 'warning',
  unhealthy: 'critical',
  paused: 'warning',
};

const MOST_BYTES = 512;
/** Long enough that a service which nobody refreshes stays as it is. */
const KEPT = '8760h';
const SELF_TTL = '15s';
/** Of a replica that is gone for good: it had another name than its successor. */
const SELF_GONE_AFTER = '10m';

const bounded = (text: string): string => {
  let line = maskedLine(text, MOST_BYTES);
  while (Buffer.byteLength(line) > MOST_BYTES) line = maskedLine(line, Math.floor(line.length * 0.9));
  return line;
};

const outputOf = ({judged, health}: FrigateStatus): string => {
  if (judged === null) return `${health}: not judged yet`;
  const {diagnosis, decision} = judged;
  const ids = diagnosis.primary.length === 0 ? '' : ` (${diagnosis.primary.join(', ')})`;
  return bounded(`${health}: ${diagnosis.summary}${ids}; automatic repair: ${decision.action} (${decision.rule})`);
};

export const serviceIdOf = ({namespace, name}: FrigateStatus['target']): string => `${OURS}.${namespace}.${name}`;

interface Place {
  readonly address: string;
  readonly port: number;
  readonly pod: string | null;
  readonly node: string | null;
}

/** A static Frigate is where its URL says. Without a pod the name of the Service is all there is; it is critical then anyway. */
const placeOf = ({target, judged}: FrigateStatus, {address, port}: ConsulOptions): Place => {
  const pod = judged === null ? null : chosenPod(judged.observation);
  const node = pod?.nodeName ?? null;
  const place = {port, pod: pod?.name ?? null, node};
  if (target.url !== null && URL.canParse(target.url)) {
    const url = new URL(target.url);
    const usual = url.protocol === 'https:' ? 443 : 80;
    return {...place, address: url.hostname, port: url.port === '' ? usual : Number(url.port)};
  }
  const service = `${target.name}.${target.namespace}.svc`;
  switch (address) {
    case 'pod':
      return {...place, address: pod?.ip ?? service};
    case 'service':
      return {...place, address: service};
    case 'node':
      return {...place, address: node ?? service};
    default:
      return {
        ...place,
        address: address
          .replaceAll('{namespace}', target.namespace)
          .replaceAll('{name}', target.name)
          .replaceAll('{pod}', pod?.name ?? '')
          .replaceAll('{node}', node ?? ''),
      };
  }
};

const versionOf = ({judged}: FrigateStatus): string | null => {
  const stats = judged?.observation.frigate.stats;
  const version = stats?.known === true ? stats.value.snapshot.version : null;
  return version === null ? null : (/^\d+\.\d+(?:\.\d+)?/.exec(version)?.[0] ?? null);
};

const given = (entries: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(entries).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));

export const wantedOf = (status: FrigateStatus, options: ConsulOptions): Wanted => {
  const {target, health} = status;
  const {address, port, pod, node} = placeOf(status, options);
  const version = versionOf(status);
  const id = serviceIdOf(target);
  const checkId = `${id}:health`;
  const output = outputOf(status);
  return {
    registration: {
      ID: id,
      Name: options.service,
      Address: address,
      Port: port,
      Tags: [target.namespace, ...(node === null ? [] : [node]), ...(version === null ? [] : [`v${version}`])],
      Meta: given({
        [MANAGED_BY]: OURS,
        cluster: options.cluster,
        [META_NAMESPACE]: target.url === null ? target.namespace : null,
        [META_WORKLOAD]: target.url === null ? `${target.kind.toLowerCase()}/${target.name}` : null,
        pod,
        node,
        'frigate-version': version,
      }),
      Checks: [
        {
          CheckID: checkId,
          Name: 'Frigate health',
          TTL: options.whenWeDie === 'keep' ? KEPT : `${Math.round(options.ttl / 1000)}s`,
          Status: CHECK_STATUS[health],
        },
      ],
    },
    checkId,
    status: CHECK_STATUS[health],
    output,
    maintenance: health === 'paused' ? output : null,
  };
};

/** This replica. Its check follows its readiness; who leads stands in the tags. */
export const wantedSelf = ({daemon}: FleetSnapshot, {self, cluster}: ConsulOptions): Wanted => {
  const id = `${SELF_SERVICE}-${self.id}`;
  const checkId = `${id}:health`;
  const status: CheckStatus = daemon.ready ? 'passing' : 'warning';
  return {
    registration: {
      ID: id,
      Name: SELF_SERVICE,
      Address: self.address,
      Port: self.port,
      Tags: [daemon.leader.leads ? 'leader' : 'standby', `v${daemon.version}`],
      Meta: given({cluster, version: daemon.version}),
      Checks: [
        {
          CheckID: checkId,
          Name: 'frigate-health',
          TTL: SELF_TTL,
          Status: status,
          DeregisterCriticalServiceAfter: SELF_GONE_AFTER,
        },
      ],
    },
    checkId,
    status,
    output: daemon.ready ? 'ready' : 'not ready yet',
    maintenance: null,
  };
};
