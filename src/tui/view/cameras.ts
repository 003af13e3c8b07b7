/** One row for each camera: what it delivers, what Frigate does with it, and its status. */
import type {CheckId, Finding, Status} from '../../core/finding.js';
import {isBad} from '../../core/finding.js';
import type {CameraConfig, CameraStats, Measure, NewestSegment, Snapshot} from '../../core/observation/frigate.js';
import type {Known} from '../../core/known.js';
import {since, type Duration, type Instant} from '../../core/time.js';
import type {Policy} from '../../core/policy.js';
import type {LiveObservation} from '../../usecases/watch/live.js';

export interface CameraRow {
  readonly name: string;
  readonly status: Status;
  /** One word: `live`, `no frames`, `restarting`, `frozen`, `skipping`, `unrecorded`, `slow`, `off`, `excluded`, `stopped`, `unknown`. */
  readonly state: string;
  /** Frames per second. */
  readonly fps: Measure;
  /** The detect fps that is configured; the top of the graph. */
  readonly wanted: Measure;
  readonly process: Measure;
  readonly skipped: Measure;
  readonly detection: Measure;
  /** Camera fps of the last snapshots, oldest first. */
  readonly trend: readonly Measure[];
  /** How old the newest segment was when it was asked for; `none`: none within an hour. */
  readonly recording:
    {readonly kind: 'age'; readonly age: Duration} | {readonly kind: 'none' | 'off' | 'motion' | 'unknown'};
  /** Bad findings that name it, worst first. */
  readonly findings: readonly CheckId[];
  readonly hosts: readonly string[];
}

/** The word of each check that can name a camera. */
const words: ReadonlyMap<CheckId, string> = new Map<CheckId, string>([
  ['FRG-501', 'no frames'],
  ['FRG-503', 'restarting'],
  ['FRG-504', 'no source'],
  ['FRG-801', 'no source'],
  ['FRG-304', 'dead'],
  ['FRG-305', 'frozen'],
  ['FRG-502', 'skipping'],
  ['FRG-403', 'skipping'],
  ['FRG-601', 'unrecorded'],
  ['FRG-602', 'backlog'],
  ['FRG-303', 'missing'],
]);

/** Below this share of what is configured frames are missing (FRG-501); below the second one they are few. */
const STARVED = 0.3;
const SLOW = 0.8;

const rank: Readonly<Record<Status, number>> = {critical: 0, unknown: 1, warning: 2, info: 3, ok: 4, skipped: 5};
export const worseFirst = (a: Status, b: Status): number => rank[a] - rank[b];

const stateOf = (
  stats: CameraStats | undefined,
  config: CameraConfig | undefined,
  findings: readonly Finding[],
  policy: Policy,
): {readonly status: Status; readonly state: string} => {
  if (config !== undefined && !config.enabled) return {status: 'skipped', state: 'off'};
  if (stats !== undefined && policy.skipCameras.has(stats.name)) return {status: 'skipped', state: 'excluded'};
  const [worst] = findings;
  if (worst !== undefined) return {status: worst.status, state: words.get(worst.id) ?? worst.status};
  if (stats === undefined || stats.cameraFps === null) return {status: 'unknown', state: 'unknown'};
  const wanted = config?.detectFps ?? stats.expectedFps;
  if (stats.cameraFps < (wanted === null ? 0.5 : wanted * STARVED)) return {status: 'warning', state: 'no frames'};
  if (stats.skippedFps !== null && stats.skippedFps > stats.cameraFps * policy.skipRatio)
    return {status: 'warning', state: 'skipping'};
  return wanted !== null && stats.cameraFps < wanted * SLOW
    ? {status: 'info', state: 'slow'}
    : {status: 'ok', state: 'live'};
};

const recordingOf = (
  segment: Known<NewestSegment> | undefined,
  config: CameraConfig | undefined,
  now: Instant,
): CameraRow['recording'] => {
  if (config !== undefined && !config.recordEnabled) return {kind: 'off'};
  if (config !== undefined && !config.continuous) return {kind: 'motion'};
  if (segment === undefined || !segment.known) return {kind: 'unknown'};
  return segment.value.found === 'none' ? {kind: 'none'} : {kind: 'age', age: since(segment.value.segment.end, now)};
};

const byName = <T extends {readonly name: string}>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.name, item]));

/** Eighty snapshots of 500 cameras are read again and again, and never change. */
const named = new WeakMap<Snapshot, ReadonlyMap<string, CameraStats>>();
const camerasIn = (snapshot: Snapshot): ReadonlyMap<string, CameraStats> => {
  const found = named.get(snapshot) ?? byName(snapshot.cameras);
  named.set(snapshot, found);
  return found;
};

/** Without a running Frigate no check reports a camera, and old numbers do not prove that it delivers. */
const notRunning = {status: 'unknown', state: 'stopped'} as const;

export const camerasOf = (
  {watchState, judgement, at, running}: LiveObservation,
  policy: Policy,
): readonly CameraRow[] => {
  const down = running === null && watchState.located?.pods.known === true;
  const current = watchState.lastStats?.reading.snapshot;
  const stats = current === undefined ? byName<CameraStats>([]) : camerasIn(current);
  const configs = byName(watchState.config.known ? watchState.config.value.cameras : []);
  const trend = watchState.trend.map(camerasIn);
  const against = new Map<string, Finding[]>();
  for (const finding of judgement.findings.filter(isBad)) {
    for (const camera of finding.cameras) against.set(camera, [...(against.get(camera) ?? []), finding]);
  }
  const names = [...new Set([...configs.keys(), ...stats.keys()])].sort();
  return names.map((name): CameraRow => {
    const own = stats.get(name);
    const config = configs.get(name);
    const findings = (against.get(name) ?? []).sort((a, b) => worseFirst(a.status, b.status));
    return {
      name,
      ...(down ? notRunning : stateOf(own, config, findings, policy)),
      fps: own?.cameraFps ?? null,
      wanted: config?.detectFps ?? own?.expectedFps ?? null,
      process: own?.processFps ?? null,
      skipped: own?.skippedFps ?? null,
      detection: own?.detectionFps ?? null,
      trend: trend.map((cameras) => cameras.get(name)?.cameraFps ?? null),
      recording: recordingOf(watchState.segments.get(name), config, watchState.segmentsAt ?? at),
      findings: findings.map(({id}) => id),
      hosts: config?.hosts ?? [],
    };
  });
};

const SORTS = ['state', 'name', 'fps', 'skipped', 'recording'] as const;
export type CameraSort = (typeof SORTS)[number];

export const nextSort = (sort: CameraSort): CameraSort => SORTS[(SORTS.indexOf(sort) + 1) % SORTS.length] ?? 'state';

const ageRank = ({recording}: CameraRow): number => {
  if (recording.kind === 'age') return 0 - recording.age;
  return recording.kind === 'none' ? -Infinity : 1;
};

const compare: Readonly<Record<CameraSort, (a: CameraRow, b: CameraRow) => number>> = {
  state: (a, b) => worseFirst(a.status, b.status),
  name: () => 0,
  fps: (a, b) => (a.fps ?? Infinity) - (b.fps ?? Infinity),
  skipped: (a, b) => (b.skipped ?? -1) - (a.skipped ?? -1),
  recording: (a, b) => ageRank(a) - ageRank(b),
};

/** Worst first in every order; equal rows by name, so that rows do not jump. */
export const sortCameras = (rows: readonly CameraRow[], sort: CameraSort): readonly CameraRow[] =>
  [...rows].sort((a, b) => compare[sort](a, b) || (a.name < b.name ? -1 : 1));
