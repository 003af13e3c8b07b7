/** `/api/stats` and `/api/config` in the layout of each version (frigate/stats/util.py and stats.py at the tags v0.12.1 to v0.17.2). */
import {sorted, type Json, type JsonObject} from '../json.js';
import type {MountSample, Run} from './fault.js';
import {hashOf, fullVersion, minorOf, round, type FrigateVersion, type SimulatedCamera} from './site.js';
import {inSafeMode} from './run.js';
import {MAIN, type CameraSample, type Sample} from './sample.js';

const cameraObject = (minor: number, {camera, rates, pid, capturePid, ffmpegPid}: CameraSample): JsonObject => ({
  camera_fps: rates.camera,
  process_fps: rates.process,
  // Up to 0.12 the value was assigned to a local variable and never left the process.
  skipped_fps: minor <= 12 ? 0 : rates.skipped,
  detection_fps: rates.detection,
  detection_enabled: minor <= 13 ? 1 : true,
  pid,
  capture_pid: capturePid,
  ffmpeg_pid: ffmpegPid,
  ...(minor >= 13
    ? {audio_rms: 0, audio_dBFS: 0, ...(camera.enabled ? {} : {detection_enabled: minor <= 13 ? 0 : false})}
    : {}),
});

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

/** The part of the memory that stands still; what moves is the main process's. */
const OTHERS = 0.5;

const shareOf = (command: string, share: number): number =>
  command.startsWith('nginx') || command.startsWith('s6') ? 0.1 : share;

const usages = (run: Run, sample: Sample): JsonObject => {
  const minor = minorOf(run.version);
  const running = sample.running();
  const share = round((OTHERS * run.site.memoryPercent) / Math.max(1, running.size), 1);
  const others = [...running.values()].reduce(
    (sum, command) => sum + (command === MAIN ? 0 : shareOf(command, share)),
    0,
  );
  const rows = [...running].map(([pid, command]) => {
    const cpu = ((hashOf(`${pid}/${sample.lastUpdated}`) % 30) / 10).toFixed(1);
    const memory = (command === MAIN ? Math.max(0.1, sample.memory - others) : shareOf(command, share)).toFixed(1);
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

/** Intel tells no memory (`"-%"`; with a blank in 0.12). */
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

const sum = (sample: Sample, rate: 'camera' | 'process' | 'skipped' | 'detection'): number =>
  round(
    sample.cameras.reduce((total, camera) => total + camera.rates[rate], 0),
    2,
  );

/** The payload of one snapshot. */
export const statsPayload = (run: Run, sample: Sample): JsonObject => {
  const minor = minorOf(run.version);
  const cameras = Object.fromEntries(sample.cameras.map((one) => [one.camera.name, cameraObject(minor, one)]));
  const detectors = Object.fromEntries(
    sample.detectors.map((one) => [
      one.name,
      {inference_speed: one.inference, detection_start: round(one.detectionStart, 3), pid: one.pid},
    ]),
  );
  const storage = Object.fromEntries(
    [...sample.mounts].map(([path, mount]) => [path, storageObject(minor, path, mount, sample.cameras.length)]),
  );
  const payload: JsonObject = {
    ...(minor <= 12 ? cameras : {cameras}),
    detectors,
    ...(minor >= 17
      ? {camera_fps: sum(sample, 'camera'), process_fps: sum(sample, 'process'), skipped_fps: sum(sample, 'skipped')}
      : {}),
    detection_fps: sum(sample, 'detection'),
    ...(minor >= 16 ? {embeddings: {}} : {}),
    cpu_usages: usages(run, sample),
    ...gpuUsages(run, sample),
    service: {
      uptime: sample.uptime,
      version: fullVersion[run.version],
      // In safe mode the file that turned the version check off is not read.
      latest_version: inSafeMode(run) ? 'unknown' : 'disabled',
      storage,
      temperatures: {},
      last_updated: sample.lastUpdated,
    },
    ...(minor >= 13 ? {processes: Object.fromEntries([...sample.services].map(([name, pid]) => [name, {pid}]))} : {}),
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
const recordConfig = (version: FrigateVersion): JsonObject =>
  minorOf(version) >= 17
    ? {
        enabled: true,
        enabled_in_config: true,
        continuous: {days: 7},
        motion: {days: 0},
        alerts: {retain: {days: 14}},
        detections: {retain: {days: 14}},
      }
    : {enabled: true, enabled_in_config: true, retain: {days: 7, mode: 'all'}};

/** `/api/config`, as far as a health check reads it. */
export const configPayload = (run: Run): JsonObject => {
  const safe = inSafeMode(run);
  const minor = minorOf(run.version);
  const cameras = safe
    ? {}
    : Object.fromEntries(
        run.site.cameras.map((camera) => [
          camera.name,
          {
            name: camera.name,
            enabled: camera.enabled,
            ...(minor >= 16 ? {enabled_in_config: camera.enabled} : {}),
            detect: {enabled: true, fps: camera.fps, width: 640, height: 360},
            ffmpeg: {inputs: inputsOf(camera), retry_interval: 10},
            record: recordConfig(run.version),
          },
        ]),
      );
  return {
    ...(minor >= 17 ? {safe_mode: safe} : {}),
    cameras,
    detectors: safe
      ? {cpu: {type: 'cpu'}}
      : Object.fromEntries(
          run.site.detectors.map((detector) => [
            detector.name,
            {type: detector.type, ...(detector.type === 'edgetpu' ? {device: 'usb'} : {})},
          ]),
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
    mqtt: {enabled: false},
    record: recordConfig(run.version),
    version: '0.17-0',
  };
};
