/** What cameras without frames have in common: what happened to all of them is never the fault of one (docs/how-it-decides.md, "Diagnosis"). */
import {offset, seconds, type Instant} from '../../time.js';
import type {CheckContext} from '../check.js';
import {leastFrames, ratesIn, type JudgedCamera} from './judged-cameras.js';
import {snapshotsOf} from './snapshots.js';

/** Two snapshots and a little: cameras of one fault stop within this time (measured on 0.17.2: 25–55 s). */
const SAME_INSTANT = seconds(60);

/** The host or subnet that all of these cameras share and none of the others uses; `null`: there is none, or one camera only. */
export const sharedOrigin = (down: readonly JudgedCamera[], up: readonly JudgedCamera[]): string | null => {
  if (down.length < 2) return null;
  for (const originsOf of [hostsOf, subnetsOf]) {
    const others = new Set(up.flatMap(originsOf));
    const [first, ...rest] = down.map(originsOf);
    const shared = (first ?? []).find(
      (origin) => rest.every((origins) => origins.includes(origin)) && !others.has(origin),
    );
    if (shared !== undefined) return shared;
  }
  return null;
};

/** Hosts outside the pod; go2rtc's own address does not show where the streams come from. */
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
  const known = stops.filter((at) => at !== null);
  if (down.length < 2 || known.length < stops.length) return null;
  return known.every((at) => known.every((other) => Math.abs(offset(at, other)) <= SAME_INSTANT));
};

/** The first snapshot of the present outage; `null` when it began before the snapshots do. */
const stoppedAt = (context: CheckContext, camera: JudgedCamera): Instant | null => {
  const snapshots = snapshotsOf(context);
  const lastDelivery = snapshots.findLastIndex(
    (snapshot) => (ratesIn(snapshot, camera)?.camera ?? -1) >= leastFrames(camera.configured),
  );
  return lastDelivery < 0 ? null : (snapshots[lastDelivery + 1]?.lastUpdated ?? null);
};
