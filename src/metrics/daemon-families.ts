/** The metrics of the daemon itself, from the fleet snapshot. What its parts count stands in process-metrics.ts. */
import type {Status} from '../core/finding.js';
import {COMPONENTS, type ComponentHealth, type FleetSnapshot, type FoundBy} from '../outcome/fleet.js';
import {one, secondsOf, stateSet, type Family} from '../report/exposition.js';

const FOUND_BY = ['labels', 'image', 'targets-file', 'consul'] as const satisfies readonly FoundBy[];
const COMPONENT_STATES = ['healthy', 'degraded', 'unhealthy'] as const satisfies ReadonlyArray<
  ComponentHealth['status']
>;
const CUSTOM_STATUSES = [
  'ok',
  'info',
  'warning',
  'critical',
  'unknown',
  'skipped',
] as const satisfies readonly Status[];
const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/** The kind of a dependency: `frigate` of `frigate nvr.frigate`. A series for each Frigate would be thousands. */
const kindOf = (name: string): string => name.split(' ', 1)[0] ?? name;

const count = <T>(all: Iterable<T>, counts: (one: T) => boolean): number => {
  let found = 0;
  for (const each of all) if (counts(each)) found += 1;
  return found;
};

export const DAEMON_FAMILIES: ReadonlyArray<Family<FleetSnapshot>> = [
  {
    name: 'build_info',
    type: 'gauge',
    help: 'Version of this program; always 1.',
    labels: ['version'],
    samples: ({daemon}) => one(1, {version: daemon.version}),
  },
  {
    name: 'start_timestamp_seconds',
    type: 'gauge',
    help: 'When this process started.',
    labels: [],
    samples: ({daemon}) => one(secondsOf(daemon.startedAt)),
  },
  {
    name: 'leader',
    type: 'gauge',
    help: 'Whether this replica judges and acts: 1 yes, 0 no. A replica that does not lead has no series of Frigates.',
    labels: [],
    samples: ({daemon}) => one(Number(daemon.leader.leads)),
  },
  {
    name: 'ready',
    type: 'gauge',
    help: 'Whether this replica is ready: 1 yes, 0 no.',
    labels: [],
    samples: ({daemon}) => one(Number(daemon.ready)),
  },
  {
    name: 'component_status',
    type: 'gauge',
    help: 'Health of one part of this daemon: 1 for the status that it has, 0 for the others. Parts that are not in use are absent.',
    labels: ['component', 'status'],
    samples: ({daemon}) =>
      COMPONENTS.flatMap((component) => {
        const health = daemon.components[component];
        return health === undefined
          ? []
          : stateSet('status', COMPONENT_STATES, health.status).map(({labels, value}) => ({
              labels: {component, ...labels},
              value,
            }));
      }),
  },
  {
    name: 'component_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the part last did its work; absent where it never did yet.',
    labels: ['component'],
    samples: ({daemon}) =>
      COMPONENTS.flatMap((component) => {
        const at = daemon.components[component]?.lastAt ?? null;
        return one(at === null ? null : secondsOf(at), {component});
      }),
  },
  {
    name: 'dependency_breakers',
    type: 'gauge',
    help: 'Breakers of outgoing requests in this state, by kind of dependency.',
    labels: ['dependency', 'state'],
    samples: ({daemon: {breakers}}) =>
      [...new Set(breakers.map(({name}) => kindOf(name)))].sort().flatMap((dependency) =>
        BREAKER_STATES.map((state) => ({
          labels: {dependency, state},
          value: count(breakers, (breaker) => breaker.state === state && kindOf(breaker.name) === dependency),
        })),
      ),
  },
  {
    name: 'debug_failure',
    type: 'gauge',
    help: 'Whether an invented failure of POST /debug/fail stands: 1 yes, 0 no.',
    labels: [],
    samples: ({at, daemon}) => one(Number(daemon.debugFailureUntil !== null && at < daemon.debugFailureUntil)),
  },
];

/** Of the leader alone: the others hold no fleet. */
export const FLEET_FAMILIES: ReadonlyArray<Family<FleetSnapshot>> = [
  {
    name: 'targets',
    type: 'gauge',
    help: 'Frigates that are known, by how they were found.',
    labels: ['source'],
    samples: ({frigates}) =>
      FOUND_BY.map((source) => ({
        labels: {source},
        value: count(frigates.values(), ({target}) => target.foundBy === source),
      })),
  },
  {
    name: 'targets_judged',
    type: 'gauge',
    help: 'Frigates that were judged at least once.',
    labels: [],
    samples: ({frigates}) => one(count(frigates.values(), ({judged}) => judged !== null)),
  },
  {
    name: 'discovery_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the list of Frigates was last read completely; absent before the first time.',
    labels: [],
    samples: ({discovery: {lastRelistAt}}) => one(lastRelistAt === null ? null : secondsOf(lastRelistAt)),
  },
  {
    name: 'custom_check_status',
    type: 'gauge',
    help: 'A check of your own (FRIGATE_HC_CHECKS_FILE) that is about no single Frigate: 1 for the status that it has, 0 for the others. One about a Frigate is in check_failing.',
    labels: ['check', 'status'],
    samples: ({daemon: {custom = []}}) =>
      custom.flatMap(({id, status}) =>
        stateSet('status', CUSTOM_STATUSES, status).map(({labels, value}) => ({labels: {check: id, ...labels}, value})),
      ),
  },
  {
    name: 'fleet_incidents',
    type: 'gauge',
    help: 'Open incidents that several Frigates have in common.',
    labels: [],
    samples: ({incidents}) => one(incidents.length),
  },
];
