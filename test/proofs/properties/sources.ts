/** Replacing what was seen by Unknown, source by source, and showing the same world in another order and under other names. */
import {unknown, type UnknownCode} from '../../../src/core/known.js';
import type {Baselines} from '../../../src/core/state/baselines.js';
import type {CameraConfig, FrigateObservation, Snapshot} from '../../../src/core/observation/frigate.js';
import type {Observation} from '../../../src/core/observation/observation.js';

const ofCluster = [
  'apiServer',
  'missingPermissions',
  'workload',
  'pods',
  'node',
  'events',
  'claims',
  'log',
  'previousLog',
  'state',
  'cronJob',
] as const;
const ofFrigate = ['stats', 'history', 'config', 'go2rtc', 'mountProbe', 'mounts'] as const;

export type Source = (typeof ofCluster)[number] | (typeof ofFrigate)[number] | 'liveness' | 'segments';

export const sources: readonly Source[] = [...ofCluster, ...ofFrigate, 'liveness', 'segments'];
export const codes: readonly UnknownCode[] = [
  'forbidden',
  'unauthorized',
  'not-found',
  'unreachable',
  'timeout',
  'throttled',
  'server-error',
  'garbled',
  'too-large',
  'starved',
  'failed',
];

/** The observation without one source. */
export const without = (observation: Observation, source: Source, code: UnknownCode): Observation => {
  const nothing = unknown(code, `${source}: ${code}`);
  const {frigate} = observation;
  switch (source) {
    case 'liveness':
      return {
        ...observation,
        frigate: {...frigate, liveness: frigate.liveness.map(({via}) => ({via, verdict: 'unknown', why: code}))},
      };
    case 'segments':
      return {
        ...observation,
        frigate: {...frigate, segments: new Map([...frigate.segments.keys()].map((name) => [name, nothing]))},
      };
    case 'stats':
    case 'history':
    case 'config':
    case 'go2rtc':
    case 'mountProbe':
    case 'mounts':
      return {...observation, frigate: {...frigate, [source]: nothing}};
    default:
      return {...observation, [source]: nothing};
  }
};

/** What one pass saw and what it remembered of the passes before. */
export interface Seen {
  readonly observation: Observation;
  readonly memory: Baselines;
}

const reversed = <K, V>(map: ReadonlyMap<K, V>): Map<K, V> => new Map([...map].reverse());

/** The same things seen, every list the other way round. */
export const inOtherOrder = ({observation, memory}: Seen): Seen => ({
  memory,
  observation: {
    ...observation,
    pods: observation.pods.known ? {known: true, value: [...observation.pods.value].reverse()} : observation.pods,
    events: observation.events.known
      ? {known: true, value: [...observation.events.value].reverse()}
      : observation.events,
    frigate: changed(observation.frigate, {
      snapshot: (snapshot) => ({
        ...snapshot,
        cameras: [...snapshot.cameras].reverse(),
        detectors: [...snapshot.detectors].reverse(),
        mounts: [...snapshot.mounts].reverse(),
        processes: reversed(snapshot.processes),
        usages: snapshot.usages === null ? null : [...snapshot.usages].reverse(),
      }),
      cameras: (cameras) => [...cameras].reverse(),
      segments: reversed,
    }),
  },
});

/** The same site with other names for its cameras and pods. */
export const renamed = ({observation, memory}: Seen, rename: (name: string) => string): Seen => ({
  memory: {
    ...memory,
    cameras: memory.cameras
      .map((camera) => ({...camera, name: rename(camera.name)}))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    lastRates: memory.lastRates.map((camera) => ({...camera, name: rename(camera.name)})),
  },
  observation: {
    ...observation,
    pods: observation.pods.known
      ? {known: true, value: observation.pods.value.map((pod) => ({...pod, name: `pod-${rename(pod.name)}`}))}
      : observation.pods,
    log: observation.log.known
      ? {
          known: true,
          value: {
            ...observation.log.value,
            tallies: new Map(
              [...observation.log.value.tallies].map(([signature, tally]) => [
                signature,
                {...tally, cameras: new Map([...tally.cameras].map(([name, count]) => [rename(name), count]))},
              ]),
            ),
          },
        }
      : observation.log,
    frigate: changed(observation.frigate, {
      snapshot: (snapshot) => ({
        ...snapshot,
        cameras: snapshot.cameras
          .map((camera) => ({...camera, name: rename(camera.name)}))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      }),
      cameras: (cameras) => cameras.map((camera) => ({...camera, name: rename(camera.name)})),
      segments: (segments) => new Map([...segments].map(([name, segment]) => [rename(name), segment])),
      streams: rename,
    }),
  },
});

interface Changes {
  readonly snapshot: (snapshot: Snapshot) => Snapshot;
  readonly cameras: (cameras: readonly CameraConfig[]) => readonly CameraConfig[];
  readonly segments: (segments: FrigateObservation['segments']) => FrigateObservation['segments'];
  readonly streams?: (name: string) => string;
}

const changed = (
  frigate: FrigateObservation,
  {snapshot, cameras, segments, streams = (name) => name}: Changes,
): FrigateObservation => ({
  ...frigate,
  stats: frigate.stats.known
    ? {known: true, value: {...frigate.stats.value, snapshot: snapshot(frigate.stats.value.snapshot)}}
    : frigate.stats,
  history: frigate.history.known ? {known: true, value: frigate.history.value.map(snapshot)} : frigate.history,
  config: frigate.config.known
    ? {
        known: true,
        value: {
          ...frigate.config.value,
          cameras: cameras(frigate.config.value.cameras),
          go2rtcStreams: frigate.config.value.go2rtcStreams.map(streams),
        },
      }
    : frigate.config,
  go2rtc:
    frigate.go2rtc.known && 'streams' in frigate.go2rtc.value
      ? {
          known: true,
          value: {
            ...frigate.go2rtc.value,
            streams: frigate.go2rtc.value.streams.map((stream) => ({...stream, name: streams(stream.name)})),
          },
        }
      : frigate.go2rtc,
  segments: segments(frigate.segments),
});
