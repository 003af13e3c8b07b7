/** The statistics that Frigate takes at one time, before they get the layout of a version. */
import type {DetectorSample, MountSample, Rates, Run} from './fault.js';
import {healthyDetector, healthyMemory, healthyMounts, healthyRates, noRates} from './healthy.js';
import {activeFaults, clockOffset, inSafeMode, uptimeStart, type StatsMoment} from './run.js';
import {minorOf, type SimulatedCamera, type SimulatedDetector} from './site.js';
import {detectorTitle, GO2RTC, MAIN} from './titles.js';

export interface CameraSample {
  readonly camera: SimulatedCamera;
  readonly rates: Rates;
  /** `null`: disabled in the configuration. */
  readonly pid: number | null;
  readonly capturePid: number | null;
  readonly ffmpegPid: number;
}

export interface Sample {
  /** Unix seconds, true time. */
  readonly at: number;
  /** Unix seconds by Frigate's clock. */
  readonly lastUpdated: number;
  readonly uptime: number;
  readonly cameras: readonly CameraSample[];
  readonly detectors: ReadonlyArray<DetectorSample & {readonly name: string; readonly pid: number}>;
  /** `null`: the path could not be asked. */
  readonly mounts: ReadonlyMap<string, MountSample | null>;
  /** The services that `processes` names. */
  readonly services: ReadonlyMap<string, number>;
  /** Percent of the memory limit that all processes hold together, each with all of its pages. */
  readonly memory: number;
  /** The part of it that the main process gives back no more. */
  readonly leaked: number;
  /** Degrees Celsius by detector, of those that report it. */
  readonly temperatures: ReadonlyMap<string, number>;
  /** Percent of one core that a fault makes a process use, by title; `null`: as ever. */
  readonly cpu: (title: string) => number | null;
  /** Everything that runs: pid → command line. Worked out only where it is laid out: the history does not name it. */
  readonly running: () => ReadonlyMap<number, string>;
}

/** Safe mode has one detector that no configuration names, never used: 10.0 ms (measured, item 21). */
const safeDetector: SimulatedDetector = {name: 'cpu', type: 'cpu', baseline: 10};

const detectorPid = (order: number, generation: number, salt: number): number =>
  416 + salt + order + (generation === 0 ? 0 : 40_000 + generation * 37);

const sampleCamera = (
  moment: StatsMoment,
  camera: SimulatedCamera,
  order: number,
  active: ReturnType<typeof activeFaults>,
): CameraSample => {
  if (!camera.enabled) return {camera, rates: noRates, pid: null, capturePid: null, ffmpegPid: 0};
  const concerned = active.filter(({context}) => context.cameras.has(camera.name));
  const rates = moment.warm
    ? concerned.reduce(
        (so, {fault, context}) => fault.rates?.(camera, so, context) ?? so,
        healthyRates(camera, moment.index),
      )
    : noRates;
  const generation = concerned.reduce(
    (most, {fault, context}) => Math.max(most, fault.ffmpegGeneration?.(camera, context) ?? 0),
    0,
  );
  return {camera, rates, pid: 1000 + order, capturePid: 2000 + order, ffmpegPid: 10_000 + order + generation * 1009};
};

const servicesOf = (run: Run): ReadonlyMap<string, number> => {
  const minor = minorOf(run.version);
  if (minor <= 12) return new Map();
  return new Map([
    ...(minor <= 14 ? [['logger', 175] as const] : []),
    ['recording', 353] as const,
    ...(minor >= 14 ? [['review_segment', 359] as const] : []),
    ['go2rtc', 117] as const,
    // 0.17 starts it always.
    ...(minor >= 17 || (minor >= 15 && (run.site.enrichments ?? []).length > 0) ? [['embeddings', 376] as const] : []),
    ...(run.site.audio === true ? [[minor >= 14 ? 'audio_detector' : 'audioDetector', 381] as const] : []),
  ]);
};

const serviceTitles: Readonly<Record<string, string>> = {
  logger: 'frigate.logger',
  recording: 'frigate.recording_manager',
  review_segment: 'frigate.review_segment_manager',
  go2rtc: GO2RTC,
  embeddings: 'frigate.embeddings_manager',
  audio_detector: 'frigate.audio_manager',
  audioDetector: 'frigate.audio_manager',
};

