/**
 * `/api/stats` of Frigate 0.5 to 0.18, value by value. Not a zod schema on purpose: there a bad value
 * fails its object, here it becomes `null` and is named, and everything beside it stays.
 */
import {known, type Known} from '../../core/known.js';
import {oneLine} from '../../core/mask.js';
import type {GpuUsage, Measure, Mount, ProcessUsage, Snapshot} from '../../core/observation/frigate.js';
import {instant, seconds, type Instant} from '../../core/time.js';
import {parseJson, wrongShape} from './json.js';
import {readCameras, readDetectors} from './streams.js';
import {isObject, ValueReader, type JsonObject} from './values.js';

const ASKED = 'GET /api/stats';
const EXPECTED = 'cameras, detectors or service';
/** Key of `cpu_usages` for the whole host, 0.14 to 0.17. */
const FULL_SYSTEM = 'frigate.full_system';
/** 2001 to 2100 in Unix seconds: outside of it a time is no time. */
const UNIX_TIME = {min: 1_000_000_000, max: 4_102_444_800};
const AMOUNT = {min: 0, max: Number.MAX_VALUE};

const readTime = (reader: ValueReader, service: JsonObject): Instant | null => {
  const at = reader.measure(service['last_updated'], 'service', 'last_updated', UNIX_TIME);
  return at === null ? null : instant(Math.round(at * 1000));
};

const readMounts = (reader: ValueReader, service: JsonObject): Mount[] =>
  Object.entries(reader.object(service['storage'], 'service', 'storage')).map(([path, value]) => {
    const owner = `service.storage.${path}`;
    const mount = reader.object(value, 'service.storage', path);
    return {
      path,
      total: reader.measure(mount['total'], owner, 'total', AMOUNT),
      used: reader.measure(mount['used'], owner, 'used', AMOUNT),
      free: reader.measure(mount['free'], owner, 'free', AMOUNT),
      // The documentation up to 0.14 writes `mnt_type`.
      type: reader.text(mount['mount_type'] ?? mount['mnt_type'], owner, 'mount_type'),
    };
  });

const readProcesses = (reader: ValueReader, root: JsonObject): Map<string, number> => {
  const processes = new Map<string, number>();
  for (const [name, value] of Object.entries(reader.object(root['processes'], '', 'processes'))) {
    const pid = reader.pid(reader.object(value, 'processes', name)['pid'], `processes.${name}`, 'pid');
    if (pid !== null) processes.set(name, pid);
  }
  return processes;
};

/** Rows whose key is a pid. Up to 0.12 the header of `top` stands among them (`%Cpu(s):`, `PID`, `MiB`): left out without a complaint. */
const readUsages = (reader: ValueReader, root: JsonObject): Pick<Snapshot, 'usages' | 'systemCpu' | 'systemMemory'> => {
  const usages: ProcessUsage[] = [];
  const rows = reader.object(root['cpu_usages'], '', 'cpu_usages');
  for (const [key, value] of Object.entries(rows)) {
    if (!/^\d{1,10}$/.test(key)) continue;
    const owner = `cpu_usages.${key}`;
    const row = reader.object(value, 'cpu_usages', key);
    const command = reader.text(row['cmdline'], owner, 'cmdline');
    usages.push({
      pid: Number(key),
      cpu: reader.measure(row['cpu'], owner, 'cpu', AMOUNT),
      memory: reader.measure(row['mem'], owner, 'mem', AMOUNT),
      command: command === null ? null : command.trimEnd(),
    });
  }
  const system = rows[FULL_SYSTEM];
  const systemShare = (key: 'cpu' | 'mem'): Measure =>
    isObject(system) ? reader.measure(system[key], `cpu_usages.${FULL_SYSTEM}`, key, AMOUNT) : null;
  return {usages: usages.length > 0 ? usages : null, systemCpu: systemShare('cpu'), systemMemory: systemShare('mem')};
};

/** -1 and empty texts stand for what could not be read or what the card does not report (stats-schema: 0.12 to 0.17). */
const readShare = (reader: ValueReader, row: JsonObject, owner: string, key: string): Measure => {
  const share = reader.measure(row[key], owner, key, {min: -1, max: 1000});
  return share === null || share < 0 ? null : share;
};

/** Frigate cannot query this one; its empty texts are no failure (0.12 to 0.17). */
const NEVER_REPORTED = 'rpi-v4l2m2m';

/** Frigate's error forms: numbers of -1 up to 0.13, empty texts from 0.14 on; "-1%" and "-%" are numbers that the card does not have. */
const isFailed = (name: string, load: unknown): boolean => name !== NEVER_REPORTED && (load === -1 || load === '');

/** It shows no fault of Frigate: values that cannot be read are not reported (it has its own reader). */
const readGpus = (root: JsonObject): GpuUsage[] => {
  const reader = new ValueReader();
  return Object.entries(reader.object(root['gpu_usages'], '', 'gpu_usages')).map(([name, value]) => {
    const row = reader.object(value, 'gpu_usages', name);
    return {
      name: oneLine(name, 64),
      load: readShare(reader, row, name, 'gpu'),
      memory: readShare(reader, row, name, 'mem'),
      failed: isFailed(name, row['gpu']),
    };
  });
};

const isStats = (root: JsonObject, cameras: number, detectors: number): boolean =>
  root['success'] !== false &&
  (cameras + detectors > 0 || isObject(root['cameras']) || isObject(root['detectors']) || isObject(root['service']));

/** One snapshot out of parsed JSON. `asked` begins the message when it is none. */
export const readSnapshot = (value: unknown, asked = ASKED): Known<Snapshot> => {
  if (!isObject(value)) return wrongShape(asked, value, EXPECTED);
  const reader = new ValueReader();
  const cameras = readCameras(reader, value);
  const service = reader.object(value['service'], '', 'service');
  const detectors = readDetectors(reader, value, service);
  if (!isStats(value, cameras.length, detectors.length)) return wrongShape(asked, value, EXPECTED);
  const uptime = reader.measure(service['uptime'], 'service', 'uptime', AMOUNT);
  const version = reader.text(service['version'], 'service', 'version');
  return known({
    lastUpdated: readTime(reader, service),
    uptime: uptime === null ? null : seconds(uptime),
    version: version === null ? null : oneLine(version, 64),
    cameras,
    detectors,
    processes: readProcesses(reader, value),
    ...readUsages(reader, value),
    gpus: readGpus(value),
    mounts: readMounts(reader, service),
    unreadable: reader.unreadable,
  });
};

/** The body of `/api/stats/history`: oldest first, snapshots of the wrong shape left out. */
export const parseHistory = (body: Buffer): Known<readonly Snapshot[]> => {
  const asked = 'GET /api/stats/history';
  const json = parseJson(asked, body);
  if (!json.known) return json;
  if (!Array.isArray(json.value)) return wrongShape(asked, json.value, 'a list of snapshots');
  const snapshots = json.value.map((value: unknown) => readSnapshot(value, asked)).filter((snapshot) => snapshot.known);
  return known(snapshots.map((snapshot) => snapshot.value));
};
