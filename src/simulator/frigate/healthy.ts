/** The numbers of a Frigate that is well, with the small movements that real ones have. Pure: same camera, same snapshot, same number. */
import type {DetectorSample, MountSample, Rates} from './fault.js';
import {hashOf, round, type SimulatedCamera, type SimulatedDetector, type Site} from './site.js';

const wobble = (seed: string, steps: number): number => hashOf(seed) % steps;

/**
 * The rates of the snapshot with this number. Never the same for three snapshots in a row: a camera that works moved at least
 * every sixth snapshot in the recordings, and unchanging numbers are the sign of a capture process that no longer runs.
 */
export const healthyRates = (camera: SimulatedCamera, index: number): Rates => {
  const own = hashOf(camera.name);
  const detection =
    camera.scene === 'still'
      ? 0
      : round(camera.fps * (camera.scene === 'busy' ? 1.8 : 1.1) + (wobble(`${camera.name}/${index}`, 15) - 7) / 10);
  return {
    camera: round(camera.fps + ((index + own) % 3 === 0 ? 0.1 : 0)),
    process: round(camera.fps + ((index * 3 + own) % 4 === 0 ? 0.1 : 0)),
    skipped: 0,
    detection,
  };
};

/** Before the first frame: what the first seconds after a start show. */
export const noRates: Rates = {camera: 0, process: 0, skipped: 0, detection: 0};

export const healthyDetector = (detector: SimulatedDetector, index: number, lastUpdated: number): DetectorSample => {
  const turn = wobble(`${detector.name}/${index}`, 1000);
  return {
    inference: round(detector.baseline * (0.9 + turn / 5000), 2),
    // Now and then an inference is under way while the snapshot is taken; it is always a fresh one.
    detectionStart: turn % 6 === 0 ? lastUpdated - 0.1 * (turn % 9) : 0,
    generation: 0,
    alive: true,
  };
};

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Percent of the limit that all processes hold together: the caches fill within the first hours, the day has its busy part, and it wavers.
 * Not measured: how a tree of Python processes behaves, so that a rise that ends by itself occurs too.
 */
export const healthyMemory = ({memoryPercent}: Site, at: number, uptime: number): number => {
  const filled = 0.8 + 0.2 * (1 - Math.exp(-Math.max(0, uptime) / HOUR));
  const busy = 3 * Math.sin(2 * Math.PI * (at / DAY - 0.375));
  return memoryPercent * filled + busy + (wobble(`memory/${Math.floor(at / 15)}`, 21) - 10) / 10;
};

/** MiB free fall slowly while cameras record (measured: 0.1 in 15 s for three small ones). */
export const healthyMounts = (site: Site, uptime: number): ReadonlyMap<string, MountSample> => {
  const recorded = uptime * site.cameras.length * 0.0018;
  const media: MountSample = {
    total: site.mediaTotal,
    free: round(Math.max(site.mediaFree * 0.2, site.mediaFree - recorded)),
    type: site.mediaType,
  };
  return new Map<string, MountSample>([
    ['/media/frigate/recordings', media],
    ['/media/frigate/clips', media],
    [
      '/tmp/cache',
      {
        total: 1024,
        free: round(1018 - 2 * Math.min(1, uptime / 60) - wobble(`cache/${Math.floor(uptime / 15)}`, 9) / 10),
        type: 'tmpfs',
      },
    ],
    ['/dev/shm', {total: 512, free: round(470 - wobble(`shm/${Math.floor(uptime / 15)}`, 2) / 10), type: 'tmpfs'}],
  ]);
};
