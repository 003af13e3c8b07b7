/** Each camera with its numbers now and over the last 20 minutes. */
import {isBad, type Finding, type Status} from '../../core/finding.js';
import type {CameraConfig, CameraStats, Snapshot} from '../../core/observation/frigate.js';
import type {Observation} from '../../core/observation/observation.js';
import {rfc3339, type Instant} from '../../core/time.js';
import type {JudgedFrigate} from '../../outcome/fleet.js';
import type {FrigateDetail} from '../schemas/types.js';

type CameraView = FrigateDetail['camerasInDetail'][number];

const SEVERITY: Readonly<Record<Status, number>> = {critical: 0, unknown: 1, warning: 2, info: 3, ok: 4, skipped: 5};
export const worseFirst = (a: {readonly status: Status}, b: {readonly status: Status}): number =>
  SEVERITY[a.status] - SEVERITY[b.status];

const byName = <T extends {readonly name: string}>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.name, item]));

/** The end of the newest recording of a camera, as far as it was asked for. */
export const newestSegmentOf = ({frigate: {segments}}: Observation, camera: string): Instant | null => {
  const segment = segments.get(camera);
  return segment?.known === true && segment.value.found === 'one' ? segment.value.segment.end : null;
};

const recordingOf = (config: CameraConfig | undefined): CameraView['recording'] => {
  if (config === undefined) return 'unknown';
  if (!config.recordEnabled) return 'off';
  return config.continuous ? 'continuous' : 'motion';
};

/** The worst finding that names the camera; without one it is well as far as its numbers are known. */
export const cameraStatus = (
  stats: CameraStats | undefined,
  config: CameraConfig | undefined,
  findings: readonly Finding[],
): Status => {
  if (config?.enabled === false) return 'skipped';
  const [worst] = [...findings].sort(worseFirst);
  if (worst !== undefined) return worst.status;
  return (stats?.cameraFps ?? null) === null ? 'unknown' : 'ok';
};

/** The bad findings that name each camera. */
export const findingsByCamera = (findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> => {
  const found = new Map<string, Finding[]>();
  for (const finding of findings.filter(isBad))
    for (const camera of finding.cameras) found.set(camera, [...(found.get(camera) ?? []), finding]);
  return found;
};

export const camerasOf = ({observation, findings}: JudgedFrigate, trend: readonly Snapshot[]): CameraView[] => {
  const {stats, config} = observation.frigate;
  const current = byName(stats.known ? stats.value.snapshot.cameras : []);
  const configs = byName(config.known ? config.value.cameras : []);
  const history = trend.flatMap(({lastUpdated, cameras}) =>
    lastUpdated === null ? [] : [{at: lastUpdated, cameras: byName(cameras)}],
  );
  const against = findingsByCamera(findings);
  return [...new Set([...configs.keys(), ...current.keys()])].sort().map((name) => {
    const own = current.get(name);
    const settings = configs.get(name);
    const bad = against.get(name) ?? [];
    return {
      name,
      status: cameraStatus(own, settings, bad),
      findings: bad.map(({id}) => id),
      fps: own?.cameraFps ?? null,
      configuredFps: settings?.detectFps ?? own?.expectedFps ?? null,
      processedFps: own?.processFps ?? null,
      skippedFps: own?.skippedFps ?? null,
      detectionFps: own?.detectionFps ?? null,
      recording: recordingOf(settings),
      newestSegment: ((end) => (end === null ? null : rfc3339(end)))(newestSegmentOf(observation, name)),
      trend: history.map(({at, cameras}) => ({
        at: rfc3339(at),
        fps: cameras.get(name)?.cameraFps ?? null,
        skipped: cameras.get(name)?.skippedFps ?? null,
      })),
    };
  });
};
