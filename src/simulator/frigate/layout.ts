/** `/api/stats` and `/api/config` in the layout of each version (frigate/stats/util.py and stats.py at the tags v0.12.1 to v0.17.2). */
import {isObject, sorted, type Json, type JsonObject} from '../json.js';
import type {MountSample, Run} from './fault.js';
import {memoryShown} from './memory.js';
import {inSafeMode, switchedOff} from './run.js';
import type {CameraSample, Sample} from './sample.js';
import {
  fullVersion,
  hashOf,
  minorOf,
  round,
  type FrigateVersion,
  type SimulatedCamera,
  type SimulatedDetector,
} from './site.js';

const cameraObject = (
  minor: number,
  {camera, rates, pid, capturePid, ffmpegPid}: CameraSample,
  detects: boolean,
): JsonObject => ({
  camera_fps: rates.camera,
  process_fps: rates.process,
  // Up to 0.12 the value was assigned to a local variable and never left the process.
  skipped_fps: minor <= 12 ? 0 : rates.skipped,
  detection_fps: rates.detection,
  detection_enabled: minor <= 13 ? Number(detects) : detects,
  pid,
  capture_pid: capturePid,
  ffmpeg_pid: ffmpegPid,
  ...(minor >= 13
    ? {audio_rms: 0, audio_dBFS: 0, ...(camera.enabled ? {} : {detection_enabled: minor <= 13 ? 0 : false})}
    : {}),
});

/** frigate/stats/util.py at v0.18.0-beta1; reconnects and stalls of the last hour are not simulated. */
const connection = (camera: SimulatedCamera, fps: number): JsonObject => ({
  connection_quality:
    fps < 0.1 ? 'unusable' : fps >= 0.9 * camera.fps ? 'excellent' : fps >= 0.6 * camera.fps ? 'fair' : 'poor',
  expected_fps: camera.fps,
  reconnects_last_hour: 0,
  stalls_last_hour: 0,
});

/** What 0.18 adds to whatever names a process; `null` where it is gone. */
const useOf = (usages: JsonObject, pid: number | null): {readonly cpu: Json; readonly mem: Json} => {
  const row = usages[String(pid)];
  return isObject(row) ? {cpu: row['cpu'] ?? null, mem: row['mem'] ?? null} : {cpu: null, mem: null};
};

const added = (
  minor: number,
  usages: JsonObject,
  {camera, rates, pid, capturePid, ffmpegPid}: CameraSample,
): JsonObject =>
  minor < 18
    ? {}
    : {
        ...connection(camera, rates.camera),
        ffmpeg_cpu: useOf(usages, ffmpegPid).cpu,
        capture_cpu: useOf(usages, capturePid).cpu,
        detect_cpu: useOf(usages, pid).cpu,
      };

/** 0.18 lists only these (frigate/util/services.py). */
const listed = (minor: number, command: string): boolean =>
  minor < 18 || /ffmpeg|go2rtc|frigate\.|python3/.test(command);

/** 0.12 counts in MB of 10^6, later versions in MiB. */
const storageObject = (minor: number, path: string, mount: MountSample, cameras: number): JsonObject => {
  const unit = minor <= 12 ? 1.048576 : 1;
  return {
    total: round(mount.total * unit),
    used: round(Math.max(0, mount.total - mount.free) * unit),
    free: round(mount.free * unit),
    mount_type: mount.type,
    ...(minor >= 17 && path === '/dev/shm'
      ? {
          available: round(mount.total - 50),
          camera_frame_size: 4.4,
          shm_frame_count: Math.min(50, Math.floor((mount.total - 50) / Math.max(1, cameras * 1.5))),
          min_shm: round(Math.min(mount.total, 58 + cameras * 27)),
        }
      : {}),
  };
};

const padded = (minor: number, title: string): string =>
  minor >= 17 && title.startsWith('frigate.') ? title.padEnd(120) : title;