const ffmpegCommand = (camera: SimulatedCamera): string =>
  `/usr/lib/ffmpeg/5.0/bin/ffmpeg -hide_banner -loglevel warning -threads 2 -rtsp_transport tcp -timeout 10000000 -i ${
    camera.throughGo2rtc ? `rtsp://127.0.0.1:8554/${camera.name}` : `rtsp://*:*@${camera.host}:${camera.port}/cam`
  } -f rawvideo -pix_fmt yuv420p pipe:`;

/** `missing` names processes by title; ffmpeg of a camera as `ffmpeg:<camera>`. */
const processesOf = (
  run: Run,
  cameras: readonly CameraSample[],
  detectors: Sample['detectors'],
  services: ReadonlyMap<string, number>,
  missing: ReadonlySet<string>,
): ReadonlyMap<number, string> => {
  const running = new Map<number, string>([
    [1, 's6-svscan /run/service'],
    [116, 'nginx: master process /usr/sbin/nginx'],
    [124, MAIN],
    [427, 'frigate.output'],
  ]);
  const add = (pid: number | null, title: string, command = title): void => {
    if (pid !== null && !missing.has(title)) running.set(pid, command);
  };
  for (const [name, pid] of services) add(pid, serviceTitles[name] ?? name);
  for (const detector of detectors) if (detector.alive) add(detector.pid, detectorTitle(run.version, detector.name));
  for (const {camera, pid, capturePid, ffmpegPid} of cameras) {
    add(pid, `frigate.process:${camera.name}`);
    add(capturePid, `frigate.capture:${camera.name}`);
    if (ffmpegPid !== 0) add(ffmpegPid, `ffmpeg:${camera.name}`, ffmpegCommand(camera));
  }
  return running;
};

/** The sample: healthy numbers, changed by every active fault, in their order. */
export const takeSample = (run: Run, moment: StatsMoment): Sample => {
  const active = activeFaults(run, moment.at, moment.index);
  const offset = clockOffset(run, moment.at);
  const safe = inSafeMode(run);
  const salt = Math.floor(run.startedAt / 1000) % 13;
  const cameras = safe ? [] : run.site.cameras.map((camera, order) => sampleCamera(moment, camera, order, active));
  const detectors = (safe ? [safeDetector] : run.site.detectors).map((detector, order) => {
    const fresh = healthyDetector(detector, moment.index, moment.at);
    const healthy = moment.warm && !safe ? fresh : {...fresh, inference: 10, detectionStart: 0};
    const sample = active.reduce(
      (so, {fault, context}) => (moment.warm ? (fault.detector?.(detector, so, context) ?? so) : so),
      healthy,
    );
    return {
      ...sample,
      name: detector.name,
      pid: detectorPid(order, sample.generation, salt),
      detectionStart: sample.detectionStart === 0 ? 0 : sample.detectionStart + offset,
    };
  });
  const mounts = new Map(
    [...healthyMounts(run.site, moment.at - uptimeStart(run))].map(
      ([path, healthy]) =>
        [
          path,
          active.reduce<MountSample | null>(
            (so, {fault, context}) => (so === null || fault.mount === undefined ? so : fault.mount(path, so, context)),
            healthy,
          ),
        ] as const,
    ),
  );
  const leaked = active.reduce((sum, {fault, context}) => sum + (fault.leaked?.(context) ?? 0), 0);
  const services = servicesOf(run);
  const missing = new Set(active.flatMap(({fault, context}) => fault.missing?.(context) ?? []));
  return {
    at: moment.at,
    lastUpdated: Math.floor(moment.at + offset),
    uptime: Math.floor(moment.at + offset - uptimeStart(run)),
    cameras,
    detectors,
    mounts,
    services,
    memory: healthyMemory(run.site, moment.at, moment.at - uptimeStart(run)) + leaked,
    leaked,
    temperatures: new Map(
      run.site.detectors.flatMap((detector) => {
        const ofFault = active.flatMap(({fault, context}) => fault.temperature?.(detector, context) ?? []).at(-1);
        const degrees = ofFault ?? detector.temperature;
        return degrees === undefined ? [] : [[detector.name, degrees] as const];
      }),
    ),
    cpu: (title) => active.flatMap(({fault, context}) => fault.cpu?.(title, context) ?? []).at(-1) ?? null,
    running: () => processesOf(run, cameras, detectors, services, missing),
  };
};
