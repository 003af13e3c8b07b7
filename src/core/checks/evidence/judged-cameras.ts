/** The cameras that are judged: enabled, not skipped by the policy, no debug replay. */
import {memoize} from '../../memoize.js';
import type {Baselines} from '../../state/baselines.js';
import type {CameraConfig, CameraStats, FrigateConfig, Measure, Snapshot} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import type {Policy} from '../../policy.js';
import type {CheckContext} from '../check.js';
import {cameraIn, newestSnapshot, ratesOf, snapshotsOf, type Rates} from './snapshots.js';

export interface JudgedCamera {
  readonly name: string;
  /** `null`: the configuration could not be read. */
  readonly config: CameraConfig | null;
  readonly stats: CameraStats;
  /** Configured frames per second of detection; `null` when it is not known. */
  readonly configured: Measure;
  readonly rates: Rates;
}

/** Debug replays of 0.18 come and go and are no cameras (frigate/const.py, REPLAY_CAMERA_PREFIX). */
const REPLAY = '_replay_';

/** The judged cameras of the newest snapshot, by name. Without a configuration a camera without a process counts as disabled. */
export const judgedCameras = ({observation, memory, policy}: CheckContext): readonly JudgedCamera[] =>
  judgedIn(observation, memory, policy);

const judgedIn = memoize((observation: Observation, memory: Baselines, policy: Policy): readonly JudgedCamera[] => {
  const newest = newestSnapshot({observation, memory});
  if (newest === null) return [];
  return newest.cameras
    .map((stats) => ({stats, config: configOf(observation, stats.name)}))
    .filter(
      ({stats, config}) => isJudged({policy}, stats.name) && (config === null ? stats.pid !== null : config.enabled),
    )
    .map(({stats, config}) => {
      const configured = config?.detectFps ?? stats.expectedFps;
      return {name: stats.name, config, stats, configured, rates: ratesOf(stats, configured)};
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
});

export const isJudged = ({policy}: {readonly policy: Pick<Policy, 'skipCameras'>}, name: string): boolean =>
  !policy.skipCameras.has(name) && !name.startsWith(REPLAY);

const configOf = ({frigate: {config}}: Observation, name: string): CameraConfig | null =>
  config.known ? (camerasOf(config.value).get(name) ?? null) : null;

const camerasOf = memoize(
  ({cameras}: FrigateConfig): ReadonlyMap<string, CameraConfig> =>
    new Map(cameras.map((camera) => [camera.name, camera])),
);

/** Whether detection runs for the camera; taken as yes where neither the configuration nor the statistics show it. */
export const wantsDetection = ({config, stats}: JudgedCamera): boolean =>
  config?.detectEnabled ?? stats.detectionEnabled ?? true;

/** The camera's rates in the newest `count` snapshots, oldest first; a snapshot without the camera gives `null`. */
export const recentRates = (context: CheckContext, camera: JudgedCamera, count: number): ReadonlyArray<Rates | null> =>
  snapshotsOf(context)
    .slice(-count)
    .map((snapshot) => ratesIn(snapshot, camera));

export const ratesIn = (snapshot: Snapshot, {name, configured}: JudgedCamera): Rates | null => {
  const stats = cameraIn(snapshot, name);
  return stats === null ? null : ratesOf(stats, configured);
};

/** Frames per second under which a camera counts as delivering nothing: 0.3 of the configured rate, 0.5 where that is not known. */
export const leastFrames = (configured: Measure): number =>
  configured !== null && configured > 0 ? configured * 0.3 : 0.5;

/** Whether frames arrive; `null` when the rate is not known. */
export const delivers = ({rates, configured}: JudgedCamera): boolean | null =>
  rates.camera === null ? null : rates.camera >= leastFrames(configured);
