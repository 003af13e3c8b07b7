/** One row for each mount that Frigate writes to, with how full it is and where that leads. */
import {isBad, type Status} from '../../core/finding.js';
import type {Measure, Mount, Snapshot} from '../../core/observation/frigate.js';
import {hours, milliseconds, since, type Duration} from '../../core/time.js';
import type {LiveSight} from '../../pass/watch/live.js';
import {worseFirst} from './cameras.js';

export interface MountRow {
  readonly path: string;
  readonly type: string | null;
  readonly status: Status;
  /** MiB. */
  readonly total: Measure;
  readonly free: Measure;
  /** 0 to 1. */
  readonly used: number | null;
  /** When it is full if it goes on as in the last minutes; `full`: it is; `steady`: it does not fill; `unknown`: too little was seen. */
  readonly forecast:
    {readonly kind: 'full-in'; readonly time: Duration} | {readonly kind: 'full' | 'steady' | 'unknown'};
}

/** Less says nothing about a trend. */
const SHORTEST_TREND = milliseconds(2 * 60_000);
const FARTHEST = hours(72);

const usedAt = (snapshot: Snapshot, path: string): Measure =>
  snapshot.mounts.find((mount) => mount.path === path)?.used ?? null;

/** Less than this share free is none: a disk that Frigate keeps nearly full by itself has some percent. */
const NOTHING_FREE = 0.001;

const forecastOf = (trend: readonly Snapshot[], {path, total, free}: Mount): MountRow['forecast'] => {
  if (total !== null && free !== null && total > 0 && free / total < NOTHING_FREE) return {kind: 'full'};
  const points = trend.flatMap((snapshot) => {
    const used = usedAt(snapshot, path);
    return used === null || snapshot.lastUpdated === null ? [] : [{at: snapshot.lastUpdated, used}];
  });
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || free === null || since(first.at, last.at) < SHORTEST_TREND)
    return {kind: 'unknown'};
  const perMillisecond = (last.used - first.used) / since(first.at, last.at);
  const left = free / perMillisecond;
  return perMillisecond > 0 && left < FARTHEST ? {kind: 'full-in', time: milliseconds(left)} : {kind: 'steady'};
};

const STORAGE_CHECKS = /^FRG-60[3-6]$/;

export const mountsOf = ({board, judgement}: LiveSight): readonly MountRow[] => {
  const snapshot = board.lastStats?.reading.snapshot;
  if (snapshot === undefined) return [];
  const bad = judgement.findings.filter((finding) => isBad(finding) && STORAGE_CHECKS.test(finding.id));
  const rowOf = (mount: Mount): MountRow => {
    const {path, type, total, used, free} = mount;
    return {
      path,
      type,
      total,
      free,
      status:
        bad.find(({object}) => object?.kind === 'Mount' && object.name === path)?.status ??
        (total === null ? 'unknown' : 'ok'),
      used: total === null || used === null || total <= 0 ? null : used / total,
      forecast: forecastOf([...board.trend, snapshot], mount),
    };
  };
  return snapshot.mounts.map(rowOf).sort((a, b) => worseFirst(a.status, b.status) || (a.path < b.path ? -1 : 1));
};
