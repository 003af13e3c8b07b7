/** The four blocks of a deep health answer. What Frigate has no source for is null; nothing is estimated from something else. */
import {leastFrames} from '../../core/checks/evidence/judged-cameras.js';
import {podMemoryOf} from '../../core/checks/evidence/resource-samples.js';
import {inferenceOf} from '../../core/checks/evidence/snapshots.js';
import type {ApiLiveness, FrigateObservation, Measure, Snapshot} from '../../core/observation/frigate.js';
import type {LogEvidence, Signature} from '../../core/observation/log.js';
import {hours, seconds, since, type Instant} from '../../core/time.js';
import type {JudgedFrigate} from '../../outcome/fleet.js';
import type {DeepHealth} from '../schemas/types.js';
import {cameraStatus, findingsByCamera, newestSegmentOf} from './cameras.js';
import {busySeconds} from './detail.js';
import {timeOf} from './row.js';

type Video = DeepHealth['video'];
type Performance = DeepHealth['performance'];
type Network = DeepHealth['network'];

/** Frigate makes new numbers every 15 s. */
const FRESH = seconds(60);
/** Below this share of the configured rate pictures are missing. */
const GOOD = 0.8;

const freshness = (observedAt: Instant | null, now: Instant): {observed_at: string | null; fresh: boolean} => ({
  observed_at: timeOf(observedAt),
  fresh: observedAt !== null && since(observedAt, now) <= FRESH,
});

const rounded = (value: Measure): number | null => (value === null ? null : Math.round(value * 10) / 10);

