/** The processes of the pod by names that people know. Command lines are never shown: an address in one may contain a password. */
import {memoize} from '../../memoize.js';
import type {ProcessUsage, Snapshot} from '../../observation/frigate.js';
import {evidence, rounded} from './wording.js';

/** The processes that use the most of it, largest first, as evidence with this unit; those that use less than 1 % are left out. */
export const largest = (
  snapshot: Snapshot,
  of: 'cpu' | 'memory',
  unit: string,
): ReadonlyArray<ReturnType<typeof evidence>> =>
  [...(snapshot.usages ?? [])]
    .flatMap((usage) =>
      usage[of] !== null && Number.isFinite(usage[of]) && usage[of] >= LEAST ? [{usage, value: usage[of]}] : [],
    )
    .sort((a, b) => b.value - a.value || a.usage.pid - b.usage.pid)
    .slice(0, MOST)
    .map(({usage, value}) => evidence(processName(snapshot, usage), rounded(value), undefined, unit));

const MOST = 3;
/** Percent. */
const LEAST = 1;

/** Frigate's own title (`frigate.process:front`), `ffmpeg:front` for the camera that it serves, or the bare name of the program. */
export const processName = (snapshot: Snapshot, {pid, command}: ProcessUsage): string =>
  title(command) ?? named(snapshot).get(pid) ?? cameraOf(command) ?? program(command) ?? `process ${pid}`;

/** `frigate.detector.coral` up to 0.16, `frigate.detector:coral` from 0.17 on. */
const title = (command: string | null): string | null =>
  command === null ? null : (/^frigate\.[\w.:-]{1,60}/.exec(command)?.[0] ?? null);

/** What the snapshot itself names, for the versions and the readers that get no command line (0.12; no admin in 0.18). */
const named = memoize(
  ({cameras, detectors, processes}: Snapshot): ReadonlyMap<number, string> =>
    new Map(
      [
        ...[...processes].map(([name, pid]): [number | null, string] => [pid, name]),
        ...detectors.map(({name, pid}): [number | null, string] => [pid, `frigate.detector:${name}`]),
        ...cameras.flatMap(({name, pid, capturePid, ffmpegPid}): Array<[number | null, string]> => [
          [pid, `frigate.process:${name}`],
          [capturePid, `frigate.capture:${name}`],
          [ffmpegPid, `ffmpeg:${name}`],
        ]),
      ].flatMap(([pid, name]): Array<[number, string]> => (pid === null ? [] : [[pid, name]])),
    ),
);

/** An ffmpeg that records writes to `/tmp/cache/<camera>@…`; the one that detects is named by its pid. */
const cameraOf = (command: string | null): string | null => {
  const camera = command === null ? null : (/\/tmp\/cache\/([\w-]{1,60})@/.exec(command)?.[1] ?? null);
  return camera === null ? null : `ffmpeg:${camera} (recording)`;
};

const program = (command: string | null): string | null => {
  if (command === null) return null;
  if (/-m frigate\b/.test(command)) return 'frigate (main)';
  const name = /^(?:\S*\/)?([\w.-]{1,40})/.exec(command)?.[1] ?? null;
  return name === null || name === '' ? null : name;
};
