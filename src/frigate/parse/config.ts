/** `/api/config`: only what checks ask for, tolerant of what a version does not have. */
import * as z from 'zod';
import {known, type Known} from '../../core/known.js';
import type {CameraConfig, FrigateConfig} from '../../core/observation/frigate.js';
import {parseJson, wrongShape} from './json.js';
import {byName, isObject} from './values.js';

const ASKED = 'GET /api/config';

const flag = (otherwise: boolean) => z.boolean().catch(otherwise);
const days = z.number().nullish().catch(null);

const input = z.object({path: z.string().catch(''), roles: z.array(z.string()).catch([])});

const record = z.object({
  enabled: flag(false),
  enabled_in_config: z.boolean().nullish().catch(null),
  /** 0.17 and later. */
  continuous: z.object({days}).nullish().catch(null),
  /** 0.10 to 0.16. */
  retain: z
    .object({days, mode: z.string().nullish().catch(null)})
    .nullish()
    .catch(null),
  /** Up to 0.9: everything was kept. */
  retain_days: days,
});

const camera = z.object({
  enabled: flag(true),
  enabled_in_config: z.boolean().nullish().catch(null),
  detect: z
    .object({enabled: flag(true), fps: z.number().positive().nullish().catch(null)})
    .catch({enabled: true, fps: null}),
  record: record.catch({enabled: false}),
  ffmpeg: z.object({inputs: z.array(input.catch({path: '', roles: []})).catch([])}).catch({inputs: []}),
});

const enrichment = z
  .object({enabled: flag(false)})
  .nullish()
  .catch(null);

const config = z.object({
  safe_mode: flag(false),
  cameras: z.record(z.string(), camera.nullable().catch(null)),
  detectors: z
    .record(z.string(), z.object({type: z.string().catch('unknown')}).catch({type: 'unknown'}))
    .nullish()
    .catch({}),
  go2rtc: z
    .object({streams: z.record(z.string(), z.unknown()).nullish().catch(null)})
    .nullish()
    .catch(null),
  semantic_search: enrichment,
  face_recognition: enrichment,
  lpr: enrichment,
  classification: z
    .object({bird: enrichment, custom: z.record(z.string(), z.unknown()).nullish().catch(null)})
    .nullish()
    .catch(null),
  mqtt: z
    .object({enabled: flag(true), host: z.string().nullish().catch(null)})
    .nullish()
    .catch(null),
});

/** What the embeddings process does, as far as it is enabled: 0.15 searches, faces and licence plates from 0.16 on. */
const enrichmentsIn = ({
  semantic_search: search,
  face_recognition: faces,
  lpr: plates,
  classification,
}: z.infer<typeof config>): readonly string[] => [
  ...(search?.enabled === true ? ['semantic search'] : []),
  ...(faces?.enabled === true ? ['face recognition'] : []),
  ...(plates?.enabled === true ? ['licence plates'] : []),
  ...(classification?.bird?.enabled === true || Object.keys(classification?.custom ?? {}).length > 0
    ? ['classification']
    : []),
];

type RecordConfig = z.infer<typeof record>;
type Input = z.infer<typeof input>;

/** Continuous retention: 0.17 has `record.continuous.days`, 0.10 to 0.16 `record.retain` with the mode `all`. */
const keepsEverything = (of: RecordConfig): boolean => {
  if (of.continuous !== null && of.continuous !== undefined) return (of.continuous.days ?? 0) > 0;
  if (of.retain !== null && of.retain !== undefined) return (of.retain.days ?? 0) > 0 && of.retain.mode === 'all';
  return (of.retain_days ?? 0) > 0;
};

interface Address {
  readonly host: string;
  readonly port: number | null;
  /** What comes after host and port, from the `/` on; never with credentials. */
  readonly path: string;
}

