/** The installation that a simulated Frigate watches over: cameras, detectors, disks. Plain data. */

/** Versions whose stats layout and faults are simulated; 0.12 and 0.13 for parsing only, 0.18 as its first beta (no fault was measured on it). */
export type FrigateVersion = '0.12.1' | '0.13.2' | '0.14.1' | '0.16.4' | '0.17.2' | '0.18.0';

/** `service.version`: the version with the hash of the real build it was recorded from. */
export const fullVersion: Readonly<Record<FrigateVersion, string>> = {
  '0.12.1': '0.12.1-367d724',
  '0.13.2': '0.13.2-6476f8a',
  '0.14.1': '0.14.1-f4f3cfa',
  '0.16.4': '0.16.4-4131252',
  '0.17.2': '0.17.2-3d4dd3a',
  '0.18.0': '0.18.0-5f6043a',
};

/** 12 … 17: what the differences between versions hang on. */
export const minorOf = (version: FrigateVersion): number => Number(version.split('.')[1]);

export interface SimulatedCamera {
  readonly name: string;
  /** Frames per second that detection is configured for. */
  readonly fps: number;
  /** `busy` and `quiet` have motion, `still` has none: nothing of it reaches the detector. */
  readonly scene: 'busy' | 'quiet' | 'still';
  readonly host: string;
  readonly port: number;
  readonly throughGo2rtc: boolean;
  /** One input for detection and another one for recording. */
  readonly separateRecordInput: boolean;
  readonly enabled: boolean;
}

export interface SimulatedDetector {
  readonly name: string;
  readonly type: string;
  /** Milliseconds of a healthy inference. */
  readonly baseline: number;
  /** Degrees Celsius of a Coral on PCIe, the only one that reports it (/sys/class/apex). */
  readonly temperature?: number;
}

/** What the machine is like that Frigate runs on. */
export interface Host {
  readonly cgroup: 'v1' | 'v2';
  /** MiB. */
  readonly memory: number;
}

/** 32694092 KiB, as a NUC with 32 GiB has them. */
export const plainHost: Host = {cgroup: 'v2', memory: 32_694_092 / 1024};

export interface Site {
  readonly cameras: readonly SimulatedCamera[];
  readonly detectors: readonly SimulatedDetector[];
  /** Filesystem type of /media/frigate as statvfs names it. */
  readonly mediaType: string;
  /** MiB. */
  readonly mediaTotal: number;
  readonly mediaFree: number;
  /** Percent of the whole node, `cpu_usages["frigate.full_system"].cpu`. */
  readonly systemCpu: number;
  /** The card that decodes, and how busy it is in percent; absent: none is configured. */
  readonly gpu?: {readonly name: string; readonly load: number};
  /** Sum of the processes' RSS in percent of the limit: pages that they share are counted for each of them. */
  readonly memoryPercent: number;
  /** Enrichments that are enabled, by their key in the configuration; absent: none. */
  readonly enrichments?: ReadonlyArray<'semantic_search' | 'face_recognition' | 'lpr'>;
  /** A camera has audio detection. */
  readonly audio?: boolean;
  /** Frigate is connected to a broker. */
  readonly mqtt?: boolean;
  /** The host; absent: cgroup v2 and 31 GiB. */
  readonly host?: Host;
  /** Seconds between the requests of an open browser page: nginx logs each. Absent: no page is open. */
  readonly viewedEvery?: number;
}

const camera = (name: string, host: string, rest: Partial<SimulatedCamera> = {}): SimulatedCamera => ({
  name,
  host,
  fps: 5,
  scene: 'quiet',
  port: 554,
  throughGo2rtc: false,
  separateRecordInput: false,
  enabled: true,
  ...rest,
});

/** The three cameras of the recordings that the faults were measured on: `front` through go2rtc, `back` with a record input of its own, `garage` a still picture. */
export const measuredSite: Site = {
  cameras: [
    camera('front', '10.77.4.1', {scene: 'busy', port: 8561, throughGo2rtc: true}),
    camera('back', '10.77.4.1', {port: 8562, separateRecordInput: true}),
    camera('garage', '10.77.4.1', {scene: 'still', port: 8563}),
  ],
  detectors: [{name: 'cpu1', type: 'cpu', baseline: 3}],
  mediaType: 'ext4',
  mediaTotal: 2389.4,
  mediaFree: 2373.1,
  systemCpu: 35,
  memoryPercent: 14,
};

/**
 * The same cameras on the node that the memory of 0.17.2 was measured on: cgroup v1, 24 GiB, a limit of 4096 MiB. RSS of all processes
 * together 2469 MiB (10 % of the host, which Frigate takes for the whole there), PSS 745, memory cgroup 716.
 */
export const measuredHost: Host = {cgroup: 'v1', memory: 24_576};
export const measuredMemorySite: Site = {...measuredSite, memoryPercent: 60.3, host: measuredHost};

/** A small farm on two subnets with a Coral: what the demonstration shows. */
export const farmSite: Site = {
  cameras: [
    camera('front_door', '192.168.20.11', {scene: 'busy', throughGo2rtc: true}),
    camera('driveway', '192.168.20.12', {scene: 'busy', separateRecordInput: true}),
    camera('backyard', '192.168.20.13'),
    camera('garage', '192.168.20.14', {scene: 'still'}),
    camera('barn', '192.168.30.21'),
    camera('stable', '192.168.30.22', {separateRecordInput: true}),
    camera('gate', '192.168.30.23', {scene: 'busy'}),
  ],
  detectors: [{name: 'coral', type: 'edgetpu', baseline: 8.4}],
  mediaType: 'ext4',
  mediaTotal: 953_000,
  mediaFree: 201_400,
  systemCpu: 31,
  memoryPercent: 46,
  gpu: {name: 'intel-vaapi', load: 12},
};

/** `farmSite` with another number of cameras: for 500 of them. */
export const siteWithCameras = (count: number, base: Site = farmSite): Site => ({
  ...base,
  cameras: Array.from(
    {length: count},
    (_, index) =>
      base.cameras[index] ??
      camera(
        `camera_${String(index + 1).padStart(3, '0')}`,
        `192.168.${20 + Math.floor(index / 200)}.${1 + (index % 200)}`,
        {scene: index % 3 === 0 ? 'busy' : index % 3 === 1 ? 'quiet' : 'still', separateRecordInput: index % 4 === 0},
      ),
  ),
});

/** A number from a text, evenly spread and always the same: the jitter of the simulator must not depend on chance. */
export const hashOf = (text: string): number => {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  return hash >>> 0;
};

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
