/** Disks that are full, read-only or silent. Numbers: recordings of disk-full and disk-hang; notes of disk-ro and cache-full. */
import {every, type Fault, type FaultContext, type LogLine, type Span} from '../fault.js';
import {bracketed, cannotKeepUp} from '../lines.js';
import {minorOf, round, type SimulatedCamera} from '../site.js';
import {recordWatchdog} from './camera.js';
import {failingTurns} from './recorder.js';

const forever = {from: 0, to: Infinity};

const compact = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, '');

/** A segment that could not be moved: the error, ffmpeg's banner, and the reason on a raw line. */
const cannotConvert = function* (
  camera: SimulatedCamera,
  at: number,
  reason: (target: string) => string,
  span: Span,
): Generator<LogLine> {
  const begin = at - 11;
  const day = new Date(begin * 1000).toISOString();
  const target = `/media/frigate/recordings/${day.slice(0, 10)}/${day.slice(11, 13)}/${camera.name}/${day.slice(14, 16)}.${day.slice(17, 19)}.mp4`;
  const lines: readonly LogLine[] = [
    {
      at,
      text: bracketed(
        at,
        'frigate.record.maintainer',
        'ERROR',
        `Unable to convert /tmp/cache/${camera.name}@${compact(begin)}+0000.mp4 to ${target}`,
      ),
    },
    {
      at: at + 0.0005,
      text: bracketed(
        at,
        'frigate.record.maintainer',
        'ERROR',
        `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from '/tmp/cache/${camera.name}@${compact(begin)}+0000.mp4':`,
      ),
    },
    {at: at + 0.003, text: '  Metadata:'},
    {at: at + 0.0031, text: '    major_brand     : isom'},
    {at: at + 0.0035, text: '  Duration: 00:00:10.00, start: 0.000000, bitrate: 11 kb/s'},
    {at: at + 0.004, text: reason(target)},
    {at: at + 0.0041, text: 'Error initializing output stream 0:0 -- '},
  ];
  for (const line of lines) if (line.at >= span.from && line.at < span.to) yield line;
};

const failingMoves = function* (
  context: FaultContext,
  span: Span,
  first: number,
  last: number,
  reason: (target: string) => string,
): Generator<LogLine> {
  const cameras = context.run.site.cameras.filter((camera) => camera.enabled);
  for (const [index, camera] of cameras.entries()) {
    const reach = {from: span.from - 1, to: span.to};
    for (const at of every(10, context.since + first + (index * 10) / cameras.length, reach, context.since + last))
      yield* cannotConvert(camera, at, reason, span);
  }
};

const backlog = function* (context: FaultContext, span: Span, first: number, last = Infinity): Generator<LogLine> {
  for (const camera of context.run.site.cameras.filter((one) => one.enabled)) {
    for (const at of every(10, context.since + first, span, context.since + last)) {
      yield {at, text: bracketed(at, 'frigate.record.maintainer', 'WARNING', cannotKeepUp(camera.name))};
    }
  }
};

const isMedia = (path: string): boolean => path.startsWith('/media/');

/** Frigate notices the full disk, deletes its oldest recordings and goes on with less than 1 MB free: after 154 s on 0.17.2, 112 s on 0.16.4. */
const cleanedUpAfter = (context: FaultContext): number =>
  minorOf(context.run.version) >= 17 ? 154 : minorOf(context.run.version) >= 15 ? 112 : 300;

const full: Fault = {
  name: 'disk-full',
  summary: 'the recordings disk is full of something else',
  cure: 'none',
  mount: (path, healthy, context) =>
    isMedia(path)
      ? {
          ...healthy,
          free:
            context.elapsed < cleanedUpAfter(context) ? 0 : round(0.2 + (Math.floor(context.elapsed / 15) % 4) / 10),
        }
      : healthy,
  recordingStops: (_camera, context) => ({from: 0, to: cleanedUpAfter(context) + 16}),
  log: function* (context, span) {
    const cleaned = cleanedUpAfter(context);
    yield* failingMoves(
      context,
      span,
      1.5,
      cleaned,
      () => 'Could not write header for output file #0 (incorrect codec parameters ?): No space left on device',
    );
    yield* backlog(context, span, 61, cleaned);
    // Retained and foreign files fill the rest: each turn of the storage maintainer (300 s) ends the same way.
    for (const at of every(300, context.since + cleaned, span)) {
      yield {
        at,
        text: bracketed(
          at,
          'frigate.storage',
          'INFO',
          'Less than 1 hour of recording space left, running storage maintenance...',
        ),
      };
      yield {
        at: at + 0.08,
        text: bracketed(
          at,
          'frigate.storage',
          'ERROR',
          'Could not clear 11.27 MB, currently 0.4176416397094727 MB have been cleared. Retained recordings must be deleted.',
        ),
      };
    }
  },
};

