/** When a mount is full if it fills on as it did in the last half hour or more. */
import {hours, milliseconds, minutes, since, type Duration} from '../time.js';
import type {Measure, Mount} from './frigate.js';
import type {Instant} from '../time.js';

/** `full-in`: at this pace within three days; `full`: nothing is free; `steady`: it does not fill; `unknown`: too little is known. */
export type FillForecast =
  {readonly kind: 'full-in'; readonly time: Duration} | {readonly kind: 'full' | 'steady' | 'unknown'};

/** The mounts as one snapshot shows them. */
export interface Filling {
  readonly at: Instant;
  readonly mounts: readonly Mount[];
}

/** Less says nothing about a trend: a Frigate that starts fills its mounts, and then they stay as they are. */
const SHORTEST_TREND = minutes(30);
/** Frames pass through it, and what s6 logs there is bounded: it fills at the start and then does not grow. */
const NEVER_FORECAST: ReadonlySet<string> = new Set(['/dev/shm']);
const FARTHEST = hours(72);

/** Less than this share free is none: a disk that Frigate keeps nearly full by itself has some percent. */
const NOTHING_FREE = 0.001;

const usedAt = ({mounts}: Filling, path: string): Measure => mounts.find((mount) => mount.path === path)?.used ?? null;

/** `trend`: oldest first. */
export const fillForecast = (trend: readonly Filling[], {path, total, free}: Mount): FillForecast => {
  if (total !== null && free !== null && total > 0 && free / total < NOTHING_FREE) return {kind: 'full'};
  if (NEVER_FORECAST.has(path)) return {kind: 'unknown'};
  const points = trend.flatMap((filling) => {
    const used = usedAt(filling, path);
    return used === null ? [] : [{at: filling.at, used}];
  });
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || free === null || since(first.at, last.at) < SHORTEST_TREND)
    return {kind: 'unknown'};
  const perMillisecond = (last.used - first.used) / since(first.at, last.at);
  const left = free / perMillisecond;
  return perMillisecond > 0 && left < FARTHEST ? {kind: 'full-in', time: milliseconds(left)} : {kind: 'steady'};
};
