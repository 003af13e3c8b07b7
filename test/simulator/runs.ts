/** One life of the simulated Frigate for a test: the world of the measurements, a fault, and what is seen of it on the wire. */
import assert from 'node:assert/strict';
import {instant} from '../../src/core/time.js';
import type {FaultName, FaultState, Run} from '../../src/simulator/frigate/fault.js';
import {answer} from '../../src/simulator/frigate/http.js';
import {logLines} from '../../src/simulator/frigate/log.js';
import {segmentsBetween} from '../../src/simulator/frigate/recording.js';
import {measuredSite, type FrigateVersion, type Site} from '../../src/simulator/frigate/site.js';

export const START = 1_795_400_000;
/** Seconds after the start at which faults begin, unless they stood before it. */
export const AFTER = 600;

export interface RunOptions extends Partial<Omit<FaultState, 'name' | 'since'>> {
  readonly version?: FrigateVersion;
  readonly site?: Site;
  /** It stood before the container started. */
  readonly fromStart?: boolean;
}

export const runOf = (
  fault: FaultName | null,
  {version = '0.17.2', site = measuredSite, fromStart = false, ...rest}: RunOptions = {},
): Run => ({
  site,
  version,
  startedAt: instant(START * 1000),
  recordedBefore: new Map(),
  faults: fault === null ? [] : [{name: fault, since: instant((fromStart ? START : START + AFTER) * 1000), ...rest}],
});

export interface SeenStats {
  cameras: Record<
    string,
    {
      camera_fps: number;
      process_fps: number;
      skipped_fps: number;
      detection_fps: number;
      detection_enabled: boolean | number;
      pid: number;
      capture_pid: number;
      ffmpeg_pid: number;
      connection_quality?: string;
    }
  >;
  detectors: Record<string, {inference_speed: number; detection_start: number; pid: number; temperature?: number}>;
  cpu_usages: Record<string, {cpu: string; mem: string; cmdline?: string}>;
  processes: Record<string, {pid: number}>;
  service: {
    last_updated: number;
    uptime: number;
    storage: Record<string, {free?: number; mount_type?: string}>;
    temperatures?: Record<string, number>;
  };
}

/** What a GET gets `at` seconds after the start: the status and the parsed body, or how it failed. */
export const reply = (run: Run, path: string, at: number): number | 'silent' | 'refused' => {
  const result = answer(run, path, START + at);
  return result.kind === 'reply' ? result.status : result.kind;
};

export const json = (run: Run, path: string, at: number): unknown => {
  const result = answer(run, path, START + at);
  if (result.kind !== 'reply') throw new assert.AssertionError({message: `${path} was ${result.kind}`});
  assert.equal(result.status, 200);
  return JSON.parse(result.body);
};

export const stats = (run: Run, at: number): SeenStats => json(run, '/api/stats', at) as SeenStats;

export const log = (run: Run, from: number, to: number): string[] =>
  logLines(run, {from: START + from, to: START + to}).map((line) => line.text);

/** Seconds after the start of the lines that match. */
export const timesOf = (run: Run, pattern: RegExp, from: number, to: number): number[] =>
  logLines(run, {from: START + from, to: START + to})
    .filter((line) => pattern.test(line.text))
    .map((line) => Math.round((line.at - START) * 10) / 10);

/** Age of the newest segment in seconds, by camera; Infinity: none. */
export const ages = (run: Run, at: number): Record<string, number> =>
  Object.fromEntries(
    run.site.cameras.map((camera) => {
      const now = START + at;
      return [camera.name, now - (segmentsBetween(run, camera, now - 7200, now, now).at(-1)?.end ?? -Infinity)];
    }),
  );
