/** Snapshots that are kept for long: what is the same in two of them is one object. Frigate keeps 80 of them, and most of each never changes. */
import type {CameraStats, DetectorStats, Mount, Snapshot} from './frigate.js';

const sameFields = <T extends object>(a: T, b: T): boolean => {
  const keys = Object.keys(a) as Array<keyof T>;
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
};

/** The items, each replaced by the equal one that stands at its place before; the whole list where all are. */
const shared = <T extends object>(before: readonly T[], items: readonly T[]): readonly T[] => {
  const taken = items.map((item, index) => {
    const old = before[index];
    return old !== undefined && sameFields(old, item) ? old : item;
  });
  return taken.length === before.length && taken.every((item, index) => item === before[index]) ? before : taken;
};

const sameNumbers = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);

/** The snapshot as it is, sharing what it has in common with the one before. */
export const sharedWith = (before: Snapshot | undefined, snapshot: Snapshot): Snapshot =>
  before === undefined
    ? snapshot
    : {
        ...snapshot,
        version: before.version === snapshot.version ? before.version : snapshot.version,
        cameras: shared<CameraStats>(before.cameras, snapshot.cameras),
        detectors: shared<DetectorStats>(before.detectors, snapshot.detectors),
        mounts: shared<Mount>(before.mounts, snapshot.mounts),
        processes: sameNumbers(before.processes, snapshot.processes) ? before.processes : snapshot.processes,
      };

/** A whole history, oldest first. */
export const sharing = (snapshots: readonly Snapshot[]): readonly Snapshot[] => {
  const all: Snapshot[] = [];
  for (const snapshot of snapshots) all.push(sharedWith(all.at(-1), snapshot));
  return all;
};
