/** Which stretches of time are on the disk for each camera, and the segments of 10 s in them. They outlive the run. */
import type {Range, Run} from './fault.js';
import {activeFaults, inSafeMode, uptimeStart} from './run.js';
import {hashOf, type SimulatedCamera} from './site.js';

/** Seconds: Frigate's default segment. */
const SEGMENT = 10;
/** Seconds from the end of a segment until its row stands in the database (measured: 0 to 10 s of age). */
const MOVED_AFTER = 2;
/** Seconds from the beginning of uptime to the first recorded frame. */
const FIRST_FRAME = 5;

const without = (range: Range, gap: Range): Range[] =>
  [
    {from: range.from, to: Math.min(range.to, gap.from)},
    {from: Math.max(range.from, gap.to), to: range.to},
  ].filter((part) => part.to - part.from > 0 && part.to > range.from && part.from < range.to);

const ownRanges = (run: Run, camera: SimulatedCamera, until: number): readonly Range[] => {
  if (!camera.enabled || inSafeMode(run)) return [];
  let ranges: readonly Range[] = [{from: uptimeStart(run) + FIRST_FRAME, to: until}].filter(
    (range) => range.to > range.from,
  );
  for (const {fault, context} of activeFaults(run, until)) {
    if (fault.recordingStops === undefined || !context.cameras.has(camera.name)) continue;
    const gap = fault.recordingStops(camera, context);
    if (gap !== null)
      ranges = ranges.flatMap((range) => without(range, {from: context.since + gap.from, to: context.since + gap.to}));
  }
  return ranges;
};

/** All recorded stretches of a camera until then, oldest first. */
export const recordedRanges = (run: Run, camera: SimulatedCamera, until: number): readonly Range[] => [
  ...(run.recordedBefore.get(camera.name) ?? []),
  ...ownRanges(run, camera, until),
];

/** What a next run finds on the disk. */
export const recordedUntil = (run: Run, until: number): ReadonlyMap<string, readonly Range[]> =>
  new Map(run.site.cameras.map((camera) => [camera.name, recordedRanges(run, camera, until)]));

export interface Segment {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** The segments that overlap `after … before` and are in the database at `now`, oldest first. */
export const segmentsBetween = (
  run: Run,
  camera: SimulatedCamera,
  after: number,
  before: number,
  now: number,
): readonly Segment[] => {
  const segments: Segment[] = [];
  for (const range of recordedRanges(run, camera, now)) {
    const first = Math.max(0, Math.floor((after - range.from) / SEGMENT));
    const complete = Math.floor((Math.min(range.to, now - MOVED_AFTER) - range.from) / SEGMENT);
    const last = Math.min(complete, Math.ceil((before - range.from) / SEGMENT));
    for (let number = first; number < last; number += 1) {
      const start = range.from + number * SEGMENT;
      segments.push({
        id: `${start.toFixed(1)}-${(hashOf(camera.name + String(start)) % 2 ** 31).toString(36)}`,
        start,
        end: start + SEGMENT,
      });
    }
  }
  return segments;
};
