/** The metrics of one Frigate beside its status: freshness, restarts, incident, container, storage, detectors. */
import {template} from '../core/checks/evidence/facts.js';
import {memoryTrend} from '../core/checks/evidence/memory-trend.js';
import {podMemoryOf} from '../core/checks/evidence/resource-samples.js';
import {fillForecast} from '../core/observation/fill-forecast.js';
import {later, milliseconds} from '../core/time.js';
import {one, secondsOf, type Family, type Sample} from '../report/exposition.js';
import {containerOf, type FrigateFacts} from './frigate-facts.js';

const lastRestart = ({observed}: FrigateFacts): number | null => {
  const made = (observed?.state.restarts ?? []).filter(({phase}) => phase !== 'intended' && phase !== 'abandoned');
  return made.length === 0 ? null : secondsOf(Math.max(...made.map(({at}) => at)));
};

/** When the working set reaches the memory limit, as FRG-205 computes it. */
const memoryExhausted = ({observed}: FrigateFacts): number | null => {
  const used = observed === null ? null : podMemoryOf(observed.observation);
  if (observed === null || used === null) return null;
  const {observation, state} = observed;
  const trend = memoryTrend({observation, memory: state.memory, now: observation.at}, used);
  return trend === null ? null : secondsOf(later(observation.at, trend.left));
};

/** When the first of the mounts is full, as the status page forecasts it. */
const storageExhausted = ({observed, snapshot, status: {filling}}: FrigateFacts): number | null => {
  if (observed === null || snapshot === null) return null;
  const times = snapshot.mounts.flatMap((mount) => {
    const forecast = fillForecast(filling, mount);
    return forecast.kind === 'full-in' ? [forecast.time] : [];
  });
  return times.length === 0 ? null : secondsOf(later(observed.at, milliseconds(Math.min(...times))));
};

const ratio = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole <= 0 ? null : part / whole;

const backlog = ({observed}: FrigateFacts): readonly Sample[] => {
  const log = observed?.observation.log;
  if (log?.known !== true) return [];
  const {tallies} = log.value;
  return one(
    (['backlog-slow-storage', 'backlog-unprocessed'] as const).reduce(
      (sum, signature) => sum + (tallies.get(signature)?.count ?? 0),
      0,
    ),
  );
};

export const FRIGATE_FAMILIES: ReadonlyArray<Family<FrigateFacts>> = [
  {
    name: 'last_restart_timestamp_seconds',
    type: 'gauge',
    help: 'When this program last restarted the Frigate; absent where it did not in the last 7 days.',
    labels: [],
    samples: (facts) => one(lastRestart(facts)),
  },
  {
    name: 'incident_start_timestamp_seconds',
    type: 'gauge',
    help: 'Since when the open incident stands; absent where none is open.',
    labels: [],
    samples: ({observed}) => {
      const incident = observed?.state.incident ?? null;
      return one(incident === null ? null : secondsOf(incident.since));
    },
  },
  {
    name: 'alerts_pending',
    type: 'gauge',
    help: 'Notifications of this Frigate that wait for delivery, by channel; absent where no channel is set.',
    labels: ['channel'],
    samples: ({observed}) => [...(observed?.waiting ?? [])].flatMap(([channel, count]) => one(count, {channel})),
  },
  {
    name: 'snapshot_timestamp_seconds',
    type: 'gauge',
    help: "When Frigate made its newest statistics, by Frigate's clock.",
    labels: [],
    samples: ({snapshot}) => {
      const updated = snapshot?.lastUpdated ?? null;
      return one(updated === null ? null : secondsOf(updated));
    },
  },
  {
    name: 'last_answer_timestamp_seconds',
    type: 'gauge',
    help: "When Frigate's API last answered; absent while it does not.",
    labels: [],
    samples: ({observed, snapshot}) => one(observed === null || snapshot === null ? null : secondsOf(observed.at)),
  },
  {
    name: 'api_response_seconds',
    type: 'gauge',
    help: "Time that Frigate's API took to answer the last request for statistics.",
    labels: [],
    samples: ({observed}) => {
      const stats = observed?.observation.frigate.stats;
      return one(stats?.known === true ? stats.value.latency / 1000 : null);
    },
  },
  {
    name: 'container_restarts_total',
    type: 'counter',
    help: "Restarts of Frigate's container in its present pod, as the kubelet counts them.",
    labels: [],
    samples: (facts) => one(containerOf(facts)?.restartCount ?? null),
  },
  {
    name: 'container_last_exit_code',
    type: 'gauge',
    help: "Exit code of the last container of Frigate's pod that ended; absent where none did.",
    labels: ['reason'],
    samples: (facts) => {
      const last = containerOf(facts)?.last ?? null;
      return last === null ? [] : one(last.exitCode, {reason: last.reason});
    },
  },
  {
    name: 'memory_limit_bytes',
    type: 'gauge',
    help: "Memory limit of Frigate's container; absent where none is set.",
    labels: [],
    samples: ({observed}) => one(observed === null ? null : (template(observed.observation)?.memoryLimit ?? null)),
  },
  {
    name: 'memory_working_set_bytes',
    type: 'gauge',
    help: "Working set of Frigate's container, by the metrics API or the cgroup: what counts against the limit. Absent where none is set or the use is not known.",
    labels: [],
    samples: ({observed}) => {
      const use = observed?.observation.memoryUse;
      return one(use?.known === true ? use.value.workingSet : null);
    },
  },
  {
    name: 'exhausted_timestamp_seconds',
    type: 'gauge',
    help: 'When a rising use reaches its limit, if it rises on as it did: the memory of the container, the first of the file systems that Frigate writes to. Absent while it does not rise clearly.',
    labels: ['resource'],
    samples: (facts) => [
      ...one(memoryExhausted(facts), {resource: 'memory'}),
      ...one(storageExhausted(facts), {resource: 'storage'}),
    ],
  },
  {
    name: 'storage_free_ratio',
    type: 'gauge',
    help: 'Free share of a file system that Frigate writes to: recordings, clips, /tmp/cache, /dev/shm.',
    labels: ['mount'],
    samples: ({snapshot}) =>
      (snapshot?.mounts ?? []).flatMap(({path, free, total}) => one(ratio(free, total), {mount: path})),
  },
  {
    name: 'recording_backlog_events',
    type: 'gauge',
    help: 'Lines in the log window which say that recording segments are not written in time; absent while the log is not read.',
    labels: [],
    samples: backlog,
  },
  {
    name: 'detector_inference_seconds',
    type: 'gauge',
    help: 'Time of one inference, a moving average.',
    labels: ['detector'],
    samples: ({snapshot}) =>
      (snapshot?.detectors ?? []).flatMap(({name, inferenceSpeed}) =>
        one(inferenceSpeed === null ? null : inferenceSpeed / 1000, {detector: name}),
      ),
  },
];
