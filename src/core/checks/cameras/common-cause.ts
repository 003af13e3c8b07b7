/** What cameras that are away have in common: never blame a camera for what happened to all of them (docs/how-it-decides.md, "What explains what"). */
import {offset, seconds, type Instant} from '../../time.js';
import type {CheckContext} from '../check.js';
import {leastFrames, ratesIn, type JudgedCamera} from '../judged-cameras.js';
import {snapshotsOf} from '../snapshots.js';

/** Two snapshots and a little: cameras of one fault are seen to go within this time (measured on 0.17.2: 25–55 s). */
const SAME_INSTANT = seconds(60);

/** The host or subnet that all of these cameras share and none of the others uses; `null`: there is none, or one camera only. */
export const sharedPlace = (down: readonly JudgedCamera[], up: readonly JudgedCamera[]): string | null => {
  if (down.length < 2) return null;
  for (const placesOf of [hostsOf, subnetsOf]) {
    const others = new Set(up.flatMap(placesOf));
    const [first, ...rest] = down.map(placesOf);
    const shared = (first ?? []).find((place) => rest.every((places) => places.includes(place)) && !others.has(place));
    if (shared !== undefined) return shared;
  }
  return null;
};

/** Hosts outside the pod; go2rtc's own address says nothing of where the pictures come from. */
const hostsOf = ({config}: JudgedCamera): readonly string[] =>
  (config?.hosts ?? []).filter((host) => host !== '127.0.0.1' && host !== 'localhost');

const subnetsOf = (camera: JudgedCamera): readonly string[] =>
  hostsOf(camera).flatMap((host) => {
    const parts = /^(\d+\.\d+\.\d+)\.\d+$/.exec(host);
    return parts?.[1] === undefined ? [] : [`${parts[1]}.0/24`];
  });

/** Whether these cameras stopped at the same time, as far as the snapshots reach back; `null` when they do not show it. */
export const stoppedTogether = (context: CheckContext, down: readonly JudgedCamera[]): boolean | null => {
  const stops = down.map((camera) => stoppedAt(context, camera));
  const seen = stops.filter((at) => at !== null);
  if (down.length < 2 || seen.length < stops.length) return null;
  return seen.every((at) => seen.every((other) => Math.abs(offset(at, other)) <= SAME_INSTANT));
};

/** The first snapshot of the present outage; `null` when it began before the snapshots do. */
const stoppedAt = (context: CheckContext, camera: JudgedCamera): Instant | null => {
  const snapshots = snapshotsOf(context);
  const lastSeen = snapshots.findLastIndex(
    (snapshot) => (ratesIn(snapshot, camera)?.camera ?? -1) >= leastFrames(camera.configured),
  );
  return lastSeen < 0 ? null : (snapshots[lastSeen + 1]?.lastUpdated ?? null);
};