const sum = (values: readonly Measure[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
};

const snapshotOf = (frigate: FrigateObservation | null): Snapshot | null =>
  frigate?.stats.known === true ? frigate.stats.value.snapshot : null;

const qualityOf = (fps: Measure, configured: Measure): Video['cameras'][number]['quality'] => {
  if (fps === null) return null;
  if (fps < leastFrames(configured)) return 'none';
  return configured !== null && fps < configured * GOOD ? 'reduced' : 'good';
};

const videoCameras = ({observation, findings}: JudgedFrigate): Video['cameras'] => {
  const {stats, config} = observation.frigate;
  if (!stats.known) return [];
  const configs = new Map(config.known ? config.value.cameras.map((camera) => [camera.name, camera]) : []);
  const against = findingsByCamera(findings);
  return stats.value.snapshot.cameras.map((camera) => {
    const settings = configs.get(camera.name);
    const configured = settings?.detectFps ?? camera.expectedFps;
    return {
      name: camera.name,
      status: cameraStatus(camera, settings, against.get(camera.name) ?? []),
      frame_rate: camera.cameraFps,
      configured_frame_rate: configured,
      skipped_frame_rate: camera.skippedFps,
      last_segment: timeOf(newestSegmentOf(observation, camera.name)),
      quality: settings?.enabled === false ? null : qualityOf(camera.cameraFps, configured),
    };
  });
};

export const videoOf = (judged: JudgedFrigate | null, now: Instant): Video => {
  const cameras = judged === null ? [] : videoCameras(judged);
  const rates = cameras.flatMap(({quality, frame_rate: rate}) => (quality === null || rate === null ? [] : [rate]));
  return {
    ...freshness(snapshotOf(judged?.observation.frigate ?? null)?.lastUpdated ?? null, now),
    available: rates.length === 0 ? null : cameras.some(({quality}) => quality === 'good' || quality === 'reduced'),
    estimated_frame_rate: rates.length === 0 ? null : rounded((sum(rates) ?? 0) / rates.length),
    cameras,
  };
};

/** `audio_dBFS` of a camera is no health of anything, and no observation holds it. */
export const audioOf = (judged: JudgedFrigate | null, now: Instant): DeepHealth['audio'] => ({
  ...freshness(judged?.at ?? null, now),
  available: null,
  estimated_level: null,
});

const processesOf = ({processes, usages}: Snapshot): Performance['processes'] => {
  const byPid = new Map((usages ?? []).map((usage) => [usage.pid, usage]));
  return [...processes].map(([name, pid]) => ({
    name,
    pid,
    cpu: byPid.get(pid)?.cpu ?? null,
    memory: byPid.get(pid)?.memory ?? null,
  }));
};

export const performanceOf = (judged: JudgedFrigate | null, now: Instant): Performance => {
  const frigate = judged?.observation.frigate ?? null;
  const snapshot = snapshotOf(frigate);
  const types = frigate?.config.known === true ? frigate.config.value.detectors : new Map<string, string>();
  const usages = snapshot?.usages ?? [];
  return {
    ...freshness(snapshot?.lastUpdated ?? null, now),
    cpu_usage: snapshot?.systemCpu ?? null,
    memory_usage: snapshot?.systemMemory ?? null,
    load_average: null,
    frigate_cpu: rounded(sum(usages.map(({cpu}) => cpu))),
    frigate_memory: rounded(judged === null ? null : podMemoryOf(judged.observation)),
    processes: snapshot === null ? [] : processesOf(snapshot),
    detectors:
      snapshot?.detectors.map((detector) => ({
        name: detector.name,
        type: types.get(detector.name) ?? null,
        inference_ms: inferenceOf(detector.inferenceSpeed),
        busy_seconds: busySeconds(detector, snapshot.lastUpdated),
      })) ?? [],
    gpu:
      snapshot === null || snapshot.gpus.length === 0
        ? null
        : snapshot.gpus.map(({name, load, memory}) => ({name, load, memory})),
  };
};

const transportOf = (liveness: ApiLiveness): Network['transports'][number] => {
  const detail = {
    alive: null,
    dead: 'detail' in liveness ? liveness.detail : null,
    unknown: 'why' in liveness ? liveness.why : null,
  };
  return {
    via: liveness.via,
    status: liveness.verdict,
    latency_ms: liveness.verdict === 'alive' ? Math.round(liveness.latency) : null,
    detail: detail[liveness.verdict],
  };
};

/** Shorter than this says nothing about an hour. */
const SHORTEST_LOG = seconds(60);

/** Lines of this kind in an hour, from the window of the log that was read; `null`: it was not read to its end. */
const perHour = (log: LogEvidence | null, signature: Signature): number | null => {
  const window = log === null ? 0 : since(log.from, log.to);
  if (log === null || !log.complete || window < SHORTEST_LOG) return null;
  return rounded(((log.tallies.get(signature)?.count ?? 0) * hours(1)) / window);
};

export const networkOf = (judged: JudgedFrigate | null, now: Instant): Network => {
  if (judged === null)
    return {
      ...freshness(null, now),
      transports: [],
      reconnects_per_hour: null,
      stalls_per_hour: null,
      go2rtc: null,
      mqtt: null,
    };
  const {frigate, log: evidence, at} = judged.observation;
  const log = evidence.known ? evidence.value : null;
  return {
    ...freshness(at, now),
    transports: frigate.liveness.map(transportOf),
    reconnects_per_hour: perHour(log, 'camera-crashed'),
    stalls_per_hour: perHour(log, 'camera-no-frames'),
    go2rtc: go2rtcOf(frigate),
    mqtt: frigate.config.known
      ? {
          enabled: frigate.config.value.mqttEnabled,
          disconnects: log === null ? null : (log.tallies.get('mqtt-disconnected')?.count ?? 0),
        }
      : null,
  };
};

const go2rtcOf = ({go2rtc}: FrigateObservation): Network['go2rtc'] => {
  if (!go2rtc.known) return null;
  if ('hung' in go2rtc.value) return {status: 'hung', streams: 0, connected: 0, latency_ms: null};
  const {streams, latency} = go2rtc.value;
  return {
    status: 'up',
    streams: streams.length,
    connected: streams.filter(({connected}) => connected).length,
    latency_ms: Math.round(latency),
  };
};