const usages = (run: Run, sample: Sample): JsonObject => {
  const minor = minorOf(run.version);
  const shown = memoryShown(run, sample);
  const rows = [...sample.running()]
    .filter(([, command]) => listed(minor, command))
    .map(([pid, command]) => {
      const cpu = (sample.cpu(command) ?? (hashOf(`${pid}/${sample.lastUpdated}`) % 30) / 10).toFixed(1);
      const memory = (shown.get(pid) ?? 0).toFixed(1);
      return [
        String(pid),
        minor <= 12 ? {cpu, mem: memory} : {cpu, cpu_average: '1', mem: memory, cmdline: padded(minor, command)},
      ] as const;
    });
  const system =
    minor >= 14 && minor <= 17 ? {'frigate.full_system': {cpu: run.site.systemCpu.toFixed(1), mem: '41.3'}} : {};
  // 0.12 reads `top` and takes its header lines for processes (blakeblackshear/frigate#5897).
  const header = minor <= 12 ? {'%Cpu(s):': {cpu: 'id,', mem: '0.2'}, PID: {cpu: '%CPU', mem: '%MEM'}} : {};
  return {...system, ...header, ...Object.fromEntries(rows)};
};

/** Intel reports no memory (`"-%"`; with a blank in 0.12). */
const gpuUsages = (run: Run, {lastUpdated}: Sample): JsonObject => {
  const {gpu} = run.site;
  if (gpu === undefined || minorOf(run.version) < 12) return {};
  const blank = minorOf(run.version) === 12 ? ' ' : '';
  return {
    gpu_usages: {
      [gpu.name]: {
        gpu: `${(gpu.load + (hashOf(`${gpu.name}/${lastUpdated}`) % 30) / 10).toFixed(1)}${blank}%`,
        mem: `-${blank}%`,
      },
    },
  };
};

/** From 0.18 on a temperature stands with its detector. */
const temperatureOf = (sample: Sample, detector: string): JsonObject => {
  const degrees = sample.temperatures.get(detector);
  return degrees === undefined ? {} : {temperature: degrees};
};

const sum = (sample: Sample, rate: 'camera' | 'process' | 'skipped' | 'detection'): number =>
  round(
    sample.cameras.reduce((total, camera) => total + camera.rates[rate], 0),
    2,
  );

/** The payload of one snapshot. */
export const statsPayload = (run: Run, sample: Sample): JsonObject => {
  const minor = minorOf(run.version);
  const cpuUsages = usages(run, sample);
  const cameras = Object.fromEntries(
    sample.cameras.map((one) => [
      one.camera.name,
      {
        ...cameraObject(minor, one, !switchedOff(run, one.camera, sample.at).has('detection')),
        ...added(minor, cpuUsages, one),
      },
    ]),
  );
  const detectors = Object.fromEntries(
    sample.detectors.map((one) => [
      one.name,
      {
        inference_speed: one.inference,
        detection_start: round(one.detectionStart, 3),
        pid: one.pid,
        ...(minor >= 18 ? {...useOf(cpuUsages, one.pid), ...temperatureOf(sample, one.name)} : {}),
      },
    ]),
  );
  const storage = Object.fromEntries(
    [...sample.mounts].map(([path, mount]) => [
      path,
      mount === null ? {} : storageObject(minor, path, mount, sample.cameras.length),
    ]),
  );
  const payload: JsonObject = {
    ...(minor <= 12 ? cameras : {cameras}),
    detectors,
    ...(minor >= 17
      ? {camera_fps: sum(sample, 'camera'), process_fps: sum(sample, 'process'), skipped_fps: sum(sample, 'skipped')}
      : {}),
    detection_fps: sum(sample, 'detection'),
    ...(minor >= 16 ? {embeddings: {}} : {}),
    cpu_usages: cpuUsages,
    ...gpuUsages(run, sample),
    service: {
      uptime: sample.uptime,
      version: fullVersion[run.version],
      // In safe mode the file that turned the version check off is not read.
      latest_version: inSafeMode(run) ? 'unknown' : 'disabled',
      storage,
      ...(minor >= 18
        ? {}
        : {
            temperatures: Object.fromEntries(
              [...sample.temperatures.values()].map((degrees, index) => [`apex_${index}`, degrees]),
            ),
          }),
      last_updated: sample.lastUpdated,
    },
    ...(minor >= 13
      ? {
          processes: Object.fromEntries(
            [...sample.services].map(([name, pid]) => [name, {pid, ...(minor >= 18 ? useOf(cpuUsages, pid) : {})}]),
          ),
        }
      : {}),
  };
  return minor <= 14 ? (sorted(payload) as JsonObject) : payload;
};

