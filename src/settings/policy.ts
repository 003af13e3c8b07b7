/** The settings that judge: each becomes one part of the policy. One home for `load` and for the settings of the installed checker. */
import type {Policy} from '../core/policy.js';
import {minutes, seconds} from '../core/time.js';
import type {Values} from './table.js';

/** From the value of a setting to its part of the policy. */
export const POLICY_PARTS = {
  inferenceLimit: (inferenceLimit) => ({inferenceLimit}),
  inferenceLimits: (inferenceLimits) => ({inferenceLimits}),
  stuckEvents: (stuckEvents) => ({stuckEvents}),
  backlogEvents: (backlogEvents) => ({backlogEvents}),
  logWindow: (length) => ({logWindow: minutes(length)}),
  consecutiveFailures: (consecutiveFailures) => ({consecutiveFailures}),
  restartsPerHour: (restartsPerHour) => ({restartsPerHour}),
  restartsPerDay: (restartsPerDay) => ({restartsPerDay}),
  startupGrace: (length) => ({startupGrace: seconds(length)}),
  skipRatio: (skipRatio) => ({skipRatio}),
  cameraSchedule: (cameraSchedule) => ({cameraSchedule}),
  skipCameras: (names) => ({skipCameras: new Set(names)}),
  alertCooldown: (length) => ({reminder: seconds(length)}),
  warningAlert: (length) => ({warningAlert: minutes(length)}),
  interval: (length) => ({interval: minutes(length)}),
  mode: (mode) => ({mode}),
} as const satisfies {readonly [Key in keyof Values]?: (value: NonNullable<Values[Key]>) => Partial<Policy>};

export type JudgingKey = keyof typeof POLICY_PARTS;

export const JUDGING_KEYS = Object.keys(POLICY_PARTS) as readonly JudgingKey[];

/** One part, of a value that was parsed by the kind of its key. */
export const policyPart = <Key extends JudgingKey>(key: Key, value: Values[Key]): Partial<Policy> =>
  // The table ties each function to the value of its key, which the compiler cannot follow through the index.
  (POLICY_PARTS[key] as (value: Values[Key]) => Partial<Policy>)(value);

export const policyFrom = (values: Values): Policy =>
  // Every field of the policy is the part of one key; a test compares the whole.
  Object.assign({}, ...JUDGING_KEYS.map((key) => policyPart(key, values[key]))) as Policy;
