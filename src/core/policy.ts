/** The thresholds in force. "Max acceptable": a value equal to the threshold is healthy. */
import type {CameraWindow} from './planned-silence.js';
import {minutes, type Duration} from './time.js';

/** The longest that the settings allow between two passes. */
export const LONGEST_INTERVAL = minutes(60);

export interface Policy {
  /** Milliseconds. */
  readonly inferenceLimit: number;
  /** Limits for single detectors by name, milliseconds. */
  readonly inferenceLimits: ReadonlyMap<string, number>;
  readonly stuckEvents: number;
  readonly backlogEvents: number;
  readonly logWindow: Duration;
  /** N of R-05. */
  readonly consecutiveFailures: number;
  readonly restartsPerHour: number;
  readonly restartsPerDay: number;
  readonly startupGrace: Duration;
  readonly skipRatio: number;
  /** Camera names that are neither judged nor counted. */
  readonly skipCameras: ReadonlySet<string>;
  /** When single cameras may be silent. */
  readonly cameraSchedule: readonly CameraWindow[];
  /** How long a warning stands before it is mailed. */
  readonly warningAlert: Duration;
  /** The distance of two passes: half of it is too close for R-05, three of it too old. */
  readonly interval: Duration;
  /**
   * How long a failure must last before it is repaired, where observations come all the time: `steady` as long as two passes of
   * the CronJob need, `fast` as short as each check's own evidence allows. Absent: passes come one interval apart, which is long enough.
   */
  readonly profile?: 'steady' | 'fast';
  readonly mode: 'active' | 'observe' | 'dry-run';
  readonly reminder: Duration;
}