/** One entry of `/api/stats/history?keys=`: only the keys asked for. */
export const onlyKeys = (payload: JsonObject, keys: readonly string[] | null): JsonObject =>
  keys === null ? payload : Object.fromEntries(Object.entries(payload).filter(([key]) => keys.includes(key)));

const inputsOf = (camera: SimulatedCamera): Json => {
  const source = camera.throughGo2rtc
    ? `rtsp://127.0.0.1:8554/${camera.name}`
    : `rtsp://*:*@${camera.host}:${camera.port}/cam`;
  return camera.separateRecordInput
    ? [
        {path: source, roles: ['detect'], global_args: [], hwaccel_args: [], input_args: 'preset-rtsp-generic'},
        {
          path: `rtsp://*:*@${camera.host}:${camera.port}/main`,
          roles: ['record'],
          global_args: [],
          hwaccel_args: [],
          input_args: 'preset-rtsp-generic',
        },
      ]
    : [
        {
          path: source,
          roles: ['detect', 'record'],
          global_args: [],
          hwaccel_args: [],
          input_args: 'preset-rtsp-generic',
        },
      ];
};

/** Everything is kept for a few days: `record.continuous` from 0.17, `record.retain` with mode `all` before. */
const recordConfig = (version: FrigateVersion, enabled = true): JsonObject =>
  minorOf(version) >= 17
    ? {
        enabled,
        enabled_in_config: true,
        continuous: {days: 7},
        motion: {days: 0},
        alerts: {retain: {days: 14}},
        detections: {retain: {days: 14}},
      }
    : {enabled, enabled_in_config: true, retain: {days: 7, mode: 'all'}};

const deviceOf = ({type, temperature}: SimulatedDetector): JsonObject =>
  type === 'edgetpu' ? {device: temperature === undefined ? 'usb' : 'pci'} : {};

/** `/api/config`, as far as a health check reads it; what is switched at run time as it is at that moment (Unix seconds). */
export const configPayload = (run: Run, at = Infinity): JsonObject => {
  const safe = inSafeMode(run);
  const minor = minorOf(run.version);
  const cameras = safe
    ? {}
    : Object.fromEntries(
        run.site.cameras.map((camera) => {
          const off = switchedOff(run, camera, at);
          return [
            camera.name,
            {
              name: camera.name,
              enabled: camera.enabled && !(minor >= 16 && off.has('camera')),
              ...(minor >= 16 ? {enabled_in_config: camera.enabled} : {}),
              detect: {enabled: !off.has('detection'), fps: camera.fps, width: 640, height: 360},
              ffmpeg: {inputs: inputsOf(camera), retry_interval: 10},
              record: recordConfig(run.version, !off.has('recording')),
            },
          ];
        }),
      );
  return {
    ...(minor >= 17 ? {safe_mode: safe} : {}),
    cameras,
    detectors: safe
      ? {cpu: {type: 'cpu'}}
      : Object.fromEntries(
          run.site.detectors.map((detector) => [detector.name, {type: detector.type, ...deviceOf(detector)}]),
        ),
    go2rtc: safe
      ? {}
      : {
          streams: Object.fromEntries(
            run.site.cameras
              .filter((camera) => camera.throughGo2rtc)
              .map((camera) => [camera.name, [`rtsp://*:*@${camera.host}:${camera.port}/cam`]]),
          ),
        },
    ...(minor >= 15 && !safe
      ? Object.fromEntries((run.site.enrichments ?? []).map((name) => [name, {enabled: true}]))
      : {}),
    mqtt:
      run.site.mqtt === true ? {enabled: true, host: 'mqtt', port: 1883, topic_prefix: 'frigate'} : {enabled: false},
    record: recordConfig(run.version),
    version: minor >= 18 ? '0.18-0' : '0.17-0',
  };
};
