/** One row for each mount that Frigate writes to, with how full it is and where that leads. */
import {isBad, type Status} from '../../core/finding.js';
import {fillForecast, type FillForecast} from '../../core/observation/fill-forecast.js';
import type {Measure, Mount} from '../../core/observation/frigate.js';
import type {LiveObservation} from '../../usecases/watch/live.js';
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
  readonly forecast: FillForecast;
}

const STORAGE_CHECKS = /^FRG-60[3-6]$/;

export const mountsOf = ({watchState, judgement}: LiveObservation): readonly MountRow[] => {
  const snapshot = watchState.lastStats?.reading.snapshot;
  if (snapshot === undefined) return [];
  const bad = judgement.findings.filter((finding) => isBad(finding) && STORAGE_CHECKS.test(finding.id));
  const {lastUpdated, mounts} = snapshot;
  const trend = [...watchState.filling, ...(lastUpdated === null ? [] : [{at: lastUpdated, mounts}])];
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
      forecast: fillForecast(trend, mount),
    };
  };
  return mounts.map(rowOf).sort((a, b) => worseFirst(a.status, b.status) || (a.path < b.path ? -1 : 1));
};