const readOnly: Fault = {
  name: 'disk-ro',
  summary: 'the recordings are mounted read-only after an error of the filesystem',
  cure: 'none',
  readOnlyMedia: true,
  recordingStops: () => forever,
  log: function* (context, span) {
    yield* failingMoves(context, span, 8, Infinity, (target) => `${target}: Read-only file system`);
    yield* backlog(context, span, 248);
  },
};

const hanging: Fault = {
  name: 'disk-hang',
  summary:
    'the media mount hangs, as with an NFS server that is down: stats no longer change, a new pod could not even start',
  cure: 'none',
  ignoresTerm: true,
  frozenAfter: 0,
  hangingMedia: true,
  slowStart: Infinity,
  recordingStops: () => forever,
  log: function* (context, span) {
    if (context.fromStart) return;
    for (const camera of context.run.site.cameras) yield* recordWatchdog(camera, context, span, 112);
  },
};

/** Cameras with one input for detection and recording: its ffmpeg exits because of the full cache. */
const single = (camera: SimulatedCamera): boolean => !camera.separateRecordInput;

const cacheFull: Fault = {
  name: 'cache-full',
  summary:
    '/tmp/cache is full: cameras with one input deliver no frames, nothing is recorded; a new pod has a new cache',
  cure: 'new-pod',
  mount: (path, healthy) => (path === '/tmp/cache' ? {...healthy, free: 0} : healthy),
  rates: (camera, healthy, context) =>
    single(camera) && context.elapsed > 5
      ? {
          camera: 0,
          process: context.fromStart ? 0 : 5.1,
          skipped: 0,
          detection: healthy.detection > 0 && !context.fromStart ? 5.2 : 0,
        }
      : healthy,
  missing: (context) => context.run.site.cameras.filter(single).map((camera) => `ffmpeg:${camera.name}`),
  ffmpegGeneration: (camera, context) => (single(camera) ? Math.floor(context.elapsed / 10) : 0),
  recordingStops: () => forever,
  log: function* (context, span) {
    for (const camera of context.run.site.cameras.filter((one) => one.enabled)) {
      for (const at of every(10, context.since + 5, span, context.since + 60)) {
        yield {
          at,
          text: bracketed(
            at,
            'frigate.record.maintainer',
            'WARNING',
            `Invalid or missing video stream in segment /tmp/cache/${camera.name}@${compact(at - 10)}+0000.mp4. Discarding.`,
          ),
        };
      }
      if (!single(camera)) continue;
      for (const at of every(10, context.since + 11, span)) {
        const said =
          at < context.since + 20
            ? 'av_interleaved_write_frame(): No space left on device'
            : 'Could not write header for output file #0 (incorrect codec parameters ?): No space left on device';
        yield {
          at,
          text: bracketed(
            at,
            `watchdog.${camera.name}`,
            'ERROR',
            `Ffmpeg process crashed unexpectedly for ${camera.name}.`,
          ),
        };
        yield {at: at + 0.001, text: bracketed(at, `ffmpeg.${camera.name}.detect`, 'ERROR', said)};
        yield {at: at + 0.002, text: bracketed(at, `watchdog.${camera.name}`, 'INFO', 'Restarting ffmpeg...')};
      }
    }
  },
};

/**
 * kubernetes-csi/csi-driver-smb#419: the server is back with other handles. Everything that touches the mount fails at once with
 * ESTALE, or with what `detail` says (`Transport endpoint is not connected`, `Host is down`). From 0.15 on stats show `{}` for a path
 * that cannot be asked; in 0.14 the error ends the emitter's thread (frigate/stats/util.py: FileNotFoundError alone is caught).
 */
const errnoOf: Readonly<Record<string, number>> = {
  'Stale file handle': 116,
  'Transport endpoint is not connected': 107,
  'Host is down': 112,
  'Input/output error': 5,
  'Permission denied': 13,
};

const staleWords = (detail: string | undefined): string => detail ?? 'Stale file handle';

const stale: Fault = {
  name: 'stale-mount',
  summary: 'every access to the media mount fails at once (default: Stale file handle): the pod has to be recreated',
  cure: 'new-pod',
  mediaError: ({detail}) => staleWords(detail),
  frozenAfter: (version) => (minorOf(version) === 14 ? 0 : undefined),
  mount: (path, healthy, context) => (isMedia(path) && minorOf(context.run.version) >= 15 ? null : healthy),
  recordingStops: () => forever,
  log: (context, span) => {
    const words = staleWords(context.fault.detail);
    return failingTurns(context, span, `[Errno ${errnoOf[words] ?? 116}] ${words}: '{path}'`, context.fault.every ?? 5);
  },
};

export const storageFaults: readonly Fault[] = [full, readOnly, hanging, cacheFull, stale];
