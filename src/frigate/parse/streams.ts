/** Cameras and detectors of one stats payload, wherever its version keeps them. */
import type {CameraStats, DetectorStats, Measure} from '../../core/observation/frigate.js';
import {byName, isObject, type JsonObject, type ValueReader} from './values.js';

/** Frames or detector runs per second. What is too high for a camera is judged later, against its configuration (FRG-305). */
const RATE = {min: 0, max: Number.MAX_VALUE};
/**
 * Milliseconds. Up to 0.17 the wall clock can make an average of hours or a negative one (4476105068.97 was
 * observed): no measurement.
 */
const INFERENCE = {min: 0, max: 1e6};
const UNIX_TIME = {min: 0, max: 4_102_444_800};
/** Degrees Celsius. A lost Coral reads negative (FRG-404), so negative ones stay. */
const TEMPERATURE = {min: -1000, max: 1000};
/** Cameras of the 0.18 debug replay (const.py REPLAY_CAMERA_PREFIX). */
const REPLAY = '_replay_';

type Entry = readonly [name: string, value: unknown];

/** Up to 0.12 each camera is a key of the top level; 0.5 named the rate `fps`. */
const isCameraShaped = ([, value]: Entry): boolean =>
  isObject(value) &&
  !('inference_speed' in value) &&
  ('camera_fps' in value || ('fps' in value && ('read_start' in value || 'ffmpeg_pid' in value)));

/** 0.5 and 0.6 had the one detector as a key of the top level. */
const isDetectorShaped = ([, value]: Entry): boolean => isObject(value) && 'inference_speed' in value;

const cameraEntries = (root: JsonObject): readonly Entry[] => {
  const entries = isObject(root['cameras'])
    ? Object.entries(root['cameras'])
    : Object.entries(root).filter(isCameraShaped);
  return entries.filter(([name]) => !name.startsWith(REPLAY));
};

const readCamera = (reader: ValueReader, [name, value]: Entry): CameraStats => {
  const owner = `cameras.${name}`;
  const camera = reader.object(value, 'cameras', name);
  const rate = (key: string): Measure => reader.measure(camera[key], owner, key, RATE);
  return {
    name,
    cameraFps: rate('camera_fps' in camera ? 'camera_fps' : 'fps'),
    processFps: rate('process_fps'),
    skippedFps: rate('skipped_fps'),
    detectionFps: rate('detection_fps'),
    detectionEnabled: reader.flag(camera['detection_enabled'], owner, 'detection_enabled'),
    pid: reader.pid(camera['pid'], owner, 'pid'),
    capturePid: reader.pid(camera['capture_pid'], owner, 'capture_pid'),
    ffmpegPid: reader.pid(camera['ffmpeg_pid'], owner, 'ffmpeg_pid'),
    expectedFps: rate('expected_fps'),
  };
};

/** All cameras but replays, sorted by name. An entry that is no object stays as a camera without values, and is named. */
export const readCameras = (reader: ValueReader, root: JsonObject): CameraStats[] => {
  reader.object(root['cameras'], '', 'cameras');
  return cameraEntries(root)
    .map((entry) => readCamera(reader, entry))
    .sort(byName);
};

/** `service.temperatures` (0.8 to 0.17) knows devices, not detectors: with one of each there is no doubt which is meant. */
const soleTemperature = (reader: ValueReader, service: JsonObject, detectors: number): Measure => {
  const entries = Object.entries(reader.object(service['temperatures'], 'service', 'temperatures'));
  const [only] = entries;
  if (detectors !== 1 || entries.length !== 1 || only === undefined) return null;
  return reader.measure(only[1], 'service.temperatures', only[0], TEMPERATURE);
};

/** All detectors, sorted by name. */
export const readDetectors = (reader: ValueReader, root: JsonObject, service: JsonObject): DetectorStats[] => {
  reader.object(root['detectors'], '', 'detectors');
  const entries = isObject(root['detectors'])
    ? Object.entries(root['detectors'])
    : Object.entries(root).filter(isDetectorShaped);
  const shared = soleTemperature(reader, service, entries.length);
  return entries
    .map(([name, value]) => {
      const owner = `detectors.${name}`;
      const detector = reader.object(value, 'detectors', name);
      return {
        name,
        inferenceSpeed: reader.measure(detector['inference_speed'], owner, 'inference_speed', INFERENCE),
        detectionStart: reader.measure(detector['detection_start'], owner, 'detection_start', UNIX_TIME),
        pid: reader.pid(detector['pid'], owner, 'pid'),
        temperature: reader.measure(detector['temperature'], owner, 'temperature', TEMPERATURE) ?? shared,
      };
    })
    .sort(byName);
};
