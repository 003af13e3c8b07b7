/** The wording of Frigate's log, and the format around it (`[%(asctime)s] %(name)-30s %(levelname)-8s: %(message)s`, identical 0.8 to 0.17). */
import {minorOf, type FrigateVersion} from './site.js';

type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

const clockTime = (seconds: number): string =>
  new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** One bracketed line. `clock`: Unix seconds by Frigate's clock, which a clock fault moves away from the stamp of s6. */
export const bracketed = (clock: number, logger: string, level: Level, message: string): string =>
  `[${clockTime(clock)}] ${logger.padEnd(30)} ${level.padEnd(8)}: ${message}`;

/** The stamp of s6-log: `2026-11-23 02:38:52.589417573`. The digits below the microsecond follow from the rest. */
export const s6Stamp = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const micro = Math.floor((seconds - whole) * 1e6);
  return `${clockTime(whole)}.${String(micro).padStart(6, '0')}${String((whole * 7 + micro) % 1000).padStart(3, '0')}`;
};

/** The stamp that the kubelet puts before a line with `timestamps=true`. */
export const kubeletStamp = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const micro = Math.floor((seconds - whole) * 1e6);
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}.${String(micro).padStart(6, '0')}${String((whole * 3 + micro) % 1000).padStart(3, '0')}Z`;
};

/** The recorder has segments of a camera whose frames were not processed: one wording up to 0.14, another one from 0.15. */
export const unprocessed = (version: FrigateVersion, camera: string): string =>
  minorOf(version) >= 15
    ? `Too many unprocessed recording segments in cache for ${camera}. This likely indicates an issue with the detect stream, keeping the 6 most recent segments out of 7 and discarding the rest...`
    : `Unable to keep up with recording segments in cache for ${camera}. Keeping the 6 most recent segments out of 7 and discarding the rest...`;

export const cannotKeepUp = (camera: string): string =>
  `Unable to keep up with recording segments in cache for ${camera}. Keeping the 6 most recent segments out of 7 and discarding the rest...`;

/** The camera's watchdog finds no new file. Up to 0.16 `restarting` has a small letter. */
export const noNewSegments = (version: FrigateVersion, camera: string, valid: boolean): string =>
  minorOf(version) >= 17
    ? `No new ${valid ? 'valid ' : ''}recording segments were created for ${camera} in the last 120s. Restarting the ffmpeg record process...`
    : `No new recording segments were created for ${camera} in the last 120s. restarting the ffmpeg record process...`;

export const forceKilling = (version: FrigateVersion): string =>
  minorOf(version) <= 13
    ? 'Detection process didnt exit. Force killing...'
    : "Detection process didn't exit. Force killing...";