const AUTHORITY = /^(\[[^\]/?#]+\]|[^:/?#@\s[\]]+)(?::(\d{1,5}))?(?=[/?#]|$)/;

/**
 * Where an input points to, without user and password. Not `new URL`: people write passwords with `/`, `#` and `@` in
 * them, and what is taken for the host must never be a piece of one.
 */
export const inputAddress = (path: string): Address | null => {
  const start = /^[a-z][a-z0-9+.-]*:\/\//i.exec(path.replace(/^ffmpeg:/i, ''));
  if (start === null) return null;
  const rest = start.input.slice(start[0].length);
  const plain = rest.includes('@') && !AUTHORITY.test(rest) ? rest.slice(rest.lastIndexOf('@') + 1) : rest;
  const found = AUTHORITY.exec(plain);
  if (found?.[1] === undefined) return null;
  return {
    host: found[1].replace(/^\[|\]$/g, '').toLowerCase(),
    port: found[2] === undefined ? null : Number(found[2]),
    path: plain.slice(found[0].length),
  };
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
/** RTSP and HTTP of go2rtc in the pod. */
const GO2RTC_PORTS: ReadonlySet<number | null> = new Set([8554, 1984, null]);

const isGo2rtc = ({host, port}: Address): boolean => LOOPBACK.has(host) && GO2RTC_PORTS.has(port);

/** `rtsp://127.0.0.1:8554/front?video` and `http://127.0.0.1:1984/api/stream.mp4?src=front` both name `front`. */
const streamName = ({path}: Address): string | null => {
  const named = /[?&]src=([^&#]+)/.exec(path)?.[1] ?? /^\/([^/?#]+)(?=[?#]|$)/.exec(path)?.[1] ?? null;
  try {
    return named === null ? null : decodeURIComponent(named);
  } catch {
    return named;
  }
};

const loopbackName = (host: string): string => (LOOPBACK.has(host) ? '127.0.0.1' : host);

const isWatched = (one: Input): boolean => one.roles.includes('detect') || one.roles.includes('record');

const readCamera = (name: string, of: z.infer<typeof camera>): CameraConfig => {
  const {inputs} = of.ffmpeg;
  const addresses = inputs.map((one) => ({address: inputAddress(one.path), watched: isWatched(one)}));
  const restreamed = addresses.flatMap(({address, watched}) =>
    watched && address !== null && isGo2rtc(address) ? [address] : [],
  );
  const records = inputs.filter((one) => one.roles.includes('record'));
  return {
    name,
    // Not enabled in the file means never started, whatever the runtime switch says (0.16+).
    enabled: of.enabled && of.enabled_in_config !== false,
    detectEnabled: of.detect.enabled,
    switchedOff: [
      ...(of.record.enabled_in_config === true && !of.record.enabled && records.length > 0
        ? (['recording'] as const)
        : []),
      ...(of.enabled_in_config === true && !of.enabled ? (['camera'] as const) : []),
    ],
    detectFps: of.detect.fps ?? null,
    recordEnabled: of.record.enabled && records.length > 0,
    continuous: keepsEverything(of.record),
    hosts: [
      ...new Set(addresses.flatMap(({address}) => (address === null ? [] : [loopbackName(address.host)]))),
    ].sort(),
    throughGo2rtc: restreamed.length > 0,
    go2rtcStream: restreamed[0] === undefined ? null : streamName(restreamed[0]),
    separateRecordInput: records.some((one) => !one.roles.includes('detect')),
  };
};

/** The body of `/api/config`. */
export const parseConfig = (body: Buffer): Known<FrigateConfig> => {
  const json = parseJson(ASKED, body);
  if (!json.known) return json;
  if (!isObject(json.value)) return wrongShape(ASKED, json.value, 'cameras');
  const parsed = config.safeParse(json.value);
  if (!parsed.success) return wrongShape(ASKED, json.value, 'cameras');
  const {cameras, detectors, go2rtc, mqtt, safe_mode: safeMode} = parsed.data;
  return known({
    safeMode,
    cameras: Object.entries(cameras)
      .flatMap(([name, of]) => (of === null ? [] : [readCamera(name, of)]))
      .sort(byName),
    detectors: new Map(Object.entries(detectors ?? {}).map(([name, {type}]) => [name, type])),
    go2rtcStreams: Object.keys(go2rtc?.streams ?? {}).sort(),
    enrichments: enrichmentsIn(parsed.data),
    mqttEnabled: mqtt?.enabled ?? false,
    ...(typeof mqtt?.host === 'string' && mqtt.host !== '' ? {mqttHost: mqtt.host.toLowerCase()} : {}),
  });
};
