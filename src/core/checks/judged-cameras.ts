/** The cameras that are judged: enabled, not skipped by the policy, no debug replay. */
import type {CameraConfig, CameraStats, Measure, Snapshot} from '../observation/frigate.js';
import type {CheckContext} from './check.js';
import {newestSnapshot, ratesOf, snapshotsOf, type Rates} from './snapshots.js';

export interface JudgedCamera {
  readonly name: string;
  /** `null`: the configuration could not be read. */
  readonly config: CameraConfig | null;
  readonly stats: CameraStats;
  /** Configured frames per second of detection; `null` when nobody says. */
  readonly configured: Measure;
  readonly rates: Rates;
}

/** Debug replays of 0.18 come and go and are no cameras (frigate/const.py, REPLAY_CAMERA_PREFIX). */
const REPLAY = '_replay_';

/** The judged cameras of the newest snapshot, by name. Without a configuration a camera without a process counts as disabled. */
export const judgedCameras = (context: CheckContext): readonly JudgedCamera[] => {
  const newest = newestSnapshot(context);
  if (newest === null) return [];
  return newest.cameras
    .map((stats) => ({stats, config: configOf(context, stats.name)}))
    .filter(({stats, config}) => isJudged(context, stats.name) && (config === null ? stats.pid !== null : config.enabled))
    .map(({stats, config}) => {
      const configured = config?.detectFps ?? stats.expectedFps;
      return {name: stats.name, config, stats, configured, rates: ratesOf(stats, configured)};
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

export const isJudged = (context: CheckContext, name: string): boolean => !context.policy.skipCameras.has(name) && !name.startsWith(REPLAY);

const configOf = (context: CheckContext, name: string): CameraConfig | null => {
  const {config} = context.observation.frigate;
  return config.known ? config.value.cameras.find((camera) => camera.name === name) ?? null : null;
};

/** Whether detection runs for the camera; taken as yes where neither configuration nor stats say. */
export const wantsDetection = ({config, stats}: JudgedCamera): boolean => config?.detectEnabled ?? stats.detectionEnabled ?? true;

/** The camera's rates in the newest `count` snapshots, oldest first; a snapshot without the camera gives `null`. */
export const recentRates = (context: CheckContext, camera: JudgedCamera, count: number): ReadonlyArray<Rates | null> =>
  snapshotsOf(context).slice(-count).map((snapshot) => ratesIn(snapshot, camera));

export const ratesIn = (snapshot: Snapshot, {name, configured}: JudgedCamera): Rates | null => {
  const stats = snapshot.cameras.find((camera) => camera.name === name);
  return stats === undefined ? null : ratesOf(stats, configured);
};

/** Frames per second under which a camera delivers nothing worth the name: 0.3 of the configured rate, 0.5 where that is not known. */
export const leastFrames = (configured: Measure): number => (configured !== null && configured > 0 ? configured * 0.3 : 0.5);

/** Whether frames come in; `null` when the rate is not known. */
export const delivers = ({rates, configured}: JudgedCamera): boolean | null => (rates.camera === null ? null : rates.camera >= leastFrames(configured));
